// What every module draws with: Preact by way of htm, and the store.
import { createContext, h } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import htm from "htm";

export const html = htm.bind(h);
export const Inbox = createContext(null);

/** The running inbox: `{store, act, prefs, ui}`. */
export const useInbox = () => useContext(Inbox);

/** What `select(state)` gives, drawn again only when that changes (compared one level deep). */
export function useStore(select) {
  const { store } = useInbox();
  const [, redraw] = useState(0);
  const picked = select(store.state);
  const held = useState({})[0];
  held.select = select;
  held.picked = picked;
  useEffect(() => store.subscribe(() => {
    if (!alike(held.picked, held.select(store.state))) redraw((n) => n + 1);
  }), [store]);
  return picked;
}

/** `{value, set}` of a preference, shared by all that use it. */
export function usePref(name) {
  const { prefs } = useInbox();
  const [value, set] = useState(prefs.get(name));
  useEffect(() => prefs.subscribe((key) => key === name && set(prefs.get(name))), [name]);
  return [value, (next) => prefs.set(name, next)];
}

export function alike(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  if (a instanceof Map || b instanceof Map || a instanceof Set || b instanceof Set) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

/** Class names, the falsy ones left out. */
export const names = (...all) => all.filter(Boolean).join(" ");

/** An id that the server gives back, so that an optimistic row settles without a double. */
export function newClientId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

export const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

// Suggestions at the caret: what was typed after a sign opens a list above the field; arrows, Enter and Tab choose.
import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "./lib.js";

const MOST = 6;

/**
 * `{list, active, onKeyDown, look}`: what to draw above the field, the id of the choice, the field's keys, and what
 * to call when the caret has moved.
 *
 * `typed` finds what was typed after the sign at the end of a text (its first group); `load` gives all choices;
 * `matches(one, typed)`; `textOf(one)` what takes the place of sign and word, perhaps later; `row(one)` how it looks;
 * `nothing(typed, hasAny)` what is said where there is no choice.
 */
export function useSuggest({ id, name, label, typed, load, matches, textOf, row, nothing, field, setText, say }) {
  const [query, setQuery] = useState(null);
  const [items, setItems] = useState(null);
  const [at, setAt] = useState(0);
  const asked = useRef(0);
  const look = () => {
    const { value, selectionStart, selectionEnd } = field.current;
    const found = selectionStart === selectionEnd ? typed.exec(value.slice(0, selectionStart)) : null;
    setQuery(found ? found[1].toLowerCase() : null);
    setAt(0);
  };
  useEffect(() => { setQuery(null); }, [id]);
  useEffect(() => { if (query !== null) load().then(setItems); }, [query !== null]);
  const found = query === null ? [] : (items ?? []).filter((one) => matches(one, query)).slice(0, MOST);
  const use = async (one) => {
    const turn = ++asked.current;
    const { value, selectionStart } = field.current;
    const start = selectionStart - query.length - 1;
    setQuery(null);
    try {
      const text = await textOf(one);
      if (turn !== asked.current || field.current.value !== value) return;
      setText(value.slice(0, start) + text + value.slice(selectionStart));
      const end = start + text.length;
      requestAnimationFrame(() => { field.current?.focus(); field.current?.setSelectionRange(end, end); });
    } catch (error) {
      say(error.message, "bad");
    }
  };
  const says = query !== null && items !== null && !found.length ? nothing?.(query, items.length > 0) : null;
  const onKeyDown = (event) => {
    if (!found.length || event.isComposing) {
      if (!says || event.key !== "Escape") return false;
      setQuery(null);
      event.preventDefault();
      event.stopPropagation();
      return true;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % found.length);
    else if ((event.key === "Enter" && !event.metaKey && !event.ctrlKey) || event.key === "Tab") use(found[at]);
    else if (event.key === "Escape") setQuery(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const list = found.length === 0 ? says && html`<div class="slash nothing" role="status">${says}</div>` : html`<ul class="slash" id=${name} role="listbox" aria-label=${label}>${found.map((one, i) => html`
    <li key=${one.id} id=${`${name}-${i}`} role="option" aria-selected=${String(i === at)} onPointerMove=${() => setAt(i)}
      onPointerDown=${(event) => { event.preventDefault(); use(one); }}>${row(one)}</li>`)}</ul>`;
  return { list, onKeyDown, look, active: found.length ? `${name}-${at}` : undefined };
}

// What the pages of settings are made of: a section around a list, a deed and how it went, short messages.
import { useCallback, useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";

/** `{items, error, reload}` of a list of the API. */
export function useItems(path) {
  const [held, set] = useState({ items: null, error: null });
  const reload = useCallback(() => get(path).then(({ items }) => set({ items, error: null }), (error) => set({ items: null, error })), [path]);
  useEffect(() => { reload(); }, [path]);
  return { ...held, reload };
}

/** `list` is what `useItems` gives; without its `reload` there is no such button. `calm`: that there is nothing is good news. */
export function Section({ id, title, about, list, icon, nothing, calm, more, above, children }) {
  return html`<section id=${id} aria-labelledby=${`h-${id}`}><header><h2 id=${`h-${id}`} tabindex="-1">${title}${list.items?.length > 0 && html`<span class="count">${list.items.length}</span>`}</h2>
      ${more}${list.reload && html`<button type="button" class="btn" onClick=${list.reload}><${Icon} name="retry" size=${15} />${t("Reload")}</button>`}</header>
    <p class="quiet">${about}</p>
    ${above}
    ${list.error && html`<p class="problem" role="alert">${list.error.message}</p>`}
    ${list.items === null && !list.error && html`<p class="quiet" role="status">${t("Loading…")}</p>`}
    ${list.items?.length === 0 && nothing && html`<div class=${calm ? "calm" : undefined}><${Empty} icon=${calm ? "check" : icon} title=${nothing} /></div>`}
    ${list.items?.length > 0 && children}</section>`;
}

/** `[busy, run]`: do something once at a time, say how it went, look again. */
export function useDeed(reload) {
  const { ui } = useInbox();
  const [busy, setBusy] = useState(false);
  const run = async (deed, done) => {
    setBusy(true);
    try {
      await deed();
      if (done) ui.say(done);
      await reload();
    } catch (error) {
      ui.say(error.message, "bad");
    }
    setBusy(false);
  };
  return [busy, run];
}

export function Toasts() {
  const { ui } = useInbox();
  const [{ toasts }, set] = useState(ui.state);
  useEffect(() => ui.subscribe(set), []);
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.map((toast) => html`<div key=${toast.id} class=${names("toast", toast.tone)}>
    <${Icon} name=${toast.tone === "bad" ? "alert" : "check"} size=${16} /><span>${toast.text}</span></div>`)}</div>`;
}

// Out of sight until a time, or until the customer writes.
import { useState } from "preact/hooks";
import { t } from "language";
import { Dialog } from "./dialogs.js";
import { Icon } from "./icons.js";
import { snoozeOne } from "./bulk.js";
import { muteItem, unreadItem } from "./hush.js";
import { html, useInbox, useStore } from "./lib.js";
import { field, moments, morningIn } from "./moments.js";
import { Menu } from "./parts.js";

/** `{label, hint, run}` of the usual choices. `run` asks the server. */
export function snoozeItems(conversation, { act, ui, store }, now = new Date()) {
  const to = (at) => () => snoozeOne({ act, ui, store }, conversation, at);
  return [
    { label: t("Until they write"), run: to(null) },
    ...moments(now).map(({ label, hint, at }) => ({ label, hint, run: to(at) })),
    null,
    { label: t("A date…"), run: () => ui.ask("snooze", { id: conversation.id }) },
  ];
}

export function Snooze({ conversation }) {
  const inbox = useInbox();
  return html`<${Menu} label=${t("Snooze (S)")} cls="btn wide" items=${[...snoozeItems(conversation, inbox), null, unreadItem(conversation, inbox), muteItem(conversation, inbox)]}>
    <${Icon} name="clock" size=${16} /><${Icon} name="caret" size=${15} /><//>`;
}

/** The same choices in front of the page, for the key. */
export function SnoozeMenu({ id }) {
  const inbox = useInbox();
  const conversation = useStore((s) => s.conversations.get(id));
  const pick = (item) => { inbox.ui.dismiss(); item.run(); };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...event.currentTarget.querySelectorAll("button")];
    all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
    event.preventDefault();
  };
  return html`<${Dialog} title=${t("Snooze")} cls="choices"><div onKeyDown=${onKeyDown}>${snoozeItems(conversation, inbox).filter(Boolean).map((item, i) => html`
    <button type="button" key=${item.label} autofocus=${i === 0} onClick=${() => pick(item)}><span class="grow">${item.label}</span><span class="hint">${item.hint}</span></button>`)}</div><//>`;
}

/** Any date within a year. */
export function SnoozeUntil({ id }) {
  const { act, ui } = useInbox();
  const [at, setAt] = useState(field(morningIn(1, new Date())));
  const [busy, setBusy] = useState(false);
  const confirm = async (event) => {
    event.preventDefault();
    setBusy(true);
    if (await act.snooze(id, new Date(at))) ui.dismiss();
    setBusy(false);
  };
  return html`<${Dialog} title=${t("Snooze until")}><form onSubmit=${confirm}>
    <label for="snooze-at">${t("Day and time")}</label>
    <input id="snooze-at" type="datetime-local" required autofocus value=${at} min=${field(new Date())} onInput=${(event) => setAt(event.target.value)} />
    <p class="quiet">${t("If the customer writes before, it comes back at once.")}</p>
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button>
      <button class="btn primary" disabled=${busy}>${t("Snooze")}</button></div></form><//>`;
}

// Out of sight until a time, or until the customer writes.
import { useState } from "preact/hooks";
import { Dialog } from "./dialogs.js";
import { Icon } from "./icons.js";
import { html, useInbox, useStore } from "./lib.js";
import { Menu } from "./parts.js";

const MORNING = 9;
const HOUR_MS = 3_600_000;

const morningIn = (days, now) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
const TIME = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });

/** When it comes back, as one would say it. */
export const until = (at) => (at ? FULL.format(new Date(at)) : "they write");

/** `{label, hint, run}` of the usual choices. `run` asks the server. */
export function snoozeItems(conversation, { act, ui }, now = new Date()) {
  const to = (at) => async () => {
    if (await act.snooze(conversation.id, at)) ui.say(`Snoozed until ${until(at)}: ${conversation.contact.name}`);
  };
  const item = (label, at) => ({ label, hint: (at - now > 6 * 24 * HOUR_MS ? FULL : TIME).format(at), run: to(at) });
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const nextWeek = toMonday === 1 ? 8 : toMonday;  // on a Sunday, “tomorrow” is the Monday
  return [
    { label: "Until they write", run: to(null) },
    item("An hour", new Date(now.getTime() + HOUR_MS)),
    item("Tomorrow", morningIn(1, now)),
    item("Next week", morningIn(nextWeek, now)),
    null,
    { label: "A date…", run: () => ui.ask("snooze", { id: conversation.id }) },
  ];
}

export function Snooze({ conversation }) {
  const inbox = useInbox();
  return html`<${Menu} label="Snooze (S)" cls="btn wide" items=${snoozeItems(conversation, inbox)}>
    <${Icon} name="clock" size=${15} /> Snooze<${Icon} name="caret" size=${15} /><//>`;
}

/** The same choices in front of the page, for the key. */
export function SnoozeMenu({ id }) {
  const inbox = useInbox();
  const conversation = useStore((s) => s.conversations.get(id));
  const pick = (item) => { inbox.ui.dismiss(); item.run(); };
  return html`<${Dialog} title="Snooze" cls="choices">${snoozeItems(conversation, inbox).filter(Boolean).map((item, i) => html`
    <button type="button" key=${item.label} autofocus=${i === 0} onClick=${() => pick(item)}><span class="grow">${item.label}</span><span class="hint">${item.hint}</span></button>`)}<//>`;
}

const field = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

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
  return html`<${Dialog} title="Snooze until"><form onSubmit=${confirm}>
    <label for="snooze-at">Day and time</label>
    <input id="snooze-at" type="datetime-local" required autofocus value=${at} min=${field(new Date())} onInput=${(event) => setAt(event.target.value)} />
    <p class="quiet">If the customer writes before, it comes back at once.</p>
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>Cancel</button>
      <button class="btn primary" disabled=${busy}>Snooze</button></div></form><//>`;
}

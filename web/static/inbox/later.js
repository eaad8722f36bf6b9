// Sending at a time: the button beside Send, the question for a date, and what waits above the field.
import { useEffect, useState } from "preact/hooks";
import { t, told } from "language";
import { Dialog } from "./dialogs.js";
import { Icon } from "./icons.js";
import { html, useInbox, useStore } from "./lib.js";
import { Menu } from "./parts.js";
import { field, moments, until } from "./moments.js";
import { humanise } from "./words.js";

/** What is to be said, in a line. */
const inShort = ({ type, text, name, filename, caption }) =>
  text ?? (type === "template" ? t("Template {name}", { name }) : [filename || humanise(type), caption].filter(Boolean).join(" · "));

export function SendLater({ disabled, onPick }) {
  const { ui } = useInbox();
  const items = [...moments(new Date()).map(({ label, hint, at }) => ({ label, hint, run: () => onPick(at) })), null,
                 { label: t("A date…"), run: () => ui.ask("sendLater", { onPick }) }];
  return html`<${Menu} label=${t("Schedule")} title=${t("Send later")} cls="btn primary split" up items=${items} disabled=${disabled}><${Icon} name="clock" size=${15} /><//>`;
}

/** Any date within a year. */
export function SendAt({ onPick }) {
  const { ui } = useInbox();
  const [at, setAt] = useState(field(moments(new Date()).at(-1).at));
  const confirm = (event) => {
    event.preventDefault();
    ui.dismiss();
    onPick(new Date(at));
  };
  return html`<${Dialog} title=${t("Send later")}><form onSubmit=${confirm}>
    <label for="send-at">${t("Day and time")}</label>
    <input id="send-at" type="datetime-local" required autofocus value=${at} min=${field(new Date())} onInput=${(event) => setAt(event.target.value)} />
    <p class="quiet">${t("If a colleague answers by then, or the customer is with the bot again, it is not sent but shown to you.")}</p>
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button>
      <button class="btn primary">${t("Schedule")}</button></div></form><//>`;
}

/** What waits to be said in this conversation, or could not be. */
export function Scheduled({ id }) {
  const { act } = useInbox();
  const [all, me, connection] = useStore((s) => [s.scheduled.get(id), s.me, s.connection]);
  useEffect(() => { act.loadScheduled(id); }, [id, connection]);
  if (!all?.length) return null;
  return html`<ul class="scheduled" aria-label=${t("To be sent later")}>${all.map((one) => html`<li key=${one.id} class=${one.problem ? "bad" : ""}>
    <${Icon} name=${one.problem ? "alert" : "clock"} size=${15} />
    <span class="grow"><span class="quiet">${one.problem ? t("Not sent: {why}", { why: told(one.problem.message) }) : `${until(one.at)} · ${one.author.id === me.id ? t("you") : one.author.name}`}</span>
      <span class="said" dir="auto">${inShort(one.content)}</span></span>
    ${(one.author.id === me.id || one.author.kind !== "user") && html`<button type="button" class="link" onClick=${() => act.sayNow(one)}>${t("Send now")}</button>
      ${one.content.type === "text" && html`<button type="button" class="link" onClick=${() => act.editScheduled(one)}>${t("Edit")}</button>`}`}
    <button type="button" class="link" onClick=${() => act.withdraw(one)}>${t("Cancel")}</button></li>`)}</ul>`;
}

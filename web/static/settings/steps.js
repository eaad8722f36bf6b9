// Settings: the steps of rules and macros, each a line that can be filled in.
import { t } from "language";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { listed } from "../inbox/words.js";

export const STEPS = {
  add_label: t("Add the label"), remove_label: t("Remove the label"), priority: t("Set the priority"), team: t("Give to the team"), assign: t("Assign to"),
  snooze: t("Snooze for minutes"), note: t("Write a private note"), reply: t("Reply to the customer"), resolve: t("Resolve"),
};
export const PRIORITIES = ["urgent", "high", "medium", "low", "none"];
const START = { priority: "high", snooze: "60" };

/** What can be chosen for a value, null where it is typed. `mine`: “me” is somebody. */
export function choices(kind, { teams, agents }, mine) {
  const named = (all, none) => [["", none], ...all.map((one) => [one.id, one.name])];
  if (kind === "team") return named(teams, t("no team"));
  if (kind === "assign" || kind === "assignee") return mine ? [["me", "me"], ...named(agents, "nobody")] : named(agents, "nobody");
  return kind === "priority" ? PRIORITIES.map((one) => [one, one]) : null;
}

/** “Add the label vip, then resolve”. */
export function said(steps, places) {
  const one = ({ kind, value }) => {
    const known = choices(kind, places, true)?.find(([id]) => id === value)?.[1] ?? value;
    return `${STEPS[kind].toLowerCase()}${value || known ? ` “${known.length > 40 ? `${known.slice(0, 40)}…` : known}”` : ""}`;
  };
  return listed(steps.map(one));
}

export function Steps({ steps, places, mine, onChange }) {
  const put = (at, fields) => onChange(steps.map((step, i) => (i === at ? { ...step, ...fields } : step)));
  return html`<fieldset class="parts"><legend>${t("Then, in this order")}</legend>
    ${steps.map((step, i) => html`<div class="part" key=${i}><select aria-label=${t("Step {place}", { place: i + 1 })} value=${step.kind} onChange=${(event) => put(i, { kind: event.target.value, value: START[event.target.value] ?? "" })}>
        ${Object.entries(STEPS).map(([kind, label]) => html`<option value=${kind} key=${kind}>${label}</option>`)}</select>
      <${Value} step=${step} places=${places} mine=${mine} label=${t("Value of step {place}", { place: i + 1 })} onChange=${(value) => put(i, { value })} />
      <button type="button" class="iconbtn" aria-label=${t("Remove step {place}", { place: i + 1 })} onClick=${() => onChange(steps.filter((_, at) => at !== i))}><${Icon} name="close" size=${16} /></button></div>`)}
    <div><button type="button" class="btn" onClick=${() => onChange([...steps, { kind: "add_label", value: "" }])}><${Icon} name="plus" size=${15} />${t("Step")}</button></div></fieldset>`;
}

function Value({ step, places, mine, label, onChange }) {
  if (step.kind === "resolve") return html`<span class="grow"></span>`;
  const known = choices(step.kind, places, mine);
  const typed = (event) => onChange(event.target.value);
  if (known) return html`<select aria-label=${label} value=${step.value} onChange=${typed}>${known.map(([id, name]) => html`<option value=${id} key=${id}>${name}</option>`)}</select>`;
  if (step.kind === "note" || step.kind === "reply") return html`<textarea aria-label=${label} rows="2" dir="auto" required maxlength="4000" placeholder=${t("Hello {{ contact.first_name }}")} value=${step.value} onInput=${typed}></textarea>`;
  return html`<input aria-label=${label} required dir="auto" inputmode=${step.kind === "snooze" ? "numeric" : "text"} value=${step.value} onInput=${typed} />`;
}

// Settings: rules, tried on yesterday before they are kept.
import { useEffect, useState } from "preact/hooks";
import { mix, n, number, t } from "language";
import { get, post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Delete, useSaving } from "./form.js";
import { putOver } from "./over.js";
import { choices, said, Steps } from "./steps.js";
import { Section, useItems } from "./section.js";

const HAPPENINGS = {
  started: t("a customer begins a conversation"), heard: t("a customer writes"), handed_over: t("the bot hands over"), taken_over: t("an agent takes over"), handed_back: t("it is handed back to the bot"),
  assigned: t("it is assigned"), unassigned: t("it is put back into the queue"), team_changed: t("its team changes"), labelled: t("its labels change"), prioritised: t("its priority changes"),
  snoozed: t("it is snoozed"), woke: t("it wakes up"), resolved: t("it is resolved"), reopened: t("it is opened again"), rated: t("the customer rates it"), skill_waived: t("nobody there can take it"), sla_warned: t("a promise is in danger"), sla_breached: t("a promise is broken"),
};
const TESTS = { is: "is", is_not: t("is not"), has: "has", lacks: t("does not have"), contains: t("contains one of"), at_least: t("is at least"), at_most: t("is at most") };
const FIELDS = {
  text: t("What they wrote"), channel: t("Channel"), team: t("Team"), assignee: t("Assigned to"), speaker: t("Who speaks"), status: t("Status"), language: t("Language"), intent: t("What the bot understood"), label: t("Label"), priority: t("Priority"), score: t("Rating"), attribute: t("The customer’s"), hours: t("The team’s hours"),
};
const OF = { text: ["contains", "lacks"], label: ["has", "lacks"], priority: ["is", "is_not", "at_least"], score: ["at_least", "at_most"] };
const SPEAKERS = [["bot", t("the bot")], ["people", "people"], ["nobody", t("nobody yet")]];
const HOURS = [["open", "open"], ["closed", "closed"]];
const STATUSES = ["open", "snoozed", "resolved"].map((one) => [one, one]);
const NEW = { name: "", happening: "heard", conditions: [{ field: "text", test: "contains", value: "" }], steps: [{ kind: "add_label", value: "" }], is_on: true, position: 0 };

const testsOf = (field) => OF[field] ?? ["is", "is_not"];
const known = (field, places) => ({ channel: places.channels.map((one) => [one.id, one.name]), speaker: SPEAKERS, status: STATUSES, hours: HOURS })[field] ?? choices(field, places);

/** `{teams, agents, channels}`, to choose from. */
export function usePlaces() {
  const [places, set] = useState({ teams: [], agents: [], channels: [] });
  useEffect(() => {
    Promise.all(["teams", "agents", "channels"].map((what) => get(`/${what}`))).then(([teams, agents, channels]) => set({ teams: teams.items, agents: agents.items, channels: channels.items }), () => {});
  }, []);
  return places;
}

export function Rules() {
  const list = useItems("/rules");
  const places = usePlaces();
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="rules" title=${t("Rules")} icon="puzzle" list=${list} nothing=${t("No rules yet")}
      about=${t("What is done by itself when something happens to a conversation. A rule is not set off by what it did itself; what keeps it from running is told here and in the conversation.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New rule")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} rule=${edited} places=${places} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((rule) => html`<li key=${rule.id}><div class="line"><div class="grow"><b>${rule.name}</b> ${!rule.is_on && html`<span class="chip">${t("Off")}</span>`}
        <div class="fact">${when(rule)}: <bdi>${said(rule.steps, places)}</bdi></div>
        ${rule.stopped_why && html`<div class="fact badtext">${mix("Stopped {ago}: {stopped_why}", { ago: html`<${Ago} at=${rule.stopped_at} />`, stopped_why: rule.stopped_why })}</div>`}</div>
      <button type="button" class="btn" aria-label=${t("Edit {name}", { name: rule.name })} onClick=${() => edit(rule)}>${t("Edit")}</button>
      <${Delete} path=${`/rules/${rule.id}`} name=${rule.name} onDone=${done} /></div></li>`)}</ul><//>`;
}

function when({ happening, conditions }) {
  const values = { happening: HAPPENINGS[happening] };
  return conditions.length ? n("When {happening} and {count} condition holds", "When {happening} and {count} conditions hold", conditions.length, values) : t("When {happening}", values);
}

function Editor({ rule, places, onDone, onCancel }) {
  const [held, set] = useState(rule);
  const [tried, setTried] = useState(null);
  const [trouble, send] = useSaving();
  const change = (fields) => { setTried(null); set({ ...held, ...fields }); };
  const { name, happening, conditions, steps, is_on: isOn } = held;
  const body = { name, happening, conditions, steps, is_on: isOn, position: Number(held.position) || 0 };
  const save = (event) => {
    event.preventDefault();
    send(async () => { await (rule.id ? putOver(`/rules/${rule.id}`, body, rule) : post("/rules", body)); onDone(); }, t("Saved: {name}", { name }));
  };
  const tryOut = () => send(async () => setTried(await post("/rule_trials", { ...body, name: name || t("A trial") })));
  const put1 = (at, fields) => change({ conditions: conditions.map((one, i) => (i === at ? { ...one, ...fields } : one)) });
  return html`<form class="editor" onSubmit=${save} aria-label=${rule.id ? t("Edit {name}", { name: rule.name }) : t("New rule")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name")}<input required autofocus maxlength="80" dir="auto" value=${name} onInput=${(event) => change({ name: event.target.value })} /></label>
      <label>${t("When")}<select value=${happening} onChange=${(event) => change({ happening: event.target.value })}>${Object.entries(HAPPENINGS).map(([id, label]) => html`<option value=${id} key=${id}>${label}</option>`)}</select></label>
      <label>${t("Order (lower goes first)")}<input type="number" min="0" max="10000" value=${held.position} onInput=${(event) => change({ position: event.target.value })} /></label></div>
    <fieldset class="parts"><legend>${t("And all of this holds")}</legend>
      ${conditions.map((one, i) => html`<${ConditionLine} key=${i} at=${i} one=${one} places=${places} onChange=${(fields) => put1(i, fields)} onRemove=${() => change({ conditions: conditions.filter((_, at) => at !== i) })} />`)}
      <div><button type="button" class="btn" onClick=${() => change({ conditions: [...conditions, NEW.conditions[0]] })}><${Icon} name="plus" size=${15} />${t("Condition")}</button></div></fieldset>
    <${Steps} steps=${steps} places=${places} onChange=${(next) => change({ steps: next })} />
    <label class="check"><input type="checkbox" checked=${isOn} onChange=${(event) => change({ is_on: event.target.checked })} /><span>${t("The rule is on")}</span></label>
    ${tried && html`<${Tried} tried=${tried} />`}
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button type="button" class="btn" onClick=${tryOut}>${t("Try on the last day")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

function ConditionLine({ at, one, places, onChange, onRemove }) {
  const n = at + 1;
  const values = known(one.field, places);
  const field = (event) => onChange({ field: event.target.value, test: testsOf(event.target.value)[0], value: known(event.target.value, places)?.[0]?.[0] ?? "" });
  const value = (event) => onChange({ value: event.target.value });
  return html`<div class="part"><select aria-label=${t("Condition {n}", { n })} value=${one.field} onChange=${field}>${Object.entries(FIELDS).map(([id, label]) => html`<option value=${id} key=${id}>${label}</option>`)}</select>
    <select aria-label=${t("Test of condition {n}", { n })} value=${one.test} onChange=${(event) => onChange({ test: event.target.value })}>${testsOf(one.field).map((test) => html`<option value=${test} key=${test}>${TESTS[test]}</option>`)}</select>
    ${values ? html`<select aria-label=${t("Value of condition {n}", { n })} value=${one.value} onChange=${value}>${values.map(([id, label]) => html`<option value=${id} key=${id}>${label}</option>`)}</select>`
      : html`<input aria-label=${t("Value of condition {n}", { n })} dir="auto" value=${one.value} placeholder=${{ text: "bill, invoice", attribute: "plan=Gold" }[one.field] ?? ""} onInput=${value} />`}
    <button type="button" class="iconbtn" aria-label=${t("Remove condition {n}", { n })} onClick=${onRemove}><${Icon} name="close" size=${16} /></button></div>`;
}

function Tried({ tried }) {
  const lines = number(tried.looked_at);
  return html`<div class="tried" role="status"><p><b>${tried.count === 0 ? t("It would have done nothing") : tried.count === 1 ? t("It would have run once") : t("It would have run {count} times", { count: tried.count })}</b>
      <span class="quiet"> ${tried.is_all ? t("in the last day, of {lines} lines. Conversations are looked at as they are now; nothing was changed.", { lines }) : t("in the last day, of the newest {lines} lines. Conversations are looked at as they are now; nothing was changed.", { lines })}</span></p>
    <ul>${tried.items.slice(0, 10).map((one) => html`<li key=${`${one.conversation_id}${one.at}`}><a href=${`/?c=${encodeURIComponent(one.conversation_id)}`}><bdi>${one.contact}</bdi></a> <bdi class="quiet">${one.text}</bdi> <${Ago} at=${one.at} /></li>`)}</ul></div>`;
}

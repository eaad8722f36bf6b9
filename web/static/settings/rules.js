// Settings: rules, tried on yesterday before they are kept.
import { useEffect, useState } from "preact/hooks";
import { get, post, put } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Delete, useSaving } from "./form.js";
import { choices, said, Steps } from "./steps.js";

const HAPPENINGS = {
  started: "a customer begins a conversation", heard: "a customer writes", handed_over: "the bot hands over", taken_over: "an agent takes over", handed_back: "it is handed back to the bot",
  assigned: "it is assigned", unassigned: "it is put back into the queue", team_changed: "its team changes", labelled: "its labels change", prioritised: "its priority changes",
  snoozed: "it is snoozed", woke: "it wakes up", resolved: "it is resolved", reopened: "it is opened again", rated: "the customer rates it", sla_warned: "a promise is in danger", sla_breached: "a promise is broken",
};
const TESTS = { is: "is", is_not: "is not", has: "has", lacks: "does not have", contains: "contains one of", at_least: "is at least", at_most: "is at most" };
const FIELDS = {
  text: "What they wrote", channel: "Channel", team: "Team", assignee: "Assigned to", speaker: "Who speaks", status: "Status", language: "Language", intent: "What the bot understood", label: "Label", priority: "Priority", score: "Rating", attribute: "The customer’s", hours: "The team’s hours",
};
const OF = { text: ["contains", "lacks"], label: ["has", "lacks"], priority: ["is", "is_not", "at_least"], score: ["at_least", "at_most"] };
const SPEAKERS = [["bot", "the bot"], ["people", "people"], ["nobody", "nobody yet"]];
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

export function Rules({ Section, useItems }) {
  const list = useItems("/rules");
  const places = usePlaces();
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="rules" title="Rules" icon="puzzle" list=${list} nothing="No rules yet"
      about="What is done by itself when something happens to a conversation. A rule is not set off by what it did itself; what keeps it from running is told here and in the conversation."
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />New rule</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} rule=${edited} places=${places} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((rule) => html`<li key=${rule.id}><div class="line"><div class="grow"><b>${rule.name}</b> ${!rule.is_on && html`<span class="chip">Off</span>`}
        <div class="fact">When ${HAPPENINGS[rule.happening]}${rule.conditions.length > 0 && ` and ${rule.conditions.length} ${rule.conditions.length === 1 ? "condition holds" : "conditions hold"}`}: <bdi>${said(rule.steps, places)}</bdi></div>
        ${rule.stopped_why && html`<div class="fact badtext">Stopped <${Ago} at=${rule.stopped_at} />: ${rule.stopped_why}</div>`}</div>
      <button type="button" class="btn" aria-label=${`Edit ${rule.name}`} onClick=${() => edit(rule)}>Edit</button>
      <${Delete} path=${`/rules/${rule.id}`} name=${rule.name} onDone=${done} /></div></li>`)}</ul><//>`;
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
    send(async () => { await (rule.id ? put(`/rules/${rule.id}`, body) : post("/rules", body)); onDone(); }, `Saved: ${name}`);
  };
  const tryOut = () => send(async () => setTried(await post("/rule_trials", { ...body, name: name || "A trial" })));
  const put1 = (at, fields) => change({ conditions: conditions.map((one, i) => (i === at ? { ...one, ...fields } : one)) });
  return html`<form class="editor" onSubmit=${save} aria-label=${rule.id ? `Edit ${rule.name}` : "New rule"}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>Name<input required autofocus maxlength="80" dir="auto" value=${name} onInput=${(event) => change({ name: event.target.value })} /></label>
      <label>When<select value=${happening} onChange=${(event) => change({ happening: event.target.value })}>${Object.entries(HAPPENINGS).map(([id, label]) => html`<option value=${id} key=${id}>${label}</option>`)}</select></label>
      <label>Order (lower goes first)<input type="number" min="0" max="10000" value=${held.position} onInput=${(event) => change({ position: event.target.value })} /></label></div>
    <fieldset class="parts"><legend>And all of this holds</legend>
      ${conditions.map((one, i) => html`<${ConditionLine} key=${i} at=${i} one=${one} places=${places} onChange=${(fields) => put1(i, fields)} onRemove=${() => change({ conditions: conditions.filter((_, at) => at !== i) })} />`)}
      <div><button type="button" class="btn" onClick=${() => change({ conditions: [...conditions, NEW.conditions[0]] })}><${Icon} name="plus" size=${15} />Condition</button></div></fieldset>
    <${Steps} steps=${steps} places=${places} onChange=${(next) => change({ steps: next })} />
    <label class="check"><input type="checkbox" checked=${isOn} onChange=${(event) => change({ is_on: event.target.checked })} /><span>The rule is on</span></label>
    ${tried && html`<${Tried} tried=${tried} />`}
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>Cancel</button><button type="button" class="btn" onClick=${tryOut}>Try on the last day</button><button class="btn primary">Save</button></div></form>`;
}

function ConditionLine({ at, one, places, onChange, onRemove }) {
  const n = at + 1;
  const values = known(one.field, places);
  const field = (event) => onChange({ field: event.target.value, test: testsOf(event.target.value)[0], value: known(event.target.value, places)?.[0]?.[0] ?? "" });
  const value = (event) => onChange({ value: event.target.value });
  return html`<div class="part"><select aria-label=${`Condition ${n}`} value=${one.field} onChange=${field}>${Object.entries(FIELDS).map(([id, label]) => html`<option value=${id} key=${id}>${label}</option>`)}</select>
    <select aria-label=${`Test of condition ${n}`} value=${one.test} onChange=${(event) => onChange({ test: event.target.value })}>${testsOf(one.field).map((test) => html`<option value=${test} key=${test}>${TESTS[test]}</option>`)}</select>
    ${values ? html`<select aria-label=${`Value of condition ${n}`} value=${one.value} onChange=${value}>${values.map(([id, label]) => html`<option value=${id} key=${id}>${label}</option>`)}</select>`
      : html`<input aria-label=${`Value of condition ${n}`} dir="auto" value=${one.value} placeholder=${{ text: "bill, invoice", attribute: "plan=Gold" }[one.field] ?? ""} onInput=${value} />`}
    <button type="button" class="iconbtn" aria-label=${`Remove condition ${n}`} onClick=${onRemove}><${Icon} name="close" size=${16} /></button></div>`;
}

function Tried({ tried }) {
  const lines = tried.looked_at.toLocaleString("en");
  return html`<div class="tried" role="status"><p><b>${tried.count === 0 ? "It would have done nothing" : tried.count === 1 ? "It would have run once" : `It would have run ${tried.count} times`}</b>
      <span class="quiet"> in the last day, of ${tried.is_all ? lines : `the newest ${lines}`} lines. Conversations are looked at as they are now; nothing was changed.</span></p>
    <ul>${tried.items.slice(0, 10).map((one) => html`<li key=${`${one.conversation_id}${one.at}`}><a href=${`/?c=${encodeURIComponent(one.conversation_id)}`}><bdi>${one.contact}</bdi></a> <bdi class="quiet">${one.text}</bdi> <${Ago} at=${one.at} /></li>`)}</ul></div>`;
}

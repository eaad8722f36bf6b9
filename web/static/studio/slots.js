// Slots, what fills them, and the forms that ask for them.
import { useEffect, useState } from "preact/hooks";
import { listed, t } from "language";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Conflict, Sure, useEditing } from "./editing.js";
import { Gone, NewEntry, Problems, Split, Title, useKept } from "./lists.js";
import { useData } from "./loading.js";
import { Uses } from "./uses.js";

const TYPES = ["text", "bool", "categorical", "float", "list", "any"];
const MAPPINGS = { from_entity: ["entity", "role", "group", "intent"], from_text: ["intent"], from_intent: ["intent", "value"], from_trigger_intent: ["intent", "value"], custom: ["action"] };

const FIELDS = { entity: t("Entity"), role: t("Role"), group: t("Group"), intent: t("Intent"), not_intent: t("Not with the intent"), value: t("Value"), action: t("Action") };

export default function Slots({ path: [kind, name], go }) {
  const { data, error, reload } = useData("/data");
  const [adding, setAdding] = useState(false);
  const editing = useEditing(data?.files, reload);
  const keep = useKept();
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  const of = (one, items) => items.map((item) => ({ ...item, kind: one, id: `${one}/${item.name}`, path: [one, item.name], hint: one === "slot" ? item.value?.type : "form" }));
  const items = [...of("slot", data.slots), ...of("form", data.forms)];
  const wanted = kind && `${kind}/${name}`;
  const shown = keep(kind ? items.find((item) => item.id === wanted) : items[0], wanted, data.problems);
  const add = async (held) => {
    const fresh = held.kind === "slot" ? { type: held.type, mappings: [{ type: "custom" }] } : { required_slots: [] };
    if (await editing.edit({ type: "put", kind: held.kind, name: held.name.trim(), old: null, new: fresh })) { setAdding(false); go("slots", held.kind, held.name.trim()); }
  };
  return html`<${Split} tab="slots" title=${t("Slots and forms")} items=${items} open=${shown?.id} isChosen=${!!kind} go=${go} onNew=${() => setAdding(true)}
      more=${adding && html`<${NewEntry} busy=${editing.busy} onAdd=${add} onClose=${() => setAdding(false)} fields=${[{ name: "kind", label: t("Kind"), options: ["slot", "form"], value: "slot" }, { name: "name", label: t("Name") }, { name: "type", label: t("Type of a slot"), options: TYPES, value: "text" }]} />`}>
    <${Problems} problems=${data.problems} /><${Gone} entry=${shown} />
    ${shown ? html`<${Entry} key=${shown.id} entry=${shown} data=${data} reload=${reload} go=${go} />` : html`<${Empty} icon="form" title=${kind ? t("There is nothing of the name {name}", { name }) : t("No slot and no form yet")} />`}<//>`;
}

function Entry({ entry: { kind, name, value, file, line }, data, reload, go }) {
  const [held, set] = useState(value ?? {});
  const editing = useEditing(data.files, reload);
  const isChanged = JSON.stringify(held) !== JSON.stringify(value);
  useEffect(() => set(value ?? {}), [JSON.stringify(value)]);
  const put = (key, next) => { const { [key]: _, ...rest } = held; set(next === undefined ? rest : { ...held, [key]: next }); };
  const save = () => editing.edit({ type: "put", kind, name, old: value, new: held }, t("Saved"));
  const drop = async () => { if (await editing.edit({ type: "put", kind, name, old: value, new: null })) go("slots"); };
  const rename = async (to) => { const made = await editing.edit({ type: "rename", kind, old: name, new: to }); if (made) go("slots", kind, to); return made; };
  return html`<${Title} name=${name} onRename=${rename}><span class="chip">${kind}</span><span class="sub">${file}:${line}</span><span class="grow"></span>
      ${isChanged && html`<button type="button" class="btn" onClick=${() => set(value)}>${t("Discard")}</button><button type="button" class="btn primary" disabled=${editing.busy} onClick=${save}>${t("Save")}</button>`}
      <${Sure} question=${t("Delete it?")} disabled=${editing.busy} onSure=${drop}>${t("Delete")}<//><//>
    <${Conflict} editing=${editing} />
    <${Uses} kind=${kind} name=${name} go=${go} />
    <p class="about">${kind === "form" ? t("A new name is put in everywhere in the data, also in {names}. Actions in code that use it are changed by hand.", { names: listed([`validate_${name}`, `utter_ask_${name}_…`]) }) : t("A new name is put in everywhere in the data, also in {names}. Actions in code that use it are changed by hand.", { names: listed([`utter_ask_${name}`, `{${name}}`]) })}</p>
    <div class="sheetform">${kind === "slot" ? html`<${Slot} slot=${held} put=${put} data=${data} />` : html`<${Form} form=${held} put=${put} data=${data} />`}</div>`;
}

function Slot({ slot, put, data }) {
  const mappings = Array.isArray(slot.mappings) ? slot.mappings : [];
  const change = (i, next) => put("mappings", mappings.map((one, j) => (i === j ? next : one)));
  const types = TYPES.includes(slot.type) ? TYPES : [...TYPES, slot.type];
  return html`<label>${t("Type")}<select value=${slot.type} onChange=${(event) => put("type", event.target.value)}>${types.map((one) => html`<option key=${one}>${one}</option>`)}</select></label>
    ${slot.type === "categorical" && html`<${Lines} label=${t("Values")} value=${slot.values} onChange=${(next) => put("values", next)} />`}
    <label class="check"><input type="checkbox" checked=${slot.influence_conversation !== false} onChange=${(event) => put("influence_conversation", event.target.checked ? undefined : false)} />${t("What it holds decides how the conversation goes on")}</label>
    <h3>${t("Filled by")}</h3>
    ${mappings.map((mapping, i) => html`<div class="mapping" key=${i}><label>${t("How")}<select value=${mapping.type} onChange=${(event) => change(i, { ...mapping, type: event.target.value })}>${[...new Set([...Object.keys(MAPPINGS), mapping.type])].map((one) => html`<option key=${one}>${one}</option>`)}</select></label>
      ${[...(MAPPINGS[mapping.type] ?? []), ...("not_intent" in mapping ? ["not_intent"] : [])].map((field) => html`<${Which} key=${field} field=${field} value=${mapping[field]} put=${(next) => { const { [field]: _, ...rest } = mapping; change(i, next === undefined ? rest : { ...mapping, [field]: next }); }} />`)}
      ${mapping.conditions && html`<p class="quiet">${t("while {conditions}", { conditions: listed(mapping.conditions.map(holds), "disjunction") })}</p>`}
      <button type="button" class="iconbtn" aria-label=${t("Remove the mapping {place}", { place: i + 1 })} onClick=${() => put("mappings", mappings.filter((_, j) => j !== i))}><${Icon} name="close" size=${15} /></button></div>`)}
    <button type="button" class="btn" onClick=${() => put("mappings", [...mappings, { type: "from_entity" }])}><${Icon} name="plus" size=${15} />${t("Add a way")}</button>
    <datalist id="d-entities">${data.entities.map(({ name }) => html`<option key=${name} value=${name} />`)}</datalist><datalist id="d-intents">${data.intents.map(({ name }) => html`<option key=${name} value=${name} />`)}</datalist>`;
}

/** What a mapping goes by: one name, or several with commas between them. */
function Which({ field, value, put }) {
  const isList = Array.isArray(value) && value.every((one) => typeof one === "string");
  const isOther = !isList && typeof value === "object" && value !== null;
  const type = (typed) => put(typed === "" ? undefined : isList && typed.includes(",") ? typed.split(",").map((one) => one.trim()) : typed);
  return html`<label>${FIELDS[field] ?? field}<input list=${field === "entity" ? "d-entities" : isList ? undefined : field.endsWith("intent") ? "d-intents" : undefined} disabled=${isOther}
    value=${isList ? value.join(", ") : isOther ? JSON.stringify(value) : value ?? ""} onInput=${(event) => type(event.target.value)} /></label>`;
}

function Form({ form, put }) {
  return html`<${Lines} label=${t("Asks for these slots, in this order")} value=${form.required_slots} onChange=${(next) => put("required_slots", next ?? [])} />
    <${Lines} label=${t("Intents that are not taken for an answer")} value=${form.ignored_intents} onChange=${(next) => put("ignored_intents", next)} />`;
}

/** A list of names, one on a line. What is no such list is left alone. */
function Lines({ label, value, onChange }) {
  const [text, setText] = useState(null);
  if (value !== undefined && value !== null && !(Array.isArray(value) && value.every((one) => typeof one === "string"))) return html`<label>${label}<textarea disabled rows="4" value=${JSON.stringify(value, null, 2)}></textarea></label>`;
  const lines = (value ?? []).join("\n");
  const type = (typed) => { setText(typed); const found = typed.split("\n").map((line) => line.trim()).filter(Boolean); onChange(found.length ? found : undefined); };
  return html`<label>${label}<textarea rows=${Math.max(3, (value ?? []).length + 1)} value=${text ?? lines} onInput=${(event) => type(event.target.value)} onBlur=${() => setText(null)}></textarea></label>`;
}

function holds({ active_loop: form, requested_slot: slot }) {
  const values = { form: form ?? t("no form"), slot };
  return slot ? t("{form} asks for {slot}", values) : t("{form} is active", values);
}

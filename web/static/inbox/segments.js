// Segments of contacts: choose one, make or change one, take its file.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, post, remove } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox } from "./lib.js";
import { putOver } from "../settings/over.js";

const NEW = { field: "", test: "is", value: "" };

export function Segments({ chosen, changed, mayExport, onChoose }) {
  const { ui } = useInbox();
  const [items, set] = useState([]);
  const [form, show] = useState(null);  // "new", or the id of the one that is changed
  const edited = items.find((one) => one.id === form);
  const load = () => get("/contact_segments").then(({ items }) => set(items), (error) => ui.say(error.message, "bad"));
  useEffect(() => { load(); }, [changed]);
  const done = async (segment) => { show(null); await load(); onChoose(segment.id, true); };
  const drop = async () => {
    try {
      await remove(`/contact_segments/${chosen}`);
      show(null);
      onChoose("");
      await load();
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  return html`<div class="segments"><select aria-label=${t("Segment")} value=${chosen} onChange=${(event) => { show(null); onChoose(event.target.value); }}>
      <option value="">${t("All contacts")}</option>${items.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}${one.count === null ? "" : ` (${one.count})`}</option>`)}</select>
    ${chosen && mayExport && html`<a class="btn" href=${`/api/v1/contact_export?segment=${encodeURIComponent(chosen)}`} download>${t("Export")}</a>`}
    ${chosen && html`<button type="button" class="btn" aria-expanded=${String(form === chosen)} onClick=${() => show(form === chosen ? null : chosen)}>${t("Edit")}</button>`}
    ${chosen && html`<button type="button" class="btn" onClick=${drop}>${t("Delete")}</button>`}
    <button type="button" class="btn" aria-expanded=${String(form === "new")} onClick=${() => show(form === "new" ? null : "new")}>${t("New segment")}</button>
    ${form === "new" && html`<${Form} key="new" onDone=${done} />`}
    ${edited && html`<${Form} key=${edited.id} segment=${edited} onDone=${done} />`}</div>`;
}

/** A new segment, or the one given, with its name and its conditions. */
function Form({ segment, onDone }) {
  const [attributes, setAttributes] = useState([]);
  const [name, setName] = useState(segment?.name ?? "");
  const [clauses, set] = useState(segment?.clauses ?? [{ ...NEW, field: "reach", value: "phone" }]);
  const title = segment ? t("Edit the segment") : t("New segment");
  const [trouble, setTrouble] = useState(null);
  useEffect(() => { get("/contact_attributes").then(({ items }) => setAttributes(items), (error) => setTrouble(error.message)); }, []);
  const fields = [["reach", t("Reachable by")], ["blocked", t("Blocked")], ["email", t("Email")], ["phone", t("Phone")], ...attributes.map((one) => [one.id, one.label])];
  const tests = [["is", t("is")], ["is_not", t("is not")], ["known", t("is known")], ["unknown", t("is not known")], ["at_least", t("is at least")], ["at_most", t("is at most")]];
  const change = (at, more) => set(clauses.map((one, i) => (i === at ? { ...one, ...more } : one)));
  const save = async (event) => {
    event.preventDefault();
    try {
      onDone(await (segment ? putOver(`/contact_segments/${segment.id}`, { name, clauses }, segment) : post("/contact_segments", { name, clauses })));
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<form class="newsegment" onSubmit=${save} aria-label=${title}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <label>${t("Name")}<input required autofocus maxlength="80" dir="auto" value=${name} onInput=${(event) => setName(event.target.value)} /></label>
    ${clauses.map((one, i) => html`<div class="part" key=${i}>
      <select aria-label=${t("Condition")} value=${one.field} onChange=${(event) => change(i, { field: event.target.value })}>${fields.map(([id, label]) => html`<option key=${id} value=${id}>${label}</option>`)}</select>
      <select aria-label=${t("Comparison")} value=${one.test} onChange=${(event) => change(i, { test: event.target.value })}>${tests.map(([id, label]) => html`<option key=${id} value=${id}>${label}</option>`)}</select>
      ${!one.test.endsWith("known") && html`<input aria-label=${t("Value")} dir="auto" value=${one.value} placeholder=${{ reach: "phone", blocked: "yes" }[one.field] ?? ""} onInput=${(event) => change(i, { value: event.target.value })} />`}
      ${clauses.length > 1 && html`<button type="button" class="btn" aria-label=${t("Remove condition {number}", { number: i + 1 })} onClick=${() => set(clauses.filter((_, at) => at !== i))}><${Icon} name="close" size=${14} /></button>`}</div>`)}
    <div class="buttons"><button type="button" class="btn" onClick=${() => set([...clauses, { ...NEW, field: "email", test: "known" }])}>${t("Another condition")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

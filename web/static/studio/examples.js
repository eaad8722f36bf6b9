// The examples of one list: added, marked, changed, moved and deleted, one by one or many at once.
import { useEffect, useRef, useState } from "preact/hooks";
import { n, t, told } from "language";
import { Icon } from "../inbox/icons.js";
import { html, names } from "../inbox/lib.js";
import { pieces, selectedIn, shifted, written } from "./marks.js";
import { Sure } from "./editing.js";

export function Examples({ kind, name, items, entities, targets, warnings, files, editing }) {
  const [chosen, setChosen] = useState(() => new Set());
  const [open, setOpen] = useState(null);
  const list = useRef();
  useEffect(() => setChosen((held) => new Set([...held].filter((one) => items.some((item) => item.written === one)))), [items]);
  const toggle = (one) => setChosen((held) => { const next = new Set(held); if (!next.delete(one)) next.add(one); return next; });
  const some = chosen.size ? [...chosen] : [];
  const change = async (item, next) => {
    const made = next === item.written || await editing.edit({ type: "change_example", kind, name, old: item.written, new: next }, t("Changed"));
    if (made) setOpen(null);
  };
  const onKeyDown = (event) => {
    if (event.target.type !== "checkbox") return;
    const boxes = [...list.current.querySelectorAll(".ex input[type=checkbox]")];
    const at = boxes.indexOf(event.target);
    const item = items[at];
    const deeds = { ArrowDown: () => boxes[at + 1]?.focus(), ArrowUp: () => boxes[at - 1]?.focus(), Home: () => boxes[0].focus(), End: () => boxes.at(-1).focus(),
      Enter: () => setOpen({ written: item.written }), Delete: () => setChosen((held) => held.size ? held : new Set([item.written])) };
    if (!deeds[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    deeds[event.key]();
  };
  return html`<${Add} kind=${kind} name=${name} files=${files} editing=${editing} />
    ${some.length > 0 && html`<${Bulk} kind=${kind} name=${name} some=${some} all=${items} targets=${targets} editing=${editing} onDone=${() => setChosen(new Set())} />`}
    <ul class="examples" ref=${list} onKeyDown=${onKeyDown} aria-label=${t("Examples of {name}", { name })}>${items.map((item) => html`<${Example} key=${item.written} item=${item} isChosen=${chosen.has(item.written)}
      onToggle=${() => toggle(item.written)} open=${open?.written === item.written ? open : null} onOpen=${(more) => setOpen({ written: item.written, ...more })} onClose=${() => setOpen(null)}
      onChange=${(next) => change(item, next)} entities=${entities} warning=${warnings?.get(item.written)} busy=${editing.busy} />`)}</ul>
    ${items.length === 0 && html`<p class="quiet nothing">${t("No examples yet.")}</p>`}`;
}

function Add({ kind, name, files, editing }) {
  const [file, setFile] = useState("");
  const [text, setText] = useState("");
  const add = async (event) => {
    event.preventDefault();
    const examples = text.split("\n").map((line) => line.replace(/^\s*-\s+/, "").trim()).filter(Boolean);
    if (!examples.length) return;
    setText(""); // at once: what is typed while this is on its way is the next one
    if (!await editing.edit({ type: "add_examples", kind, name, examples, file: file || null }, examples.length === 1 ? t("Added") : t("Added {count} examples", { count: examples.length }))) setText((typed) => (typed ? `${text}\n${typed}` : text));
  };
  return html`<form class="addexample" onSubmit=${add}><textarea rows=${Math.min(8, text.split("\n").length)} dir="auto" aria-label=${t("New example")} placeholder=${kind === "intent" ? t("Add an example; several lines become several") : t("Add…")} value=${text}
      onInput=${(event) => setText(event.target.value)} onKeyDown=${(event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) add(event); }}></textarea>
    ${files?.length > 1 && html`<select aria-label=${t("In which file")} value=${file} onChange=${(event) => setFile(event.target.value)}><option value="">${t("where most are")}</option>${files.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select>`}
    <button class="btn" disabled=${editing.busy || !text.trim()}>${t("Add")}</button></form>`;
}

function Bulk({ kind, name, some, all, targets, editing, onDone }) {
  const run = async (operation, said) => { if (await editing.edit({ kind, name, examples: some, ...operation }, said)) onDone(); };
  const many = n("{count} example", "{count} examples", some.length);
  return html`<div class="bulk" role="region" aria-label=${t("Chosen examples")}><b>${t("{count} of {count2} chosen", { count: some.length, count2: all.length })}</b>
    ${targets && html`<label>${t("Move to")} <select disabled=${editing.busy} value="" onChange=${(event) => event.target.value && run({ type: "move_examples", to: event.target.value }, t("Moved {many} to {value}", { many, value: event.target.value }))}>
      <option value="">${t("choose an intent")}</option>${targets.filter((one) => one !== name).map((one) => html`<option key=${one}>${one}</option>`)}</select></label>`}
    <${Sure} question=${t("Delete {many}?", { many })} disabled=${editing.busy} onSure=${() => run({ type: "delete_examples" }, t("Deleted {many}", { many }))}>${t("Delete")}<//>
    <button type="button" class="link" onClick=${onDone}>${t("Choose none")}</button></div>`;
}

function Example({ item, isChosen, onToggle, open, onOpen, onClose, onChange, entities, warning, busy }) {
  const line = useRef();
  const mark = () => {
    const place = entities && selectedIn(line.current);
    if (place) onOpen({ place });
  };
  return html`<li class=${names("ex", open && "open")} id=${`x-${item.file}-${item.line}`}>
    <input type="checkbox" checked=${isChosen} onChange=${onToggle} aria-label=${item.text} />
    <div class="exin">${open && !open.place ? html`<${Editor} item=${item} busy=${busy} entities=${entities} onChange=${onChange} onClose=${onClose} />` : html`
      <span class="exline" ref=${line} dir="auto" onPointerUp=${() => setTimeout(mark)} onDblClick=${() => !entities && onOpen()}>${pieces(item.text, item.entities).map((piece) => typeof piece === "string" ? piece
        : html`<mark key=${piece.start}>${piece.text}<small>${piece.kinds.map(label).join(" + ")}</small></mark>`)}</span>`}
      ${open?.place && html`<${Mark} item=${item} place=${open.place} busy=${busy} entities=${entities} onChange=${onChange} onClose=${onClose} />`}</div>
    ${warning && html`<span class="chip warn" title=${told(warning.words)}>${SHORT[warning.kind]}</span>`}
    <span class="sub place">${item.file}:${item.line}</span>
    <button type="button" class="iconbtn small" aria-label=${t("Edit: {text}", { text: item.text })} title=${t("Edit (Enter)")} onClick=${() => (open ? onClose() : onOpen())}><${Icon} name="pencil" size=${14} /></button></li>`;
}

export const SHORT = { collision: t("taken for another intent"), duplicate: t("duplicate"), near_duplicate: t("near-duplicate"), uneven: t("unevenly marked"), personal: t("personal data"), few: t("few examples"), many: t("many examples") };
const label = ({ entity, role, group, value }) => `${entity}${role ? `·${role}` : ""}${group ? `·${group}` : ""}${value ? ` = ${value}` : ""}`;

/** The text typed over, its marks kept on their words; with the keyboard, what is selected in the field is marked. */
function Editor({ item, entities, onChange, onClose, busy }) {
  const [held, set] = useState({ text: item.text, entities: item.entities });
  const [place, setPlace] = useState(null);
  const field = useRef();
  const type = (text) => set({ text, entities: shifted(held.entities, held.text, text) });
  const look = () => {
    const { selectionStart: a, selectionEnd: b, value } = field.current;
    setPlace(a === b ? null : { start: [...value.slice(0, a)].length, end: [...value.slice(0, b)].length });
  };
  const save = (event) => { event.preventDefault(); onChange(written(held.text.trim(), held.entities)); };
  return html`<form class="exedit" onSubmit=${save} onKeyDown=${(event) => event.key === "Escape" && onClose()}>
    <input ref=${field} autofocus dir="auto" aria-label=${t("Example")} value=${held.text} onInput=${(event) => type(event.target.value)} onSelect=${look} />
    ${held.entities.length > 0 && html`<p class="chips">${held.entities.map((entity) => html`<span class="chip accent" key=${`${entity.start}${entity.entity}`}>${[...held.text].slice(entity.start, entity.end).join("")} → ${label(entity)}
      <button type="button" aria-label=${t("Remove the mark {label}", { label: label(entity) })} onClick=${() => set({ ...held, entities: held.entities.filter((one) => one !== entity) })}>×</button></span>`)}</p>`}
    ${entities && html`<p class="quiet">${place ? "" : t("Select words in the field to mark an entity.")}</p>`}
    ${entities && place && html`<${Fields} entities=${entities} onMark=${(kind) => { set({ ...held, entities: [...without(held.entities, place), { ...place, ...kind }] }); setPlace(null); field.current.focus(); }} />`}
    <div class="buttons"><button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button><button class="btn primary" disabled=${busy || !held.text.trim()}>${t("Save")}</button></div></form>`;
}

function Mark({ item, place, entities, onChange, onClose, busy }) {
  const word = [...item.text].slice(place.start, place.end).join("");
  const inside = item.entities.some((one) => one.start < place.end && place.start < one.end);
  const mark = (kind) => onChange(written(item.text, [...without(item.entities, place), { ...place, ...kind }]));
  return html`<div class="marking" role="dialog" aria-label=${t("Mark {word}", { word })} onKeyDown=${(event) => event.key === "Escape" && onClose()}><p>${t("Mark")} <mark>${word}</mark> ${t("as")}</p>
    <${Fields} entities=${entities} busy=${busy} onMark=${mark} />
    <div class="buttons">${inside && html`<button type="button" class="btn" disabled=${busy} onClick=${() => onChange(written(item.text, without(item.entities, place)))}>${t("Remove the mark")}</button>`}
      <button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button></div></div>`;
}

const without = (entities, place) => entities.filter((one) => one.end <= place.start || one.start >= place.end);

/** Which entity; a role, a group and a value if wanted. Not a form: it may stand within one. */
export function Fields({ entities, onMark, busy }) {
  const [held, set] = useState({ entity: "", role: "", group: "", value: "" });
  const known = entities.find((one) => one.name === held.entity);
  const give = () => held.entity.trim() && onMark(Object.fromEntries(Object.entries(held).map(([key, value]) => [key, value.trim()]).filter(([, value]) => value)));
  const field = (name, title, options) => html`<label>${title}<input value=${held[name]} list=${options?.length ? `l-${name}` : undefined} autofocus=${name === "entity"}
    onInput=${(event) => set({ ...held, [name]: event.target.value })} onKeyDown=${(event) => { if (event.key === "Enter") { event.preventDefault(); give(); } }} />
    ${options?.length > 0 && html`<datalist id=${`l-${name}`}>${options.map((one) => html`<option key=${one} value=${one} />`)}</datalist>`}</label>`;
  return html`<div class="markfields">${field("entity", t("Entity"), entities.map((one) => one.name))}${field("role", t("Role"), known?.roles)}${field("group", t("Group"), known?.groups)}${field("value", t("Value"))}
    <button type="button" class="btn primary" disabled=${busy || !held.entity.trim()} onClick=${give}>${t("Mark")}</button></div>`;
}

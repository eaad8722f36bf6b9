// What the bot says: the variants of a response, and how each looks on every channel.
import { useEffect, useState } from "preact/hooks";
import { mix, t } from "language";
import { post } from "../inbox/api.js";
import { Content } from "../inbox/contents.js";
import { ChannelMark, Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Conflict, Sure, useEditing } from "./editing.js";
import { Gone, NewEntry, Problems, Split, Title, useKept } from "./lists.js";
import { useData } from "./loading.js";
import { Uses } from "./uses.js";

const PAUSE_MS = 300;
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const isReference = (value) => value && typeof value === "object" && typeof value["*"] === "string";

export default function Responses({ path: [name], go }) {
  const { data, error, reload } = useData("/data");
  const [adding, setAdding] = useState(false);
  const editing = useEditing(data?.files, reload);
  const keep = useKept();
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  const items = data.responses.map((one) => ({ ...one, hint: `${one.value?.length ?? 0}` }));
  const shown = keep(name ? items.find((one) => one.name === name) : items[0], name, data.problems);
  const add = async (held) => {
    const full = held.name.trim().startsWith("utter_") ? held.name.trim() : `utter_${held.name.trim()}`;
    if (await editing.edit({ type: "put", kind: "response", name: full, old: null, new: [{ text: held.text }] })) { setAdding(false); go("responses", full); }
  };
  return html`<${Split} tab="responses" title=${t("Responses")} items=${items} open=${shown?.name} isChosen=${!!name} go=${go} onNew=${() => setAdding(true)} newLabel=${t("New response")}
      more=${adding && html`<${NewEntry} busy=${editing.busy} onAdd=${add} onClose=${() => setAdding(false)} fields=${[{ name: "name", label: t("Name"), value: "utter_" }, { name: "text", label: t("Text") }]} />`}>
    <${Problems} problems=${data.problems} /><${Gone} entry=${shown} />
    ${shown && Array.isArray(shown.value) ? html`<${Response} key=${shown.name} response=${shown} data=${data} reload=${reload} go=${go} />` : html`<${Empty} icon="reply" title=${name ? t("There is no response {name}", { name }) : t("No response yet")} />`}<//>`;
}

function Response({ response: { name, value, file, line }, data, reload, go }) {
  const [held, set] = useState({ old: value, variants: value });
  const [at, show] = useState(0);
  const editing = useEditing(data.files, reload);
  const isChanged = !same(held.old, held.variants);
  useEffect(() => { if (!isChanged) set({ old: value, variants: value }); }, [JSON.stringify(value)]);
  const put = (variants) => set({ ...held, variants });
  const change = (index, variant) => put(held.variants.map((one, i) => (i === index ? variant : one)));
  const save = async () => { if (await editing.edit({ type: "put", kind: "response", name, old: held.old, new: held.variants }, t("Saved"))) set({ old: held.variants, variants: held.variants }); };
  const rename = async (to) => { const made = await editing.edit({ type: "rename", kind: "response", old: name, new: to }); if (made) go("responses", to); return made; };
  const drop = async () => { if (await editing.edit({ type: "put", kind: "response", name, old: value, new: null })) go("responses"); };
  const shown = held.variants[Math.min(at, held.variants.length - 1)];
  return html`<${Title} name=${name} onRename=${rename}><span class="sub">${file}:${line}</span><span class="grow"></span>
      ${isChanged && html`<button type="button" class="btn" onClick=${() => set({ old: value, variants: value })}>${t("Discard")}</button><button type="button" class="btn primary" disabled=${editing.busy} onClick=${save}>${t("Save")}</button>`}
      <${Sure} question=${t("Delete it?")} disabled=${editing.busy} onSure=${drop}>${t("Delete")}<//><//>
    <${Conflict} editing=${editing} />
    <${Uses} kind="response" name=${name} go=${go} />
    <div class="response"><div class="variants">${held.variants.map((variant, i) => html`<${Variant} key=${i} variant=${variant} number=${i + 1} isShown=${shown === variant} only=${held.variants.length === 1} shared=${data.shared}
        onShow=${() => show(i)} onChange=${(next) => change(i, next)} onDrop=${() => put(held.variants.filter((_, j) => j !== i))} />`)}
        <button type="button" class="btn" onClick=${() => { put([...held.variants, { text: "" }]); show(held.variants.length); }}><${Icon} name="plus" size=${15} />${t("Add a variant")}</button></div>
      ${shown && html`<${Preview} variant=${shown} />`}</div>`;
}

function Variant({ variant, number, isShown, only, shared, onShow, onChange, onDrop }) {
  const { buttons } = variant;
  const field = (key, next) => { const { [key]: _, ...rest } = variant; onChange(next === "" ? rest : { ...variant, [key]: next }); };
  const putButton = (i, next) => onChange({ ...variant, buttons: buttons.map((one, j) => (i === j ? { ...one, ...next } : one)) });
  const conditions = isReference(variant.condition) ? shared[variant.condition["*"]] : variant.condition;
  return html`<fieldset class="variant" data-shown=${isShown} onFocusIn=${onShow}><legend>${t("Variant {number}", { number })}
      ${Array.isArray(conditions) && conditions.map((one) => html` <span class="chip accent" key=${JSON.stringify(one)}>${t("if {name} is {value}", { name: one.name, value: String(one.value) })}</span>`)}</legend>
    <label>${t("Text")}<textarea rows=${Math.min(8, 1 + String(variant.text ?? "").split("\n").length)} dir="auto" value=${variant.text ?? ""} onInput=${(event) => field("text", event.target.value)}></textarea></label>
    ${isReference(buttons) ? html`<p class="quiet">${mix("Buttons: as marked {code} elsewhere in the file ({join}).", { code: html`<code>&${buttons["*"]}</code>`, join: (shared[buttons["*"]] ?? []).map((one) => one.title).join(", ") })}</p>`
      : Array.isArray(buttons) && buttons.map((button, i) => html`<div class="buttonrow" key=${i}><label>${t("Button")}<input dir="auto" value=${button.title ?? ""} onInput=${(event) => putButton(i, { title: event.target.value })} /></label>
        <label>${t("Sends")}<input value=${button.payload ?? ""} placeholder=${t("/intent")} onInput=${(event) => putButton(i, { payload: event.target.value })} /></label>
        <button type="button" class="iconbtn" aria-label=${t("Remove the button {title}", { title: button.title })} onClick=${() => field("buttons", buttons.length > 1 ? buttons.filter((_, j) => j !== i) : "")}><${Icon} name="close" size=${15} /></button></div>`)}
    <div class="variantfoot">${!isReference(buttons) && html`<button type="button" class="link" onClick=${() => onChange({ ...variant, buttons: [...(buttons ?? []), { title: "", payload: "/" }] })}>${t("Add a button")}</button>`}
      <label>${t("Image")} <input type="text" inputmode="url" placeholder=${t("https://…")} value=${typeof variant.image === "string" ? variant.image : ""} onInput=${(event) => field("image", event.target.value)} /></label>
      <label>${t("Only on")} <select value=${variant.channel ?? ""} onChange=${(event) => field("channel", event.target.value)}>${["", ...new Set([...KINDS, variant.channel].filter(Boolean))].map((one) => html`<option key=${one} value=${one}>${one || t("every channel")}</option>`)}</select></label>
      ${!only && html`<button type="button" class="link" onClick=${onDrop}>${t("Remove this variant")}</button>`}</div></fieldset>`;
}

const KINDS = ["whatsapp", "webchat", "rcs", "smpp", "twilio", "kaleyra", "vonage", "infobip", "sinch"];

/** As every channel that is switched on would show it; asked for when one pauses typing. */
function Preview({ variant }) {
  const [held, set] = useState({ items: null, trouble: null });
  useEffect(() => {
    let isOver = false;
    const timer = setTimeout(async () => {
      try {
        const { items } = await post("/studio/preview", { variant });
        if (!isOver) set({ items, trouble: null });
      } catch (error) {
        if (!isOver) set({ items: null, trouble: error.message });
      }
    }, PAUSE_MS);
    return () => { isOver = true; clearTimeout(timer); };
  }, [JSON.stringify(variant)]);
  const items = held.items?.filter((one) => !variant.channel || one.kind === variant.channel);
  return html`<aside class="previews" aria-label=${t("As channels show it")}><h3>${t("As channels show it")}</h3>
    ${held.trouble && html`<p class="problem">${held.trouble}</p>`}
    ${items?.length === 0 && html`<p class="quiet">${t("No channel of this kind is switched on.")}</p>`}
    ${items?.map((channel) => html`<section key=${channel.id}><h4><span class="mark inline" data-channel=${channel.kind}><${ChannelMark} kind=${channel.kind} /></span>${channel.name}</h4>
      ${channel.contents.map((content, i) => html`<div class="said" key=${i}><${Content} content=${content} /></div>`)}
      ${channel.changes.length > 0 && html`<ul class="changes">${channel.changes.map((words) => html`<li key=${words}>${words}</li>`)}</ul>`}</section>`)}</aside>`;
}

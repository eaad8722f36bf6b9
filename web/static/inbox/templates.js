// Templates that a provider has approved: which there are, what they need, and what the customer will read. The
// server has the last word: it compares the message with the template before it is sent.
import { useEffect, useState } from "preact/hooks";
import { mix, t } from "language";
import { get, post, upload } from "./api.js";
import { contentOf } from "./attachments.js";
import { Dialog } from "./dialogs.js";
import { SendLater } from "./later.js";
import { html, newClientId, useInbox, useStore } from "./lib.js";
import * as S from "./store.js";

const PLACE = /\{\{\s*(\w+)\s*\}\}/g;
const FILES = { IMAGE: { label: t("Picture"), accept: "image/jpeg,image/png" }, VIDEO: { label: t("Video"), accept: "video/mp4,video/3gpp" }, DOCUMENT: { label: t("Document"), accept: "application/pdf" } };
const MEDIA = Object.keys(FILES);

const placesIn = (text) => [...new Set([...(text ?? "").matchAll(PLACE)].map((found) => found[1]))];
const isNamed = (place) => !/^\d+$/.test(place);

/**
 * What an agent fills in: `{key, label, type, accept}` in the order of the template. With `files` a header's picture
 * is a file, else an address: one that a whole campaign can be sent with.
 */
export function fieldsOf({ components }, { files = false } = {}) {
  return components.flatMap((component) => {
    const { type, format, text, buttons } = component;
    if (type === "HEADER" && MEDIA.includes(format)) {
      return [files ? { key: "header:file", label: FILES[format].label, type: "file", accept: FILES[format].accept }
        : { key: "header:file", label: t("Address of the {format}", { format: format.toLowerCase() }), type: "url" }];
    }
    if (type === "HEADER" || type === "BODY") {
      const where = type === "HEADER" ? t("Title") : t("Text");
      const examples = examplesOf(component);
      return placesIn(text).map((place, i) => ({ key: `${type.toLowerCase()}:${place}`, label: isNamed(place) ? place.replaceAll("_", " ") : t("{where}, value {place}", { where, place }), example: Array.isArray(examples) ? examples[i] : examples[place], type: "text" }));
    }
    if (type !== "BUTTONS") return [];
    return buttons.flatMap((button, i) => button.type === "URL" && placesIn(button.url).length
      ? [{ key: `button:${i}`, label: t("End of the link “{text}”", { text: button.text }), type: "text" }]
      : button.type === "COPY_CODE" ? [{ key: `button:${i}`, label: t("Code to copy"), type: "text" }] : []);
  });
}

/** What the template was approved with, by its places' names or in their order. */
function examplesOf({ type, example }) {
  const of = type.toLowerCase();
  const named = example?.[`${of}_text_named_params`];
  if (Array.isArray(named)) return Object.fromEntries(named.map((each) => [each.param_name, each.example]));
  const [first] = example?.[`${of}_text`] ?? [];
  return Array.isArray(first) ? first : example?.[`${of}_text`] ?? [];
}

/** A label, and beneath it what stood there when the template was approved. */
export const Told = ({ label, example }) => html`${label}${example && html` <span class="fact">${mix("such as “{example}”", { example: html`<bdi>${example}</bdi>` })}</span>`}`;

/** The message's components with these values. */
export function filledIn({ components }, values) {
  return components.flatMap(({ type, format, text, buttons }) => {
    if (type === "HEADER" && MEDIA.includes(format)) {
      const kind = format.toLowerCase();
      if (values["header:file"]?.id) return [];  // the message itself carries it
      return [{ type: "header", parameters: [{ type: kind, [kind]: { link: values["header:file"] ?? "" } }] }];
    }
    if (type === "HEADER" || type === "BODY") {
      const parameters = placesIn(text).map((place) => ({ type: "text", ...(isNamed(place) && { parameter_name: place }), text: values[`${type.toLowerCase()}:${place}`] ?? "" }));
      return parameters.length ? [{ type: type.toLowerCase(), parameters }] : [];
    }
    return (buttons ?? []).flatMap((button, i) => {
      const value = values[`button:${i}`];
      if (value === undefined) return [];
      const isCode = button.type === "COPY_CODE";
      const parameter = isCode ? { type: "coupon_code", coupon_code: value } : { type: "text", text: value };
      return [{ type: "button", sub_type: isCode ? "copy_code" : "url", index: String(i), parameters: [parameter] }];
    });
  });
}

/** What the customer may tap beneath it. */
const buttonsOf = ({ components }) => components.flatMap(({ type, buttons }) => (type === "BUTTONS" ? (buttons ?? []).map(({ text }) => text ?? t("Copy the code")) : []));

/** What the customer will see. */
function Preview({ template, values }) {
  const file = values["header:file"]?.id ? values["header:file"] : null;
  return html`<div class="templatepreview" role="group" aria-label=${t("What the customer will read")}>
    ${file && (contentOf(file).type === "image" ? html`<img src=${`/api/v1/files/${file.id}`} alt=${file.name} />` : html`<p class="fact" dir="auto">${file.name}</p>`)}
    <${Words} template=${template} values=${values} /></div>`;
}

/** Its paragraphs, and its buttons beneath. */
export function Words({ template, values }) {
  const buttons = buttonsOf(template);
  return html`${previewOf(template, values).map((line, i) => html`<p key=${i} dir="auto">${line}</p>`)}
    ${buttons.length > 0 && html`<ul class="templatebuttons" aria-label=${t("Buttons")}>${buttons.map((text, i) => html`<li key=${i} dir="auto">${text}</li>`)}</ul>`}`;
}

/** What the customer will read, a paragraph each; an empty place shows its name. */
export function previewOf({ components }, values) {
  return components.filter(({ type, text }) => text && ["HEADER", "BODY", "FOOTER"].includes(type))
    .map(({ type, text }) => text.replace(PLACE, (whole, place) => values[`${type.toLowerCase()}:${place}`] || whole));
}

export function Templates({ id }) {
  const { act, ui, store } = useInbox();
  const conversation = useStore((s) => s.conversations.get(id));
  const [list, setList] = useState({ items: null, error: null });
  const [chosen, choose] = useState("");
  const [values, setValues] = useState({});
  const [trouble, setTrouble] = useState({ text: null, busy: false });
  useEffect(() => {
    get(`/channels/${encodeURIComponent(conversation.channel_id)}/templates`)
      .then(({ items }) => setList({ items: items.filter((t) => t.status === "approved"), error: null }), (error) => setList({ items: [], error }));
  }, []);
  const template = list.items?.find((t) => `${t.name} ${t.language}` === chosen);
  const fields = template ? fieldsOf(template, { files: true }) : [];
  const isFilled = fields.every(({ key }) => (values[key]?.id ?? values[key]?.trim?.()));
  const file = values["header:file"];
  const filled = () => ({ type: "template", name: template.name, language: template.language, components: filledIn(template, values), ...(file?.id && { header: contentOf(file) }) });
  const bring = async (key, body) => {
    if (!body) return;
    setTrouble({ text: null, busy: true });
    setValues((held) => ({ ...held, [key]: undefined }));
    try {
      const kept = await upload(body, () => {}).done;
      setValues((held) => ({ ...held, [key]: kept }));
      setTrouble({ text: null, busy: false });
    } catch (error) {
      setTrouble({ text: error.message, busy: false });
    }
  };
  const later = async (at) => {
    if (await act.schedule(id, { content: filled() }, at)) ui.dismiss();
  };
  const send = async (event) => {
    event.preventDefault();
    setTrouble({ text: null, busy: true });
    const content = filled();
    try {
      const message = await post(`/conversations/${id}/messages`, { client_id: newClientId(), content });
      store.change((s) => S.putMessages(s, id, { items: [message] }, "one"));
      ui.dismiss();
    } catch (error) {
      setTrouble({ text: error.message, busy: false });
      if (error.status === 409) act.refresh(id);
    }
  };
  return html`<${Dialog} title=${t("Send a template")}><form onSubmit=${send}>
    ${list.error && html`<p class="problem" role="alert">${list.error.message}</p>`}
    ${list.items?.length === 0 && !list.error && html`<p>${t("The provider has approved no templates for this channel yet, or an admin has not fetched them.")}</p>`}
    ${list.items?.length > 0 && html`<label for="template">${t("Template")}</label>
      <select id="template" required value=${chosen} onChange=${(event) => { choose(event.target.value); setValues({}); }}>
        <option value="">${t("Choose…")}</option>
        ${list.items.map((t) => html`<option key=${`${t.name} ${t.language}`} value=${`${t.name} ${t.language}`}>${t.name.replaceAll("_", " ")} (${t.language})</option>`)}</select>`}
    ${fields.map(({ key, label, type, accept, example }) => html`<label key=${`${chosen} ${key}`} class="filled"><${Told} label=${label} example=${example} />
      ${type === "file" ? html`<input type="file" required accept=${accept} onChange=${(event) => bring(key, event.target.files[0])} />`
        : html`<input type=${type} required dir="auto" value=${values[key] ?? ""} onInput=${(event) => setValues({ ...values, [key]: event.target.value })} />`}</label>`)}
    ${template && html`<${Preview} template=${template} values=${values} />`}
    ${trouble.text && html`<p class="problem" role="alert">${trouble.text}</p>`}
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button>
      <button class="btn primary" disabled=${!template || trouble.busy}>${t("Send")}</button>
      <${SendLater} disabled=${!template || trouble.busy || !isFilled} onPick=${later} /></div></form><//>`;
}

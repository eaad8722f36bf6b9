// Templates that a provider has approved: which there are, what they need, and what the customer will read. The
// server has the last word: it compares the message with the template before it is sent.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "./api.js";
import { Dialog } from "./dialogs.js";
import { SendLater } from "./later.js";
import { html, newClientId, useInbox, useStore } from "./lib.js";
import * as S from "./store.js";

const PLACE = /\{\{\s*(\w+)\s*\}\}/g;
const MEDIA = ["IMAGE", "VIDEO", "DOCUMENT"];

const placesIn = (text) => [...new Set([...(text ?? "").matchAll(PLACE)].map((found) => found[1]))];
const isNamed = (place) => !/^\d+$/.test(place);

/** What an agent fills in: `{key, label, type}` in the order of the template. */
export function fieldsOf({ components }) {
  return components.flatMap((component) => {
    const { type, format, text, buttons } = component;
    if (type === "HEADER" && MEDIA.includes(format)) return [{ key: "header:file", label: t("Address of the {format}", { format: format.toLowerCase() }), type: "url" }];
    if (type === "HEADER" || type === "BODY") {
      const where = type === "HEADER" ? t("Title") : t("Text");
      return placesIn(text).map((place) => ({ key: `${type.toLowerCase()}:${place}`, label: isNamed(place) ? place.replaceAll("_", " ") : t("{where}, value {place}", { where, place }), type: "text" }));
    }
    if (type !== "BUTTONS") return [];
    return buttons.flatMap((button, i) => button.type === "URL" && placesIn(button.url).length
      ? [{ key: `button:${i}`, label: t("End of the link “{text}”", { text: button.text }), type: "text" }]
      : button.type === "COPY_CODE" ? [{ key: `button:${i}`, label: t("Code to copy"), type: "text" }] : []);
  });
}

/** The message's components with these values. */
export function filledIn({ components }, values) {
  return components.flatMap(({ type, format, text, buttons }) => {
    if (type === "HEADER" && MEDIA.includes(format)) {
      const kind = format.toLowerCase();
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
  const filled = () => ({ type: "template", name: template.name, language: template.language, components: filledIn(template, values) });
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
    ${template && fieldsOf(template).map(({ key, label, type }) => html`<label key=${key} class="filled">${label}
      <input type=${type} required dir="auto" value=${values[key] ?? ""} onInput=${(event) => setValues({ ...values, [key]: event.target.value })} /></label>`)}
    ${template && html`<div class="templatepreview" aria-label=${t("What the customer will read")}>${previewOf(template, values).map((line, i) => html`<p key=${i} dir="auto">${line}</p>`)}</div>`}
    ${trouble.text && html`<p class="problem" role="alert">${trouble.text}</p>`}
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button>
      <button class="btn primary" disabled=${!template || trouble.busy}>${t("Send")}</button>
      <${SendLater} disabled=${!template || trouble.busy || fieldsOf(template).some(({ key }) => !values[key]?.trim())} onPick=${later} /></div></form><//>`;
}

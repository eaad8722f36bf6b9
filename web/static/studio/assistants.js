// Assistants: who answers where, in which languages; a new one, another language, and the languages side by side.
import { useState } from "preact/hooks";
import { t } from "language";
import { post, put, remove } from "../inbox/api.js";
import { ChannelMark, Icon } from "../inbox/icons.js";
import { html, useInbox } from "../inbox/lib.js";
import { Beside } from "./beside.js";
import { chosen, elsewhere, languageName } from "./edition.js";
import { Sure } from "./editing.js";
import { useData } from "./loading.js";
import { address, onLink } from "./router.js";
import { CHANGED } from "./whose.js";

export default function Assistants({ path, go }) {
  const { ui } = useInbox();
  const { data, error, reload } = useData("/assistants");
  const [adding, setAdding] = useState(false);
  const doing = async (work, said) => {
    try {
      await work();
      if (said) ui.say(said);
    } catch (refused) {
      ui.say(refused.message, "bad");
      await reload();
      return false;
    }
    await reload();
    dispatchEvent(new Event(CHANGED));
    return true;
  };
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  const shown = data.items.find(({ id }) => id === path[0]);
  if (shown) return html`<${Beside} key=${shown.id} assistant=${shown} path=${path.slice(1)} go=${go} />`;
  const add = async (body) => { if (await doing(() => post("/studio/assistants", body), t("{name} is there. Train it, then activate its model.", { name: body.name }))) setAdding(false); };
  return html`<main class="studiomain"><section class="sheet"><div class="sheethead"><h2>${t("Assistants")}</h2><span class="grow"></span>
      <button type="button" class="btn primary" onClick=${() => setAdding(true)}><${Icon} name="plus" size=${15} />${t("New assistant")}</button></div>
    <p class="quiet">${t("Each language of an assistant has data and models of its own. The first one also answers in every language that has none.")}</p>
    ${adding && html`<${NewAssistant} items=${data.items} onAdd=${add} onClose=${() => setAdding(false)} />`}
    <ul class="assistants">${data.items.map((each) => html`<${Assistant} key=${each.id} assistant=${each} items=${data.items} doing=${doing} go=${go} />`)}</ul></section>
    ${data.items.length > 1 && html`<${Channels} data=${data} doing=${doing} />`}</main>`;
}

function Assistant({ assistant, items, doing, go }) {
  const { id, name, rev, editions } = assistant;
  const [adding, setAdding] = useState(false);
  const [draft, setDraft] = useState(null);
  const rename = async (event) => { event.preventDefault(); if (await doing(() => put(`/studio/assistants/${id}`, { name: draft, rev }))) setDraft(null); };
  const add = async ({ language, like }) => { if (await doing(() => post(`/studio/assistants/${id}/languages`, { language, like, rev }))) setAdding(false); };
  const drop = async () => { if (await doing(() => remove(`/studio/assistants/${id}`)) && chosen.startsWith(`${id}.`)) location.assign(elsewhere("")); };
  const dropLanguage = async ({ key, language }) => { if (await doing(() => remove(`/studio/assistants/${id}/languages/${language}?rev=${rev}`)) && chosen === key) location.assign(elsewhere("")); };
  return html`<li><div class="modelhead">${draft === null ? html`<h3>${name}</h3><button type="button" class="iconbtn small" aria-label=${t("Rename {name}", { name })} onClick=${() => setDraft(name)}><${Icon} name="pencil" size=${14} /></button>`
      : html`<form class="inlineform" onSubmit=${rename} onKeyDown=${(event) => event.key === "Escape" && setDraft(null)}><input autofocus aria-label=${t("New name")} maxlength="60" value=${draft} onInput=${(event) => setDraft(event.currentTarget.value)} /><button class="btn primary">${t("Save")}</button></form>`}
      <span class="grow"></span>
      ${editions.length > 1 && html`<a class="btn" href=${address("assistants", id)} onClick=${onLink(go, "assistants", id)}>${t("Side by side")}</a>`}
      <button type="button" class="btn" onClick=${() => setAdding(true)}>${t("Add a language")}</button>
      ${id !== "default" && html`<${Sure} question=${t("Delete it?")} onSure=${drop}>${t("Delete")}<//>`}</div>
    <ul class="editions">${editions.map((one) => html`<li key=${one.key}><a href=${elsewhere(one.key, "/studio/intents")} aria-current=${one.key === chosen ? "true" : undefined}>${languageName(one.language)}</a>
      ${one.is_base && editions.length > 1 && html`<span class="chip">${t("and all others")}</span>`}
      ${one.is_live ? html`<span class="chip good">${t("Answers")}</span>` : html`<span class="chip">${t("Nothing live yet")}</span>`}
      ${!one.is_base && html`<button type="button" class="iconbtn small" aria-label=${t("Take {language} away", { language: languageName(one.language) })} onClick=${() => dropLanguage(one)}><${Icon} name="close" size=${14} /></button>`}</li>`)}</ul>
    ${adding && html`<${Beginning} items=${items} onAdd=${add} onClose=${() => setAdding(false)} />`}</li>`;
}

function NewAssistant({ items, onAdd, onClose }) {
  const [name, setName] = useState("");
  const id = name.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+|-+$/g, "").slice(0, 31);
  return html`<${Beginning} items=${items} onAdd=${(held) => onAdd({ ...held, name, id })} onClose=${onClose} disabled=${!id}>
    <label>${t("Name")} <input required autofocus dir="auto" maxlength="60" value=${name} onInput=${(event) => setName(event.currentTarget.value)} /></label><//>`;
}

/** With what a new edition begins: its language, and a copy of another's data or a few words. */
function Beginning({ items, onAdd, onClose, disabled, children }) {
  const [language, setLanguage] = useState("");
  const [like, setLike] = useState("empty");
  const add = (event) => { event.preventDefault(); onAdd({ language: language.trim(), like: like === "empty" ? null : like.slice(1) }); };
  return html`<form class="beginning" onSubmit=${add} onKeyDown=${(event) => event.key === "Escape" && onClose()}>${children}
    <label>${t("Language (en, it, pt-br…)")} <input required maxlength="12" pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?" value=${language} onInput=${(event) => setLanguage(event.currentTarget.value)} /></label>
    <label>${t("Begin with")} <select value=${like} onChange=${(event) => setLike(event.currentTarget.value)}><option value="empty">${t("a greeting, a way to a person")}</option>
      ${items.flatMap((each) => each.editions.map(({ key, language: tag }) => html`<option key=${key} value=${`=${key}`}>${t("a copy of {name}, {language}", { name: each.name, language: languageName(tag) })}</option>`))}</select></label>
    <div class="buttons"><button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button><button class="btn primary" disabled=${disabled}>${t("Add")}</button></div></form>`;
}

function Channels({ data, doing }) {
  return html`<section class="sheet"><h2>${t("Who answers where")}</h2><p class="quiet">${t("New conversations of a channel go to its assistant. A conversation under way keeps whom it has.")}</p>
    <ul class="chooses">${data.channels.map((each) => html`<li key=${each.id}><label><span class="mark inline" data-channel=${each.kind}><${ChannelMark} kind=${each.kind} /></span><span dir="auto">${each.name}</span>
      <select value=${each.assistant} onChange=${(event) => doing(() => put(`/studio/channels/${each.id}/assistant`, { assistant: event.currentTarget.value }), t("Saved"))}>
        ${data.items.map(({ id, name }) => html`<option key=${id} value=${id} selected=${id === each.assistant}>${name}</option>`)}</select></label></li>`)}</ul></section>`;
}

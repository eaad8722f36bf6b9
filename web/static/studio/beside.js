// The languages of an assistant side by side: what one has and another lacks, and a response edited in all of them.
import { useEffect, useState } from "preact/hooks";
import { n, t } from "language";
import { get, post } from "../inbox/api.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { elsewhere, languageName } from "./edition.js";
import { useData } from "./loading.js";
import { address, onLink } from "./router.js";

export function Beside({ assistant, path, go }) {
  const { data, error, reload } = useData(`/assistants/${assistant.id}/beside`);
  const [isMissing, setMissing] = useState(false);
  const all = (each) => assistant.editions.every(({ language }) => each.counts[language] !== null);
  const shown = (items) => (isMissing ? items.filter((each) => !all(each)) : items);
  const lacking = data ? [...data.intents, ...data.responses, ...data.slots, ...data.forms, ...data.rules, ...data.stories].filter((each) => !all(each)).length : 0;
  return html`<main class="studiomain"><section class="sheet"><div class="sheethead"><h2>${t("{name}, side by side", { name: assistant.name })}</h2><span class="grow"></span>
      <a class="btn" href=${address("assistants")} onClick=${onLink(go, "assistants")}>${t("All assistants")}</a></div>
    ${error && html`<p class="problem" role="alert">${error.message}</p>`}${!data && !error && html`<p class="quiet" role="status">${t("Loading…")}</p>`}
    ${data && html`<p class="quiet">${lacking ? n("{count} thing is missing in a language.", "{count} things are missing in a language.", lacking) : t("No language lacks anything.")}</p>
      <label class="check"><input type="checkbox" checked=${isMissing} onChange=${(event) => setMissing(event.currentTarget.checked)} /> ${t("Only what is missing somewhere")}</label>
      ${path[0] && html`<${Columns} key=${path[0]} name=${path[0]} assistant=${assistant} onSaved=${reload} onClose=${() => go("assistants", assistant.id)} />`}
      <${Table} title=${t("Intents")} unit=${t("examples")} items=${shown(data.intents)} editions=${assistant.editions} link=${(name, { key }) => html`<a href=${elsewhere(key, address("intents", name).split("?")[0])}>${name}</a>`} />
      <${Table} title=${t("Responses")} unit=${t("variants")} items=${shown(data.responses)} editions=${assistant.editions} link=${(name) => html`<a href=${address("assistants", assistant.id, name)} onClick=${onLink(go, "assistants", assistant.id, name)}>${name}</a>`} />
      ${MORE.map(([key, title, unit, at]) => data[key].length > 0 && html`<${Table} key=${key} title=${title} unit=${unit} items=${shown(data[key])} editions=${assistant.editions} link=${(name, { key: edition }) => html`<a href=${elsewhere(edition, address(...at(name)).split("?")[0])}>${name}</a>`} />`)}`}
  </section></main>`;
}

/** What is opened in one language's own tab: its key, title, what is counted, and where it is edited. */
const MORE = [
  ["slots", t("Slots"), t("ways to fill it"), (name) => ["slots", "slot", name]],
  ["forms", t("Forms"), t("slots"), (name) => ["slots", "form", name]],
  ["rules", t("Rules"), t("steps"), (name) => ["dialogues", "rule", name]],
  ["stories", t("Stories"), t("steps"), (name) => ["dialogues", "story", name]],
];

function Table({ title, unit, items, editions, link }) {
  const has = (each) => editions.find(({ language }) => each.counts[language] !== null) ?? editions[0];
  return html`<h3 class="besidehead">${title}</h3><div class="scrolls" tabindex="0" role="region" aria-label=${title}><table class="filetable beside"><thead><tr><th scope="col">${t("Name")}</th>
      ${editions.map(({ language }) => html`<th scope="col" key=${language}>${languageName(language)}, ${unit}</th>`)}</tr></thead>
    <tbody>${items.map((each) => html`<tr key=${each.name}><th scope="row">${link(each.name, has(each))}</th>${editions.map(({ language }) => html`<td key=${language} class=${names("num", each.counts[language] === null && "lacks")}>${each.counts[language] ?? t("missing")}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** A response in every language beside each other, each saved for itself. */
function Columns({ name, assistant, onSaved, onClose }) {
  return html`<section class="columns" aria-label=${name}><div class="modelhead"><h3><code>${name}</code></h3><span class="grow"></span><button type="button" class="btn" onClick=${onClose}>${t("Close")}</button></div>
    <div class="columnsin">${assistant.editions.map((edition) => html`<${Column} key=${edition.language} name=${name} edition=${edition} onSaved=${onSaved} />`)}</div></section>`;
}

function Column({ name, edition, onSaved }) {
  const { ui } = useInbox();
  const [held, set] = useState(null);
  const query = `?edition=${encodeURIComponent(edition.key)}`;
  const look = async () => {
    try {
      const data = await get(`/studio/data${query}`);
      const old = data.responses.find((each) => each.name === name)?.value ?? null;
      set({ old, files: data.files, variants: Array.isArray(old) ? old : [{ text: "" }] });
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  useEffect(() => { look(); }, []);
  if (!held) return html`<div class="column"><p class="quiet" role="status">${t("Loading…")}</p></div>`;
  const { old, files, variants } = held;
  const put = (i, text) => set({ ...held, variants: variants.map((each, j) => (i === j ? { ...each, text } : each)) });
  const save = async (event) => {
    event.preventDefault();
    try {
      await post(`/studio/edits${query}`, { operation: { type: "put", kind: "response", name, old, new: variants }, based_on: files });
      ui.say(t("Saved"));
      await Promise.all([look(), onSaved()]);
    } catch (error) {  // what one wrote stays in the fields; what is there now is seen after loading anew
      ui.say(error.message, "bad");
    }
  };
  const isChanged = JSON.stringify(old) !== JSON.stringify(variants) && variants.every(({ text }) => typeof text !== "string" || text.trim());
  return html`<form class="column" onSubmit=${save}><h4>${languageName(edition.language)}${old === null && html` <span class="chip warn">${t("missing")}</span>`}</h4>
    ${variants.map((variant, i) => html`<label key=${i}>${variants.length > 1 ? t("Variant {number}", { number: i + 1 }) : t("Text")}
      <textarea lang=${edition.language} dir="auto" rows="3" disabled=${variant.text !== undefined && typeof variant.text !== "string"} value=${variant.text ?? ""} onInput=${(event) => put(i, event.currentTarget.value)}></textarea></label>`)}
    <div class="buttons"><button class="btn primary" disabled=${!isChanged} aria-label=${t("Save {language}", { language: languageName(edition.language) })}>${t("Save")}</button></div></form>`;
}

// Settings: whether customers are asked how it was, and what they answered.
import { useEffect, useState } from "preact/hooks";
import { n, t } from "language";
import { get } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { languageName } from "../inbox/words.js";
import { Ticks, useSaving } from "./form.js";
import { putOver } from "./over.js";
import { Section } from "./section.js";

const LANGUAGES = ["en", "de", "es", "fr", "hi", "it"];
const SCORES = [5, 4, 3, 2, 1];

export function Survey() {
  const [held, set] = useState({ items: null, error: null });
  const reload = () => Promise.all([get("/survey"), get("/reports/csat"), get("/channels")])
    .then(([survey, report, channels]) => set({ items: [{ survey, report, channels: channels.items }], error: null }), (error) => set({ items: null, error }));
  useEffect(() => { reload(); }, []);
  const found = held.items?.[0];
  return html`<${Section} id="survey" title=${t("How it was")} icon="smile" list=${{ ...held, items: found ? [] : null, reload }}
      about=${t("Once people have resolved a conversation, its customer is asked, by buttons, a list or digits as the channel allows. The widget on your site asks by itself.")}
      above=${found && html`<${Editor} key=${JSON.stringify(found.survey)} ...${found} onDone=${reload} /><${Report} ...${found} />`} />`;
}

function Editor({ survey, channels, onDone }) {
  const [held, set] = useState(survey);
  const [trouble, send] = useSaving(onDone);
  const change = (fields) => set({ ...held, ...fields });
  const save = (event) => {
    event.preventDefault();
    const { is_on: isOn, channel_ids: ids, questions } = held;
    send(() => putOver("/survey", { is_on: isOn, channel_ids: ids, questions, wait_minutes: Number(held.wait_minutes) || 0 }, survey, { alone: true }), isOn ? t("Saved: customers are asked") : t("Saved: nobody is asked"));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("How it was")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <label class="check"><input type="checkbox" checked=${held.is_on} onChange=${(event) => change({ is_on: event.target.checked })} /><span>${t("Ask customers how our help was")}</span></label>
    ${held.is_on && html`<div class="fields"><label>${t("Minutes after it is resolved")}<input type="number" min="0" max="1440" value=${held.wait_minutes} onInput=${(event) => change({ wait_minutes: event.target.value })} /></label></div>
      <${Ticks} legend=${t("Only on these channels")} all=${channels.filter((one) => one.kind !== "webchat")} chosen=${held.channel_ids} onChange=${(ids) => change({ channel_ids: ids })} />
      <details><summary>${t("The question in your own words")}</summary><div class="fields">${LANGUAGES.map((tag) => html`<label key=${tag}>${languageName(tag)}<input maxlength="300" lang=${tag} dir="auto" value=${held.questions[tag] ?? ""}
        onInput=${(event) => change({ questions: { ...held.questions, [tag]: event.target.value } })} /></label>`)}</div></details>`}
    <div class="buttons"><button class="btn primary">${t("Save")}</button></div></form>`;
}

function Report({ report, channels }) {
  if (!report.count) return null;
  const name = (id) => channels.find((one) => one.id === id)?.name ?? id;
  const of = (score) => report.items.filter((one) => one.score === score).reduce((sum, one) => sum + one.count, 0);
  return html`<div class="tablebox"><table class="figures bars"><caption>${n("{mean} of 5 in the last 30 days, from {count} answer", "{mean} of 5 in the last 30 days, from {count} answers", report.count, { mean: report.mean.toFixed(1) })}</caption>
      <tbody>${SCORES.map((score) => html`<tr key=${score}><th scope="row">${score}</th><td><meter min="0" max=${report.count} value=${of(score)} aria-label=${t("{score} of 5", { score })}></meter></td><td>${of(score)}</td></tr>`)}</tbody></table></div>
    <ul class="lines rated">${report.latest.map((one) => html`<li key=${one.conversation_id}><div class="line"><div class="grow"><b>${t("{score} of 5", { score: one.score })}</b> <bdi>${one.comment ?? ""}</bdi>
      <div class="fact"><bdi>${one.contact}</bdi> · ${name(one.channel_id)} · <${Ago} at=${one.at} /></div></div><a class="btn" href=${`/?c=${encodeURIComponent(one.conversation_id)}`} aria-label=${t("Open the conversation with {contact}", { contact: one.contact })}>${t("Open")}</a></div></li>`)}</ul>`;
}

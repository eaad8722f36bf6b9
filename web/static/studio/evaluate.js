// Evaluation: how well the data teaches, measured on examples that were held out.
import { useState } from "preact/hooks";
import { LOCALE, mix, t } from "language";
import { html, names } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Curve } from "./curve.js";
import { JobList, useJobs } from "./jobs.js";
import { useData } from "./loading.js";

const percent = (share) => (share === null || share === undefined ? "–" : `${(share * 100).toFixed(1)} %`);

const when = (at) => new Date(at).toLocaleString(LOCALE, { dateStyle: "short", timeStyle: "short" });

/** A result in a line: what differs most comes first, for a narrow page cuts the end. */
const inShort = (one) => [when(one.at), t("{percent} of {examples} right", { percent: percent(one.right), examples: one.examples }), one.folds && t("{folds} parts", { folds: one.folds }), one.revision.slice(0, 8)].filter(Boolean).join(" · ");

export default function Evaluate({ path, go }) {
  const list = useData("/evaluations");
  const jobs = useJobs((job) => { list.reload(); if (job.state === "done" && job.kind === "evaluate") go("evaluate", job.id); });
  const chosen = path[0] ?? list.data?.items[0]?.id;
  return html`<main class="studiomain"><section class="sheet"><div class="sheethead"><h2>${t("Evaluation")}</h2><span class="grow"></span>
      <button class="btn" onClick=${() => jobs.ask({ kind: "evaluate", folds: 5 })}>${t("Cross-validate")}</button>
      <button class="btn primary" onClick=${() => jobs.ask({ kind: "evaluate" })}>${t("Evaluate")}</button></div>
    <p class="quiet">${t("Teaches a part of the examples and asks about the rest: a fifth held out, or five parts so that every example is held out once.")}</p>
    <${JobList} jobs=${jobs} kinds=${["evaluate", "stories"]} />
    ${list.data?.items.length > 0 && html`<label class="picker whole">${t("Result")} <select value=${chosen} onChange=${(event) => go("evaluate", event.currentTarget.value)}>
      ${list.data.items.map((one) => html`<option key=${one.id} value=${one.id}>${inShort(one)}</option>`)}</select></label>`}
    ${list.data && !list.data.items.length && html`<p class="quiet">${t("Nothing was evaluated yet.")}</p>`}</section>
    ${chosen && html`<${Result} key=${chosen} id=${chosen} others=${list.data?.items.filter((one) => one.id !== chosen) ?? []} />`}
    ${list.data?.stories && html`<${Stories} found=${list.data.stories} />`}</main>`;
}

function Result({ id, others }) {
  const { data, error } = useData(`/jobs/${encodeURIComponent(id)}`);
  const [cell, setCell] = useState(null);
  if (error) return html`<section class="sheet"><p class="problem" role="alert">${error.message}</p></section>`;
  const result = data?.result;
  if (!result?.matrix) return null;
  const shown = cell && result.messages.filter(([, given, found]) => given === cell[0] && (found ?? "") === cell[1]);
  return html`<section class="sheet"><h2>${t("Which intents are taken for which")}</h2><p class="quiet">${t("{percent} of {examples} held-out examples told rightly. A row is what was meant, a column what was understood. A cell opens its messages.", { percent: percent(result.right), examples: result.examples })}</p>
      <${Matrix} cells=${result.matrix} chosen=${cell} choose=${setCell} />
      ${shown && html`<div class="behind" role="region" aria-label=${t("Messages behind the cell")} aria-live="polite"><h3><code>${cell[0]}</code> ${cell[0] === cell[1] ? t("told rightly") : html`${mix("taken for {value}", { value: html`<code>${cell[1] || t("nothing")}</code>` })}`}: ${shown.length}</h3>
        <ul>${shown.slice(0, 100).map(([text, , , confidence], place) => html`<li key=${place}><q>${text}</q> <span class="quiet">${confidence.toFixed(2)}</span></li>`)}</ul></div>`}</section>
    <section class="sheet"><h2>${t("When to ask back")}</h2><p class="quiet">${t("For each threshold: what is in scope and told rightly, and what is out of scope and caught. The line is the threshold that training chose.")}</p>
      <${Curve} points=${result.curve} strangers=${result.strangers} chosen=${result.threshold} /></section>
    <section class="sheet"><h2>${t("Each intent and entity")}</h2><${Scores} title=${t("Intent")} rows=${result.intents} />${Object.keys(result.entities).length > 0 && html`<${Scores} title=${t("Entity")} rows=${result.entities} />`}</section>
    ${others.length > 0 && html`<${Against} id=${id} others=${others} />`}`;
}

/** A picture of buttons: the darker, the more. Only intents that were ever mistaken, or all when asked. */
function Matrix({ cells, chosen, choose }) {
  const [all, setAll] = useState(false);
  const wrong = new Set(cells.filter(([given, found]) => given !== found).flatMap(([given, found]) => [given, found]));
  const every = [...new Set(cells.flatMap(([given, found]) => [given, found]))].sort();
  const labels = all || !wrong.size ? every : every.filter((label) => wrong.has(label));
  const count = new Map(cells.map(([given, found, n]) => [`${given}\n${found}`, n]));
  const rows = labels.filter(Boolean);
  const most = Math.max(1, ...cells.filter(([given, found]) => given !== found).map(([, , n]) => n));
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${t("Confusion matrix")}><table class="matrix"><thead><tr><td></td>${labels.map((label) => html`<th scope="col" key=${label}><span>${label || t("(nothing)")}</span></th>`)}</tr></thead>
    <tbody>${rows.map((given) => html`<tr key=${given}><th scope="row">${given}</th>${labels.map((found) => {
      const n = count.get(`${given}\n${found}`) ?? 0;
      const tone = given === found ? "right" : `wrong w${Math.ceil((4 * n) / most)}`;
      return html`<td key=${found}>${n > 0 && html`<button class=${names("cell", tone)} aria-pressed=${chosen?.[0] === given && chosen?.[1] === found} aria-label=${t("{times} of {given} understood as {found}", { times: n, given, found: found || t("nothing") })} onClick=${() => choose([given, found])}>${n}</button>`}</td>`;
    })}</tr>`)}</tbody></table></div>
    <label class="check"><input type="checkbox" checked=${all} onChange=${(event) => setAll(event.currentTarget.checked)} /> ${t("also intents that were never mistaken")}</label>`;
}

function Scores({ title, rows }) {
  const sorted = Object.entries(rows).sort(([, one], [, other]) => one.f1 - other.f1);
  return html`<div class="scrolls" tabindex="0" role="region" aria-label=${t("Scores by {title}", { title: title.toLowerCase() })}><table class="filetable"><thead><tr><th scope="col">${title}</th><th scope="col">${t("Precision")}</th><th scope="col">${t("Recall")}</th><th scope="col">F1</th><th scope="col">${t("Examples")}</th></tr></thead>
    <tbody>${sorted.map(([name, row]) => html`<tr key=${name}><th scope="row"><code>${name}</code></th><td class="num">${percent(row.precision)}</td><td class="num">${percent(row.recall)}</td><td class="num"><span class=${names("chip", row.f1 < 0.6 ? "bad" : row.f1 < 0.85 ? "warn" : "good")}>${percent(row.f1)}</span></td><td class="num">${row.support}</td></tr>`)}</tbody></table></div>`;
}

function Against({ id, others }) {
  const [other, setOther] = useState("");
  return html`<section class="sheet"><h2>${t("Message by message")}</h2><label class="picker whole">${t("Compare with")} <select value=${other} onChange=${(event) => setOther(event.currentTarget.value)}><option value="">…</option>
    ${others.map((one) => html`<option key=${one.id} value=${one.id}>${inShort(one)}</option>`)}</select></label>
    ${other && html`<${Differences} key=${other} id=${id} other=${other} />`}</section>`;
}

function Differences({ id, other }) {
  const { data, error } = useData(`/evaluations/${encodeURIComponent(id)}/against/${encodeURIComponent(other)}`);
  if (error) return html`<p class="problem" role="alert">${error.message}</p>`;
  if (!data) return null;
  return html`<p class="quiet">${t("Of {common} messages that both were asked, {better} are told rightly only by this one, {worse} only by the other.", { common: data.common, better: data.better, worse: data.worse })}</p>
    <ul class="differences">${data.items.map((one) => html`<li key=${one.text}><span class=${names("chip", one.now === one.intent ? "good" : one.before === one.intent ? "bad" : "")}>${one.now === one.intent ? t("better") : one.before === one.intent ? t("worse") : t("other")}</span> <q>${one.text}</q> <span class="quiet"><code>${one.intent}</code>: <code>${one.before ?? "–"}</code> → <code>${one.now ?? "–"}</code></span></li>`)}</ul>`;
}

function Stories({ found }) {
  return html`<section class="sheet"><h2>${t("Test stories")}</h2><p class="quiet">${mix("{passed} of {stories} went as written, {ago}.", { passed: found.result.passed, stories: found.result.stories, ago: html`<${Ago} at=${found.at} />` })}</p>
    ${found.result.failed && html`<div class="raw"><pre tabindex="0">${found.result.failed}</pre></div>`}</section>`;
}

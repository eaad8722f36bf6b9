// The tables of the reports.
import { n, number, p, t } from "language";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { PROMISES } from "../inbox/promised.js";
import { percent, reason } from "../inbox/words.js";
import { wait } from "./tiles.js";

/** Heading, and what stands under it for one line. */
const COLUMNS = [
  [t("Conversations"), (one) => number(one.started), (lines) => lines.some((one) => one.started)],
  [t("From customers"), (one) => number(one.received), (lines) => lines.some((one) => one.received)],
  [t("Bot"), (one) => number(one.bot), (lines) => lines.some((one) => one.bot)],
  [t("People"), (one) => number(one.agents), () => true],
  [t("Handed over"), (one) => number(one.handed_over), (lines) => lines.some((one) => one.handed_over)],
  [p("how many", "Resolved"), (one) => number(one.resolved), () => true],
  [t("Wait, half"), (one) => wait(one.wait_median), () => true],
  [t("Wait, nine in ten"), (one) => wait(one.wait_p90), () => true],
];

/** The file of a table. A link, so that the browser keeps it. */
export const Export = ({ by, query }) => html`<a class="btn" href=${`/api/v1/report_export?by=${by}&${query}`} download><${Icon} name="download" size=${15} />${t("CSV")}</a>`;

export function Lines({ id, by, title, one, lines, query }) {
  if (lines.length === 0) return null;
  return html`<section id=${id} aria-labelledby=${`h-${id}`}><header><h2 id=${`h-${id}`}>${title}</h2><${Export} by=${by} query=${query} /></header>
    <${Figures} name=${one} lines=${lines} /></section>`;
}

/** The columns in which there is anything. */
export function Figures({ name, lines }) {
  const columns = COLUMNS.filter(([, , has]) => has(lines));
  return html`<div class="tablebox" tabindex="0" role="group" aria-label=${name}><table class="figures numbers"><thead><tr><th scope="col">${name}</th>${columns.map(([heading]) => html`<th scope="col" key=${heading}>${heading}</th>`)}</tr></thead>
    <tbody>${lines.map((one) => html`<tr key=${one.id}><th scope="row"><bdi>${one.name}</bdi></th>${columns.map(([heading, cell]) => html`<td key=${heading}>${cell(one)}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** Why the bot handed over, the most frequent first. */
export function Reasons({ lines }) {
  const handed = lines.filter((one) => one.handed_over);
  if (handed.length === 0) return null;
  const total = handed.reduce((sum, one) => sum + one.handed_over, 0);
  return html`<section id="reasons" aria-labelledby="h-reasons"><header><h2 id="h-reasons">${t("Why the bot handed over")}</h2></header>
    <ul class="shares">${handed.map((one) => html`<li key=${one.id}><span class="grow">${reason(one.id)}</span><span>${number(one.handed_over)}</span>
      <meter min="0" max=${total} value=${one.handed_over} aria-label=${percent(one.handed_over / total)}></meter></li>`)}</ul></section>`;
}

/** How often each label was given, the most frequent first. */
export function Labels({ lines, query }) {
  if (lines.length === 0) return null;
  const most = lines[0].labelled;
  return html`<section id="labels" aria-labelledby="h-labels"><header><h2 id="h-labels">${t("Labels given")}</h2><${Export} by="label" query=${query} /></header>
    <ul class="shares">${lines.map((one) => html`<li key=${one.id}><span class="grow"><bdi>${one.name}</bdi></span><span>${number(one.labelled)}</span>
      <meter min="0" max=${most} value=${one.labelled} aria-label=${n("{count} time", "{count} times", one.labelled)}></meter></li>`)}</ul></section>`;
}

export function Ratings({ ratings }) {
  if (!ratings.count) return null;
  const of = (score) => ratings.items.filter((one) => one.score === score).reduce((sum, one) => sum + one.count, 0);
  return html`<section id="ratings" aria-labelledby="h-ratings"><header><h2 id="h-ratings">${t("How customers found it")}</h2></header>
    <ul class="shares">${[5, 4, 3, 2, 1].map((score) => html`<li key=${score}><span class="grow">${t("{score} of 5", { score })}</span><span>${number(of(score))}</span>
      <meter min="0" max=${ratings.count} value=${of(score)} aria-label=${n("{count} answer", "{count} answers", of(score))}></meter></li>`)}</ul></section>`;
}

export function Promises({ promises, teams }) {
  if (promises.length === 0) return null;
  const team = (id) => (id ? teams.find((one) => one.id === id)?.name ?? t("A team that is gone") : t("No team"));
  return html`<section id="promises" aria-labelledby="h-promises"><header><h2 id="h-promises">${t("Service levels")}</h2></header>
    <div class="tablebox" tabindex="0" role="group" aria-label=${t("Service levels")}><table class="figures"><thead><tr><th scope="col">${t("Promise")}</th><th scope="col">${t("Team")}</th><th scope="col">${t("Kept")}</th><th scope="col">${t("Broken")}</th><th scope="col">${t("Share")}</th></tr></thead>
    <tbody>${promises.map(({ promise, by, kept, broken }) => html`<tr key=${`${promise}${by}`}><th scope="row">${PROMISES[promise]}</th><td><bdi>${team(by)}</bdi></td><td>${number(kept)}</td><td>${number(broken)}</td><td>${percent(kept / (kept + broken))}</td></tr>`)}</tbody></table></div></section>`;
}

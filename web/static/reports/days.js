// What was written day by day: a bar for each day, and the same as a table.
import { number, t } from "language";
import { html } from "../inbox/lib.js";
import { iso } from "./periods.js";
import { Export, Figures } from "./tables.js";

const NONE = { received: 0, bot: 0, agents: 0, started: 0, handed_over: 0, resolved: 0, answered: 0, wait_median: null, wait_p90: null };
const SHORT = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short" });
const LONG = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
const MOST_NAMES = 8;

/** Every day of the period, those without messages too. */
function every(days, { since, until }) {
  const known = new Map(days.map((day) => [day.id, day]));
  const all = [];
  for (let at = since; at < until; at = new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1)) all.push({ at, ...NONE, ...known.get(iso(at)) });
  return all;
}

export function Days({ days, period, query }) {
  const all = every(days, period);
  const most = Math.max(1, ...all.map((day) => Math.max(day.received, day.bot + day.agents)));
  const step = Math.ceil(all.length / MOST_NAMES);
  const sum = (field) => number(all.reduce((total, day) => total + day[field], 0));
  const said = t("{received} messages from customers, {bot} answers of the bot, {agents} of people", { received: sum("received"), bot: sum("bot"), agents: sum("agents") });
  return html`<section id="days" aria-labelledby="h-days"><header><h2 id="h-days">${t("Day by day")}</h2><${Export} by="day" query=${query} /></header>
    <figure class="daychart"><div class="plot" role="img" aria-label=${said}><span class="most" aria-hidden="true">${number(most)}</span>
      <div class="columns" aria-hidden="true">${all.map((day, place) => html`<div class="column" key=${iso(day.at)} title=${titleOf(day)}>
        <div class="stack"><i class="in" style=${{ height: `${(day.received / most) * 100}%` }}></i><span><i class="people" style=${{ height: `${(day.agents / most) * 100}%` }}></i><i class="bot" style=${{ height: `${(day.bot / most) * 100}%` }}></i></span></div>
        <small class=${place % (2 * step) ? "between" : ""}>${place % step === 0 ? SHORT.format(day.at) : ""}</small></div>`)}</div></div>
      <figcaption><span class="key in">${t("from customers")}</span><span class="key bot">${t("answers of the bot")}</span><span class="key people">${t("answers of people")}</span></figcaption></figure>
    <details><summary>${t("As a table")}</summary><${Figures} name=${t("Day")} lines=${all.filter((day) => day.received || day.bot || day.agents || day.started || day.resolved).reverse().map((day) => ({ ...day, id: iso(day.at), name: LONG.format(day.at) }))} /></details></section>`;
}

const titleOf = (day) => [LONG.format(day.at), `${t("from customers")}: ${number(day.received)}`, `${t("answers of the bot")}: ${number(day.bot)}`, `${t("answers of people")}: ${number(day.agents)}`].join("\n");

// Which time a report is about.
import { useState } from "preact/hooks";
import { n, t } from "language";
import { html } from "../inbox/lib.js";

const DAYS = [1, 7, 30, 90];
const LONGEST = 366;
const ISO = /^\d{4}-\d{2}-\d{2}$/;
const midnight = (date, days = 0) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days);
const day = (text) => (ISO.test(text ?? "") ? new Date(`${text}T00:00`) : new Date(NaN));

/** A date as a field for dates has it. */
export const iso = (date) => `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;

/** `{since, until, days}` of an address; 30 days where it says nothing that makes sense. `days` is null for days of one's own. */
export function periodIn(search, now) {
  const query = new URLSearchParams(search);
  const [since, last] = [day(query.get("since")), day(query.get("until"))];
  if (since <= last && last - since < (LONGEST - 1) * 86_400_000) return { since, until: midnight(last, 1), days: null };
  const days = DAYS.includes(Number(query.get("days"))) ? Number(query.get("days")) : 30;
  return { since: midnight(now, 1 - days), until: now, days };
}

export const queryOf = ({ since, until }) => new URLSearchParams({ since: since.toISOString(), until: until.toISOString(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone }).toString();

export function Periods({ period, onChoose }) {
  const [isOwn, setOwn] = useState(period.days === null);
  const name = (days) => (days === 1 ? t("Today") : n("{count} day", "{count} days", days));
  return html`<div class="periods"><div class="segments" role="group" aria-label=${t("Time of the report")}>
      ${DAYS.map((days) => html`<button type="button" key=${days} aria-pressed=${!isOwn && period.days === days} onClick=${() => { setOwn(false); onChoose(`?days=${days}`); }}>${name(days)}</button>`)}
      <button type="button" aria-pressed=${isOwn} aria-expanded=${isOwn} onClick=${() => setOwn(true)}>${t("Other days")}</button></div>
    ${isOwn && html`<${Own} period=${period} onChoose=${onChoose} />`}</div>`;
}

function Own({ period, onChoose }) {
  const today = iso(new Date());
  const [held, set] = useState({ since: iso(period.since), until: period.days === null ? iso(midnight(period.until, -1)) : today });
  const show = (event) => {
    event.preventDefault();
    onChoose(`?since=${held.since}&until=${held.until}`);
  };
  const field = (name, label, bounds) => html`<label>${label}<input type="date" required value=${held[name]} ...${bounds} onInput=${(event) => set({ ...held, [name]: event.target.value })} /></label>`;
  return html`<form class="own" onSubmit=${show}>${field("since", t("From"), { max: held.until })}${field("until", t("To"), { min: held.since, max: today })}<button class="btn">${t("Show")}</button></form>`;
}

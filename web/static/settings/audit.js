// Settings: who did what, looked through, taken out and proved.
import { useEffect, useState } from "preact/hooks";
import { mix, n, t } from "language";
import { get } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { full } from "../inbox/time.js";
import { Section } from "./section.js";

const NOUNS = ["user", "invitation", "sessions", "password", "factor", "factors", "recovery_codes", "sign_in", "single_sign_on", "role", "api_token", "webhook", "channel", "team", "seat", "rule", "macro",
  "saved_reply", "sla_policy", "survey", "attribute", "retention", "conversation", "consent", "person", "contacts", "message", "publication", "studio_data", "studio_share", "quarantine", "secrets", "archive", "audit"];
const NOTHING = { what: "", by: "", target: "", since: "", until: "" };
const DAY_MS = 86_400_000;
const spoken = (noun) => noun.replaceAll("_", " ");

export function Audit() {
  const [wanted, want] = useState(NOTHING);
  const [held, set] = useState({ items: null, error: null, cursor: null });
  const query = { what: wanted.what, by: wanted.by.trim(), target: wanted.target.trim(), since: wanted.since && midnight(wanted.since).toISOString(), until: wanted.until && new Date(midnight(wanted.until).getTime() + DAY_MS).toISOString() };
  const load = (cursor) => get("/audit", { ...query, cursor, limit: 30 }).then(
    (page) => set((before) => ({ items: cursor ? [...before.items, ...page.items] : page.items, cursor: page.next_cursor, error: null })),
    (error) => set({ items: null, error, cursor: null }));
  useEffect(() => { load(null); }, [JSON.stringify(query)]);
  const out = (form) => `/api/v1/audit/export?${new URLSearchParams({ ...Object.fromEntries(Object.entries(query).filter(([, value]) => value)), format: form })}`;
  return html`<${Section} id="audit" title=${t("Audit log")} icon="history" list=${{ ...held, reload: () => load(null) }} nothing=${t("Nothing of that kind was done")}
      about=${t("Who did what, from where. Entries are chained and signed: what is changed, removed or cut off is noticed.")}
      more=${html`<a class="btn" href=${out("csv")} download><${Icon} name="download" size=${15} />${t("CSV")}</a><a class="btn" href=${out("jsonl")} download><${Icon} name="download" size=${15} />${t("JSON lines")}</a>`}
      above=${html`<${Sought} wanted=${wanted} want=${want} /><${Proof} />`}>
    <ul class="lines audit">${held.items?.map((entry) => html`<${Deed} key=${entry.seq} entry=${entry} only=${(fields) => want({ ...NOTHING, ...fields })} />`)}</ul>
    ${held.cursor && html`<div class="buttons"><button type="button" class="btn" onClick=${() => load(held.cursor)}>${t("Show older ones")}</button></div>`}<//>`;
}

function Sought({ wanted, want }) {
  const typed = (name) => (event) => want({ ...wanted, [name]: event.target.value });
  return html`<form class="editor" role="search" onSubmit=${(event) => event.preventDefault()} aria-label=${t("Search the audit log")}><div class="fields">
    <label>${t("What")}<select value=${wanted.what} onChange=${typed("what")}><option value="">${t("Everything")}</option>${NOUNS.map((noun) => html`<option key=${noun} value=${noun}>${spoken(noun)}</option>`)}</select></label>
    <label>${t("Done by (id)")}<input value=${wanted.by} onChange=${typed("by")} /></label>
    <label>${t("Done to, such as team:…")}<input value=${wanted.target} onChange=${typed("target")} /></label>
    <label>${t("Since")}<input type="date" value=${wanted.since} max=${wanted.until || undefined} onChange=${typed("since")} /></label>
    <label>${t("Up to and with")}<input type="date" value=${wanted.until} min=${wanted.since || undefined} onChange=${typed("until")} /></label></div>
    ${Object.values(wanted).some(Boolean) && html`<div class="buttons"><button type="button" class="btn" onClick=${() => want(NOTHING)}>${t("Show everything")}</button></div>`}</form>`;
}

function Proof() {
  const [found, set] = useState(null);
  const verify = () => { set("…"); get("/audit/verification").then(({ sound, break: broken }) => set(broken ? broken.reason : n("Whole: {count} entry.", "Whole: {count} entries.", sound)), (error) => set(error.message)); };
  return html`<div class="whole"><button type="button" class="btn" disabled=${found === "…"} onClick=${verify}><${Icon} name="check" size=${15} />${t("Is it whole?")}</button><span class="quiet" role="status">${found === "…" ? t("Reading all of it…") : found}</span></div>`;
}

const SHOWN = 4;

function Deed({ entry, only }) {
  const [noun, deed] = entry.what.split(".");
  const names = [...new Set([...Object.keys(entry.before), ...Object.keys(entry.after)])];
  const change = (name) => html`${name in entry.before && html`<del>${shown(entry.before[name])}</del> `}${name in entry.after && html`<ins>${shown(entry.after[name])}</ins>`}`;
  return html`<li><div class="line"><div class="grow"><b>${spoken(noun)} ${spoken(deed)}</b> ${entry.target && html`<code dir="ltr"><button type="button" class="link" title=${t("Only what was done to it")} onClick=${() => only({ target: entry.target })}>${entry.target}</button></code>`}
      <div class="fact">${entry.by ? html`<button type="button" class="link" title=${t("Only what they did")} onClick=${() => only({ by: entry.by })}><bdi>${entry.name || entry.by}</bdi></button>` : t("nobody we know")}${entry.address && html` · <span dir="ltr">${entry.address}</span>`} · ${mix("{ago} · no. {seq}", { ago: html`<${Ago} at=${entry.at} />`, seq: entry.seq })}</div>
      ${names.length > 0 && html`<div class="changed">${names.slice(0, SHOWN).map((name) => html`<span key=${name} dir="auto"><i>${spoken(name)}</i> ${change(name)}</span>`)}${names.length > SHOWN && html`<span>…</span>`}</div>`}</div></div>
    <details class="raw"><summary>${t("Details")}</summary><dl class="changes">${names.map((name) => html`<dt key=${name}>${name}</dt><dd dir="auto">${change(name)}</dd>`)}
      <dt>${t("When")}</dt><dd>${full(entry.at)}</dd><dt>${t("Program")}</dt><dd dir="ltr">${entry.program || "—"}</dd><dt>${t("By")}</dt><dd dir="ltr">${entry.kind} ${entry.by}</dd><dt>${t("Hash")}</dt><dd dir="ltr">${entry.hash}</dd></dl></details></li>`;
}

/** A day as a field holds it, from its beginning where one is. */
const midnight = (day) => new Date(`${day}T00:00`);
const shown = (value) => Array.isArray(value) ? value.join(", ") || "none" : value === null || value === "" ? "none" : String(value);

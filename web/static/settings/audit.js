// Settings: who did what, looked through, taken out and proved.
import { useEffect, useState } from "preact/hooks";
import { mix, n, t } from "language";
import { get } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section } from "./section.js";

const NOUNS = ["session", "user", "role", "api_token", "channel", "team", "seat", "rule", "macro", "saved_reply", "sla_policy", "survey", "attribute", "retention", "conversation", "consent",
  "person", "contacts", "message", "publication", "studio_data", "quarantine", "secrets", "audit"];
const spoken = (noun) => noun.replaceAll("_", " ");

export function Audit() {
  const [wanted, want] = useState({ what: "", by: "", target: "", since: "" });
  const [held, set] = useState({ items: null, error: null, cursor: null });
  const query = { what: wanted.what, by: wanted.by.trim(), target: wanted.target.trim(), since: wanted.since && new Date(wanted.since).toISOString() };
  const load = (cursor) => get("/audit", { ...query, cursor, limit: 30 }).then(
    (page) => set((before) => ({ items: cursor ? [...before.items, ...page.items] : page.items, cursor: page.next_cursor, error: null })),
    (error) => set({ items: null, error, cursor: null }));
  useEffect(() => { load(null); }, [JSON.stringify(query)]);
  const out = (form) => `/api/v1/audit/export?${new URLSearchParams({ ...Object.fromEntries(Object.entries(query).filter(([, value]) => value)), format: form })}`;
  return html`<${Section} id="audit" title=${t("Audit log")} icon="history" list=${{ ...held, reload: () => load(null) }} nothing=${t("Nothing of that kind was done")}
      about=${t("Who did what, from where. Entries are chained and signed: what is changed, removed or cut off is noticed.")}
      more=${html`<a class="btn" href=${out("csv")} download><${Icon} name="download" size=${15} />${t("CSV")}</a><a class="btn" href=${out("jsonl")} download><${Icon} name="download" size=${15} />${t("JSON lines")}</a>`}
      above=${html`<${Sought} wanted=${wanted} want=${want} /><${Proof} />`}>
    <ul class="lines audit">${held.items?.map((entry) => html`<${Deed} key=${entry.seq} entry=${entry} />`)}</ul>
    ${held.cursor && html`<div class="buttons"><button type="button" class="btn" onClick=${() => load(held.cursor)}>${t("Show older ones")}</button></div>`}<//>`;
}

function Sought({ wanted, want }) {
  const typed = (name) => (event) => want({ ...wanted, [name]: event.target.value });
  return html`<form class="editor" onSubmit=${(event) => event.preventDefault()} aria-label=${t("Search the audit log")}><div class="fields">
    <label>${t("What")}<select value=${wanted.what} onChange=${typed("what")}><option value="">${t("Everything")}</option>${NOUNS.map((noun) => html`<option key=${noun} value=${noun}>${spoken(noun)}</option>`)}</select></label>
    <label>${t("Done by (id)")}<input value=${wanted.by} onChange=${typed("by")} /></label>
    <label>${t("Done to, such as team:…")}<input value=${wanted.target} onChange=${typed("target")} /></label>
    <label>${t("Since")}<input type="date" value=${wanted.since} onChange=${typed("since")} /></label></div></form>`;
}

function Proof() {
  const [found, set] = useState(null);
  const verify = () => { set("…"); get("/audit/verification").then(({ sound, break: broken }) => set(broken ? broken.reason : n("Whole: {count} entry.", "Whole: {count} entries.", sound)), (error) => set(error.message)); };
  return html`<div class="proof"><button type="button" class="btn" disabled=${found === "…"} onClick=${verify}><${Icon} name="check" size=${15} />${t("Is it whole?")}</button><span class="quiet" role="status">${found === "…" ? t("Reading all of it…") : found}</span></div>`;
}

function Deed({ entry }) {
  const [noun, deed] = entry.what.split(".");
  const names = [...new Set([...Object.keys(entry.before), ...Object.keys(entry.after)])];
  return html`<li><div class="line"><div class="grow"><b>${spoken(noun)} ${spoken(deed)}</b> <code dir="ltr">${entry.target}</code>
      <div class="fact"><bdi>${entry.name || t("nobody we know")}</bdi>${entry.address && html` · <span dir="ltr">${entry.address}</span>`} · ${mix("{ago} · no. {seq}", { ago: html`<${Ago} at=${entry.at} />`, seq: entry.seq })}</div></div></div>
    <details class="raw"><summary>${t("Details")}</summary><dl class="changes">${names.map((name) => html`<dt key=${name}>${name}</dt><dd dir="auto">${name in entry.before && html`<del>${shown(entry.before[name])}</del> `}${name in entry.after && html`<ins>${shown(entry.after[name])}</ins>`}</dd>`)}
      <dt>${t("Program")}</dt><dd dir="ltr">${entry.program || "—"}</dd><dt>${t("By")}</dt><dd dir="ltr">${entry.kind} ${entry.by}</dd><dt>${t("Hash")}</dt><dd dir="ltr">${entry.hash}</dd></dl></details></li>`;
}

const shown = (value) => Array.isArray(value) ? value.join(", ") || "none" : value === null || value === "" ? "none" : String(value);

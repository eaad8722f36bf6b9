// Places in the data, each with a way to it; and where a name is used.
import { useState } from "preact/hooks";
import { n, t } from "language";
import { get } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { address, onLink } from "./router.js";

const KINDS = {
  intent: t("Intent"), entity: t("Entity"), synonym: t("Synonym"), regex: t("Regular expression"), lookup: t("Lookup"), response: t("Response"),
  slot: t("Slot"), form: t("Form"), rule: t("Rule"), story: t("Story"), test: t("Test story"), action: t("Action"),
};

/** The tab and path that show a place; null for what has no page, such as an action's declaration. */
function way({ kind, name }) {
  if (kind === "intent" || kind === "response") return [`${kind}s`, name];
  if (kind === "slot" || kind === "form") return ["slots", kind, name];
  if (["rule", "story", "test"].includes(kind)) return ["dialogues", kind, name, "0"];
  return ["entity", "synonym", "regex", "lookup"].includes(kind) ? ["words", kind, name] : null;
}

export function Hits({ items, go }) {
  return html`<ul class="hits">${items.map((hit, at) => {
    const to = way(hit);
    const said = html`<span class="chip">${KINDS[hit.kind] ?? hit.kind}</span> <b dir="auto">${hit.name}</b>`;
    return html`<li key=${at}>${to ? html`<a href=${whole(to, hit)} onClick=${hit.kind === "intent" ? undefined : onLink(go, ...to)}>${said}</a>` : said}
      ${hit.text !== hit.name && html`<span class="hittext" dir="auto">${hit.text}</span>`}<span class="sub">${hit.file}:${hit.line}</span></li>`;
  })}</ul>`;
}

/** An example's own line is shown, and not only its intent. */
function whole(to, { kind, name, text, file, line }) {
  const link = address(...to);
  return kind !== "intent" || text === name ? link : `${link}${link.includes("?") ? "&" : "?"}at=${encodeURIComponent(`${file}-${line}`)}`;
}

/** Closed until somebody asks; asked anew each time it is opened. */
export function Uses({ kind, name, go }) {
  const [isOpen, setOpen] = useState(false);
  const [held, set] = useState(null);
  const look = async (event) => {
    setOpen(event.currentTarget.open);
    if (!event.currentTarget.open) return;
    set(null);
    set(await get("/studio/uses", { kind, name }).catch((error) => ({ items: [], error })));
  };
  return html`<details class="uses" onToggle=${look}><summary>${t("Where it is used")}</summary>
    ${isOpen && (!held ? html`<p class="quiet waiting" role="status">${t("Loading…")}</p>` : held.error ? html`<p class="problem" role="alert">${held.error.message}</p>`
      : held.items.length === 0 ? html`<p class="quiet">${t("Nothing uses it. Python code was not looked at.")}</p>`
        : html`<p class="quiet">${n("{count} place", "{count} places", held.items.length)}</p><${Hits} items=${held.items} go=${go} />`)}</details>`;
}

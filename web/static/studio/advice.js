// What is likely to be wrong with the examples, with a way to each place.
import { useState } from "preact/hooks";
import { t, told } from "language";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { useData } from "./loading.js";
import { address } from "./router.js";

const KINDS = { collision: t("Taken for each other"), duplicate: t("Duplicates"), near_duplicate: t("Near-duplicates"), uneven: t("Unevenly marked"), personal: t("Personal data"), few: t("Few examples"), many: t("Many examples") };
const SPOTS = 6;

export default function Advice() {
  const { data, error, reload } = useData("/advice");
  const [kind, setKind] = useState(null);
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Reading all examples…")}</p>`}</main>`;
  const count = (one) => data.items.filter((item) => item.kind === one).length;
  const shown = data.items.filter((item) => !kind || item.kind === kind);
  return html`<main class="studiomain"><section class="sheet"><header class="sheethead"><h2>${t("Advice")}</h2><button type="button" class="btn" onClick=${reload}><${Icon} name="retry" size=${15} />${t("Look again")}</button></header>
    <p class="quiet">${t("Nothing here is an error: the bot can be trained with it. But this is what it most likely gets wrong because of its examples.")}</p>
    <div class="filters" role="group" aria-label=${t("Kinds of advice")}><button type="button" class="chip pick" aria-pressed=${String(!kind)} onClick=${() => setKind(null)}>${t("All {count}", { count: data.items.length })}</button>
      ${Object.entries(KINDS).filter(([id]) => count(id)).map(([id, label]) => html`<button type="button" class="chip pick" key=${id} aria-pressed=${String(kind === id)} onClick=${() => setKind(id)}>${label} ${count(id)}</button>`)}</div>
    ${shown.length === 0 && html`<${Empty} icon="check" title=${t("Nothing to advise")} />`}
    <ul class="advicelist">${shown.map((item, i) => html`<li key=${i}><p><span class="chip warn">${KINDS[item.kind]}</span> ${told(item.words)}</p>
      ${item.spots.length > 0 && html`<ul>${item.spots.slice(0, SPOTS).map((spot) => html`<li key=${`${spot.file}${spot.line}`}><a href=${`${address("intents", spot.intent)}?at=${encodeURIComponent(`${spot.file}-${spot.line}`)}`}><span dir="auto">${spot.text}</span></a> <span class="sub">${spot.intent} · ${spot.file}:${spot.line}</span></li>`)}
        ${item.spots.length > SPOTS && html`<li class="quiet">${t("and {spots} more", { spots: item.spots.length - SPOTS })}</li>`}</ul>`}
      ${item.spots.length === 0 && html`<ul>${item.intents.map((name) => html`<li key=${name}><a href=${address("intents", name)}>${name}</a></li>`)}</ul>`}</li>`)}</ul></section></main>`;
}

// A replay's result: the turns that another model would decide otherwise, and only those.
import { t } from "language";
import { html } from "../inbox/lib.js";
import { useData } from "./loading.js";
import { onLink, address } from "./router.js";

const did = (decision) => decision.actions.map((action) => action.name).join(" → ") || "nothing";

export function Replayed({ id, go }) {
  const { data, error } = useData(`/jobs/${encodeURIComponent(id)}`);
  const back = html`<a href=${address("models")} onClick=${onLink(go, "models")}>${t("Back to models")}</a>`;
  if (error) return html`<main class="studiomain"><section class="sheet"><p class="problem" role="alert">${error.message}</p>${back}</section></main>`;
  const result = data?.result;
  return html`<main class="studiomain"><section class="sheet">${back}<h2>${t("Replay")}</h2>
    ${data && !result?.items && html`<p class="quiet">${data.error ?? t("This has not come to its end yet.")}</p>`}
    ${result?.items && html`<p class="quiet">${t("{changed} of {turns} real turns would be decided otherwise. Personal data is masked; no action was run.", { changed: result.changed, turns: result.turns })}</p>
      <ol class="replay">${result.items.map((item) => html`<li key=${item.message}><q>${item.text}</q><dl>
        <div><dt>${t("Live")}</dt><dd><code>${item.live.intent.name ?? "–"}</code> ${item.live.intent.confidence.toFixed(2)} <span class="quiet">${did(item.live)}</span></dd></div>
        <div><dt>${t("Candidate")}</dt><dd><code>${item.candidate.intent.name ?? "–"}</code> ${item.candidate.intent.confidence.toFixed(2)} <span class="quiet">${did(item.candidate)}</span></dd></div></dl></li>`)}</ol>`}
  </section></main>`;
}

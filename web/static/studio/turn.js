// A turn of a model that is tried: what the bot says, as the channel shows it, and why.
import { mix, t } from "language";
import { Content } from "../inbox/contents.js";
import { html } from "../inbox/lib.js";
import { pieces } from "./marks.js";

/** The answers; buttons can be tapped while `onTap` is given. */
export function Bubbles({ turn, onTap }) {
  return html`${turn.bubbles.map((content, i) => html`<div class="said" key=${i}>${content.type === "options" && onTap ? html`<div class="text" dir="auto">${content.text}</div>
      <div class="taps">${content.options.map((option, j) => html`<button type="button" class="btn" dir="auto" key=${j} onClick=${() => onTap(option)}>${option.title}</button>`)}</div>` : html`<${Content} content=${content} />`}</div>`)}
    ${turn.handoff && html`<p class="quiet handed">${t("A colleague is called.")}</p>`}
    ${!turn.bubbles.length && !turn.handoff && html`<p class="quiet">${turn.is_cut ? t("Here the bot would do something, and say what came of it. That is left out while it is tried.") : t("It says nothing.")}</p>`}
    ${turn.changes?.length > 0 && html`<ul class="changes">${turn.changes.map((words) => html`<li key=${words}>${words}</li>`)}</ul>`}`;
}

/** What was understood, what chose each action, and what it cost. */
export function Why({ turn, model }) {
  const { intent, ranking, entities, actions, slots, slots_before: before } = turn;
  const isUnsure = intent.name === "nlu_fallback";
  const changed = [...new Set([...Object.keys(before), ...Object.keys(slots)])].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(slots[name])).sort();
  return html`<details class="why" open><summary><span class="chip ${isUnsure ? "warn" : "accent"}">${isUnsure ? t("not understood") : intent.name ?? t("no intent")}</span> ${share(isUnsure ? ranking[0]?.confidence : intent.confidence)} · <span class="num">${t("{took_ms} ms", { took_ms: Math.round(turn.took_ms) })}</span></summary>
    ${ranking.length > 0 && html`<ol class="ranks">${ranking.map((one) => html`<li key=${one.name}><code>${one.name}</code><meter min="0" max="1" value=${one.confidence} aria-label=${one.name}></meter><span class="num">${share(one.confidence)}</span></li>`)}</ol>`}
    ${model.threshold !== null && html`<p class="fact">${isUnsure ? t("Asked back: below the threshold of {toFixed}, or two intents closer than {toFixed2}.", { toFixed: model.threshold.toFixed(2), toFixed2: (model.ambiguity ?? 0).toFixed(2) }) : t("Asks back below {toFixed}.", { toFixed: model.threshold.toFixed(2) })}</p>`}
    ${entities.length > 0 && html`<p class="fact found" dir="auto">${pieces(turn.text, whole(entities, turn.text)).map((piece, i) => (typeof piece === "string" ? piece : html`<mark key=${i}>${piece.text}<small>${piece.kinds.map((one) => `${one.entity}${String(one.value) === piece.text ? "" : ` = ${one.value}`}`).join(", ")}</small></mark>`))}</p>`}
    ${changed.length > 0 && html`<dl class="slotted">${changed.map((name) => html`<div key=${name}><dt>${name}</dt><dd><s>${shown(before[name])}</s> → ${shown(slots[name])}</dd></div>`)}</dl>`}
    <ol class="chosen">${actions.map((action, i) => html`<li key=${i}><code>${action.name}</code> <span class="quiet">${reason(action)}</span>${!action.is_run && html` <span class="chip">${t("left out here")}</span>`}</li>`)}</ol>
    ${turn.form && html`<p class="fact">${mix("The form {form} goes on.", { form: html`<code>${turn.form}</code>` })}</p>`}</details>`;
}

const share = (value) => (value === undefined || value === null ? "" : `${(100 * value).toFixed(1)} %`);
const shown = (value) => (value === undefined || value === null ? t("empty") : typeof value === "string" ? value : JSON.stringify(value));
const POLICIES = { RulePolicy: "rule", AugmentedMemoizationPolicy: "story", MemoizationPolicy: "story" };
const KINDS = { rule: (named) => t("rule {named}", { named }), story: (named) => t("story {named}", { named }) };

function reason({ policy, confidence, chosen_by: by }) {
  const kind = POLICIES[policy] ?? policy;
  if (by?.length) {
    const named = `“${by.slice(0, 3).join("”, “")}”${by.length > 3 ? t(" and {value} more", { value: by.length - 3 }) : ""}`;
    return KINDS[kind]?.(named) ?? `${kind} ${named}`;
  }
  if (!policy) return t("asked for by the action before it");
  return kind === policy ? `${policy}, ${share(confidence)}` : `${kind === "rule" ? t("a rule or a form") : t("a story")} (${policy})`;
}

/** Those that lie within the text and not across another. */
function whole(entities, text) {
  let end = 0;
  return [...entities].filter(({ start, end: stop }) => Number.isInteger(start) && stop <= [...text].length).sort((a, b) => a.start - b.start || b.end - a.end)
    .filter((one) => { if (one.start < end) return false; ({ end } = one); return true; });
}

// By when a customer was promised an answer: a chip that turns from quiet to warning to broken.
import { t } from "language";
import { html, names } from "./lib.js";
import { full, span, useNow } from "./time.js";

export const PROMISES = { first_response: t("First answer"), next_response: t("Next answer"), resolution: t("Resolution") };

/** Nothing, or what is due next. `always`: also while there is plenty of time. */
export function Promised({ sla, always }) {
  const now = useNow();
  if (!sla) return null;
  const left = new Date(sla.breach_at) - now;
  const isWarning = now >= new Date(sla.warn_at);
  if (!isWarning && !always) return null;
  const said = left > 0 ? t("{promise} due in {time}", { promise: PROMISES[sla.promise], time: span(left) }) : t("{promise} late by {time}", { promise: PROMISES[sla.promise], time: span(-left) });
  return html`<span class=${names("chip", left <= 0 ? "bad" : isWarning && "warn")} title=${`${sla.policy}: ${full(sla.breach_at)}`}>${said}</span>`;
}

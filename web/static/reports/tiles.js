// The few figures that matter most, each beside what it was in the time before.
import { n, number, p, t } from "language";
import { Icon } from "../inbox/icons.js";
import { html, names } from "../inbox/lib.js";
import { span } from "../inbox/time.js";
import { percent } from "../inbox/words.js";

/** Seconds as people say them; a dash where nobody waited. */
export const wait = (seconds) => (seconds === null ? "–" : span(seconds * 1000));

const share = (part, whole) => (whole ? part / whole : null);

export function Tiles({ total, before, ratings }) {
  const handed = (one) => share(one.handed_over, one.started);
  return html`<ul class="tiles" aria-label=${t("In short")}>
    <${Tile} name=${t("New conversations")} value=${number(total.started)} now=${total.started} was=${before.started} />
    <${Tile} name=${t("Messages from customers")} value=${number(total.received)} now=${total.received} was=${before.received} />
    <${Tile} name=${t("Handed to people")} value=${number(total.handed_over)} now=${total.handed_over} was=${before.handed_over} good="less"
      about=${handed(total) !== null && t("{percent} of the new conversations", { percent: percent(Math.min(1, handed(total))) })} />
    <${Tile} name=${t("Wait for a person")} value=${wait(total.wait_median)} now=${total.wait_median} was=${before.wait_median} good="less"
      about=${total.answered > 0 && t("half of them; nine in ten within {time}", { time: wait(total.wait_p90) })} />
    <${Tile} name=${p("how many", "Resolved")} value=${number(total.resolved)} now=${total.resolved} was=${before.resolved} good="more" />
    <${Tile} name=${t("Satisfaction")} value=${ratings.count ? t("{mean} of 5", { mean: number(Math.round(ratings.mean * 10) / 10) }) : "–"}
      about=${ratings.count > 0 && n("from {count} answer", "from {count} answers", ratings.count)} /></ul>`;
}

/** `good`: whether `more` or `less` of it is good news; neither where it is just how it is. */
function Tile({ name, value, now = null, was = null, good, about }) {
  const change = now !== null && was ? now / was - 1 : null;
  const shown = change !== null && Math.abs(change) >= 0.005;
  const tone = shown && good && ((change < 0) === (good === "less") ? "good" : "bad");
  return html`<li><span class="what">${name}</span><b>${value}</b>
    ${shown && html`<span class=${names("change", tone)}><${Icon} name=${change > 0 ? "up" : "down"} size=${13} />${t("{percent} against the time before", { percent: percent(Math.abs(change)) })}</span>`}
    ${about && html`<span class="fact">${about}</span>`}</li>`;
}

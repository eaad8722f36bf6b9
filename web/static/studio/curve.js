// Out-of-scope recall against the threshold, as an SVG that says in words what it shows.
import { t } from "language";
import { html } from "../inbox/lib.js";

const WIDTH = 640, HEIGHT = 220, LEFT = 44, BOTTOM = 30, TOP = 10;
const x = (threshold) => LEFT + threshold * (WIDTH - LEFT - 10);
const y = (share) => TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
const line = (points) => points.filter(([, share]) => share !== null).map(([at, share], place) => `${place ? "L" : "M"}${x(at).toFixed(1)} ${y(share).toFixed(1)}`).join("");
const percent = (share) => `${Math.round(share * 100)} %`;

export function Curve({ points, strangers, chosen }) {
  const measured = points.some((point) => point.caught !== null);
  const caught = measured ? points.map((point) => [point.threshold, point.caught]) : strangers;
  const right = points.map((point) => [point.threshold, point.right]);
  const at = (list) => list.reduce((best, one) => (Math.abs(one[0] - chosen) < Math.abs(best[0] - chosen) ? one : best), list[0] ?? [0, null])[1];
  const said = chosen === null || !caught.length ? "" : t("At the chosen threshold {chosen}: {percent} of what is in scope told rightly, {percent2} of what is out of scope caught.", { chosen, percent: percent(at(right) ?? 0), percent2: percent(at(caught) ?? 0) });
  return html`<figure class="curve"><svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${t("Shares by threshold. {said}", { said })}>
    ${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<g key=${share}><line class="grid" x1=${LEFT} x2=${WIDTH - 10} y1=${y(share)} y2=${y(share)} /><text x=${LEFT - 6} y=${y(share) + 4} text-anchor="end">${percent(share)}</text><text x=${x(share * 0.95)} y=${HEIGHT - 8} text-anchor="middle">${(share * 0.95).toFixed(2)}</text></g>`)}
    <path class="rightly" d=${line(right)} /><path class="caught" d=${line(caught)} />
    ${chosen !== null && html`<line class="chosen" x1=${x(chosen)} x2=${x(chosen)} y1=${TOP} y2=${HEIGHT - BOTTOM} />`}</svg>
    <figcaption><span class="key rightly">${t("in scope, told rightly")}</span><span class="key caught">${measured ? t("out of scope, caught") : t("strangers (intents held out), caught")}</span> ${said}</figcaption></figure>`;
}

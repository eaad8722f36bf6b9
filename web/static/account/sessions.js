// Where one is signed in, and how to end that.
import { mix, t } from "language";
import { post, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "../settings/section.js";

export function Sessions() {
  const list = useItems("/me/sessions");
  const [busy, run] = useDeed(list.reload);
  const others = () => run(() => post("/me/sessions/end_others"), t("Signed out everywhere else."));
  return html`<${Section} id="sessions" title=${t("Where you are signed in")} icon="lock" list=${list}
      about=${t("If you do not know one of these, end it and change your password. Its open pages close at once.")}
      more=${list.items?.length > 1 && html`<button type="button" class="btn danger" disabled=${busy} onClick=${others}>${t("Sign out everywhere else")}</button>`}>
    <ul class="lines">${list.items?.map((one) => html`<li key=${one.id}><div class="line"><div class="grow"><b>${one.device}</b> ${one.is_this && html`<span class="chip good">${t("This one")}</span>`}
        <div class="fact">${one.address && html`<bdi>${one.address}</bdi> · `}${mix("last seen {ago} · since {ago2}", { ago: html`<${Ago} at=${one.seen_at} />`, ago2: html`<${Ago} at=${one.created_at} />` })}</div></div>
      ${!one.is_this && html`<button type="button" class="btn" disabled=${busy} aria-label=${t("End the session: {device}", { device: one.device })} onClick=${() => run(() => remove(`/me/sessions/${one.id}`), t("That session has ended."))}>${t("End")}</button>`}</div></li>`)}</ul><//>`;
}

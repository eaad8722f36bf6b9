// Where one is signed in, and how to end that.
import { post, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "../settings/section.js";

export function Sessions() {
  const list = useItems("/me/sessions");
  const [busy, run] = useDeed(list.reload);
  const others = () => run(() => post("/me/sessions/end_others"), "Signed out everywhere else.");
  return html`<${Section} id="sessions" title="Where you are signed in" icon="lock" list=${list}
      about="If you do not know one of these, end it and change your password. Its open pages close at once."
      more=${list.items?.length > 1 && html`<button type="button" class="btn danger" disabled=${busy} onClick=${others}>Sign out everywhere else</button>`}>
    <ul class="lines">${list.items?.map((one) => html`<li key=${one.id}><div class="line"><div class="grow"><b>${one.device}</b> ${one.is_this && html`<span class="chip good">This one</span>`}
        <div class="fact">${one.address && html`<bdi>${one.address}</bdi> · `}last seen <${Ago} at=${one.seen_at} /> · since <${Ago} at=${one.created_at} /></div></div>
      ${!one.is_this && html`<button type="button" class="btn" disabled=${busy} aria-label=${`End the session: ${one.device}`} onClick=${() => run(() => remove(`/me/sessions/${one.id}`), "That session has ended.")}>End</button>`}</div></li>`)}</ul><//>`;
}

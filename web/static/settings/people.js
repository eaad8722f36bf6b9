// Settings: who may sign in, and how they do.
import { post } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Avatar } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "./section.js";

export function People() {
  const list = useItems("/people");
  return html`<${Section} id="people" title="Signing in" icon="lock" list=${list} nothing="Nobody may sign in"
      about="Who may sign in, and where they do. Sign a colleague out if a device of theirs is lost: its open pages close at once.">
    <ul class="lines">${list.items?.map((one) => html`<${Person} key=${one.id} person=${one} reload=${list.reload} />`)}</ul><//>`;
}

function Person({ person, reload }) {
  const [busy, run] = useDeed(reload);
  const end = () => run(() => post(`/people/${person.id}/end_sessions`), `Signed out everywhere: ${person.name}`);
  const places = person.sessions === 0 ? "signed in nowhere" : `signed in on ${person.sessions} ${person.sessions === 1 ? "device" : "devices"}`;
  return html`<li><div class="line"><${Avatar} name=${person.name} /><div class="grow"><b>${person.name}</b> <span class="chip">${person.role}</span> ${person.disabled && html`<span class="chip bad">may not sign in</span>`}
      <div class="fact"><bdi>${person.email}</bdi> · ${places}</div></div>
    <button type="button" class="btn" disabled=${busy || person.sessions === 0} aria-label=${`Sign out ${person.name} everywhere`} onClick=${end}>Sign out</button></div></li>`;
}

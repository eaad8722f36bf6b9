// Settings: who may sign in, how they do, and what is asked of them.
import { useEffect, useState } from "preact/hooks";
import { get, post, put } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Avatar } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "./section.js";

export function People() {
  const list = useItems("/people");
  return html`<${Section} id="people" title="Signing in" icon="lock" list=${list} nothing="Nobody may sign in"
      about="Who may sign in, and where they do. Sign a colleague out if a device of theirs is lost: its open pages close at once."
      above=${html`<${Policy} reload=${list.reload} />`}>
    <ul class="lines">${list.items?.map((one) => html`<${Person} key=${one.id} person=${one} reload=${list.reload} />`)}</ul><//>`;
}

function Policy({ reload }) {
  const [held, set] = useState(null);
  const read = () => Promise.all([get("/sign_in"), get("/roles")]).then(([policy, roles]) => set({ asked: policy.second_step_for, roles: roles.items }), () => {});
  const [busy, run] = useDeed(() => read().then(reload));
  useEffect(() => { read(); }, []);
  if (!held) return null;
  const tick = ({ id }) => async (event) => {
    const asked = event.target.checked ? [...held.asked, id] : held.asked.filter((one) => one !== id);
    set({ ...held, asked });
    await run(() => put("/sign_in", { second_step_for: asked }), "Saved. Who has none yet is asked to set it up before going on.");
    read();
  };
  return html`<div class="editor"><fieldset class="members" disabled=${busy}><legend>A second step is asked of</legend>
    ${held.roles.map((role) => html`<label class="check" key=${role.id}><input type="checkbox" checked=${held.asked.includes(role.id)} onChange=${tick(role)} /><bdi>${role.name}</bdi></label>`)}</fieldset></div>`;
}

function Person({ person, reload }) {
  const [busy, run] = useDeed(reload);
  const end = () => run(() => post(`/people/${person.id}/end_sessions`), `Signed out everywhere: ${person.name}`);
  const places = person.sessions === 0 ? "signed in nowhere" : `signed in on ${person.sessions} ${person.sessions === 1 ? "device" : "devices"}`;
  return html`<li><div class="line"><${Avatar} name=${person.name} /><div class="grow"><b>${person.name}</b> <span class="chip">${person.role}</span> ${person.app && html`<span class="chip good">second step</span>`} ${person.passkey && html`<span class="chip good">passkey</span>`} ${person.disabled && html`<span class="chip bad">may not sign in</span>`}
      <div class="fact"><bdi>${person.email}</bdi> · ${places}</div></div>
    ${(person.app || person.passkey) && html`<${Reset} person=${person} busy=${busy} run=${run} />`}
    <button type="button" class="btn" disabled=${busy || person.sessions === 0} aria-label=${`Sign out ${person.name} everywhere`} onClick=${end}>Sign out</button></div></li>`;
}

function Reset({ person, busy, run }) {
  const [sure, setSure] = useState(false);
  const reset = () => run(() => post(`/people/${person.id}/reset_factors`), `${person.name} signs in by password alone, until a second step is set up anew.`);
  return html`<button type="button" class="btn danger" disabled=${busy} aria-label=${sure ? undefined : `Reset the second step of ${person.name}`} onBlur=${() => setSure(false)} onClick=${() => sure ? reset() : setSure(true)}>${sure ? "Lost for good?" : "Reset second step"}</button>`;
}

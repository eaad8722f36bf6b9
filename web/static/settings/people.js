// Settings: who may sign in, how they do, and what is asked of them.
import { useEffect, useState } from "preact/hooks";
import { n, t } from "language";
import { get, post, put } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Avatar } from "../inbox/parts.js";
import { roleName } from "./roles.js";
import { Section, useDeed, useItems } from "./section.js";

export function People() {
  const list = useItems("/people");
  const roles = useItems("/roles");
  return html`<${Section} id="people" title=${t("Signing in")} icon="lock" list=${list} nothing=${t("Nobody may sign in")}
      about=${t("Who may sign in, and where they do. Sign a colleague out if a device of theirs is lost: its open pages close at once.")}
      above=${html`<${Policy} reload=${list.reload} />`}>
    <ul class="lines">${list.items?.map((one) => html`<${Person} key=${one.id} person=${one} role=${roles.items?.find(({ id }) => id === one.role)} reload=${list.reload} />`)}</ul><//>`;
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
    await run(() => put("/sign_in", { second_step_for: asked }), t("Saved. Who has none yet is asked to set it up before going on."));
    read();
  };
  return html`<div class="editor"><fieldset class="members" disabled=${busy}><legend>${t("A second step is asked of")}</legend>
    ${held.roles.map((role) => html`<label class="check" key=${role.id}><input type="checkbox" checked=${held.asked.includes(role.id)} onChange=${tick(role)} /><bdi>${roleName(role)}</bdi></label>`)}</fieldset></div>`;
}

function Person({ person, role, reload }) {
  const [busy, run] = useDeed(reload);
  const end = () => run(() => post(`/people/${person.id}/end_sessions`), t("Signed out everywhere: {name}", { name: person.name }));
  const places = person.sessions === 0 ? t("signed in nowhere") : n("signed in on {count} device", "signed in on {count} devices", person.sessions);
  return html`<li><div class="line"><${Avatar} name=${person.name} /><div class="grow"><b>${person.name}</b> ${role && html`<span class="chip"><bdi>${roleName(role)}</bdi></span>`} ${person.app && html`<span class="chip good">${t("second step")}</span>`} ${person.passkey && html`<span class="chip good">${t("passkey")}</span>`} ${person.disabled && html`<span class="chip bad">${t("may not sign in")}</span>`}
      <div class="fact"><bdi>${person.email}</bdi> · ${places}</div></div>
    ${(person.app || person.passkey) && html`<${Reset} person=${person} busy=${busy} run=${run} />`}
    <button type="button" class="btn" disabled=${busy || person.sessions === 0} aria-label=${t("Sign out {name} everywhere", { name: person.name })} onClick=${end}>${t("Sign out")}</button></div></li>`;
}

function Reset({ person, busy, run }) {
  const [sure, setSure] = useState(false);
  const reset = () => run(() => post(`/people/${person.id}/reset_factors`), t("{name} signs in by password alone, until a second step is set up anew.", { name: person.name }));
  return html`<button type="button" class="btn danger" disabled=${busy} aria-label=${sure ? undefined : t("Reset the second step of {name}", { name: person.name })} onBlur=${() => setSure(false)} onClick=${() => sure ? reset() : setSure(true)}>${sure ? t("Lost for good?") : t("Reset second step")}</button>`;
}

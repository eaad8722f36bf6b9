// Settings: what each role may do, and who has which.
import { useState } from "preact/hooks";
import { n, t } from "language";
import { patch, post, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Avatar } from "../inbox/parts.js";
import { useSaving } from "./form.js";
import { putOver } from "./over.js";
import { Section, useDeed, useItems } from "./section.js";

/** What a person calls a permission. */
export const MEANINGS = {
  "conversations:read": t("Read conversations"), "conversations:write": t("Answer and change conversations"), admin: t("Change settings, people and roles"),
  "orders:read": t("Read orders"), studio: t("Teach the bot"), "audit:read": t("Read the audit log"), supervise: t("See private teams’ conversations"),
  campaigns: t("Write to many customers at once"), "conversations:urgent": t("For programs: send in quiet hours, too"),
};
export const meaning = (permission) => MEANINGS[permission] ?? permission;

const BUILT_IN = { admin: t("Admin"), supervisor: t("Supervisor"), agent: t("Agent"), designer: t("Designer"), auditor: t("Auditor") };
/** What a role is called: those that are built in in the reader's language, others as they were named. */
export const roleName = ({ id, name }) => BUILT_IN[id] ?? name;

export function Roles() {
  const list = useItems("/roles");
  const people = useItems("/people");
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="roles" title=${t("Roles")} icon="people" list=${list} nothing=${t("No roles")}
      about=${t("What each role may do. Nobody can give what they do not have, and the last admin stays one.")}
      more=${html`<button type="button" class="btn" onClick=${() => edit({ name: "", permissions: [] })}>${t("New role")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} role=${edited} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((role) => html`<${Role} key=${role.id} role=${role} edit=${edit} reload=${list.reload} />`)}</ul>
    <h3 class="subhead">${t("Who has which")}</h3>
    <ul class="lines">${people.items?.map((one) => html`<${Holder} key=${one.id} person=${one} roles=${list.items ?? []} reload=${() => { people.reload(); list.reload(); }} />`)}</ul><//>`;
}

function Role({ role, edit, reload }) {
  const [busy, run] = useDeed(reload);
  const number = n("{count} person", "{count} people", role.users);
  return html`<li><div class="line"><div class="grow"><b dir="auto">${roleName(role)}</b> <span class="chip">${number}</span>
      <div class="fact">${role.permissions.map(meaning).join(" · ")}</div></div>
    ${!role.built_in && html`<button type="button" class="btn" aria-label=${t("Edit {name}", { name: role.name })} onClick=${() => edit(role)}>${t("Edit")}</button>
      <button type="button" class="btn danger" disabled=${busy || role.users > 0} aria-label=${t("Delete {name}", { name: role.name })}
        onClick=${() => run(() => remove(`/roles/${role.id}`), t("Deleted: {name}", { name: role.name }))}>${t("Delete")}</button>`}</div></li>`;
}

function Editor({ role, onDone, onCancel }) {
  const [name, setName] = useState(role.name);
  const [chosen, setChosen] = useState(role.permissions);
  const [trouble, send] = useSaving(onDone);
  const tick = (permission) => setChosen(chosen.includes(permission) ? chosen.filter((one) => one !== permission) : [...chosen, permission]);
  const save = (event) => {
    event.preventDefault();
    const body = { name, permissions: chosen };
    send(() => role.id ? putOver(`/roles/${role.id}`, body, role) : post("/roles", body), t("Saved: {name}", { name }));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${role.id ? t("Edit {name}", { name: role.name }) : t("New role")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name")}<input required autofocus dir="auto" maxlength="40" value=${name} onInput=${(event) => setName(event.target.value)} /></label></div>
    <fieldset class="members"><legend>${t("May")}</legend>${Object.keys(MEANINGS).map((permission) => html`<label class="check" key=${permission}>
      <input type="checkbox" checked=${chosen.includes(permission)} onChange=${() => tick(permission)} />${meaning(permission)}</label>`)}</fieldset>
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

function Holder({ person, roles, reload }) {
  const [busy, run] = useDeed(reload);
  const give = (event) => run(() => patch(`/people/${person.id}`, { role: event.target.value }), t("Saved: {name}", { name: person.name }));
  const let_in = () => run(() => patch(`/people/${person.id}`, { disabled: !person.disabled }), person.disabled ? t("May sign in again: {name}", { name: person.name }) : t("May no longer sign in: {name}", { name: person.name }));
  return html`<li><div class="line"><${Avatar} name=${person.name} /><div class="grow"><b dir="auto">${person.name}</b> ${person.disabled && html`<span class="chip bad">${t("may not sign in")}</span>`}
      <div class="fact"><bdi>${person.email}</bdi></div></div>
    <select class="rolechoice" aria-label=${t("Role of {name}", { name: person.name })} disabled=${busy} value=${person.role} onChange=${give}>${roles.map((role) => html`<option key=${role.id} value=${role.id}>${roleName(role)}</option>`)}</select>
    <button type="button" class=${person.disabled ? "btn" : "btn danger"} disabled=${busy} aria-label=${person.disabled ? t("Let in {name}", { name: person.name }) : t("Lock out {name}", { name: person.name })} onClick=${let_in}>${person.disabled ? t("Let in") : t("Lock out")}</button></div></li>`;
}

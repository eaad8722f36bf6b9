// Settings: which role each of the provider's groups gives.
import { t } from "language";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { roleName } from "./roles.js";

/** The table of a provider's form; `now` has its fields, `change` takes those that are others now. */
export function Groups({ now, roles, change }) {
  const rows = now.groups;
  const set = (at, fields) => change({ groups: rows.map((row, i) => (i === at ? { ...row, ...fields } : row)) });
  const drop = (at) => change({ groups: rows.filter((_, i) => i !== at), needs_group: now.needs_group && rows.length > 1 });
  return html`<fieldset class="parts"><legend>${t("Roles by the provider’s groups")}</legend>
    <p class="quiet">${t("At each sign-in, the first of these groups that somebody is in gives the role, and whoever is in none has the role of who is new. Admins stay as they are, and nobody becomes one.")}</p>
    ${rows.map((row, at) => html`<div class="part" key=${at}>
      <input required maxlength="256" dir="auto" aria-label=${t("Group, as the provider calls it")} placeholder=${t("Group, as the provider calls it")} value=${row.group} onInput=${(event) => set(at, { group: event.target.value })} />
      <select aria-label=${t("Role")} value=${row.role} onChange=${(event) => set(at, { role: event.target.value })}>${roles.map((role) => html`<option value=${role.id} key=${role.id}>${roleName(role)}</option>`)}</select>
      <button type="button" class="iconbtn" aria-label=${t("Remove {name}", { name: row.group })} onClick=${() => drop(at)}><${Icon} name="close" size=${16} /></button></div>`)}
    <div class="buttons"><button type="button" class="btn" onClick=${() => change({ groups: [...rows, { group: "", role: "agent" }] })}>${t("Add a group")}</button></div>
    ${rows.length > 0 && html`<div class="fields"><label>${t("What tells the groups (empty: the usual)")}<input maxlength="256" dir="ltr" value=${now.groups_from} onInput=${(event) => change({ groups_from: event.target.value })} /></label></div>
      <label class="check"><input type="checkbox" checked=${now.needs_group} onChange=${(event) => change({ needs_group: event.target.checked })} /><span>${t("Who is in none of these groups may not sign in")}</span></label>`}
  </fieldset>`;
}

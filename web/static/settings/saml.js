// Settings: signing in by the organisation's own provider that speaks SAML 2.0.
import { useState } from "preact/hooks";
import { mix, t } from "language";
import { put } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { month } from "../inbox/time.js";
import { useSaving } from "./form.js";
import { Groups } from "./groups.js";
import { roleName } from "./roles.js";

const NEW = { name: "", domains: [], role: "agent", is_on: true, is_only: false, takes_unasked: false, groups: [], groups_from: "", needs_group: false };

export function SamlEditor({ held, roles, onDone }) {
  const before = { ...NEW, ...held.settings };
  const [now, set] = useState({ ...before, domains: before.domains.join(", "), metadata: "", metadata_url: "" });
  const [trouble, send] = useSaving(onDone);
  const typed = (name) => (event) => set({ ...now, [name]: event.target.value });
  const ticked = (name) => (event) => set({ ...now, [name]: event.target.checked });
  const save = (event) => {
    event.preventDefault();
    const { name, role, is_on, is_only, takes_unasked, groups, groups_from, needs_group } = now;
    const domains = now.domains.split(/[\s,;]+/).filter(Boolean);
    const body = { name, role, is_on, is_only, takes_unasked, groups, groups_from, needs_group, domains, metadata: now.metadata || null, metadata_url: now.metadata_url || null };
    send(() => put("/saml", body), now.is_on ? t("Saved") : t("Saved: off"));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("SAML 2.0")}>
    <h3>${t("SAML 2.0")}</h3>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <p class="quiet">${t("Give your provider these addresses, or the metadata that stand at the first one:")}</p>
    <ul class="quiet"><li>${t("Entity id")}: <code dir="ltr">${held.ours.entity_id}</code></li>
      <li>${t("Address for its answers")}: <code dir="ltr">${held.ours.back}</code></li></ul>
    ${held.settings && html`<${Provider} settings=${held.settings} />`}
    <div class="fields"><label>${t("Address of the provider’s metadata")}<input type="text" dir="ltr" placeholder=${held.settings ? t("kept: fill this in to fetch them anew") : t("https://login.example.com/metadata")} value=${now.metadata_url} onInput=${typed("metadata_url")} /></label>
      <label>${t("What the button says")}<input maxlength="40" dir="auto" placeholder=${t("Example Bank")} value=${now.name} onInput=${typed("name")} /></label>
      <label>${t("Domains that may sign in")}<input type="text" required dir="ltr" placeholder=${t("example.com")} value=${now.domains} onInput=${typed("domains")} /></label>
      <label>${t("Role of who is new")}<select value=${now.role} onChange=${typed("role")}>${roles.map((role) => html`<option value=${role.id} key=${role.id}>${roleName(role)}</option>`)}</select></label></div>
    <label>${t("Or the provider’s metadata themselves (XML)")}<textarea rows="4" dir="ltr" spellcheck="false" value=${now.metadata} onInput=${typed("metadata")}></textarea></label>
    <${Groups} now=${now} roles=${roles} change=${(fields) => set({ ...now, ...fields })} />
    <label class="check"><input type="checkbox" checked=${now.is_on} onChange=${ticked("is_on")} /><span>${t("Offer it on the page to sign in")}</span></label>
    <label class="check"><input type="checkbox" checked=${now.is_only} onChange=${ticked("is_only")} /><span>${t("Nobody but admins may sign in otherwise")}</span></label>
    <label class="check"><input type="checkbox" checked=${now.takes_unasked} onChange=${ticked("takes_unasked")} /><span>${t("People may also begin at the provider, from its own page of programs")}</span></label>
    <div class="buttons"><button class="btn primary">${t("Save")}</button></div></form>`;
}

function Provider({ settings }) {
  return html`<p class="quiet">${t("Your provider:")} <code dir="ltr">${settings.entity_id}</code></p>
    <ul class="quiet">${settings.certificates.map((one) => html`<li key=${one.sha256}>${mix("It signs by {certificate} until {month}", { certificate: html`<code dir="ltr">${one.sha256.slice(0, 16)}…</code>`, month: month(one.expires_at) })}</li>`)}</ul>`;
}

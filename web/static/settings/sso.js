// Settings: signing in by the organisation's own provider.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, put } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { useSaving } from "./form.js";
import { Groups } from "./groups.js";
import { roleName } from "./roles.js";
import { SamlEditor } from "./saml.js";
import { Section } from "./section.js";

const NEW = { issuer: "", client_id: "", name: "", domains: [], role: "agent", is_on: true, is_only: false, groups: [], groups_from: "", needs_group: false };

export function SingleSignOn() {
  const [held, set] = useState(null);
  const [error, setError] = useState(null);
  const read = () => Promise.all([get("/single_sign_on"), get("/saml"), get("/roles")]).then(([found, saml, roles]) => set({ ...found, saml, roles: roles.items.filter((role) => !role.permissions.includes("admin")) }), setError);
  useEffect(() => { read(); }, []);
  return html`<${Section} id="single-sign-on" title=${t("Single sign-on")} icon="lock" list=${{ items: held && [], error }}
      about=${t("Colleagues sign in by your organisation’s own provider (OpenID Connect or SAML 2.0), such as Google, Okta, Entra ID or Keycloak.")}
      above=${held && html`<${Editor} key=${JSON.stringify(held.settings)} held=${held} onDone=${read} />
        <${SamlEditor} key=${JSON.stringify(held.saml.settings)} held=${held.saml} roles=${held.roles} onDone=${read} />`} />`;
}

function Editor({ held, onDone }) {
  const before = { ...NEW, ...held.settings };
  const [now, set] = useState({ ...before, domains: before.domains.join(", "), client_secret: "" });
  const [trouble, send] = useSaving(onDone);
  const typed = (name) => (event) => set({ ...now, [name]: event.target.value });
  const ticked = (name) => (event) => set({ ...now, [name]: event.target.checked });
  const save = (event) => {
    event.preventDefault();
    const domains = now.domains.split(/[\s,;]+/).filter(Boolean);
    send(() => put("/single_sign_on", { ...now, domains, client_secret: now.client_secret || null }), now.is_on ? t("Saved: your provider has answered") : t("Saved: off"));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("Single sign-on")}>
    <h3>${t("OpenID Connect")}</h3>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <p class="quiet">${t("Your provider must send people back to this address:")} <code dir="ltr">${held.redirect_uri}</code></p>
    <p class="quiet">${t("So that who signs out there is out here too, give it this address (back-channel logout):")} <code dir="ltr">${held.logout_uri}</code></p>
    <div class="fields"><label>${t("Issuer")}<input type="text" required dir="ltr" placeholder=${t("https://login.example.com")} value=${now.issuer} onInput=${typed("issuer")} /></label>
      <label>${t("What the button says")}<input maxlength="40" dir="auto" placeholder=${t("Example Bank")} value=${now.name} onInput=${typed("name")} /></label>
      <label>${t("Client id")}<input type="text" required dir="ltr" value=${now.client_id} onInput=${typed("client_id")} /></label>
      <label>${t("Client secret")}<input type="password" required=${!held.settings} autocomplete="off" placeholder=${held.settings ? t("kept, sealed") : ""} value=${now.client_secret} onInput=${typed("client_secret")} /></label>
      <label>${t("Domains that may sign in")}<input type="text" dir="ltr" placeholder=${t("example.com")} value=${now.domains} onInput=${typed("domains")} /></label>
      <label>${t("Role of who is new")}<select value=${now.role} onChange=${typed("role")}>${held.roles.map((role) => html`<option value=${role.id} key=${role.id}>${roleName(role)}</option>`)}</select></label></div>
    <p class="quiet">${t("Without a domain, only who has an account already gets in.")}</p>
    <${Groups} now=${now} roles=${held.roles} change=${(fields) => set({ ...now, ...fields })} />
    <label class="check"><input type="checkbox" checked=${now.is_on} onChange=${ticked("is_on")} /><span>${t("Offer it on the page to sign in")}</span></label>
    <label class="check"><input type="checkbox" checked=${now.is_only} onChange=${ticked("is_only")} /><span>${t("Nobody but admins may sign in otherwise")}</span></label>
    <div class="buttons"><button class="btn primary">${t("Save")}</button></div></form>`;
}

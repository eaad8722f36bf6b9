// Passkeys: one's devices in place of a password.
import { useEffect, useState } from "preact/hooks";
import { mix, t } from "language";
import { get, post, put, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed } from "../settings/section.js";

const can = () => Boolean(window.PublicKeyCredential?.parseCreationOptionsFromJSON);

export function Passkeys({ limited }) {
  const [items, setItems] = useState(null);
  const reload = () => get("/me/factors").then((found) => setItems(found.passkeys), () => {});
  useEffect(() => { reload(); }, []);
  const [busy, run] = useDeed(reload);
  const add = () => run(async () => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await post("/me/passkeys/options"));
    const credential = await navigator.credentials.create({ publicKey }).catch((error) => { throw new Error(said(error)); });
    await post("/me/passkeys", { credential: credential.toJSON() });
    if (limited) location.assign("/");
  }, t("You can sign in by this passkey now."));
  return html`<${Section} id="passkeys" title=${t("Passkeys")} icon="lock" list=${{ items, error: null }}
      about=${t("Sign in by your device’s fingerprint, face or PIN, or by a security key, without a password. A passkey cannot be given away to a false page.")}
      more=${can() && html`<button type="button" class="btn" disabled=${busy} onClick=${add}>${t("Add a passkey")}</button>`}
      above=${!can() && html`<p class="quiet">${t("This browser has no passkeys.")}</p>`}>
    <ul class="lines">${items?.map((one) => html`<${Passkey} key=${one.id} passkey=${one} busy=${busy} run=${run} />`)}</ul><//>`;
}

const said = (error) => error.name === "InvalidStateError" ? t("This device has a passkey of yours already.") : t("No passkey was made. You can try again.");

function Passkey({ passkey, busy, run }) {
  const [name, setName] = useState(null);
  const [sure, setSure] = useState(false);
  const save = (event) => {
    event.preventDefault();
    run(() => put(`/me/passkeys/${passkey.id}`, { name }), t("Saved: {name}", { name })).then(() => setName(null));
  };
  return html`<li>${name === null ? html`<div class="line"><div class="grow"><b dir="auto">${passkey.name}</b>
      <div class="fact">${mix("since {ago} ·", { ago: html`<${Ago} at=${passkey.created_at} />` })} ${passkey.used_at ? html`${mix("last used {ago}", { ago: html`<${Ago} at=${passkey.used_at} />` })}` : t("not used yet")}</div></div>
      <button type="button" class="btn" aria-label=${t("Rename {name}", { name: passkey.name })} onClick=${() => setName(passkey.name)}>${t("Rename")}</button>
      <button type="button" class="btn danger" disabled=${busy} aria-label=${sure ? undefined : t("Delete {name}", { name: passkey.name })} onBlur=${() => setSure(false)}
        onClick=${() => sure ? run(() => remove(`/me/passkeys/${passkey.id}`), t("Deleted: {name}", { name: passkey.name })) : setSure(true)}>${sure ? t("Delete for good?") : t("Delete")}</button></div>`
    : html`<form class="testform" onSubmit=${save} aria-label=${t("Rename {name}", { name: passkey.name })}><label>${t("Name")}<input required autofocus maxlength="60" dir="auto" value=${name} onInput=${(event) => setName(event.target.value)} /></label>
      <button type="button" class="btn" onClick=${() => setName(null)}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></form>`}</li>`;
}

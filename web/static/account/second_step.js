// The second step: an authenticator app, and recovery codes for when it is lost.
import { useEffect, useState } from "preact/hooks";
import { mix, n, t } from "language";
import { get, post, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Section, useDeed } from "../settings/section.js";
import { useSaving } from "../settings/form.js";

export function SecondStep({ limited }) {
  const [held, set] = useState(null);
  const [offer, setOffer] = useState(null);
  const [codes, setCodes] = useState(null);
  const reload = () => get("/me/factors").then(set, () => {});
  useEffect(() => { reload(); }, []);
  const [busy, run] = useDeed(reload);
  const begin = () => run(async () => setOffer(await post("/me/totp")));
  const done = ({ recovery_codes: shown }) => { setOffer(null); setCodes(shown); reload(); };
  const renew = () => run(async () => setCodes((await post("/me/recovery_codes")).recovery_codes), t("New recovery codes. The old ones are void."));
  const finish = () => limited ? location.assign("/") : setCodes(null);
  const list = { items: held && [], error: null };
  return html`<${Section} id="second-step" title=${t("Second step")} icon="phone" list=${list}
      about=${t("With an authenticator app on your phone, a stolen password alone opens nothing. Any app for one-time codes (TOTP) will do.")}
      more=${held && !held.app && !offer && html`<button type="button" class="btn primary" disabled=${busy} onClick=${begin}>${t("Set up")}</button>`}
      above=${html`${offer && html`<${Enrol} offer=${offer} onDone=${done} onCancel=${() => setOffer(null)} />`}
        ${codes && html`<${Codes} codes=${codes} onDone=${finish} />`}
        ${held?.app && !codes && html`<ul class="lines"><li><div class="line"><div class="grow"><b>${t("Authenticator app")}</b> <span class="chip good">${t("on")}</span>
            <div class="fact">${n("{count} recovery code is left", "{count} recovery codes are left", held.recovery_codes)}</div></div>
          <button type="button" class="btn" disabled=${busy} onClick=${renew}>${t("New recovery codes")}</button>
          ${!held.is_asked && html`<${Remove} busy=${busy} onSure=${() => run(() => remove("/me/totp"), t("You sign in by password alone now."))} />`}</div></li></ul>`}`} />`;
}

function Remove({ busy, onSure }) {
  const [sure, setSure] = useState(false);
  return html`<button type="button" class="btn danger" disabled=${busy} onBlur=${() => setSure(false)} onClick=${() => sure ? onSure() : setSure(true)}>${sure ? t("Remove it?") : t("Remove")}</button>`;
}

function Enrol({ offer, onDone, onCancel }) {
  const [trouble, send] = useSaving(onDone);
  const save = (event) => {
    event.preventDefault();
    send(() => post("/me/totp/confirm", { code: event.target.elements.code.value }));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("Set up an authenticator app")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="enrol"><img src=${offer.picture} alt=${t("QR code for your authenticator app")} width="196" height="196" />
      <ol><li>${mix("Open the app and scan the picture, or type this key: {key}", { key: html`<code dir="ltr">${offer.secret.match(/.{1,4}/g).join(" ")}</code>` })}</li>
        <li>${t("Type the six digits that the app shows. You are then signed out everywhere else.")}</li></ol></div>
    <label>${t("Code")}<input name="code" required autofocus inputmode="numeric" autocomplete="one-time-code" maxlength="10" dir="ltr" /></label>
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Confirm")}</button></div></form>`;
}

function Codes({ codes, onDone }) {
  const file = () => URL.createObjectURL(new Blob([`${t("Recovery codes for Parley. Each works once.")}\n\n${codes.join("\n")}\n`], { type: "text/plain" }));
  const [href] = useState(file);
  return html`<div class="editor" role="group" aria-label=${t("Recovery codes")}><p>${mix("{name} Each lets you in once. They are shown now and never again.", { name: html`<b>${t("Keep these recovery codes where you will find them without your phone.")}</b>` })}</p>
    <ul class="codes">${codes.map((code) => html`<li key=${code}><code dir="ltr">${code}</code></li>`)}</ul>
    <div class="buttons"><a class="btn" href=${href} download="parley-recovery-codes.txt">${t("Save as a file")}</a><button type="button" class="btn primary" onClick=${onDone}>${t("I have kept them")}</button></div></div>`;
}

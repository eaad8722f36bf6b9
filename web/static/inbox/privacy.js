// What a person may ask of us: their data as a file, and to be forgotten. Only admins see it.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { mix, t } from "language";
import { post } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox } from "./lib.js";

/** `onErased` is called when the contact is gone. */
export function Privacy({ contact, onErased }) {
  const [asks, ask] = useState(false);
  return html`<section class="sheet" aria-labelledby="h-privacy"><h3 id="h-privacy">${t("Privacy")}</h3>
    <p class="quiet">${t("What the law lets a person ask for.")}</p>
    <div class="buttons start"><a class="btn" href=${`/api/v1/contacts/${encodeURIComponent(contact.id)}/data`} download><${Icon} name="download" size=${15} />${t("All their data")}</a>
      <button type="button" class="btn danger" onClick=${() => ask(true)}>${t("Erase for good…")}</button></div>
    ${asks && html`<${Sure} contact=${contact} onClose=${() => ask(false)} onErased=${onErased} />`}</section>`;
}

/** The name is typed to be sure: nothing brings an erased person back. */
function Sure({ contact, onClose, onErased }) {
  const { ui } = useInbox();
  const box = useRef();
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const [trouble, setTrouble] = useState(null);
  const [busy, setBusy] = useState(false);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const erase = async (event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await post(`/contacts/${contact.id}/erase`, { confirm: "erase for good", reason: reason.trim() });
      ui.say(t("Erased. The certificate follows in Settings."));
      onErased();
    } catch (error) {
      setTrouble(error.message);
      setBusy(false);
    }
  };
  return html`<dialog ref=${box} class="dialog" aria-labelledby="erase-title" onCancel=${(event) => { event.preventDefault(); onClose(); }}>
    <form class="dialogin" onSubmit=${erase}><h2 id="erase-title">${t("Erase {name} for good?", { name: contact.name })}</h2>
      ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
      <p>${t("Every conversation, file and note goes, on all channels, and what the bot remembers. That they refused messages is kept, without their address. Nothing brings it back.")}</p>
      <label for="erase-name">${mix("Type {name} to confirm", { name: html`<b><bdi>${contact.name}</bdi></b>` })}</label>
      <input id="erase-name" dir="auto" autocomplete="off" autofocus value=${typed} onInput=${(event) => setTyped(event.target.value)} />
      <label for="erase-reason">${t("Reason, for the record")} <span class="quiet">${t("(optional, without their name)")}</span></label>
      <input id="erase-reason" dir="auto" maxlength="500" value=${reason} onInput=${(event) => setReason(event.target.value)} />
      <div class="buttons"><button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button>
        <button class="btn danger" disabled=${busy || typed.trim() !== contact.name.trim()}>${t("Erase for good")}</button></div></form></dialog>`;
}

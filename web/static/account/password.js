// Changing one's password.
import { useRef, useState } from "preact/hooks";
import { t } from "language";
import { post } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Section } from "../settings/section.js";
import { useSaving } from "../settings/form.js";

const NONE = { items: [], error: null };

export function Password({ user }) {
  const [open, setOpen] = useState(false);
  return html`<${Section} id="password" title=${t("Password")} icon="lock" list=${NONE}
      about=${t("Twelve characters or more, and not one that is easy to guess: a few words that belong to nobody else do well.")}
      more=${!open && html`<button type="button" class="btn" onClick=${() => setOpen(true)}>${t("Change password")}</button>`}
      above=${open && html`<${Change} user=${user} onClose=${() => setOpen(false)} />`} />`;
}

function Change({ user, onClose }) {
  const form = useRef();
  const [said, setSaid] = useState(null);
  const [trouble, send] = useSaving(({ ended }) => { setSaid(ended); });
  const save = (event) => {
    event.preventDefault();
    const { present, chosen } = form.current.elements;
    send(() => post("/me/password", { present: present.value, chosen: chosen.value }));
  };
  if (said !== null) return html`<p class="done" role="status">${said > 0 ? t("Your password is changed, and you are signed out everywhere else.") : t("Your password is changed.")}</p>`;
  return html`<form class="editor" ref=${form} onSubmit=${save} aria-label=${t("Change password")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <input type="email" class="hidden" autocomplete="username" value=${user.email} readonly tabindex="-1" aria-hidden="true" />
    <div class="fields"><label>${t("Present password")}<input type="password" name="present" required autofocus maxlength="1000" autocomplete="current-password" /></label>
      <label>${t("New password")}<input type="password" name="chosen" required minlength="12" maxlength="1000" autocomplete="new-password" /></label></div>
    <div class="buttons"><button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button><button class="btn primary">${t("Change password")}</button></div></form>`;
}

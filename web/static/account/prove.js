// Before something delicate is changed: show once more that it is you.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { doors, get, post } from "../inbox/api.js";
import { html } from "../inbox/lib.js";

let asked = null;

/** Asks in a dialog. Whether it was shown; asked twice at once, it is shown once. */
doors.prove = () => {
  asked ??= new Promise((resolve) => {
    const place = document.body.appendChild(document.createElement("div"));
    const before = document.activeElement;
    const end = (proved) => {
      render(null, place);
      place.remove();
      before?.focus?.();
      asked = null;
      resolve(proved);
    };
    render(html`<${Proof} onEnd=${end} />`, place);
  });
  return asked;
};

function Proof({ onEnd }) {
  const dialog = useRef();
  const [byCode, setByCode] = useState(false);
  const [known, setKnown] = useState(null);
  const [trouble, setTrouble] = useState(null);
  useEffect(() => {
    dialog.current.showModal();
    get("/me/factors").then(setKnown, () => setKnown({}));
  }, []);
  const send = async (event) => {
    event.preventDefault();
    const given = event.target.elements.proof.value;
    try {
      await post("/me/prove", byCode ? { code: given } : { password: given });
      onEnd(true);
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<dialog class="proof" ref=${dialog} aria-labelledby="proof-title" onClose=${() => onEnd(false)}>
    <form onSubmit=${send}><h2 id="proof-title">${t("Is it still you?")}</h2>
      <p class="quiet">${t("What you are about to change is delicate, and it is a while since you showed who you are.")}</p>
      ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
      ${byCode ? html`<label key="code">${t("Code of your app")}<input name="proof" required autofocus maxlength="40" inputmode="numeric" autocomplete="one-time-code" dir="ltr" /></label>`
        : html`<label key="password">${t("Password")}<input type="password" name="proof" required autofocus maxlength="1000" autocomplete="current-password" /></label>`}
      ${known?.app && html`<button type="button" class="link" onClick=${() => setByCode(!byCode)}>${byCode ? t("Use your password instead") : t("Use a code of your app instead")}</button>`}
      <div class="buttons"><button type="button" class="btn" onClick=${() => dialog.current.close()}>${t("Cancel")}</button><button class="btn primary">${t("Go on")}</button></div></form></dialog>`;
}

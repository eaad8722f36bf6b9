// What is shown once: a key or a link, to be copied now.
import { useState } from "preact/hooks";
import { t } from "language";
import { html } from "../inbox/lib.js";

export function Once({ text, about, onClose }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      document.getElementById("shown-once")?.select();
    }
  };
  return html`<div class="tried once" role="status"><p>${about}</p>
    <input id="shown-once" readonly dir="ltr" aria-label=${t("To be copied")} value=${text} onFocus=${(event) => event.target.select()} />
    <div class="buttons"><button type="button" class="btn primary" autofocus onClick=${copy}>${copied ? t("Copied") : t("Copy")}</button><button type="button" class="btn" onClick=${onClose}>${t("I have it")}</button></div></div>`;
}

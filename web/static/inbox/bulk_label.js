// The question for a label for all that are chosen.
import { useState } from "preact/hooks";
import { n, t } from "language";
import { labelAll } from "./bulk.js";
import { Dialog } from "./dialogs.js";
import { html, useInbox } from "./lib.js";

export function BulkLabel({ chosen, known }) {
  const inbox = useInbox();
  const [text, setText] = useState("");
  const add = (event) => {
    event.preventDefault();
    inbox.ui.dismiss();
    if (text.trim()) labelAll(inbox, text, chosen);
  };
  return html`<${Dialog} title=${n("Label {count} conversation", "Label {count} conversations", chosen.size)}><form onSubmit=${add}>
    <label for="bulk-label">${t("Label")}</label><input id="bulk-label" required maxlength="50" autofocus dir="auto" list="bulk-labels" value=${text} onInput=${(event) => setText(event.target.value)} />
    <datalist id="bulk-labels">${known.map((one) => html`<option value=${one} key=${one}></option>`)}</datalist>
    <div class="buttons"><button type="button" class="btn" onClick=${() => inbox.ui.dismiss()}>${t("Cancel")}</button><button class="btn primary">${t("Label")}</button></div></form><//>`;
}

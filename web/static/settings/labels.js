// Settings: labels, which are renamed or taken away in every conversation that has them.
import { useState } from "preact/hooks";
import { t } from "language";
import { put, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Delete, useSaving } from "./form.js";
import { Section, useItems } from "./section.js";

/** The API renames it in some hundred conversations in a go. */
async function rename(at, name) {
  while (!(await put(at, { name })).done);
}

/** What the first call of a deletion has left. */
async function removeRest(at) {
  try {
    while (!(await remove(at)).done);
  } catch (error) {
    if (error.status !== 404) throw error;
  }
}

export function Labels() {
  const list = useItems("/labels");
  return html`<${Section} id="labels" title=${t("Labels")} icon="flag" list=${list} nothing=${t("No conversation has a label yet")}
      about=${t("A label is renamed or taken away in every conversation that has it. Given the name of another label, the two become one.")}>
    <ul class="lines">${list.items?.map((name) => html`<${One} key=${name} name=${name} reload=${list.reload} />`)}</ul><//>`;
}

function One({ name, reload }) {
  const [wanted, want] = useState(name);
  const [trouble, send] = useSaving(reload);
  const at = `/labels/${encodeURIComponent(name)}`;
  const save = (event) => {
    event.preventDefault();
    send(() => rename(at, wanted), t("Saved: {name}", { name: wanted }));
  };
  return html`<li><form class="quietrow" onSubmit=${save} aria-label=${t("Rename {name}", { name })}>
    <label class="grow">${t("Name")}<input required maxlength="50" dir="auto" value=${wanted} onInput=${(event) => want(event.target.value)} /></label>
    <button class="btn" disabled=${wanted.trim() === name}>${t("Save")}</button>
    <${Delete} path=${at} name=${name} onDone=${() => removeRest(at).finally(reload)} />
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}</form></li>`;
}

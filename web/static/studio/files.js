// The files of the training data, and the ways out to and in from other programs.
import { useState } from "preact/hooks";
import { n, t } from "language";
import { Problem } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, useInbox } from "../inbox/lib.js";
import { aboutEdition } from "./edition.js";
import { Diff } from "./diffs.js";
import { Problems } from "./lists.js";
import { useData } from "./loading.js";
import { deed } from "./sayings.js";

const FORMATS = { yaml: [t("Rasa’s YAML"), t("all files in a ZIP, to the byte"), ".zip"], json: ["JSON", t("Rasa’s NLU data"), ".json"], csv: ["CSV", "text, intent, entities", ".csv"] };

export default function Files() {
  const { data, error, reload } = useData("/files");
  const whole = useData("/data");
  const again = async () => { await Promise.all([reload(), whole.reload()]); };
  return html`<main class="studiomain"><${Problems} problems=${whole.data?.problems} /><section class="sheet"><h2>${t("Files")}</h2>
    <p class="quiet">${t("Plain Rasa YAML. What you change here is written there; what you or git change there is seen here at the next look.")}</p>
    ${error && html`<p class="problem" role="alert">${error.message}</p>`}
    ${data && html`<table class="filetable"><thead><tr><th scope="col">${t("File")}</th><th scope="col">${t("Size")}</th><th scope="col">${t("Version")}</th></tr></thead>
      <tbody>${data.items.map((file) => html`<tr key=${file.name}><td><code>${file.name}</code></td><td class="num">${t("{toFixed} KB", { toFixed: (file.size / 1024).toFixed(1) })}</td><td><code>${file.hash.slice(0, 8)}</code></td></tr>`)}</tbody></table>`}</section>
    <section class="sheet"><h2>${t("Export")}</h2><div class="buttons starts">${Object.entries(FORMATS).map(([id, [name, about]]) => html`<a class="btn" key=${id} href=${aboutEdition(`/api/v1/studio/export?format=${id}`)} download title=${about}><${Icon} name="download" size=${15} />${name}</a>`)}</div></section>
    <${Import} onDone=${again} /></main>`;
}

/** Chosen, looked at, and only then brought in. */
function Import({ onDone }) {
  const { ui } = useInbox();
  const [held, set] = useState({ file: null, format: null, preview: null, trouble: null });
  const look = async (file) => {
    const format = Object.keys(FORMATS).find((id) => file.name.toLowerCase().endsWith(FORMATS[id][2]));
    if (!format) return set({ file: null, preview: null, trouble: t("Choose a .zip of YAML files, a .json or a .csv.") });
    try {
      set({ file, format, preview: await send(file, format), trouble: null });
    } catch (error) {
      set({ file: null, preview: null, trouble: error.message });
    }
    return null;
  };
  const bring = async () => {
    try {
      const edit = await send(held.file, held.format, held.preview.preview);
      ui.say(deed(edit));
      set({ file: null, preview: null, trouble: null });
      await onDone();
    } catch (error) {
      set({ ...held, preview: null, trouble: error.message });
    }
  };
  const { preview } = held;
  return html`<section class="sheet"><h2>${t("Import")}</h2><p class="quiet">${t("Examples of a CSV or JSON file are added. The files of a ZIP take the place of those of the same name. You see what would change first.")}</p>
    <label class="filefield">${t("File")}<input type="file" accept=".zip,.json,.csv" onChange=${(event) => event.target.files[0] && look(event.target.files[0])} /></label>
    ${held.trouble && html`<p class="problem" role="alert">${held.trouble}</p>`}
    ${preview && (preview.files.length === 0 ? html`<p role="status">${t("Everything in it is here already.")}</p>` : html`<div role="region" aria-label=${t("What would change")}><p role="status">${n("{count} file would change:", "{count} files would change:", preview.files.length)}</p>
      <ul class="wouldchange">${preview.files.map((file) => html`<li key=${file.name}><details><summary><code>${file.name}</code>${file.is_new && t(" (new)")} <span class="chip good">+${file.added}</span> <span class="chip bad">−${file.removed}</span></summary><${Diff} files=${[file]} /></details></li>`)}</ul>
      <div class="buttons"><button type="button" class="btn" onClick=${() => set({ file: null, preview: null, trouble: null })}>${t("Cancel")}</button><button type="button" class="btn primary" onClick=${bring}>${t("Import")}</button></div></div>`)}</section>`;
}

async function send(file, format, apply) {
  const query = new URLSearchParams({ format, ...(apply && { apply }) });
  const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content, "Content-Type": "application/octet-stream" };
  const answer = await fetch(aboutEdition(`/api/v1/studio/import?${query}`), { method: "POST", headers, body: file, credentials: "same-origin" }).catch(() => { throw new Problem({ detail: t("The server cannot be reached.") }); });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem({ ...json, status: answer.status });
  return json;
}

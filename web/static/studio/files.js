// The files of the training data.
import { html } from "../inbox/lib.js";
import { useData } from "./loading.js";

export default function Files() {
  const { data, error } = useData("/files");
  return html`<main class="studiomain"><section class="sheet"><h2>Files</h2>
    <p class="quiet">Plain Rasa YAML. What you change here is written there; what you or git change there is seen here at the next look.</p>
    ${error && html`<p class="problem" role="alert">${error.message}</p>`}
    ${data && html`<table class="filetable"><thead><tr><th scope="col">File</th><th scope="col">Size</th><th scope="col">Version</th></tr></thead>
      <tbody>${data.items.map((file) => html`<tr key=${file.name}><td><code>${file.name}</code></td><td class="num">${(file.size / 1024).toFixed(1)} KB</td><td><code>${file.hash.slice(0, 8)}</code></td></tr>`)}</tbody></table>`}
  </section></main>`;
}

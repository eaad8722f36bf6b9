// What an edit did to the files, line by line.
import { t } from "language";
import { html } from "../inbox/lib.js";

export const Diff = ({ files }) => files.map((file) => html`<figure class="diff" key=${file.name}><figcaption><code>${file.name}</code></figcaption>
  <pre tabindex="0" aria-label=${t("Changes in {name}", { name: file.name })}>${file.hunks.map((hunk) => html`<span class="at">${t("line {line}", { line: hunk.line })}</span>${hunk.lines.map((line, i) => html`<span key=${i} class=${TONES[line[0]]}>${line.replace(/\r?\n$/, "") || " "}</span>`)}`)}</pre></figure>`);

const TONES = { "+": "in", "-": "out" };

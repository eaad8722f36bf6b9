// Contacts from a file: choose it, see what it would do, then do it and hear what was wrong with which line.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { mix, n, number, t } from "language";
import { Problem, signIn } from "./api.js";
import { Icon } from "./icons.js";
import { html } from "./lib.js";

export function Import({ onDone }) {
  const [isOpen, open] = useState(false);
  return html`<button type="button" class="btn" onClick=${() => open(true)}><${Icon} name="plus" size=${15} />${t("Import")}</button>
    ${isOpen && html`<${Steps} onClose=${(changed) => { open(false); if (changed) onDone(); }} />`}`;
}

// What a spreadsheet may write. Unicode tells by itself which kind it is; the others look alike.
const ENCODINGS = { unicode: t("Unicode (“CSV UTF-8” or “Unicode text”)"), "windows-1252": t("Western Europe (Windows)"), "windows-1250": t("Central Europe (Windows)"), "windows-1251": t("Cyrillic (Windows)"), "mac-roman": t("Western Europe (old Mac)") };
const TITLES = { choose: t("Import contacts"), looking: t("Looking at the file…"), preview: t("What will happen"), running: t("Importing…"), done: t("Imported") };

function Steps({ onClose }) {
  const box = useRef();
  const [step, setStep] = useState("choose");
  const [file, setFile] = useState(null);
  const [encoding, setEncoding] = useState("unicode");
  const [progress, setProgress] = useState({ done: 0, of: 0 });
  const [report, setReport] = useState(null);
  const [trouble, setTrouble] = useState(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  const run = async (given, preview) => {
    setTrouble(null);
    setProgress({ done: 0, of: 0 });
    setStep(preview ? "looking" : "running");
    try {
      setReport(await bring(given, { preview, encoding }, setProgress));
      setStep(preview ? "preview" : "done");
    } catch (error) {
      setTrouble(error.message);
      setStep(preview ? "choose" : "preview");
    }
  };
  const choose = (event) => {
    const [given] = event.target.files;
    if (!given) return;
    setFile(given);
    run(given, true);
  };
  const isBusy = step === "looking" || step === "running";
  const close = () => !isBusy && onClose(step === "done");
  return html`<dialog ref=${box} class="dialog importing" aria-labelledby="import-title" onCancel=${(event) => { event.preventDefault(); close(); }}>
    <div class="dialogin"><h2 id="import-title">${TITLES[step]}</h2>
      ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
      ${step === "choose" && html`<p>${mix("A CSV file whose first line names the columns: {name}, {phone}, {email} and attributes by their names. Contacts are known again by their numbers or their email address. An empty cell leaves what is known.", { name: html`<code>name</code>`, phone: html`<code>phone</code>`, email: html`<code>email</code>` })}</p>
        <label for="import-encoding">${t("How the file is written")}</label><select id="import-encoding" value=${encoding} onChange=${(event) => setEncoding(event.target.value)}>
          ${Object.entries(ENCODINGS).map(([id, label]) => html`<option key=${id} value=${id}>${label}</option>`)}</select>
        <label for="import-file">${t("CSV file")}</label><input id="import-file" type="file" accept=".csv,text/csv" onChange=${choose} />
        <div class="buttons"><button type="button" class="btn" onClick=${close}>${t("Cancel")}</button></div>`}
      ${isBusy && html`<label>${file.name}<progress value=${progress.of ? progress.done : undefined} max=${progress.of || 1} aria-label=${t("Rows done")}></progress></label>
        <p class="quiet" role="status">${progress.of ? n("{done} of {count} row", "{done} of {count} rows", progress.of, { done: number(progress.done) }) : t("The file is on its way…")}</p>`}
      ${!isBusy && report && step !== "choose" && html`<${Report} report=${report} isDone=${step === "done"} />
        <div class="buttons">${step === "preview" ? html`<button type="button" class="btn" onClick=${close}>${t("Cancel")}</button>
          <button type="button" class="btn primary" ref=${focusOnce} disabled=${!changes(report)} onClick=${() => run(file, false)}>${changes(report) ? n("Import {count} row", "Import {count} rows", changes(report)) : t("Nothing to import")}</button>`
        : html`<button type="button" class="btn primary" ref=${focusOnce} onClick=${close}>${t("Done")}</button>`}</div>`}</div></dialog>`;
}

const changes = ({ counts }) => counts.new + counts.changed;
const rows = (count) => n("{count} row", "{count} rows", count);
const focusOnce = (element) => element && !element.dataset.focused && ((element.dataset.focused = "yes"), element.focus());
const WHAT = { new: t("New"), changed: t("Changed"), same: t("Unchanged"), bad: t("Left out") };

function Report({ report, isDone }) {
  const { counts, bad, unknown } = report;
  return html`<dl class="tally">${Object.entries(WHAT).map(([what, label]) => html`<div key=${what} class=${what === "bad" && counts.bad ? "badtext" : ""}><dt>${label}</dt><dd class="num">${number(counts[what])}</dd></div>`)}</dl>
    ${unknown.length > 0 && html`<p class="quiet">${mix("Columns that mean nothing here: {names}", { names: html`<bdi>${unknown.join(", ")}</bdi>` })}</p>`}
    ${counts.bad > 0 && html`<h3>${isDone ? t("Lines that were left out") : t("Lines that will be left out")}</h3><ul class="faults" tabindex="0" aria-label=${t("Lines left out")}>${bad.map(({ line, reason }) => html`<li key=${line}><b class="num">${t("Line {line}", { line })}</b> ${reason}</li>`)}</ul>
      <p><a class="btn" href=${`data:text/csv;charset=utf-8,${encodeURIComponent(faultsFile(bad))}`} download="lines-left-out.csv">${t("Save this list")}</a></p>
      ${counts.bad > bad.length && html`<p class="quiet">${n("and {count} row more", "and {count} rows more", counts.bad - bad.length)}</p>`}`}
    ${!isDone && report.rows.length > 0 && html`<h3>${t("The first rows")}</h3><ul class="faults" tabindex="0" aria-label=${t("The first rows")}>${report.rows.map(({ line, what, name }) => html`<li key=${line}><b class="num">${t("Line {line}", { line })}</b> <bdi>${name}</bdi> <span class=${`chip ${what === "new" ? "good" : what === "changed" ? "accent" : ""}`}>${WHAT[what]}</span></li>`)}</ul>`}`;
}

const faultsFile = (bad) => ["line,reason", ...bad.map(({ line, reason }) => `${line},"${reason.replaceAll('"', '""')}"`), ""].join("\r\n");

/** Send the file; `onProgress` hears of every step. The report, or a `Problem`. */
async function bring(file, { preview, encoding }, onProgress) {
  let answer;
  try {
    answer = await fetch(`/api/v1/contact_import?preview=${preview ? "yes" : "no"}&encoding=${encoding}`, { method: "POST", body: file, credentials: "same-origin",
      headers: { "Content-Type": "text/csv", "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content } });
    if (answer.status === 401) signIn();
    if (!answer.ok) throw new Problem({ title: answer.statusText, ...await answer.json().catch(() => ({})), status: answer.status });
    let last = null;
    for await (const step of steps(answer.body)) {
      last = step;
      onProgress(step);
    }
    if (!last?.report) throw new Problem(last?.error ?? { detail: t("It broke off. Bring the same file again: what is there stays as it is.") });
    return last.report;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem({ detail: t("The connection was lost. Bring the same file again: what is there stays as it is.") });
  }
}

/** The lines of an answer, as they come. */
async function* steps(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (held + value).split("\n");
    held = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

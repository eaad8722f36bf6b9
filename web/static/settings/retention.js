// Settings: how long conversations are kept.
import { useEffect, useState } from "preact/hooks";
import { n, t } from "language";
import { get, post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Delete, useSaving } from "./form.js";
import { putOver } from "./over.js";
import { Section, useItems } from "./section.js";

const NEW = { days: 365, channel_id: null, label: null, is_on: true };

export function Retention() {
  const list = useItems("/retention");
  const [known, setKnown] = useState({ channels: [], labels: [] });
  const [edited, edit] = useState(null);
  useEffect(() => {
    Promise.all([get("/channels"), get("/labels")]).then(([channels, labels]) => setKnown({ channels: channels.items, labels: labels.items }), () => {});
  }, []);
  const done = () => { edit(null); list.reload(); };
  const name = (rule) => [known.channels.find(({ id }) => id === rule.channel_id)?.name ?? rule.channel_id ?? t("Every channel"), rule.label ?? t("any label or none")];
  return html`<${Section} id="retention" title=${t("How long conversations are kept")} icon="history" list=${list} nothing=${t("For ever: there is no rule")}
      about=${t("What is resolved and has been quiet for so many days is deleted, with its files and what the bot remembers. It does not come back.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New rule")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} rule=${edited} known=${known} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((rule) => html`<li key=${rule.id}><div class="line"><div class="grow"><b>${n("Deleted after {count} day", "Deleted after {count} days", rule.days)}</b> ${!rule.is_on && html`<span class="chip">${t("off")}</span>`}
        <div class="fact">${name(rule).map((word, i) => html`${i > 0 && " · "}<bdi>${word}</bdi>`)}</div></div>
      <button type="button" class="btn" aria-label=${t("Edit {name}", { name: name(rule).join(", ") })} onClick=${() => edit(rule)}>${t("Edit")}</button>
      <${Delete} path=${`/retention/${rule.id}`} name=${name(rule).join(", ")} onDone=${done} /></div></li>`)}</ul><//>`;
}

function Editor({ rule, known, onDone, onCancel }) {
  const { days, channel_id, label, is_on } = rule;
  const [held, set] = useState({ days, channel_id, label, is_on });
  const [trouble, send] = useSaving(onDone);
  const wanted = { days: Number(held.days), channel_id: held.channel_id || null, label: held.label?.trim() || null };
  const save = (event) => {
    event.preventDefault();
    send(() => (rule.id ? putOver(`/retention/${rule.id}`, { ...wanted, is_on: held.is_on }, rule) : post("/retention", { ...wanted, is_on: held.is_on })), t("Saved"));
  };
  const typed = (name) => (event) => set({ ...held, [name]: event.target.value });
  return html`<form class="editor" onSubmit=${save} aria-label=${rule.id ? t("Edit rule") : t("New rule")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Days without anything new")}<input type="number" required autofocus min="1" max="36500" value=${held.days} onInput=${typed("days")} /></label>
      <label>${t("On")}<select value=${held.channel_id ?? ""} onChange=${typed("channel_id")}><option value="">${t("Every channel")}</option>${known.channels.map((one) => html`<option value=${one.id} key=${one.id}>${one.name}</option>`)}</select></label>
      <label>${t("With the label (empty: any or none)")}<input list="retention-labels" maxlength="40" dir="auto" value=${held.label ?? ""} onInput=${typed("label")} /></label></div>
    <datalist id="retention-labels">${known.labels.map((one) => html`<option value=${one.name ?? one} key=${one.name ?? one} />`)}</datalist>
    <label class="check"><input type="checkbox" checked=${held.is_on} onChange=${(event) => set({ ...held, is_on: event.target.checked })} /><span>${t("Switched on")}</span></label>
    <${Preview} wanted=${wanted} />
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

const WAIT_MS = 400;

/** How many conversations the rule would delete now, asked once one has stopped typing. */
function Preview({ wanted }) {
  const [found, set] = useState(null);
  const asked = JSON.stringify(wanted);
  useEffect(() => {
    let isLate = false;
    set(null);
    const soon = setTimeout(() => post("/retention_trials", wanted).then(({ conversations }) => isLate || set(conversations), (error) => isLate || set(error.message)), WAIT_MS);
    return () => { isLate = true; clearTimeout(soon); };
  }, [asked]);
  const words = found === null ? t("Counting…") : typeof found === "string" ? found : found === 0 ? t("It would delete nothing now.") : n("It would delete {count} conversation now.", "It would delete {count} conversations now.", found);
  return html`<p class=${`tried ${found > 0 ? "grave" : ""}`} role="status">${words}</p>`;
}

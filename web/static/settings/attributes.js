// Settings: what can be known of every contact.
import { useState } from "preact/hooks";
import { t } from "language";
import { put, remove } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, useInbox } from "../inbox/lib.js";
import { Section, useItems } from "./section.js";

const NEW = { id: "", label: "", kind: "text", choices: [] };
const KINDS = { text: t("Text"), number: t("Number"), date: t("Date"), boolean: t("Yes or no"), choice: t("One of several") };

/** A name for programs made of what people call it: `Member since` becomes `member_since`. */
const named = (label) => label.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "").replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "").slice(0, 40);

export function Attributes() {
  const list = useItems("/contact_attributes");
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="attributes" title=${t("Contact attributes")} icon="form" list=${list} nothing=${t("No attributes of your own yet")}
      about=${t("What agents can note of every contact, besides a name, an email address and a number.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New attribute")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id || "new"} attribute=${edited} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((one) => html`<li key=${one.id}><div class="line"><div class="grow"><b>${one.label}</b> <code>${one.id}</code>
        <div class="fact">${KINDS[one.kind]}${one.choices.length > 0 && html`: <bdi>${one.choices.join(", ")}</bdi>`}</div></div>
      <button type="button" class="btn" aria-label=${t("Edit {label}", { label: one.label })} onClick=${() => edit(one)}>${t("Edit")}</button>
      <${Remove} attribute=${one} onDone=${done} /></div></li>`)}</ul><//>`;
}

function Remove({ attribute, onDone }) {
  const { ui } = useInbox();
  const [sure, setSure] = useState(false);
  const run = async () => {
    if (!sure) return setSure(true);
    try {
      await remove(`/contact_attributes/${attribute.id}`);
      ui.say(t("Removed: {label}. What was noted is kept, should it come back.", { label: attribute.label }));
      onDone();
    } catch (error) {
      ui.say(error.message, "bad");
    }
    return null;
  };
  return html`<button type="button" class="btn danger" aria-label=${`${sure ? t("Really remove") : t("Remove")} ${attribute.label}`} onBlur=${() => setSure(false)} onClick=${run}>${sure ? t("Really remove?") : t("Remove")}</button>`;
}

function Editor({ attribute, onDone, onCancel }) {
  const { ui } = useInbox();
  const [held, set] = useState({ ...attribute, choices: attribute.choices.join("\n") });
  const [trouble, setTrouble] = useState(null);
  const isNew = !attribute.id;
  const save = async (event) => {
    event.preventDefault();
    const choices = held.kind === "choice" ? held.choices.split("\n").filter((one) => one.trim()) : [];
    try {
      await put(`/contact_attributes/${encodeURIComponent(attribute.id || named(held.label) || "-")}`, { label: held.label, kind: held.kind, choices });
      ui.say(t("Saved: {label}", { label: held.label }));
      onDone();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${isNew ? t("New attribute") : t("Edit {label}", { label: attribute.label })}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Label")}<input required autofocus dir="auto" maxlength="100" value=${held.label} placeholder=${t("Member since")} onInput=${(event) => set({ ...held, label: event.target.value })} /></label>
      <label>${t("Kind")}<select disabled=${!isNew} value=${held.kind} onChange=${(event) => set({ ...held, kind: event.target.value })}>${Object.entries(KINDS).map(([kind, label]) => html`<option key=${kind} value=${kind}>${label}</option>`)}</select></label></div>
    ${held.kind === "choice" && html`<label>${t("Choices, one a line")}<textarea rows="4" required dir="auto" value=${held.choices} onInput=${(event) => set({ ...held, choices: event.target.value })}></textarea></label>`}
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

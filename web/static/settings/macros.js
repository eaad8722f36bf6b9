// Settings: macros, which take several steps by one click.
import { useState } from "preact/hooks";
import { t } from "language";
import { post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Delete, useSaving } from "./form.js";
import { putOver } from "./over.js";
import { usePlaces } from "./rules.js";
import { said, Steps } from "./steps.js";
import { Section, useItems } from "./section.js";

const NEW = { name: "", steps: [{ kind: "reply", value: "" }, { kind: "resolve", value: "" }] };

export function Macros() {
  const list = useItems("/macros");
  const places = usePlaces();
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="macros" title=${t("Macros")} icon="reply" list=${list} nothing=${t("No macros yet")}
      about=${t("Several steps at once, all of them or none: agents find them above a conversation and by name with Ctrl K.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New macro")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} macro=${edited} places=${places} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((macro) => html`<li key=${macro.id}><div class="line"><div class="grow"><b>${macro.name}</b><div class="fact"><bdi>${said(macro.steps, places)}</bdi></div></div>
      <button type="button" class="btn" aria-label=${t("Edit {name}", { name: macro.name })} onClick=${() => edit(macro)}>${t("Edit")}</button>
      <${Delete} path=${`/macros/${macro.id}`} name=${macro.name} onDone=${done} /></div></li>`)}</ul><//>`;
}

function Editor({ macro, places, onDone, onCancel }) {
  const [held, set] = useState({ name: macro.name, steps: macro.steps });
  const [trouble, send] = useSaving(onDone);
  const save = (event) => {
    event.preventDefault();
    send(() => (macro.id ? putOver(`/macros/${macro.id}`, held, macro) : post("/macros", held)), t("Saved: {name}", { name: held.name }));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${macro.id ? t("Edit {name}", { name: macro.name }) : t("New macro")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name")}<input required autofocus maxlength="80" dir="auto" value=${held.name} onInput=${(event) => set({ ...held, name: event.target.value })} /></label></div>
    <${Steps} steps=${held.steps} places=${places} mine onChange=${(steps) => set({ ...held, steps })} />
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

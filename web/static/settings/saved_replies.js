// Settings: the saved replies.
import { useState } from "preact/hooks";
import { t } from "language";
import { post, remove } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, useInbox } from "../inbox/lib.js";
import { Ticks } from "./form.js";
import { putOver } from "./over.js";
import { Section, useItems } from "./section.js";

const NEW = { shortcut: "", title: "", folder: "", text: "", language: "", team_ids: [] };
const PLACES = ["contact.first_name", "contact.name", "agent.first_name", "slots.order_number"];

export function SavedReplies() {
  const list = useItems("/saved_replies");
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="replies" title=${t("Saved replies")} icon="reply" list=${list} nothing=${t("No saved replies yet")}
      about=${t("Texts that agents use often: they type a slash and the shortcut.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New reply")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} reply=${edited} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((reply) => html`<li key=${reply.id}><div class="line"><div class="grow">
        <b>/${reply.shortcut}</b> ${reply.title} ${reply.folder && html`<span class="chip">${reply.folder}</span>`} ${reply.language && html`<span class="chip">${reply.language}</span>`}
        <div class="fact replytext" dir="auto">${reply.text}</div></div>
      <button type="button" class="btn" onClick=${() => edit(reply)}>${t("Edit")}</button>
      <${Delete} reply=${reply} onDone=${done} /></div></li>`)}</ul><//>`;
}

function Delete({ reply, onDone }) {
  const { ui } = useInbox();
  const [sure, setSure] = useState(false);
  const run = async () => {
    if (!sure) return setSure(true);
    try {
      await remove(`/saved_replies/${reply.id}`);
      ui.say(t("Deleted: /{shortcut}", { shortcut: reply.shortcut }));
      onDone();
    } catch (error) {
      ui.say(error.message, "bad");
    }
    return null;
  };
  return html`<button type="button" class="btn danger" onBlur=${() => setSure(false)} onClick=${run}>${sure ? t("Delete for good?") : t("Delete")}</button>`;
}

function Editor({ reply, onDone, onCancel }) {
  const { ui } = useInbox();
  const [held, set] = useState({ ...NEW, ...reply });
  const [trouble, setTrouble] = useState(null);
  const teams = useItems("/teams").items ?? [];
  const field = (name, label, extra = {}) => html`<label>${label}<input required=${!["folder", "language"].includes(name)} dir="auto" value=${held[name] ?? ""} ...${extra}
    onInput=${(event) => set({ ...held, [name]: event.target.value })} /></label>`;
  const save = async (event) => {
    event.preventDefault();
    const body = { shortcut: held.shortcut.trim().toLowerCase(), title: held.title, folder: held.folder, text: held.text, language: held.language || null, team_ids: held.team_ids };
    try {
      await (reply.id ? putOver(`/saved_replies/${reply.id}`, body, reply, { alone: true }) : post("/saved_replies", body));
      ui.say(t("Saved: /{shortcut}", { shortcut: body.shortcut }));
      onDone();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${reply.id ? t("Edit /{shortcut}", { shortcut: reply.shortcut }) : t("New reply")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields">${field("shortcut", t("Shortcut"), { autofocus: true, maxlength: 40, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*", placeholder: "refund" })}
      ${field("title", t("Title"), { maxlength: 100, placeholder: t("How refunds work") })}${field("folder", t("Folder (optional)"), { maxlength: 100 })}
      ${field("language", t("Language (optional)"), { maxlength: 12, pattern: "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", placeholder: t("it") })}</div>
    <${Ticks} legend=${t("For the conversations of these teams (none ticked: all)")} all=${teams} chosen=${held.team_ids} onChange=${(ids) => set({ ...held, team_ids: ids })} />
    <label>${t("Text")}<textarea rows="5" required dir="auto" maxlength="4000" value=${held.text} onInput=${(event) => set({ ...held, text: event.target.value })}></textarea></label>
    <p class="quiet">${t("Filled in when used:")} ${PLACES.map((place) => html`<button type="button" class="chip pick" key=${place}
      onClick=${() => set({ ...held, text: `${held.text}{{ ${place} }}` })}>${place}</button> `)}</p>
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

// What colleagues wrote about a contact.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, post, remove } from "./api.js";
import { html, useInbox } from "./lib.js";
import { Ago, IconButton } from "./parts.js";

export function Notes({ id, user }) {
  const { ui } = useInbox();
  const [notes, set] = useState([]);
  const [text, setText] = useState("");
  useEffect(() => { get(`/contacts/${id}/notes`).then(({ items }) => set(items), (error) => ui.say(error.message, "bad")); }, [id]);
  const add = async (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    try {
      const note = await post(`/contacts/${id}/notes`, { text });
      set((was) => [note, ...was]);
      setText("");
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  const drop = async (note) => {
    try {
      await remove(`/contacts/${id}/notes/${note.id}`);
      set((was) => was.filter((one) => one !== note));
      ui.say(t("Deleted the note"));
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  const onKeyDown = (event) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && add(event);
  return html`<section class="sheet" aria-labelledby="h-notes"><h3 id="h-notes">${t("Notes")}${notes.length > 0 && html` <span class="count">${notes.length}</span>`}</h3>
    <form class="newnote" onSubmit=${add}><textarea rows="2" dir="auto" maxlength="4000" aria-label=${t("New note")} placeholder=${t("What should colleagues know?")} value=${text}
      onInput=${(event) => setText(event.target.value)} onKeyDown=${onKeyDown}></textarea>
      <button class="btn" disabled=${!text.trim()}>${t("Add note")}</button></form>
    <ul class="notes">${notes.map((note) => html`<li key=${note.id}><p dir="auto">${note.text}</p><div class="noteby">${note.author.name} · <${Ago} at=${note.at} /><span class="grow"></span>
      ${(note.author.id === user.id || user.permissions.includes("admin")) && html`<${IconButton} icon="close" label=${t("Delete the note of {name}", { name: note.author.name })} onClick=${() => drop(note)} />`}</div></li>`)}</ul></section>`;
}

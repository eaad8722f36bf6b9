// Every edit: by whom, when, what it did to the files; and the way back.
import { useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { Ago, Empty } from "../inbox/parts.js";
import { Diff } from "./diffs.js";
import { Sure } from "./editing.js";
import { useData } from "./loading.js";
import { deed } from "./sayings.js";

export default function History() {
  const { ui } = useInbox();
  const { data, error, reload } = useData("/edits");
  const [older, setOlder] = useState({ items: [], cursor: undefined });
  const [busy, setBusy] = useState(false);
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  const items = [...data.items, ...older.items];
  const cursor = older.cursor === undefined ? data.next_cursor : older.cursor;
  const more = async () => {
    const next = await get("/studio/edits", { before: cursor }).catch((trouble) => ui.say(trouble.message, "bad"));
    if (next) setOlder({ items: [...older.items, ...next.items], cursor: next.next_cursor });
  };
  const undo = async (edit) => {
    setBusy(true);
    try {
      await post(`/studio/edits/${edit.id}/undo`);
      ui.say(t("Undone: {words}", { words: deed(edit, items) }));
      setOlder({ items: [], cursor: undefined });
      await reload();
    } catch (trouble) {
      ui.say(trouble.message, "bad");
    }
    setBusy(false);
  };
  return html`<main class="studiomain"><section class="sheet"><h2>${t("History")}</h2><p class="quiet">${t("What people changed here. Changes by git or an editor are in git’s own history.")}</p>
    ${items.length === 0 && html`<${Empty} icon="history" title=${t("Nothing was changed here yet")} />`}
    <ul class="edits">${items.map((edit) => html`<li key=${edit.id}><div class="line"><div class="grow"><b>${deed(edit, items)}</b><div class="fact">${edit.by.name} · <${Ago} at=${edit.at} />${!edit.is_done && t(" · broke off while it was written")}</div></div>
        ${edit.undone_by ? html`<span class="chip">${t("undone")}</span>` : html`<${Sure} question=${t("Undo it?")} disabled=${busy} onSure=${() => undo(edit)}>${t("Undo")}<//>`}</div>
      <details><summary>${edit.files.map((file) => file.name).join(", ")}</summary><${Diff} files=${edit.files} /></details></li>`)}</ul>
    ${cursor && html`<div class="buttons"><button type="button" class="btn" onClick=${more}>${t("Show older ones")}</button></div>`}</section></main>`;
}

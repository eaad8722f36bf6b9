// Every change of the data goes this way: sent with what one saw; what somebody else changed meanwhile is shown beside one's own.
import { useState } from "preact/hooks";
import { t } from "language";
import { post } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { deed } from "./sayings.js";

/** `{edit, busy, conflict}`. `edit(operation, said)` gives the edit, or null if it was refused; `conflict` is drawn by `Conflict`. */
export function useEditing(files, reload) {
  const { ui } = useInbox();
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState(null);
  const edit = async (operation, said) => {
    setBusy(true);
    try {
      const made = await post("/studio/edits", { operation, based_on: files ?? null });
      ui.say(made.merged ? t("{words}, joined with what changed meanwhile", { words: said ?? deed(made) }) : said ?? deed(made));
      setConflict(null);
      await reload();
      return made;
    } catch (error) {
      if (error.code === "edit_conflict") setConflict({ operation, words: error.message, ...error.rest });
      else ui.say(error.message, "bad");
      await reload();
      return null;
    } finally {
      setBusy(false);
    }
  };
  return { edit, busy, conflict, settle: () => setConflict(null) };
}

/** Both versions side by side, and the choice. Nothing was written yet. */
export function Conflict({ editing: { conflict, edit, settle } }) {
  if (!conflict) return null;
  const { operation, theirs, mine, words } = conflict;
  const isWhole = "old" in operation && typeof operation.new === "object" && theirs !== null;
  return html`<section class="conflict" role="alertdialog" aria-label=${t("Somebody else changed this")}><h3>${words}</h3>
    <p>${t("Nothing was overwritten. This is what is there now, and what you wanted:")}</p>
    <div class="versions"><figure><figcaption>${t("There now")}</figcaption><pre tabindex="0">${shown(theirs)}</pre></figure>
      <figure><figcaption>${t("Yours")}</figcaption><pre tabindex="0">${shown(mine)}</pre></figure></div>
    <div class="buttons"><button type="button" class="btn" autofocus onClick=${settle}>${t("Keep what is there")}</button>
      ${isWhole && html`<button type="button" class="btn primary" onClick=${() => edit({ ...operation, old: theirs })}>${t("Put mine in its place")}</button>`}</div></section>`;
}

const shown = (value) => (value === null || value === undefined ? t("(nothing)") : typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** A button that asks once more before it does it. */
export function Sure({ children, question, onSure, disabled }) {
  const [sure, setSure] = useState(false);
  return html`<button type="button" class="btn danger" disabled=${disabled} onBlur=${() => setSure(false)}
    onClick=${() => { if (sure) { setSure(false); onSure(); } else setSure(true); }}>${sure ? question : children}</button>`;
}

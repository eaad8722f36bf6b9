// Macros in the inbox: several steps by one click, or by name in the palette.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "./api.js";
import { Icon } from "./icons.js";
import { html, newClientId, useInbox } from "./lib.js";
import { Menu } from "./parts.js";

let kept = [];

/** Takes all steps of a macro, and says so. */
async function run(conversation, macro, { ui }) {
  const path = `/conversations/${encodeURIComponent(conversation.id)}/macros/${encodeURIComponent(macro.id)}`;
  try {
    await post(path, { client_id: newClientId() });
    ui.say(t("Done: {name}", { name: macro.name }));
  } catch (error) {  // all its steps are one commit
    ui.say(t("Nothing of {name} was done: {why}", { name: macro.name, why: error.message }), "bad");
  }
}

/** What the palette offers for a conversation. */
export const macroCommands = (conversation, inbox) => kept.map((macro) => ({ label: t("Macro: {name}", { name: macro.name }), run: () => run(conversation, macro, inbox) }));

/** A button above the thread, where there are macros. */
export function Macros({ conversation }) {
  const inbox = useInbox();
  const [all, set] = useState(kept);
  useEffect(() => { get("/macros").then(({ items }) => { kept = items; set(items); }, () => {}); }, []);
  if (!all.length) return null;
  return html`<${Menu} label=${t("Macros")} title=${t("Macros")} cls="btn wide folds" items=${all.map((macro) => ({ label: macro.name, run: () => run(conversation, macro, inbox) }))}><${Icon} name="bolt" /><span>${t("Macros")}</span><//>`;
}

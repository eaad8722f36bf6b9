// The switcher at the top of the studio: whose data and models the tabs are about. One assistant in one language needs none.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { chosen, elsewhere, languageName } from "./edition.js";

/** What happens on the window when assistants or their languages were changed. */
export const CHANGED = "assistants-changed";

export function Whose() {
  const [items, set] = useState([]);
  useEffect(() => {
    const look = () => get("/studio/assistants").then((found) => set(found.items), () => {});
    look();
    addEventListener(CHANGED, look);
    return () => removeEventListener(CHANGED, look);
  }, []);
  if (items.reduce((count, each) => count + each.editions.length, 0) < 2) return null;
  // An entry's own page may not exist in the other edition: one begins at its tab.
  const open = (key) => location.assign(elsewhere(key, location.pathname.split("/").slice(0, 3).join("/")));
  return html`<div class="whose"><label for="whose">${t("Assistant")}</label> <select id="whose" value=${chosen} onChange=${(event) => open(event.currentTarget.value)}>
    ${items.map((each) => html`<optgroup key=${each.id} label=${each.name}>${each.editions.map(({ key, language }) => html`<option key=${key} value=${key} selected=${key === chosen}>${each.name} · ${languageName(language)}</option>`)}</optgroup>`)}</select></div>`;
}

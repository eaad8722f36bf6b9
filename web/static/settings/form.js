// What the forms of the settings share: a deletion that asks once, a list of ticks, what went wrong.
import { useState } from "preact/hooks";
import { t } from "language";
import { remove } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { settled } from "./unsaved.js";

/** Deletes what is at `path` when it is pressed twice. */
export function Delete({ path, name, onDone }) {
  const { ui } = useInbox();
  const [sure, setSure] = useState(false);
  const run = async () => {
    if (!sure) return setSure(true);
    try {
      await remove(path);
      ui.say(t("Deleted: {name}", { name }));
      onDone();
    } catch (error) {
      ui.say(error.message, "bad");
    }
    return null;
  };
  return html`<button type="button" class="btn danger" aria-label=${sure ? undefined : t("Delete {name}", { name })} onBlur=${() => setSure(false)} onClick=${run}>${sure ? t("Delete for good?") : t("Delete")}</button>`;
}

/** `[trouble, send]`: `send(deed, said)` saves, says so, or keeps what the server objects to. */
export function useSaving(onDone) {
  const { ui } = useInbox();
  const [trouble, setTrouble] = useState(null);
  const send = async (deed, said) => {
    try {
      const answer = await deed();
      if (said) ui.say(said);
      settled();
      setTrouble(null);
      onDone?.(answer);
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return [trouble, send];
}

/** Some of `all`, which are `{id, name}`; none ticked means any. */
export function Ticks({ legend, all, chosen, onChange }) {
  if (!all.length) return null;
  const tick = (id) => (event) => onChange(event.target.checked ? [...chosen, id] : chosen.filter((one) => one !== id));
  return html`<fieldset class="members"><legend>${legend}</legend>${all.map(({ id, name }) => html`<label class="check" key=${id}>
    <input type="checkbox" checked=${chosen.includes(id)} onChange=${tick(id)} /><bdi>${name}</bdi></label>`)}</fieldset>`;
}

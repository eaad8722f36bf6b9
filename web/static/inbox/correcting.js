// An agent says what a customer's message means: a proposal to those who teach the bot, under the agent's name.
import { useRef, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox } from "./lib.js";

export function Correct({ message }) {
  const { ui } = useInbox();
  const [intents, setIntents] = useState(null);
  const [value, setValue] = useState("");
  const [told, setTold] = useState(null);
  const place = useRef();
  const open = async (event) => {
    if (!event.currentTarget.open || intents) return;
    try { setIntents((await get(`/messages/${message.id}/intents`)).items); } catch { setIntents([]); }
  };
  const send = async (event) => {
    event.preventDefault();
    try {
      setTold((await post(`/messages/${message.id}/intent`, { intent: value.trim() })).intent);
      place.current.open = false;
      ui.say(t("Thank you. The bot's designers see it in their review queue."));
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  const list = `intents-${message.id}`;
  return html`<details class="correct" ref=${place} onToggle=${open} onKeyDown=${(event) => event.key === "Escape" && (place.current.open = false)}>
    <summary aria-label=${t("Correct what the bot understood")} title=${t("Correct what the bot understood")}><${Icon} name="pencil" size=${13} /></summary>
    <form onSubmit=${send}><label>${t("It means")} <input list=${list} value=${value} maxlength="100" onInput=${(event) => setValue(event.currentTarget.value)} /></label>
      <datalist id=${list}>${(intents ?? []).map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>
      <button class="btn" disabled=${!value.trim()}>${t("Tell the designers")}</button></form></details>
    ${told && html`<span class="chip accent">${t("you say {told}", { told })}</span>`}`;
}

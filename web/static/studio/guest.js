// A guest's page: a conversation with a model that is being tried. It is told whole to the server each time.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { html, newClientId } from "../inbox/lib.js";
import { Bubbles } from "./turn.js";

function Guest() {
  const [said, setSaid] = useState([]);
  const [held, set] = useState({ turns: [], trouble: null, waits: false });
  const [text, setText] = useState("");
  const conversation = useRef(newClientId());
  const field = useRef(null);
  const say = async (message) => {
    if (held.waits || (!message.text.trim() && !message.payload)) return;
    const next = [...said, message];
    setSaid(next);
    setText("");
    set({ ...held, trouble: null, waits: true });
    try {
      const turns = await ask(conversation.current, next);
      set({ turns, trouble: null, waits: false });
    } catch (error) {
      setSaid(said);
      setText(message.payload ? "" : message.text);
      set({ ...held, trouble: error.message, waits: false });
    }
  };
  const over = () => { conversation.current = newClientId(); setSaid([]); set({ turns: [], trouble: null, waits: false }); field.current?.focus(); };
  useEffect(() => { if (said.length) document.querySelector(".trysay")?.scrollIntoView({ block: "end" }); }, [held.turns, said.length]);
  return html`<main class="guest"><header class="trybar"><div class="grow"><h1>${t("Try our bot")}</h1><p class="quiet">${t("You were invited to try it. It answers as it would a customer; nothing is stored.")}</p></div>
      <button type="button" class="btn" disabled=${!said.length} onClick=${over}>${t("Start over")}</button></header>
    <div class="talk" role="log" aria-label=${t("The conversation")}>${said.map((message, at) => html`<div key=${at}><p class="mine"><span dir="auto">${message.title ?? message.text}</span></p>
      ${held.turns[at] ? html`<${Bubbles} turn=${held.turns[at]} onTap=${at === said.length - 1 && !held.waits ? (option) => say({ text: option.title, title: option.title, payload: option.payload }) : null} />` : html`<p class="quiet">${t("Thinking…")}</p>`}</div>`)}</div>
    ${held.trouble && html`<p class="problem" role="alert">${held.trouble}</p>`}
    <form class="trysay" onSubmit=${(event) => { event.preventDefault(); say({ text }); }}><label class="hidden" for="trytext">${t("Your message")}</label>
      <input ref=${field} id="trytext" type="text" dir="auto" autocomplete="off" maxlength="2000" placeholder=${t("Write a message")} value=${text} onInput=${(event) => setText(event.target.value)} />
      <button class="btn primary" disabled=${held.waits || !text.trim()}>${t("Send")}</button></form></main>`;
}

async function ask(conversation, said) {
  const messages = said.map(({ text, payload }) => (payload ? { text, payload } : { text }));
  const answer = await fetch(location.pathname, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ conversation, said: messages }), credentials: "omit" })
    .catch(() => { throw new Error("The server cannot be reached. Try again."); });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(json.detail ?? t("Something went wrong. Try again."));
  return json.turns;
}

const root = document.getElementById("app");
root.replaceChildren();
render(html`<${Guest} />`, root);

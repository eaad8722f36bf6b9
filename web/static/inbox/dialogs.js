// Questions and overviews in front of the page. The native `<dialog>` traps the focus and gives it back.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { Icon } from "./icons.js";
import { html, names, useInbox, useStore } from "./lib.js";
import { BulkLabel } from "./bulk_label.js";
import { Filter, SaveView } from "./filters.js";
import { KEYS } from "./keys.js";
import { SendAt } from "./later.js";
import { Mentions } from "./mentions.js";
import { Palette } from "./palette.js";
import { SnoozeMenu, SnoozeUntil } from "./snooze.js";
import { Templates } from "./templates.js";
import { speakerName } from "./words.js";

export function Dialogs({ dialog }) {
  const Kind = dialog && KINDS[dialog.name];
  return Kind ? html`<${Kind} key=${dialog.name} ...${dialog.props} />` : null;
}

export function Dialog({ title, children, cls, hideTitle }) {
  const { ui } = useInbox();
  const ref = useRef();
  useLayoutEffect(() => {
    const box = ref.current;
    box.showModal();
    return () => box.close();
  }, []);
  const onClick = (event) => event.target === ref.current && ui.dismiss();
  return html`<dialog ref=${ref} class=${names("dialog", cls)} aria-labelledby="dialog-title" onClick=${onClick}
      onCancel=${(event) => { event.preventDefault(); ui.dismiss(); }}>
    <div class="dialogin"><h2 id="dialog-title" class=${hideTitle ? "hidden" : ""}>${title}</h2>${children}</div></dialog>`;
}

/** Asked once before the bot or a colleague is silenced. The question is about whom the agent saw when it was asked:
 *  if another one speaks by then, the server refuses, and the dialog says who has it and asks about that one. */
function TakeOver({ id }) {
  const { act, ui, bus, store } = useInbox();
  const [name, me] = useStore((s) => [s.conversations.get(id)?.contact.name, s.me]);
  const [seen, setSeen] = useState(store.state.conversations.get(id).speaker);
  const [trouble, setTrouble] = useState(null);
  const [busy, setBusy] = useState(false);
  const who = speakerName(seen, me);
  const confirm = async () => {
    setBusy(true);
    try {
      await act.takeOver(id, seen);
      ui.dismiss();
      setTimeout(() => bus.dispatchEvent(new CustomEvent("write", { detail: "reply" })));  // once the dialog has given the focus back
    } catch (error) {
      setSeen(store.state.conversations.get(id).speaker);
      setTrouble(error);
      setBusy(false);
    }
  };
  return html`<${Dialog} title=${seen.kind === "nobody" ? t("Take this conversation?") : seen.kind === "bot" ? t("Take over from the bot?") : t("Take over from {name}?", { name: who })}>
    ${trouble && html`<p class="problem" role="alert">${trouble.status === 409 ? CHANGED[seen.kind](who) : trouble.message}</p>`}
    <p>${CONSEQUENCES[seen.kind](who, name)}</p>
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button>
      <button type="button" class="btn primary" autofocus disabled=${busy} onClick=${confirm}>${trouble?.status === 409 ? t("Take over anyway") : t("Take over")}</button></div><//>`;
}

const CHANGED = {
  bot: () => t("It changed while you were deciding: the bot has it now."),
  agent: (who) => t("It changed while you were deciding: {name} has it now.", { name: who }),
  nobody: () => t("It changed while you were deciding: nobody has it now."),
};

const CONSEQUENCES = {
  bot: (who, name) => t("The bot stops answering {name} until you hand the conversation back.", { name }),
  agent: (who, name) => t("{agent} is answering {name} and will see that you took over.", { agent: who, name }),
  nobody: (who, name) => t("You will answer {name}.", { name }),
};

function HandBack({ id }) {
  const { act, ui } = useInbox();
  const name = useStore((s) => s.conversations.get(id)?.contact.name);
  const [outcome, setOutcome] = useState("resolved");
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const confirm = async (event) => {
    event.preventDefault();
    setBusy(true);
    if (await act.handBack(id, outcome, note.trim())) ui.dismiss();
    setBusy(false);
  };
  const choice = (value, label, hint) => html`<label class="radio"><input type="radio" name="outcome" value=${value} checked=${outcome === value}
    onChange=${() => setOutcome(value)} /><span><b>${label}</b><span class="quiet">${hint}</span></span></label>`;
  return html`<${Dialog} title=${t("Hand to the bot")}><form onSubmit=${confirm}>
    <fieldset><legend>${t("What {name} asked for is", { name })}</legend>
      ${choice("resolved", t("Resolved"), t("The bot starts afresh with their next question."))}
      ${choice("unresolved", t("Not resolved"), t("The bot goes on where it was."))}</fieldset>
    <label for="handback-note">${t("Note for the record")} <span class="quiet">${t("(optional)")}</span></label>
    <textarea id="handback-note" rows="3" dir="auto" value=${note} onInput=${(event) => setNote(event.target.value)}></textarea>
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button>
      <button class="btn primary" disabled=${busy}><${Icon} name="bot" size=${16} />${t("Hand to bot")}</button></div></form><//>`;
}

function Keys() {
  const { ui } = useInbox();
  return html`<${Dialog} title=${t("Keys")} cls="keys"><dl>${KEYS.map(({ keys, label }) => html`<div key=${label}><dt>${label}</dt>
      <dd>${keys.map((key, i) => html`${i > 0 && " "}<kbd key=${key}>${key}</kbd>`)}</dd></div>`)}</dl>
    <p class="quiet">${t("None of them acts while you type.")}</p>
    <div class="buttons"><button type="button" class="btn primary" onClick=${() => ui.dismiss()}>${t("Close")}</button></div><//>`;
}

const KINDS = { takeOver: TakeOver, handBack: HandBack, keys: Keys, templates: Templates, filter: Filter, saveView: SaveView, sendLater: SendAt, mentions: Mentions, bulkLabel: BulkLabel, snooze: SnoozeUntil, snoozeMenu: SnoozeMenu, palette: () => html`<${Dialog} title=${t("Commands")} cls="palette" hideTitle><${Palette} /><//>` };

// Settings: what could not be read, and what could not be delivered.
import { useState } from "preact/hooks";
import { t, told } from "language";
import { post, remove } from "../inbox/api.js";
import { Content } from "../inbox/contents.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "./section.js";

export function Quarantine() {
  const list = useItems("/quarantine");
  return html`<${Section} id="quarantine" title=${t("Quarantine")} icon="alert" list=${list} nothing=${t("Nothing is in quarantine")} calm
      about=${t("What a provider truly sent but we could not read. Replay it after a fix; nothing is lost until you delete it.")}>
    <ul class="lines">${list.items?.map((item) => html`<${Quarantined} key=${item.id} item=${item} reload=${list.reload} />`)}</ul><//>`;
}

function Quarantined({ item, reload }) {
  const [sure, setSure] = useState(false);
  const [busy, run] = useDeed(reload);
  return html`<li><div class="line"><div class="grow"><b>${item.reason}</b><div class="fact">${item.channel_id} · <${Ago} at=${item.at} /></div></div>
      <button type="button" class="btn" disabled=${busy} onClick=${() => run(() => post(`/quarantine/${item.id}/replay`), t("Read, and taken in."))}>${t("Replay")}</button>
      <button type="button" class="btn danger" disabled=${busy} onBlur=${() => setSure(false)}
        onClick=${() => sure ? run(() => remove(`/quarantine/${item.id}`), t("Deleted.")) : setSure(true)}>${sure ? t("Delete for good?") : t("Delete")}</button></div>
    <details class="raw"><summary>${t("What was received")}</summary><pre tabindex="0" dir="ltr">${pretty(item.raw)}</pre></details></li>`;
}

function pretty(raw) {
  if (typeof raw !== "string") return JSON.stringify(raw, null, 2);
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

export function DeadLetters() {
  const list = useItems("/dead_letters");
  return html`<${Section} id="dead-letters" title=${t("Dead letters")} icon="retry" list=${list} nothing=${t("Every message was delivered")} calm
      about=${t("Messages that could not be delivered, with the provider’s reason. Retry puts one back into the outbox.")}>
    <ul class="lines">${list.items?.map((message) => html`<${DeadLetter} key=${message.id} message=${message} reload=${list.reload} />`)}</ul><//>`;
}

function DeadLetter({ message, reload }) {
  const [busy, run] = useDeed(reload);
  return html`<li><div class="line"><div class="grow"><div class="deadtext"><${Content} content=${message.content} /></div>
      <div class="fact badtext">${told(message.error?.message) ?? t("No reason was given.")}${message.error?.code && html` <code dir="ltr">${message.error.code}</code>`}</div>
      <div class="fact">${message.author.name ?? message.author.kind} · ${message.channel_id} · <${Ago} at=${message.created_at} /> ·
        <a href=${`/?c=${encodeURIComponent(message.conversation_id)}`}>${t("Open the conversation")}</a></div></div>
    <button type="button" class="btn" disabled=${busy} onClick=${() => run(() => post(`/messages/${message.id}/retry`), t("Queued again."))}>${t("Retry")}</button></div></li>`;
}

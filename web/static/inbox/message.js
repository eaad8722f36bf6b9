// One message of a thread: its bubble, what is under it, and a row that is still on its way.
import { useRef } from "preact/hooks";
import { t, told } from "language";
import { Content } from "./contents.js";
import { Correct } from "./correcting.js";
import { Fitted } from "./fitted.js";
import { Held } from "./held.js";
import { Icon } from "./icons.js";
import { html, names, useInbox, useStore } from "./lib.js";
import { Dots } from "./parts.js";
import { QuoteThis } from "./quoting.js";
import { clock, full } from "./time.js";
import { humanise, intentName, percent, statusName } from "./words.js";

const UNSURE = 0.5;

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** Puts an emoji on what the customer wrote, or takes it back: for whoever speaks, where the channel has reactions. */
function React({ line, me }) {
  const { act } = useInbox();
  const { message, reactions } = line;
  const [conversation, channel] = useStore((s) => [s.conversations.get(message.conversation_id), s.channels.find((c) => c.id === message.channel_id)]);
  const place = useRef();
  const mine = reactions.find((one) => one.by === `out:${me.id}`)?.emoji;
  const mayReact = conversation?.speaker.id === me.id && channel?.carries?.includes("reaction") && message.external_id && !line.revoked;
  if (message.direction !== "in" || !mayReact) return null;
  const give = (emoji) => {
    place.current.open = false;
    const content = { type: "reaction", external_id: message.external_id, emoji: emoji === mine ? "" : emoji };
    act.send(message.conversation_id, "", { content });
  };
  return html`<details class="react" ref=${place} onKeyDown=${(event) => event.key === "Escape" && (place.current.open = false)}>
    <summary aria-label=${t("React")} title=${t("React")}><${Icon} name="smile" size=${15} /></summary>
    <div class="reacts" role="group" aria-label=${t("Reactions")}>${EMOJI.map((emoji) => html`<button type="button" key=${emoji}
      aria-pressed=${String(emoji === mine)} aria-label=${t("React with {emoji}", { emoji })} onClick=${() => give(emoji)}>${emoji}</button>`)}</div></details>`;
}

/** Copies the address of a message, for a colleague. */
function LinkTo({ message }) {
  const { ui } = useInbox();
  const copy = async () => {
    const address = `${location.origin}/?c=${encodeURIComponent(message.conversation_id)}&m=${message.place ?? message.seq}`;
    await navigator.clipboard.writeText(address).then(() => ui.say(t("Link copied")), () => ui.say(address));
  };
  return html`<button type="button" class="linkto" aria-label=${t("Copy a link to this message")} title=${t("Copy a link")} onClick=${copy}><${Icon} name="link" size=${14} /></button>`;
}

export function Message({ line, me, replied, isMarked }) {
  const { message, content, reactions, edits, revoked, first, last } = line;
  if (message.error?.code === "taken_back") return html`<div class="ev" data-seq=${message.seq}><span>${t("{name} took back a message before it was sent", { name: whoSays(message.author, me) })}</span></div>`;
  if (message.content.type === "note") return html`<${Note} message=${message} me=${me} isMarked=${isMarked} />`;
  const { author, direction } = message;
  const failed = message.status === "failed" || message.status === "cancelled";
  const shown = last || failed || message.parse?.intent || edits.length > 0 || revoked;
  return html`<article class=${names("m", direction, author.kind, first && "first", last && "last", failed && "failed", isMarked && "marked")} data-seq=${message.seq}
      aria-label=${`${whoSays(author, me)}, ${clock(message.created_at)}`}>
    ${first && author.kind === "bot" && html`<div class="by"><${Icon} name="bot" size=${14} />${t("Bot")}</div>`}
    <div class=${names("b", revoked && "revoked")} data-type=${content.type}>
      ${(replied || message.reply_to) && html`<${Quote} line=${replied} />`}
      ${revoked ? html`<div class="aside">${t("The sender deleted this message")}</div>
        <details><summary>${t("Show it")}</summary><${Content} content=${content} /></details>` : html`<${Content} content=${content} />`}
      ${reactions.length > 0 && html`<div class="reactions">${grouped(reactions).map(([emoji, people]) => html`
        <span key=${emoji} title=${people.join(", ")}><span class="hidden">${t("Reaction:")} </span>${emoji}${people.length > 1 && ` ${people.length}`}</span>`)}</div>`}
      <${React} line=${line} me=${me} />
      <${LinkTo} message=${message} /><${QuoteThis} line=${line} />
    </div>
    ${shown && html`<div class="meta">
      ${direction === "out" && author.kind !== "bot" && html`<span>${whoSays(author, me)}</span>`}
      <time dateTime=${message.created_at} title=${full(message.created_at)}>${clock(message.created_at)}</time>
      ${edits.length > 0 && !revoked && html`<${History} edits=${edits} />`}
      ${message.parse?.intent?.name && html`<${Parse} parse=${message.parse} />`}
      ${message.parse?.intent?.name && direction === "in" && html`<${Correct} message=${message} />`}
      ${direction === "out" && html`<${Ticks} message=${message} />`}
    </div>`}
    <${Sent} message=${message} />
    ${message.held_until && author.id === me.id && !message.part_of && html`<${Held} message=${message} />`}
    ${failed && html`<${Failure} message=${message} />`}
  </article>`;
}

/** What was done to a message of ours so that it could go. */
function Sent({ message }) {
  const channels = useStore((s) => s.channels);
  return message.direction === "out" && (message.fitting || message.via) ? html`<${Fitted} message=${message} channels=${channels} />` : null;
}

export const whoSays = (author, me) => author.kind === "bot" ? t("Bot") : author.kind === "agent" && author.id === me.id ? t("You")
  : author.name ?? (author.kind === "contact" ? t("Customer") : "Parley");

const Note = ({ message, me, isMarked }) => html`<article class=${names("note", isMarked && "marked")} data-seq=${message.seq} aria-label=${t("Private note by {name}", { name: whoSays(message.author, me) })}>
  <div class="notehead"><${Icon} name="lock" size=${13} /><b>${whoSays(message.author, me)}</b>
    <span>${t("Private note")}</span><time dateTime=${message.created_at} title=${full(message.created_at)}>${clock(message.created_at)}</time></div>
  <${Content} content=${message.content} /></article>`;

const Quote = ({ line }) => html`<blockquote class="quote">${line ? html`<${Content} content=${line.content} />` : t("In answer to an earlier message")}</blockquote>`;

const History = ({ edits }) => html`<details class="history"><summary>${t("Edited")}</summary><ol>${edits.map((content, i) => html`
  <li key=${i}><${Content} content=${content} /></li>`)}</ol></details>`;

/** What the bot understood, and how surely. */
function Parse({ parse }) {
  const { name, confidence } = parse.intent;
  const ranking = (parse.ranking ?? []).map((one) => `${intentName(one.name)} ${percent(one.confidence)}`).join("\n");
  const isUnsure = name === "nlu_fallback" || (confidence != null && confidence < UNSURE);
  return html`<span class=${names("chip", isUnsure && "warn")} title=${ranking || undefined}>
    <span class="hidden">${t("The bot understood:")} </span>${intentName(name)}
    ${confidence != null && html` <span class="num">${confidence.toFixed(2)}</span>`}</span>
    ${(parse.entities ?? []).map((one, i) => html`<span class="chip entity" key=${i} title=${one.extractor ?? undefined}><span class="hidden">${t("Entity")} </span>${humanise(one.entity).toLowerCase()} <b dir="auto">${String(one.value)}</b></span>`)}`;
}

const TICKS = { queued: "◷", sending: "◷", sent: "✓", delivered: "✓✓", read: "✓✓" };

/** A clock, one tick or two, with the word for it. */
function Ticks({ message }) {
  const { status } = message;
  if (status === "failed" || status === "cancelled") return null;
  return html`<span class=${names("ticks", status)} title=${statusName(status)}><span aria-hidden="true">${TICKS[status] ?? ""}</span>
    <span class=${status === "read" ? "" : "hidden"}>${statusName(status).toLowerCase()}</span></span>`;
}

function Failure({ message }) {
  const { act } = useInbox();
  const isCancelled = message.status === "cancelled";
  return html`<div class="failure"><${Icon} name="alert" size=${14} />
    <span>${isCancelled ? t("Not sent") : t("Not delivered")}${message.error?.message ? `: ${told(message.error.message)}` : "."}</span>
    <button type="button" class="link" onClick=${() => act.retry(message)}>${isCancelled ? t("Send now") : t("Retry")}</button></div>`;
}

/** What we have written and the server has not confirmed. */
export function Pending({ row, conversationId }) {
  const { act } = useInbox();
  const isLive = useStore((s) => s.connection === "live");
  const failed = row.state === "failed";
  const why = row.passes && !isLive ? t("Not sent yet: it goes by itself when the connection is back.") : t("Not sent: {error}", { error: row.error });
  const below = failed
    ? html`<div class="failure" role="alert"><${Icon} name="alert" size=${14} /><span>${why}</span>
        <button type="button" class="link" onClick=${() => act.resend(conversationId, row.client_id)}>${t("Retry")}</button>
        <button type="button" class="link" onClick=${() => act.discard(conversationId, row.client_id)}>${t("Discard")}</button></div>`
    : html`<div class="meta"><span>${t("You")}</span><span class="ticks"><span aria-hidden="true">◷</span><span>${t("sending")}</span></span></div>`;
  if (row.note) {
    return html`<article class="note pending" aria-label=${t("Private note by you, sending")}>
      <div class="notehead"><${Icon} name="lock" size=${13} /><b>${t("You")}</b><span>${t("Private note")}</span></div>
      <${Content} content=${{ type: "note", text: row.text }} />${failed && below}</article>`;
  }
  return html`<article class=${names("m out agent first last pending", failed && "failed")} aria-label=${t("You, sending")}>
    <div class="b"><${Content} content=${row.content ?? { type: "text", text: row.text }} /></div>${below}</article>`;
}

/** Someone is writing, or the bot is thinking. */
export function Writing({ who }) {
  const out = who.kind !== "contact";
  return html`<div class=${names("m writing first last", out ? "out" : "in", who.note ? "tonote" : who.kind)}><div class="b"><${Dots} /></div>
    <div class="meta">${who.label}</div></div>`;
}

function grouped(reactions) {
  const by = new Map();
  for (const { emoji, name } of reactions) by.set(emoji, [...(by.get(emoji) ?? []), name ?? t("Someone")]);
  return [...by];
}

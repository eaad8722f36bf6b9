// The right pane: who the customer is and what the bot made of them.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { Icon } from "./icons.js";
import { Join } from "./joined.js";
import { html, names, useInbox, usePref, useStore } from "./lib.js";
import { Avatar, IconButton } from "./parts.js";
import { ago, full, month, said } from "./time.js";
import { Triage } from "./triage.js";
import { address, channelName, humanise, identity, intentName, percent, reason } from "./words.js";

export function Details({ conversation }) {
  const { ui } = useInbox();
  const [, setShown] = usePref("showDetails");
  const contact = useContact(conversation);
  const { name } = conversation.contact;
  const isQueued = conversation.speaker.kind === "nobody" && conversation.status === "open";
  const summary = conversation.summary && html`<${Summary} summary=${conversation.summary} prominent=${isQueued} />`;
  return html`<aside class="side" aria-label=${t("Details")}>
    <div class="sidehead">
      <div class="phone"><${IconButton} icon="back" label=${t("Back to the conversation")} onClick=${() => ui.back("thread")} /></div>
      <${Avatar} name=${name} channel=${conversation.channel_kind} large />
      <div class="grow"><b class="name"><bdi>${name}</bdi></b>
        <div class="sub">${contact ? t("Customer since {month}", { month: month(contact.created_at) }) : channelName(conversation.channel_kind)}</div></div>
      <span class="desk"><${IconButton} icon="close" label=${t("Hide details")} onClick=${() => setShown(false)} /></span>
    </div>
    ${isQueued && summary}
    <h3>${t("Reachable on")}</h3>
    <dl class="kv">${identities(contact, conversation).map(identity).map(({ kind, value, name }) => html`<dt key=${`t${kind}${value}`}>${name}</dt>
      <dd key=${`d${kind}${value}`}><${Reached} kind=${kind} value=${value} /></dd>`)}</dl>
    <${Bot} bot=${conversation.bot} />
    ${!isQueued && summary}
    <${Triage} conversation=${conversation} />
    <${Earlier} contact=${contact} conversation=${conversation} />
  </aside>`;
}

const ORDER = ["phone", "email", "bsuid", "visitor"];
const byKind = (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);

const Reached = ({ kind, value }) => kind === "visitor" ? html`<${Short} id=${value} />` : html`<bdi>${address(value)}</bdi>`;

/** Enough of a long id to tell it from another; the whole of it in the title. */
const Short = ({ id }) => html`<bdi title=${id}>${id.length > 12 ? `${id.slice(0, 8)}…` : id}</bdi>`;

const identities = (contact, conversation) => contact?.identities?.length ? contact.identities.toSorted(byKind)
  : conversation.contact.address ? [{ kind: "phone", value: conversation.contact.address }] : [];

/** Asked for when a contact is shown, and again when the conversation's name or address changes. */
function useContact({ contact, id, status, merged, merged_into: into }) {
  const [held, set] = useState(null);
  useEffect(() => {
    let isCurrent = true;
    get(`/contacts/${contact.id}`).then((answer) => isCurrent && set(answer), () => {});
    return () => { isCurrent = false; };
  }, [contact.id, contact.name, contact.address, id, status, merged.length, into]);
  return held?.id === contact.id ? held : null;
}

function Summary({ summary, prominent }) {
  const slots = filled(summary.slots);
  const asked = summary.questions ?? [];
  const last = summary.last_messages ?? [];
  const heard = asked.length ? asked : last;
  const isRepeated = (text) => heard.some((words) => words === text) || (last.includes(text) && asked.some((words) => text.includes(words)));
  const detail = summary.detail !== reason(summary.reason) && !isRepeated(summary.detail) && summary.detail;
  return html`<section class=${names("summary", prominent && "prominent")} id="summary" tabindex="-1" aria-labelledby="summary-title">
    <h3 id="summary-title"><${Icon} name="bot" size=${15} />${t("What the bot hands over")}</h3>
    <p class="reason">${reason(summary.reason)}</p>
    ${detail && html`<p class="quiet" dir="auto">${detail}</p>`}
    ${asked.length > 0 && html`<h4>${t("The customer asked")}</h4><ul class="asked">${asked.map((q, i) => html`<li key=${i} dir="auto">${q}</li>`)}</ul>`}
    ${slots.length > 0 && html`<h4>${t("Known so far")}</h4><${Slots} slots=${slots} />`}
    ${summary.intents?.length > 0 && html`<h4>${t("How it understood them")}</h4><ol class="trail">${summary.intents.map((intent, i) => html`
      <li key=${i}><span title=${intent.name}>${intentName(intent.name)}</span><${Meter} part=${intent.confidence} />
        ${intent.text && intent.text !== detail && !heard.includes(intent.text) && html`<span class="said" dir="auto">${intent.text}</span>`}</li>`)}</ol>`}
    ${!asked.length && last.length > 0 && html`<h4>${t("Last messages")}</h4>
      <ul class="asked">${last.map((line, i) => html`<li key=${i} dir="auto">${line}</li>`)}</ul>`}
    <p class="quiet"><time dateTime=${summary.at} title=${full(summary.at)}>${t("Handed over {when}", { when: said(summary.at) })}</time></p>
  </section>`;
}

function Bot({ bot }) {
  if (!bot || (!bot.intent && !bot.model)) return null;
  const slots = filled(bot.slots);
  return html`<h3>${t("What the bot knows")}</h3><dl class="kv">
      ${bot.intent && html`<dt>${t("Intent")}</dt><dd><span title=${bot.intent}>${intentName(bot.intent)}</span><${Meter} part=${bot.confidence} /></dd>`}
      ${bot.model && html`<dt>${t("Model")}</dt><dd><${Short} id=${bot.model} /></dd>`}</dl>
    ${slots.length > 0 && html`<${Slots} slots=${slots} />`}`;
}

const Slots = ({ slots }) => html`<dl class="kv">${slots.map(([name, value]) => html`
  <dt key=${`t${name}`}>${humanise(name)}</dt><dd key=${`d${name}`}><bdi>${typeof value === "object" ? JSON.stringify(value) : String(value)}</bdi></dd>`)}</dl>`;

const filled = (slots) => Object.entries(slots ?? {}).filter(([, value]) => value !== null && value !== "");

/** How sure the bot was. */
function Meter({ part }) {
  if (part == null) return null;
  return html`<span class="meter"><span class="track"><i class=${part < 0.5 ? "low" : ""} style=${{ inlineSize: `${Math.round(part * 100)}%` }}></i></span>
    <span class="num">${percent(part)}</span></span>`;
}

function Earlier({ contact, conversation }) {
  const { act } = useInbox();
  const openId = useStore((s) => s.openId);
  const earlier = contact?.conversations.filter((one) => one.id !== conversation.id) ?? [];
  if (!earlier.length) return null;
  return html`<h3>${t("Other conversations")}</h3><ul class="earlier">${earlier.map((one) => html`<li key=${one.id}>
    <a href=${`/?c=${one.id}`} onClick=${(event) => { event.preventDefault(); if (one.id !== openId) act.open(one.id); }}>
      <span class="when">${ago(one.updated_at)}</span><span class="grow">${channelName(one.channel_kind)} · <bdi>${one.preview}</bdi></span>
      ${one.status === "open" && html`<span class="chip">${t("open")}</span>`}</a><${Join} conversation=${conversation} other=${one} /></li>`)}</ul>
    <p><a class="link" href=${`/contacts?id=${encodeURIComponent(contact.id)}`}>${t("Everything said on all channels")}</a></p>`;
}

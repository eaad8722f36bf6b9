// What a channel makes of our words: asked before they are sent, told after.
import { useEffect, useState } from "preact/hooks";
import { mix, n, t } from "language";
import { post } from "./api.js";
import { Content } from "./contents.js";
import { Icon } from "./icons.js";
import { html, names } from "./lib.js";

const PAUSE_MS = 350;
const LONG = 1000;

const NOTHING = { lines: [], sms: null, plain: null, contents: null };

/** `{lines, sms, plain, contents}`: what is changed about the draft, what it costs as SMS, the same without accents
 *  where that saves SMS, and what the customer gets.
 *  Asked for where it matters, and always with `always`. */
export function usePreview({ id }, channel, text, always) {
  const [shown, show] = useState(NOTHING);
  const asks = text.trim() !== "" && (always || channel?.short_messages === true || text.length > LONG);
  useEffect(() => {
    if (!asks) { show(NOTHING); return undefined; }
    let isOver = false;
    const timer = setTimeout(async () => {
      const answer = await post(`/conversations/${id}/preview`, { text: text.trim() }).catch(() => null);
      if (!isOver) show(answer ? { lines: answer.changes.map((change) => change.words), sms: answer.sms, plain: answer.plain ?? null, contents: answer.contents } : NOTHING);
    }, PAUSE_MS);
    return () => { isOver = true; clearTimeout(timer); };
  }, [id, asks, text]);
  return shown;
}

/** How much of an SMS is used, in which alphabet, and which characters make it dearer. */
export function Meter({ sms }) {
  if (!sms?.encoding) return null;
  const costly = sms.costly_characters.slice(0, 5);
  const room = sms.segments * sms.per_segment - sms.units;
  return html`<span class=${names("sms", costly.length > 0 && "dear")} title=${t("{encoding}: {used} of {most}, {room} left", { encoding: sms.encoding, used: sms.units, most: sms.segments * sms.per_segment, room })}>
    ${`${sms.segments} SMS · ${sms.units}/${sms.segments * sms.per_segment}`}${costly.length > 0 && html` · ${t("dearer because of")} ${costly.map((sign) => html`<kbd key=${sign}>${sign}</kbd> `)}`}</span>`;
}

/** The most characters of a message, as the server's setting `PARLEY_MAX_TEXT` is by itself. */
/** By how many characters a text is too long: it is kept whole, and not sent until it is shorter. */
export const Excess = ({ count }) => html`<div role="status">${count > 0 && html`<div class="excess">${n("{count} character too many to be sent. Shorten it, or send it in parts.", "{count} characters too many to be sent. Shorten it, or send it in parts.", count, { count: count.toLocaleString() })}</div>`}</div>`;

export function Preview({ shown, open, onPlain }) {
  const { lines, plain, contents } = shown;
  if (!lines.length && plain === null && !(open && contents)) return null;
  return html`<div class="fits" role="status">${lines.map((line) => html`<div key=${line}>${line}</div>`)}
    ${plain !== null && html`<div>${mix("{button}, in fewer SMS", { button: html`<button type="button" class="link" onClick=${() => onPlain(plain)}>${t("Write it without accents")}</button>` })}</div>`}
    ${open && contents && html`<div class="asseen" aria-label=${t("What the customer will see")}>${contents.map((content, i) => html`<div class="b" key=${i}><${Content} content=${content} /></div>`)}</div>`}</div>`;
}

/** Below a message: what was changed for its channel, and by which other one it went. */
export function Fitted({ message, channels }) {
  const lines = (message.fitting?.changes ?? []).map((change) => change.words);
  if (message.via) lines.push(t("{channel} did not deliver it: sent by {other}.", { channel: nameOf(message.attempts_elsewhere.at(-1)?.channel_id, channels), other: nameOf(message.via, channels) }));
  if (!lines.length) return null;
  return html`<details class="fitted"><summary><${Icon} name="form" size=${13} />${t("Changed for the channel")}</summary>
    <ul>${lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul></details>`;
}

const nameOf = (id, channels) => channels?.find((channel) => channel.id === id)?.name ?? id;

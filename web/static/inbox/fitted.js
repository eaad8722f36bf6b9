// What a channel makes of our words: asked before they are sent, told after.
import { useEffect, useState } from "preact/hooks";
import { post } from "./api.js";
import { Icon } from "./icons.js";
import { html } from "./lib.js";

const PAUSE_MS = 350;
const LONG = 1000;

/** What the draft will become, as lines; none while it goes as it is. */
export function usePreview({ id }, channel, text) {
  const [lines, setLines] = useState([]);
  const asks = text.trim() !== "" && (channel?.short_messages === true || text.length > LONG);
  useEffect(() => {
    if (!asks) { setLines([]); return undefined; }
    let isOver = false;
    const timer = setTimeout(async () => {
      const shown = await post(`/conversations/${id}/preview`, { text: text.trim() }).catch(() => null);
      if (!isOver) setLines(shown ? told(shown) : []);
    }, PAUSE_MS);
    return () => { isOver = true; clearTimeout(timer); };
  }, [id, asks, text]);
  return lines;
}

function told({ changes, sms }) {
  const lines = changes.map((change) => change.words);
  if (sms && (sms.segments > 1 || sms.costly_characters.length)) {
    const costly = sms.costly_characters.slice(0, 5).map((character) => `“${character}”`).join(" ");
    lines.push(`${sms.segments} SMS${costly && `, dearer because of ${costly}`}`);
  }
  return lines;
}

export const Preview = ({ lines }) => lines.length > 0 && html`<ul class="fits" role="status">${lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul>`;

/** Below a message: what was changed for its channel, and by which other one it went. */
export function Fitted({ message, channels }) {
  const lines = (message.fitting?.changes ?? []).map((change) => change.words);
  if (message.via) lines.push(`${nameOf(message.attempts_elsewhere.at(-1)?.channel_id, channels)} did not deliver it: sent by ${nameOf(message.via, channels)}.`);
  if (!lines.length) return null;
  return html`<details class="fitted"><summary><${Icon} name="form" size=${13} />Changed for the channel</summary>
    <ul>${lines.map((line) => html`<li key=${line}>${line}</li>`)}</ul></details>`;
}

const nameOf = (id, channels) => channels?.find((channel) => channel.id === id)?.name ?? id;

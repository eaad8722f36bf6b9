// All that was said with a contact, over all channels, by time: the newest page, and older ones on demand.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { Content } from "./contents.js";
import { ChannelMark } from "./icons.js";
import { html } from "./lib.js";
import { clock, dayName, dayOf, full } from "./time.js";
import { activity, channelName } from "./words.js";

export function Said({ id, kinds }) {
  const [{ items, cursor, trouble }, set] = useState({ items: null, cursor: null, trouble: null });
  const [busy, setBusy] = useState(false);
  const load = async (before) => {
    setBusy(true);
    try {
      const page = await get(`/contacts/${id}/timeline`, before ? { before } : {});
      set((was) => ({ items: [...page.items, ...(before ? was.items : [])], cursor: page.next_cursor, trouble: null }));
    } catch (error) {
      set((was) => ({ ...was, trouble: error.message }));
    }
    setBusy(false);
  };
  useEffect(() => { load(null); }, [id]);
  return html`<section class="sheet" aria-labelledby="h-said"><h3 id="h-said">${t("Everything said")}</h3>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    ${items === null && !trouble && html`<p class="quiet" role="status">${t("Loading…")}</p>`}
    ${items?.length === 0 && html`<p class="quiet">${t("Nothing yet.")}</p>`}
    ${cursor && html`<button type="button" class="btn" disabled=${busy} onClick=${() => load(cursor)}>${t("Show older messages")}</button>`}
    ${items?.length > 0 && html`<ol class="alltime" tabindex="0" aria-label=${t("Messages of all channels")}>${items.map((message, i) => html`<${Line} key=${message.id} message=${message} kind=${kinds.get(message.conversation_id)}
      day=${i === 0 || dayOf(items[i - 1].created_at) !== dayOf(message.created_at)} />`)}</ol>`}</section>`;
}

function Line({ message, kind, day }) {
  const { author, content } = message;
  const isActivity = content.type === "activity";
  return html`${day && html`<li class="day"><span>${dayName(message.created_at)}</span></li>`}
    <li class=${isActivity ? "quiet" : content.type === "note" ? "note" : message.direction}>
      <a href=${`/?c=${encodeURIComponent(message.conversation_id)}&m=${message.seq}`} title=${t("{created_at}: open it in the conversation", { created_at: full(message.created_at) })}>
        ${kind && html`<span class="mark inline" data-channel=${kind}><${ChannelMark} kind=${kind} /></span><span class="hidden">${channelName(kind)}</span>`}
        <bdi>${isActivity ? "" : author.name ?? author.kind}</bdi> <time dateTime=${message.created_at}>${clock(message.created_at)}</time></a>
      ${isActivity ? html`<span dir="auto">${activity(content.event, content.details)}</span>` : content.type === "note" ? html`<p dir="auto">${content.text}</p>` : html`<${Content} content=${content} />`}</li>`;
}

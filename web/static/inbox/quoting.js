// Answering one message of many: chosen at the message, shown above the field until it is sent or let go of.
import { t } from "language";
import { Content } from "./contents.js";
import { Icon } from "./icons.js";
import { html, useInbox, useStore } from "./lib.js";

/** Whether what we say next in a conversation may name this message: where we may write freely, and its channel shows what is answered. */
function mayQuote({ conversations, channels, me }, { message, revoked }) {
  const conversation = conversations.get(message.conversation_id);
  const isOurs = conversation?.status === "open" && (conversation.speaker.kind === "nobody" || conversation.speaker.id === me.id);
  const closes = conversation?.window_closes_at;
  if (closes && new Date(closes) <= Date.now()) return false;
  return isOurs && !revoked && !message.via && Boolean(message.external_id) && Boolean(channels.find((one) => one.id === conversation.channel_id)?.quotes);
}

/** Beside a message: the next answer is to this one. */
export function QuoteThis({ line }) {
  const { store, bus } = useInbox();
  const may = useStore((s) => mayQuote(s, line));
  const { message } = line;
  if (!may) return null;
  const quote = () => {
    store.change((s) => { s.quoted.set(message.conversation_id, message); });
    bus.dispatchEvent(new CustomEvent("write", { detail: "reply" }));
  };
  return html`<button type="button" class="linkto quotethis" aria-label=${t("Answer this message")} title=${t("Answer this message")} onClick=${quote}><${Icon} name="reply" size=${14} /></button>`;
}

/** What the next answer names, and the way to let go of it: `[id, bar, let go]`. */
export function useQuoted(id, isShown) {
  const { store } = useInbox();
  const message = useStore((s) => s.quoted.get(id));
  const drop = () => store.change((s) => { s.quoted.delete(id); });
  if (!message || !isShown) return [null, null, drop];
  const bar = html`<div class="quoting"><span class="hidden">${t("In answer to:")} </span><blockquote class="quote"><${Content} content=${message.content} /></blockquote>
    <button type="button" class="iconbtn" aria-label=${t("Answer no message in particular")} title=${t("Answer no message in particular")} onClick=${drop}><${Icon} name="close" size=${15} /></button></div>`;
  return [message.id, bar, drop];
}

// When an agent wants no news: in their quiet hours, and of conversations that they have muted.
import { t } from "language";
import { get, put } from "./api.js";

/** What the agent wants, as the account page and the server know it. */
export async function loadWishes(store) {
  const { wishes } = await get("/me/push");
  store.change((s) => { s.wishes = wishes; });
}

export const isMuted = ({ muted }, id) => muted.includes(id);

/** `{label, run}` to have a conversation shown as unread again, to come back to it: it is left, or it would be read at once. */
export function unreadItem(conversation, { act, ui }) {
  return { label: t("Mark as unread"), hint: "U", run: () => act.leaveUnread(conversation.id, ui) };
}

/** `{label, run}` to want no news of a conversation, or to want it again. */
export function muteItem(conversation, { store, act }) {
  const muted = isMuted(store.state.wishes, conversation.id);
  const run = () => act.attempt(async () => {
    const wishes = await put(`/conversations/${conversation.id}/muted`, { muted: !muted });
    store.change((s) => { s.wishes = wishes; });
  });
  return { label: muted ? t("Unmute: I want its news again") : t("Mute: no news of it for me"), run };
}

/** Whether nothing is to be heard or shown now. A mention, which names no conversation here, is never muted. */
export function isHushed(wishes, id, now = new Date()) {
  if (id && isMuted(wishes, id)) return true;
  const { quiet_from: from, quiet_until: until, zone } = wishes;
  if (!from || !until) return false;
  const at = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);
  return from <= until ? from <= at && at < until : at >= from || at < until;
}

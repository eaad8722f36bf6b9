// Who is there and what they do, and how channels fare: a part of the inbox's state (see `store.js`). Pure.

const TYPING_MS = 6000;

export function setTyping(state, { conversation_id: id, who, on }, now) {
  const key = `${who.kind}:${who.id ?? ""}`;
  const others = (state.typing.get(id) ?? []).filter((one) => one.key !== key);
  const next = on ? [...others, { ...who, key, until: now + TYPING_MS }] : others;
  state.typing = new Map(state.typing);
  if (next.length) state.typing.set(id, next);
  else state.typing.delete(id);
}

/** Forget those who have not been heard typing for a while. Returns whether anyone was forgotten. */
export function expireTyping(state, now) {
  let changed = false;
  const typing = new Map();
  for (const [id, all] of state.typing) {
    const left = all.filter((one) => one.until > now);
    changed ||= left.length !== all.length;
    if (left.length) typing.set(id, left);
  }
  if (changed) state.typing = typing;
  return changed;
}

export function setViewing(state, conversationId, agents) {
  state.viewing = new Map(state.viewing).set(conversationId, agents.filter((agent) => agent.id !== state.me.id));
}

/** A note that names me. Whether it is news. */
export function putMention(state, mention) {
  if (state.mentions.items.some((one) => one.message_id === mention.message_id)) return false;
  state.mentions = { ...state.mentions, items: [mention, ...state.mentions.items].slice(0, 50) };
  return true;
}

/** The notes that name me, as they were when asked for: what was told since is newer than all of them. */
export function putMentions(state, { items, seen }) {
  const held = state.mentions;
  const newer = held.items.filter((one) => one.message_id > (items[0]?.message_id ?? ""));
  state.mentions = { items: [...newer, ...items].slice(0, 50), seen: held.seen > seen ? held.seen : seen };
}

/** How a channel fares now. */
export function putChannel(state, channel) {
  const held = state.channels.find((one) => one.id === channel.id);
  const others = state.channels.filter((one) => one !== held);
  state.channels = [...others, { ...held, ...channel }].sort((one, other) => (one.id < other.id ? -1 : 1));
}

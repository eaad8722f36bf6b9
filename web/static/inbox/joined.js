// Conversations merged into the one that is shown: their messages stand between its own, by time.
import { useEffect, useMemo, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "./api.js";
import { html, useInbox } from "./lib.js";

const PAGE = 200;
const MOST_PAGES = 10;

async function allOf(id) {
  let all = [];
  for (let n = 0, more = true; more && n < MOST_PAGES; n += 1) {
    const before = all.length ? { before_seq: all[0].seq } : {};
    const page = await get(`/conversations/${id}/messages`, { limit: PAGE, ...before });
    all = [...page.items, ...all];
    more = page.more;
  }
  return all;
}

/** The thread's messages with those of what was merged into it; the same array until something changes. */
export function useJoined(conversation, thread) {
  const { ui } = useInbox();
  const [parts, set] = useState([]);
  const ids = conversation.merged?.join() ?? "";
  useEffect(() => {
    let isCurrent = true;
    if (!ids) set([]);
    else Promise.all(ids.split(",").map(allOf)).then((found) => isCurrent && set(found.flat()), (error) => ui.say(error.message, "bad"));
    return () => { isCurrent = false; };
  }, [conversation.id, ids]);
  return useMemo(() => (parts.length && ids ? together(thread, parts) : thread.messages), [thread.messages, thread.more, parts, ids]);
}

/** Theirs have no place in this thread's order, which is said by a `seq` of -1. Pure. */
export function together({ messages, more }, parts) {
  const since = more ? messages[0]?.created_at ?? "" : "";
  const theirs = parts.filter((m) => m.created_at >= since && m.content.event !== "merged_into").map((m) => ({ ...m, seq: -1, place: m.seq }));
  return [...messages, ...theirs].sort((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : a.id < b.id ? -1 : 1));
}

/** Where a conversation that was merged into another says so. */
export function Pointing({ conversation }) {
  const { act } = useInbox();
  if (!conversation.merged_into) return null;
  return html`<div class="banner merged" role="status"><span class="grow">${t("This conversation is part of another one now.")}</span>
    <button type="button" class="btn" onClick=${() => act.open(conversation.merged_into)}>${t("Open that")}</button>
    <button type="button" class="btn" onClick=${() => part(act, conversation.id)}>${t("Part them again")}</button></div>`;
}

export const part = (act, id) => act.attempt(async () => act.put(await post(`/conversations/${id}/part`)));
export const mergeIn = (act, id, other) => act.attempt(async () => act.put(await post(`/conversations/${id}/merge_in`, { conversation_id: other })));

/** What can be done with another conversation of the customer, beside its line in the details. */
export function Join({ conversation, other }) {
  const { act } = useInbox();
  if (other.merged_into === conversation.id) return html`<button type="button" class="link" onClick=${() => part(act, other.id)}>${t("Part")}</button>`;
  if (conversation.merged_into || other.merged_into || other.channel_id !== conversation.channel_id) return null;
  return html`<button type="button" class="link" title=${t("Show both as one here; you can part them again")} onClick=${() => mergeIn(act, conversation.id, other.id)}>${t("Merge")}</button>`;
}

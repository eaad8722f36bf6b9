// What an agent has sent and the server has not confirmed, kept in this browser: a page may be closed, reloaded or
// signed out before the answer comes. Each goes by its own `client_id`, so that sent again it makes no double.
import { n, t } from "language";
import { post } from "./api.js";
import { keysOf, PREFIX, read, write } from "./prefs.js";
import { addPending, putMessages } from "./store.js";

const SOON_MS = 10 * 60_000;  // so long after it was written it still goes by itself; later somebody has to want it
const KEPT = PREFIX + "unsent:";
const keyOf = (id, clientId) => `${KEPT}${id}:${clientId}`;

export const keep = (by, id, row) => write(keyOf(id, row.client_id), { by, id, row: { ...row, content: row.content && bare(row.content) } });
export const letGo = (id, clientId) => write(keyOf(id, clientId), null);

/** A content without what only this page knows of it. */
export const bare = ({ local, ...content }) => content;

/** `{id, row}` of all that this person has not got through, in the order in which it was written; of one conversation alone, if it is named. */
export function unsent(by, id = null) {
  const all = keysOf(id ? keyOf(id, "") : KEPT).map(read).filter((one) => one?.by === by);
  return all.sort((a, b) => (a.row.created_at < b.row.created_at ? -1 : 1));
}

/** Show in a thread that is being opened what an earlier page could not send from it. */
export function restore(state, id) {
  const there = new Set(state.threads.get(id).pending.map((row) => row.client_id));
  for (const { row } of unsent(state.me.id, id)) {
    if (!there.has(row.client_id)) addPending(state, id, { ...row, state: "failed", error: t("The page was closed before it had left.") });
  }
}

/** What has become a message of the thread meanwhile need not be kept. */
export function tidy(state, id) {
  const thread = state.threads.get(id);
  const arrived = new Set(thread?.messages.map((message) => message.client_id));
  for (const { row } of unsent(state.me.id, id)) if (arrived.has(row.client_id)) letGo(id, row.client_id);
}

/** Send what an earlier page could not; say what is left, with the way there. `body(row)` is what is posted. */
export async function bringAll(act, body) {
  const { store, ui } = act;
  const left = [];
  for (const { id, row } of unsent(store.state.me.id)) {
    const isShown = store.state.threads.get(id)?.pending.some((one) => one.client_id === row.client_id && one.state === "sending");
    if (isShown) continue;
    try {
      if (Date.now() - new Date(row.created_at) > SOON_MS) throw new Error("too late to go by itself");
      const message = await post(`/conversations/${id}/messages`, body(row));
      letGo(id, row.client_id);
      store.change((s) => putMessages(s, id, { items: [message] }, "one"));
    } catch { left.push(id); }
  }
  if (!left.length) return;
  ui.say(n("{count} message was not sent.", "{count} messages were not sent.", left.length), "bad",
         { verb: t("Show"), run: () => { ui.show("thread"); act.open(left[0]); } });
}

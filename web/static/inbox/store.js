// The state of the inbox and its rules. Pure: no network, no page, no clock but the one given.
//
// Sockets are hints and may come late, twice or not at all; so whatever has a lower `rev` than what we hold is
// ignored, and a thread knows up to which `rev` it is surely complete.

export * from "./presence.js";

export const TABS = ["mine", "unassigned", "bot", "all"];

/** `longest`: how many characters a text may have that is sent. */
export function emptyState(me, { longest = 8000 } = {}) {
  return {
    me,
    longest,
    agents: [],
    teams: [],
    channels: [],
    views: [],
    wishes: { muted: [] },
    mentions: { items: [], seen: "" },
    scheduled: new Map(),
    chosen: new Set(),
    lastChosen: null,
    mark: null,
    conversations: new Map(),
    threads: new Map(),
    typing: new Map(),
    viewing: new Map(),
    counts: {},
    view: { tab: "mine", status: "open", sort: "newest", q: "", channel_id: "", team: "", label: "", priority: "", language: "", assignee: "", waiting: "" },
    list: { ids: new Set(), matches: new Map(), cursor: null, state: "loading", error: null },
    listRev: 0,
    guesses: new Map(),
    quoted: new Map(),
    openId: null,
    connection: "connecting",
    cursor: null,
  };
}

// Conversations ---------------------------------------------------------------------------------

/** Keep a conversation if it is newer than the one we have. Returns the former one, or false if it is stale. */
export function putConversation(state, conversation) {
  const before = state.conversations.get(conversation.id);
  if (before && before.rev >= conversation.rev) return false;
  const guessed = state.guesses.get(conversation.id);
  if (guessed) guessed.told = conversation;
  keep(state, guessed ? { ...conversation, ...guessed.fields } : conversation);
  return before ?? null;
}

function keep(state, conversation) {
  state.conversations.set(conversation.id, conversation);
  const { ids } = state.list;
  if (!belongs(conversation, state.view, state.me.id)) ids.delete(conversation.id);
  else if (!state.view.q) ids.add(conversation.id);
  state.list.heard?.add(conversation.id);
  state.listRev += 1;
}

/** These conversations are erased: there is nothing to be shown of them any more. */
export function forget(state, ids) {
  for (const id of ids) {
    state.conversations.delete(id);
    state.guesses.delete(id);
    state.quoted.delete(id);
    state.threads.delete(id);
    state.list.ids.delete(id);
  }
  if (ids.includes(state.openId)) state.openId = null;
  state.listRev += 1;
}

/** Whether a conversation is in a view. A search is the server's to answer, and is not looked at. */
export function belongs(conversation, view, myId) {
  if (view.status !== "any" && conversation.status !== view.status) return false;
  if (view.channel_id && conversation.channel_id !== view.channel_id) return false;
  if (view.team && conversation.team_id !== view.team) return false;
  if (view.label && !conversation.labels.includes(view.label)) return false;
  if (view.priority && conversation.priority !== view.priority) return false;
  if (view.language && conversation.language !== view.language) return false;
  if (view.assignee && conversation.assignee_id !== view.assignee) return false;
  if ((view.sort === "waiting" || view.waiting) && !conversation.waiting_since) return false;
  if (view.waiting && Date.now() - new Date(conversation.waiting_since) < view.waiting * 60_000) return false;
  if (view.sort === "due" && !view.waiting && !conversation.sla) return false;
  const { kind } = conversation.speaker;
  switch (view.tab) {
    case "mine": return conversation.assignee_id === myId;
    case "unassigned": return kind !== "bot" && !conversation.assignee_id;
    case "bot": return kind === "bot";
    default: return true;
  }
}

/**
 * Show a conversation as it will be once the server has agreed, whatever else is heard of it meanwhile. Returns what
 * shows it as the server last told it: to be called when it has answered.
 */
export function guess(state, id, fields) {
  const shown = state.conversations.get(id);
  if (!shown || !fields) return () => {};
  const held = state.guesses.get(id);
  const own = { fields: { ...held?.fields, ...fields }, told: held?.told ?? shown };
  state.guesses.set(id, own);
  keep(state, { ...shown, ...fields });
  return (s) => {
    if (s.guesses.get(id) !== own) return;  // a later guess stands, and knows what was told
    s.guesses.delete(id);
    keep(s, own.told);
  };
}

export function setView(state, view) {
  state.view = { ...state.view, ...view };
  state.chosen = new Set();
  state.list = { ids: new Set(), matches: new Map(), cursor: null, state: "loading", error: null };
  state.listRev += 1;
  return state.view;
}

/** The first page of the list is being asked for: what is heard from now on is newer than the answer. */
export const askPage = (state) => { state.list.heard = state.view.q ? null : new Set(); };

/** Take in one page of the list, if it still answers the view that was asked for. */
export function putPage(state, view, page, { first }) {
  if (state.view !== view) return false;
  const { heard } = state.list;
  if (first) for (const id of state.list.ids) if (!heard?.has(id)) state.list.ids.delete(id);
  for (const { match, ...conversation } of page.items) {
    if (match) state.list.matches.set(conversation.id, match);
    putConversation(state, conversation);
    const kept = state.conversations.get(conversation.id);
    if (belongs(kept, view, state.me.id)) state.list.ids.add(conversation.id);
  }
  state.list = { ...state.list, cursor: page.next_cursor, state: "ready", error: null };
  state.listRev += 1;
  return true;
}

/** The rows of the list in their order; the same array until the list changes. */
export function rows(state) {
  if (state.rows?.rev === state.listRev) return state.rows.all;
  const all = [...state.list.ids].map((id) => state.conversations.get(id)).filter(Boolean);
  const { sort, waiting } = state.view;
  all.sort({ waiting: byWaiting, due: byDue, priority: byPriority }[waiting ? "waiting" : sort] ?? byNewest);
  state.rows = { rev: state.listRev, all };
  return all;
}

const lastAt = (conversation) => conversation.last_message?.at ?? conversation.created_at;
const byNewest = (a, b) => compare(lastAt(b), lastAt(a)) || compare(b.id, a.id);

function byWaiting(a, b) {
  return compare(a.waiting_since, b.waiting_since) || compare(a.id, b.id);
}

const PRESSING = ["urgent", "high", "medium", "low"];
const rank = ({ priority }) => (PRESSING.indexOf(priority) + PRESSING.length + 1) % (PRESSING.length + 1);
const byPriority = (a, b) => rank(a) - rank(b) || byNewest(a, b);

function byDue(a, b) {
  return compare(a.sla.breach_at, b.sla.breach_at) || compare(a.id, b.id);
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Unread messages in what is mine, or waits for anyone, as far as it is known here. */
export function unreadForMe(state) {
  let unread = 0;
  for (const c of state.conversations.values()) {
    if (c.status === "open" && (c.assignee_id === state.me.id || c.speaker.kind === "nobody")) unread += c.unread_count;
  }
  return unread;
}

// Threads ---------------------------------------------------------------------------------------

export function emptyThread() {
  return { state: "loading", error: null, messages: [], byId: new Map(), pending: [], rev: null, more: false,
           loadingOlder: false, newFrom: null };
}

/**
 * Take in messages. `answer` is `{items, rev, more?}`; `as` says what it is an answer to:
 * - "page": the newest page of a thread opened for the first time
 * - "older": a page before what we have
 * - "changes": everything changed since our rev
 * - "hint": what a socket says, complete only if it is the very next rev
 * - "one": a single message that a call gave back
 *
 * Returns whether the thread is now surely complete up to the rev of the answer; if not, ask for the changes.
 */
export function putMessages(state, conversationId, answer, as) {
  const before = state.threads.get(conversationId);
  if (!before) return true;
  const thread = { ...before };
  if (as === "page" || as === "older") thread.more = answer.more;
  const oldest = thread.messages[0]?.seq ?? Infinity;
  const isOurs = (message) => thread.byId.has(message.id) || message.seq >= oldest || !thread.more;
  for (const message of answer.items) {
    const held = thread.byId.get(message.id);
    if (held && held.rev >= message.rev) continue;
    if (as === "page" || as === "older" || isOurs(message)) thread.byId.set(message.id, message);
  }
  thread.messages = [...thread.byId.values()].sort((a, b) => a.seq - b.seq);
  const settled = new Set(answer.items.map((message) => message.client_id).filter(Boolean));
  thread.pending = thread.pending.filter((row) => !settled.has(row.client_id));
  if (as === "page" || as === "changes") {
    thread.state = "ready";
    thread.error = null;
    thread.rev = Math.max(thread.rev ?? 0, answer.rev);
  } else if (as === "hint" && answer.rev === thread.rev + 1 && !hasGap(thread.messages)) {
    thread.rev = answer.rev;
  }
  state.threads.set(conversationId, thread);
  return !(as === "hint" && thread.rev < answer.rev);
}

/** Whether a number is missing between the messages that we hold. */
export const hasGap = (messages) => messages.some((m, i) => i > 0 && m.seq !== messages[i - 1].seq + 1);

/** Whether a conversation has changed in ways that its open thread may not have heard of. */
export function isBehind(state, conversationId) {
  const thread = state.threads.get(conversationId);
  const conversation = state.conversations.get(conversationId);
  return thread?.state === "ready" && conversation != null && conversation.rev > thread.rev;
}

export function changeThread(state, conversationId, fields) {
  const thread = state.threads.get(conversationId);
  if (thread) state.threads.set(conversationId, { ...thread, ...fields });
}

/** Show a message before the server has it. */
export function addPending(state, conversationId, row) {
  const thread = state.threads.get(conversationId);
  changeThread(state, conversationId, { pending: [...thread.pending, row] });
}

export function changePending(state, conversationId, clientId, fields) {
  const thread = state.threads.get(conversationId);
  if (!thread) return;
  const pending = thread.pending.map((row) => (row.client_id === clientId ? { ...row, ...fields } : row));
  changeThread(state, conversationId, { pending });
}

export function dropPending(state, conversationId, clientId) {
  const thread = state.threads.get(conversationId);
  if (thread) changeThread(state, conversationId, { pending: thread.pending.filter((r) => r.client_id !== clientId) });
}

const REMARKS = ["reaction", "edit", "revoke", "system", "permission"];  // they ask for no answer: the server counts none of them as unread

/** The `seq` of the first unread message: where the “new messages” line goes. Null when all was read. */
export function firstUnread(messages, unreadCount) {
  if (!unreadCount) return null;
  const inbound = messages.filter(({ direction, content }) => direction === "in" && !REMARKS.includes(content?.type));
  return (inbound[inbound.length - unreadCount] ?? inbound[0])?.seq ?? null;
}

/** Remember where reading stopped, unless that is remembered already. */
export function markUnread(state, id) {
  const thread = state.threads.get(id);
  const unread = state.conversations.get(id)?.unread_count;
  if (thread?.newFrom === null && unread) changeThread(state, id, { newFrom: firstUnread(thread.messages, unread) });
}

// The conversation as this tab knows it. Pure: each function takes a state and returns the next one.
//
// Rules for `rev`: everything that arrives names the conversation's rev. A message is replaced only by one of
// the same or a higher rev, so a late push never takes a newer status back. `rev` itself, from which the next
// `sync` starts, moves with an answered sync and with the push that follows it without a hole: whatever was
// missed lies above it, and what comes twice settles by id.

export const EMPTY = Object.freeze({
  conversationId: null,
  rev: null,
  messages: new Map(),
  outbox: [],
  speaker: { kind: "bot", name: null },
  status: "open",
  waiting: false,
  rating: null,
  factsRev: -1,
  isLoaded: false,
});

/** The answer to `sync`. Another conversation's answer replaces everything but what is still to be sent. */
export function applySync(state, answer) {
  const base = isOther(state, answer) ? { ...EMPTY, outbox: state.outbox } : state;
  const next = merge(base, answer);
  return { ...next, rev: answer.rev ?? null, isLoaded: true };
}

/** A `messages` event. */
export function applyPush(state, push) {
  const base = isOther(state, push) ? { ...EMPTY, outbox: state.outbox, isLoaded: true } : state;
  const next = merge(base, push);
  const isNext = base.rev !== null && push.rev === base.rev + 1;
  return isNext ? { ...next, rev: push.rev } : next;
}

/** What `send` was answered: the message takes the place of the row that waited for it. */
export function applySent(state, message) {
  if (state.messages.has(message.id)) return withoutEntry(state, message.client_id);
  return withoutEntry({ ...state, messages: new Map(state.messages).set(message.id, { ...message, rev: -1 }) }, message.client_id);
}

/** Whether `said` is about a conversation other than the one in hand. */
export function isOther(state, said) {
  return state.conversationId !== null && said.conversation_id !== state.conversationId;
}

export const withEntry = (state, entry) => ({
  ...state,
  outbox: [...state.outbox.filter((each) => each.client_id !== entry.client_id), entry].sort(byAge),
});

export const withoutEntry = (state, clientId) => ({
  ...state,
  outbox: state.outbox.filter((entry) => entry.client_id !== clientId),
});

/** Server messages by `seq`, then what waits to be sent, oldest first. */
export function timeline(state) {
  const known = [...state.messages.values()].sort((one, other) => one.seq - other.seq);
  const settled = new Set(known.map((message) => message.client_id).filter(Boolean));
  return [...known, ...state.outbox.filter((entry) => !settled.has(entry.client_id)).map(asMessage)];
}

/** The highest `seq` in hand, 0 when there is none. */
export const lastSeq = (state) => Math.max(0, ...[...state.messages.values()].map((message) => message.seq));

/** How many messages of bot or agents came after `seenSeq`. */
export function unreadCount(state, seenSeq) {
  return [...state.messages.values()].filter((message) => isFromUs(message) && message.seq > seenSeq).length;
}

export const isFromUs = (message) => message.author.kind === "bot" || message.author.kind === "agent";
export const isMine = (message) => message.direction === "in";

function merge(state, said) {
  const rev = said.rev ?? -1;
  const messages = new Map(state.messages);
  for (const message of said.items ?? []) {
    const have = messages.get(message.id);
    if (!have || rev >= have.rev) messages.set(message.id, { ...message, rev });
  }
  const arrived = new Set((said.items ?? []).map((message) => message.client_id).filter(Boolean));
  const next = {
    ...state,
    conversationId: said.conversation_id ?? state.conversationId,
    messages,
    outbox: state.outbox.filter((entry) => !arrived.has(entry.client_id)),
  };
  if (rev < state.factsRev) return next;
  return {
    ...next,
    factsRev: rev,
    speaker: said.speaker ?? state.speaker,
    status: said.status ?? state.status,
    waiting: said.waiting ?? state.waiting,
    rating: said.rating ?? null,
  };
}

const byAge = (one, other) => one.at - other.at || one.order - other.order;

/** A filled-in form as the server will have it. */
function answered({ name, values, labels = [] }) {
  const lines = labels.filter(([field]) => values[field]).map(([field, label]) => `${label}: ${values[field]}`);
  return { type: "form_answer", name, values, text: lines.join("\n") };
}

function asMessage(entry) {
  return {
    id: null,
    client_id: entry.client_id,
    seq: Infinity,
    direction: "in",
    author: { kind: "contact", name: null },
    content: entry.look ?? (entry.form ? answered(entry.form) : entry.choice ? { type: "choice", ...entry.choice } : { type: "text", text: entry.text }),
    status: entry.state,
    error: entry.error ?? null,
    created_at: new Date(entry.at).toISOString(),
  };
}

// One visitor's talk with us: the state, kept right over the line, the storage and the other tabs.

import * as outbox from "./outbox.js";
import { openLine } from "./socket.js";
import * as store from "./store.js";

const TYPING_LASTS = 6000;
const STRANGER_AFTER = 8000;

/**
 * @param hello what to connect with beside the token: `{channel_id, page, language}`.
 * @param identity who the site says is logged in, or null.
 * @param on `{change(), welcome(said), up(), down(), refused(code), forgotten()}`
 */
export function newTalk({ storage, hello, identity, on }) {
  let state = { ...store.EMPTY, outbox: [] };
  let token = storage.get("token");
  let writer = null;
  let writerGone = null;
  const mine = new Set();

  function change(next) {
    state = next;
    on.change();
  }

  // ---- the line ---------------------------------------------------------------------------------------------

  const line = openLine({
    auth: () => ({ ...hello, token, ...(identity && { identity }) }),
    on: { welcome, messages, typing, up: on.up, down, refused: on.refused },
  });

  function welcome(said) {
    // Two tabs may be strangers at the same moment: the first to be named names both.
    const named = storage.get("token");
    if (said.token && !token && named && named !== said.token) {
      token = named;
      line.restart();
      return;
    }
    token = said.token;
    if (token) storage.set("token", token);
    else storage.remove("token");  // a user is named by the site each time
    on.welcome(said);
    sync();
  }

  async function sync() {
    const after = state.rev;
    const answer = await line.ask("sync", { after_rev: after }).catch(() => null);
    if (!answer || answer.error) {
      if (line.isUp()) setTimeout(() => line.isUp() && sync(), 2000);
      return;
    }
    if (after !== null && store.isOther(state, answer)) {
      // A part of another conversation: ask for the whole of it.
      state = { ...store.EMPTY, outbox: state.outbox, isLoaded: state.isLoaded };
      sync();
      return;
    }
    settle(store.applySync(state, answer), answer.items);
    for (const entry of state.outbox) mine.add(entry.client_id);
    flush();
  }

  function messages(push) {
    const isOther = store.isOther(state, push);
    if (push.items.some(store.isFromUs)) stopWriter();
    settle(store.applyPush(state, push), push.items);
    if (isOther) sync();
  }

  function settle(next, items) {
    change(next);
    for (const { client_id } of items) if (client_id) outbox.discard(storage, client_id);
  }

  function typing({ who, on: isOn }) {
    stopWriter();
    if (isOn) {
      writer = who;
      writerGone = setTimeout(() => { stopWriter(); on.change(); }, TYPING_LASTS);
    }
    on.change();
  }

  function stopWriter() {
    clearTimeout(writerGone);
    writer = null;
  }

  function down() {
    stopWriter();
    on.down();
    on.change();
  }

  // ---- writing ----------------------------------------------------------------------------------------------

  const isDue = (entry) => entry.state === "pending" && (mine.has(entry.client_id) || Date.now() - entry.at > STRANGER_AFTER);

  const flush = outbox.newSender({
    next: () => state.outbox.find(isDue) ?? null,
    deliver: ({ client_id, text, choice, form, look, reply_to = null }) =>
      line.ask("send", { client_id, ...aboutFirst(), ...(form ? { form: { name: form.name, values: form.values }, reply_to } : choice ? { choice, reply_to } : look ? { file: look.file_id } : { text }) }),
    isUp: line.isUp,
    onSent: (entry, message) => settle(store.applySent(state, message), [entry]),
    onFailed(entry, error) {
      if (error?.code === "invalid") storage.remove("about");
      revise({ ...entry, state: "failed", error });
    },
  });

  /** What the visitor said of themselves goes with the first message. */
  function aboutFirst() {
    const about = state.conversationId === null ? storage.get("about") : null;
    return about ? { about } : {};
  }

  function revise(entry) {
    outbox.keep(storage, entry);
    change(store.withEntry(state, entry));
  }

  function hand(entry) {
    mine.add(entry.client_id);
    revise(entry);
    flush();
  }

  // ---- other tabs -------------------------------------------------------------------------------------------

  // What another tab sends is shown here at once. When it leaves the storage it was sent, and stays until the server
  // says so here too; only what had failed was taken back by hand.
  function adopt() {
    const stored = outbox.storedEntries(storage);
    const names = new Set(stored.map((entry) => entry.client_id));
    const leaving = state.outbox.filter((entry) => !names.has(entry.client_id) && entry.state === "pending");
    change([...leaving, ...stored].reduce(store.withEntry, { ...state, outbox: [] }));
    setTimeout(flush, STRANGER_AFTER + 500);
  }

  function become(named) {
    token = named;
    stopWriter();
    on.forgotten();
    change({ ...store.EMPTY });
    line.restart();
  }

  storage.onChange((name) => {
    if ((name === null || name === "token") && identity) return;
    if (name === null || name === "token") {
      if (storage.get("token") !== token) become(storage.get("token"));
    } else if (outbox.isEntryName(name)) {
      adopt();
    } else if (name === "seen") {
      on.change();
    }
  });

  // ---- what was seen ----------------------------------------------------------------------------------------

  function seenSeq() {
    const seen = storage.get("seen");
    return seen?.of === state.conversationId ? seen.seq : 0;
  }

  return {
    state: () => state,
    writer: () => writer ?? (state.waiting && state.speaker.kind === "bot" ? state.speaker : null),
    isUp: line.isUp,
    unread: () => store.unreadCount(state, seenSeq()),
    start() {
      change(outbox.storedEntries(storage).reduce(store.withEntry, state));
      line.connect();
    },
    /** `said`: `{text}`, `{choice, reply_to}` or `{look}`, the content of a file that the server has. */
    post: (said) => hand(outbox.newEntry(said)),
    retry(clientId) {
      const entry = state.outbox.find((each) => each.client_id === clientId);
      if (entry) hand({ ...entry, state: "pending", error: null });
    },
    remove(clientId) {
      outbox.discard(storage, clientId);
      change(store.withoutEntry(state, clientId));
    },
    tellAbout: (about) => storage.set("about", about),
    isToldAbout: () => storage.get("about") !== null,
    /** Resolves to whether it was kept. */
    rate: (score, comment) => line.ask("rate", { score, comment }).then((answer) => !answer.error, () => false),
    /** The site says who is logged in. Another user finds nothing of the one before. */
    identify(person) {
      if (identity?.id === person.id) return;
      if (identity) storage.clear();
      identity = person;
      become(storage.get("token"));
    },
    tellTyping: (isOn) => line.tell("typing", { on: isOn }),
    /** Everything in hand is before the visitor's eyes. */
    see() {
      const seq = store.lastSeq(state);
      if (!state.isLoaded || seq <= seenSeq()) return;
      storage.set("seen", { of: state.conversationId, seq });
      line.tell("seen", { seq });
    },
    /** A page that slept may hold a dead line: ask, and what was missed comes with the answer. */
    wake() {
      if (line.isUp()) sync();
      else line.restart();
    },
    /** Resolves the conversation, as far as the server can be reached, and forgets the visitor. */
    async end() {
      const asked = line.isUp() ? line.ask("end", {}).catch(() => null) : null;
      await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 1500))]);
      if (!identity) this.forget();
    },
    forget() {
      identity = null;
      storage.clear();
      become(null);
    },
  };
}

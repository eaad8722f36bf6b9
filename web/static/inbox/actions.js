// The verbs of an agent: what a click or a key does. They tell the server, then the store.
import { t } from "language";
import { get, post } from "./api.js";
import { Errands } from "./errands.js";
import { guessed } from "./guess.js";
import { newClientId } from "./lib.js";
import { readDraft, writeDraft } from "./prefs.js";
import * as S from "./store.js";
import { bare, bringAll, keep, letGo, restore, tidy } from "./unsent.js";

const PAGE = 50;
const SEARCH_MS = 250;
const UNDO_SECONDS = 5;

export class Actions extends Errands {
  constructor(store, ui, prefs) {
    super();
    this.prefs = prefs;
    this.store = store;
    this.ui = ui;
    this.sending = new Map();
  }

  // The list ---------------------------------------------------------------------------------

  async show(view) {
    this.store.change((s) => S.setView(s, view));
    await this.loadList();
  }

  search(q) {
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => this.show({ q: q.trim() }), q ? SEARCH_MS : 0);
  }

  async loadList() {
    const { view } = this.store.state;
    await this.page(view, null);
  }

  async loadMore() {
    const { view, list } = this.store.state;
    if (!list.cursor || list.state !== "ready") return;
    this.store.change((s) => { s.list = { ...s.list, state: "more" }; });
    await this.page(view, list.cursor);
  }

  async page(view, cursor) {
    try {
      if (!cursor) this.store.change(S.askPage);
      const page = await get("/conversations", { ...view, limit: PAGE, cursor });
      this.store.change((s) => S.putPage(s, view, page, { first: !cursor }));
    } catch (error) {
      this.store.change((s) => { if (s.view === view) s.list = { ...s.list, state: "failed", error: error.message }; });
    }
  }

  /** What the title's badge counts, also when another list is shown. */
  async loadMine() {
    const [mine, queue] = await Promise.all([
      get("/conversations", { tab: "mine", limit: 100 }), get("/conversations", { tab: "unassigned", limit: 100 })]);
    this.store.change((s) => [...mine.items, ...queue.items].forEach((c) => S.putConversation(s, c)));
  }

  // A thread ---------------------------------------------------------------------------------

  /** Open a conversation, or none. */
  async open(id) {
    const { openId, connection } = this.store.state;
    if (id === openId) return;
    if (openId) this.live.close(openId);
    this.store.change((s) => {
      s.openId = id;
      if (!id) return;
      const held = s.threads.get(id);
      s.threads.delete(id);
      s.threads.set(id, held ? { ...held, newFrom: null } : S.emptyThread());
      restore(s, id);
      forgetOldest(s.threads);
    });
    if (id) await this.loadThread(id, connection === "live");
  }

  async loadThread(id, connected = this.store.state.connection === "live") {
    try {
      if (connected) await this.live.open(id);
      else await this.loadThreadByHttp(id);
      tidy(this.store.state, id);
    } catch (error) {
      this.store.change((s) => S.changeThread(s, id, { state: s.threads.get(id)?.messages.length ? "ready" : "failed",
                                                       error: error.message }));
    }
  }

  async loadThreadByHttp(id) {
    const [conversation, messages] = await Promise.all([
      get(`/conversations/${id}`), get(`/conversations/${id}/messages`, { limit: PAGE })]);
    this.store.change((s) => { S.putConversation(s, conversation); S.putMessages(s, id, messages, "page"); S.markUnread(s, id); });
  }

  async loadOlder(id) {
    const thread = this.store.state.threads.get(id);
    if (!thread?.more || thread.loadingOlder || !thread.messages.length) return;
    this.store.change((s) => S.changeThread(s, id, { loadingOlder: true }));
    try {
      const page = await get(`/conversations/${id}/messages`, { before_seq: thread.messages[0].seq, limit: PAGE });
      this.store.change((s) => S.putMessages(s, id, page, "older"));
    } catch (error) {
      this.ui.say(error.message, "bad");
    }
    this.store.change((s) => S.changeThread(s, id, { loadingOlder: false }));
  }

  async read(id, seq) {
    const conversation = this.store.state.conversations.get(id);
    if (!conversation?.unread_count || this.reading === `${id}:${seq}`) return;
    this.reading = `${id}:${seq}`;
    await post(`/conversations/${id}/read`, { seq }).catch(() => { this.reading = null; });
  }

  // Writing ----------------------------------------------------------------------------------

  /** Show the message at once and send it; those of one conversation go in the order they were written. */
  send(id, text, { note = false, content = null, mentions = [], answers = null } = {}) {
    const row = { client_id: newClientId(), text, note, content, mentions, answers, created_at: new Date().toISOString(), state: "sending" };
    keep(this.store.state.me.id, id, row);
    this.store.change((s) => S.addPending(s, id, row));
    const turn = (this.sending.get(id) ?? Promise.resolve()).then(() => this.deliver(id, row));
    this.sending.set(id, turn);
    return turn;
  }

  async deliver(id, row) {
    try {
      const message = await post(`/conversations/${id}/messages`, this.posted(row));
      letGo(id, row.client_id);
      this.store.change((s) => S.putMessages(s, id, { items: [message] }, "one"));
    } catch (error) {
      if (error.status === 409 && !row.content) this.giveBack(id, row, error);
      else this.store.change((s) => S.changePending(s, id, row.client_id, { state: "failed", error: error.message,
                                                                            passes: error.passes }));
    }
  }

  /** What is posted of a row. */
  posted(row) {
    const said = row.content ? { content: bare(row.content) } : { text: row.text };
    const hold = !row.note && row.content?.type !== "reaction" && this.prefs.get("undoSend") ? { hold_seconds: UNDO_SECONDS } : {};
    return { client_id: row.client_id, ...said, ...(row.note ? { note: true, mentions: row.mentions } : hold), ...(row.answers ? { reply_to: row.answers } : {}) };
  }

  /** Someone else speaks now: the words go back to where they were written. */
  giveBack(id, row, error) {
    const draft = readDraft(id);
    const field = row.note ? "note" : "reply";
    writeDraft(id, { ...draft, [field]: [row.text, draft[field]].filter(Boolean).join("\n") });
    letGo(id, row.client_id);
    this.store.change((s) => {
      S.dropPending(s, id, row.client_id);
      s.draftRev = (s.draftRev ?? 0) + 1;
      const quoted = s.threads.get(id)?.byId.get(row.answers);
      if (quoted) s.quoted.set(id, quoted);
    });
    this.ui.say(t("Not sent, kept as a draft. {why}", { why: error.message }), "bad");
    this.refresh(id);
  }

  resend(id, clientId) {
    const row = this.store.state.threads.get(id)?.pending.find((r) => r.client_id === clientId);
    if (!row || row.state === "sending") return;
    this.store.change((s) => S.changePending(s, id, clientId, { state: "sending", error: null }));
    this.deliver(id, row);
  }

  /** After a reconnect: what failed for want of a connection goes by itself. */
  resendAll() {
    for (const [id, thread] of this.store.state.threads) {
      for (const row of thread.pending) if (row.state === "failed" && row.passes) this.resend(id, row.client_id);
    }
    if (!this.isBrought) bringAll(this, (row) => this.posted(row));
    this.isBrought = true;
  }

  discard(id, clientId) {
    letGo(id, clientId);
    this.store.change((s) => S.dropPending(s, id, clientId));
  }

  async retry(message) {
    await this.attempt(async () => {
      const again = await post(`/messages/${message.id}/retry`);
      this.store.change((s) => S.putMessages(s, message.conversation_id, { items: [again] }, "one"));
    });
  }

  // Who speaks -------------------------------------------------------------------------------

  /** Become the speaker after the one whom the agent saw. Raises a `Problem` with status 409 when the speaker changed under our eyes. */
  async takeOver(id, { epoch } = this.store.state.conversations.get(id).speaker) {
    try {
      this.put(await post(`/conversations/${id}/take_over`, { epoch }));
    } catch (error) {
      if (error.status === 409) await this.refresh(id);
      throw error;
    }
  }

  handBack(id, outcome, note) {
    return this.change(id, "hand_back", { outcome, note: note || null });
  }

  resolve(id) {
    return this.change(id, "resolve");
  }

  reopen(id) {
    return this.change(id, "reopen");
  }

  snooze(id, until) {
    return this.change(id, "snooze", { until });
  }

  assign(id, agentId) {
    return this.change(id, "assign", { agent_id: agentId });
  }

  move(id, teamId) {
    return this.change(id, "team", { team_id: teamId });
  }

  change(id, verb, body = {}) {
    return this.attempt(() => this.tell(id, verb, body));
  }

  /** Show at once what will come of it, and tell the server. What it answers; if it refuses, all is as before, and its `Problem` is raised. */
  async tell(id, verb, body) {
    const back = this.store.change((s) => S.guess(s, id, guessed(s, id, verb, body)));
    try {
      const answer = await post(`/conversations/${id}/${verb}`, body);
      this.store.change(back);
      this.put(answer);
      return answer;
    } catch (error) {
      this.store.change(back);
      throw error;
    }
  }

  /** Run something; if it fails, say why. Returns whether it succeeded. */
  async attempt(deed) {
    try {
      await deed();
      return true;
    } catch (error) {
      this.ui.say(error.message, "bad");
      return false;
    }
  }

  put(conversation) {
    this.live.hear(conversation);
  }

  async refresh(id) {
    const conversation = await get(`/conversations/${id}`).catch(() => null);
    if (conversation) this.put(conversation);
  }
}

/** Threads that were looked at stay for a while, so that going back is instant. */
function forgetOldest(threads, keep = 20) {
  for (const [id, thread] of threads) {
    if (threads.size <= keep) return;
    if (!thread.pending.length) threads.delete(id);
  }
}

// The socket, and what makes good what it misses. The store is truth: after each connection we ask what changed
// since our cursor, and for what changed in the open thread since its rev; then nothing is missing.
import { io } from "socket.io-client";
import { get, signIn } from "./api.js";
import * as S from "./store.js";

const CATCH_UP_MS = 1500;
const SWEEP_MS = 90_000;
const TOO_LONG_AWAY_MS = 30 * 60_000;
const ANSWER_MS = 10_000;

export class Live {
  /** `events` gets `arrived(conversation, before)` and `refresh()`, the latter when the list must be loaded anew. */
  constructor(store, events) {
    this.store = store;
    this.events = events;
    this.timers = new Map();
    this.lostAt = 0;
    this.told = nothing();
    this.socket = io("/agents", { transports: ["websocket", "polling"], tryAllTransports: true,
                                  reconnectionDelay: 500, reconnectionDelayMax: 4000, autoConnect: false });
    this.listen();
    setInterval(() => store.state.typing.size && store.hear((s) => S.expireTyping(s, Date.now())), 1000);
    setInterval(() => this.socket.connected && !document.hidden && this.catchUpAll().catch(() => {}), SWEEP_MS);
    addEventListener("online", () => this.socket.connected || this.socket.connect());
  }

  connect() {
    this.socket.connect();
  }

  listen() {
    const { socket, store } = this;
    socket.on("connect", () => this.resync());
    socket.on("disconnect", (reason) => {
      this.lost();
      if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1000);
    });
    socket.on("connect_error", (error) => {
      if (error.message === "signed_out") signIn();
      this.lost();
      if (!socket.active) setTimeout(() => socket.connect(), 3000);
    });
    socket.on("conversation", (conversation) => this.hear(conversation));
    socket.on("messages", (hint) => this.hearMessages(hint));
    socket.on("erased", ({ ids }) => store.hear((s) => S.forget(s, ids)));
    socket.on("hidden", ({ ids }) => ids.forEach((id) => this.askAgain(id)));
    socket.on("counts", (counts) => store.hear((s) => { s.counts = this.told.counts = counts; }));
    socket.on("typing", (typing) => store.hear((s) => {
      if (typing.who.id !== s.me.id) S.setTyping(s, typing, Date.now());
    }));
    socket.on("viewing", (v) => store.hear((s) => S.setViewing(s, v.conversation_id, v.agents)));
    socket.on("mention", (mention) => {
      const isNew = store.change((s) => S.putMention(s, mention));
      if (isNew) this.events.mentioned(mention);
    });
    socket.on("draft", (draft) => this.events.drafted(draft));
    socket.on("channel", (channel) => {
      this.told.channels.push(channel);
      store.hear((s) => S.putChannel(s, channel));
    });
    socket.on("presence", ({ agents }) => {
      this.told.agents.push(...agents);
      store.hear((s) => { s.agents = merged(s.agents, agents); });
    });
  }

  hear(conversation) {
    const before = this.store.hear((s) => S.putConversation(s, conversation));
    if (before === false) return;
    this.events.arrived(conversation, before);
    if (S.isBehind(this.store.state, conversation.id)) this.catchUpSoon(conversation.id);
  }

  /** A private team has it now: it stays here only for those who may see that. */
  async askAgain(id) {
    const held = this.store.state.conversations.get(id);
    if (!held) return;
    try {
      this.hear(await get(`/conversations/${id}`));
    } catch (error) {
      if (error.status !== 404) return;
      if (this.store.state.openId === id) this.events.hidden(held);
      this.store.change((s) => S.forget(s, [id]));
    }
  }

  hearMessages(hint) {
    const complete = this.store.hear((s) => {
      for (const message of hint.items) {
        const { kind, id } = message.author;
        S.setTyping(s, { conversation_id: hint.conversation_id, who: { kind, id: id ?? null }, on: false }, 0);
        if (kind === "contact") quiet(s, hint.conversation_id, "contact");
      }
      return S.putMessages(s, hint.conversation_id, hint, "hint");
    });
    if (!complete) this.catchUpSoon(hint.conversation_id);
    if (hint.items.some(isAboutLater)) this.events.rescheduled(hint.conversation_id);
  }

  lost() {
    if (this.store.state.connection === "live") this.lostAt = Date.now();
    this.store.change((s) => {
      if (s.connection === "live") s.connection = "lost";
      s.typing = new Map();
    });
  }

  async resync() {
    try {
      const away = this.lostAt && Date.now() - this.lostAt;
      if (!this.store.state.cursor || away > TOO_LONG_AWAY_MS) await this.startOver();
      else await this.catchUpAll();
      const { openId } = this.store.state;
      if (openId) await this.open(openId);
      const told = this.told = nothing();
      const [counts, agents, channels, teams] = await Promise.all([get("/counts"), get("/agents"), get("/channels"), get("/teams")]);
      this.store.change((s) => {
        Object.assign(s, { counts: told.counts ?? counts, agents: merged(agents.items, told.agents), channels: channels.items, teams: teams.items, connection: "live" });
        for (const channel of told.channels) S.putChannel(s, channel);
      });
      await this.events.connected();
    } catch (error) {
      console.warn("Could not catch up; trying again.", error);
      setTimeout(() => this.socket.connected && this.resync(), 2000);
    }
  }

  /** Take the present cursor, then load the lists: what changes in between comes with the cursor. */
  async startOver() {
    const { cursor } = await get("/conversations/changes");
    this.store.change((s) => { s.cursor = cursor; });
    await this.events.refresh();
  }

  async catchUpAll() {
    for (let more = true; more;) {
      const answer = await get("/conversations/changes", { since: this.store.state.cursor });
      for (const conversation of answer.items) this.hear(conversation);
      this.store.change((s) => { s.cursor = answer.cursor; });
      if (answer.reset) await this.events.refresh();
      more = answer.more;
    }
  }

  /** Hear a conversation's messages from now on, and get those that we do not have. */
  async open(id) {
    const { rev } = this.store.state.threads.get(id) ?? {};
    const answer = await this.say("open", { conversation_id: id, after_rev: rev ?? null });
    this.store.change((s) => {
      S.putConversation(s, answer.conversation);
      S.putMessages(s, id, answer.messages, rev == null ? "page" : "changes");
      S.setViewing(s, id, answer.viewing);
      S.markUnread(s, id);
    });
  }

  close(id) {
    if (this.socket.connected) this.socket.emit("close", { conversation_id: id }, () => {});
  }

  typing(id, on, note) {
    if (this.socket.connected) this.socket.volatile.emit("typing", { conversation_id: id, on, note }, () => {});
  }

  async say(event, body) {
    const answer = await this.socket.timeout(ANSWER_MS).emitWithAck(event, body);
    if (answer?.error) throw Object.assign(new Error(answer.error.detail || answer.error.title), answer.error);
    return answer;
  }

  catchUpSoon(id) {
    if (this.timers.has(id) || this.store.state.threads.get(id)?.state !== "ready") return;
    this.timers.set(id, setTimeout(() => {
      this.timers.delete(id);
      const { openId, threads } = this.store.state;
      const thread = threads.get(id);
      if (id === openId && thread && S.isBehind(this.store.state, id)) this.catchUp(id, thread.rev).catch(() => {});
    }, CATCH_UP_MS));
  }

  async catchUp(id, rev) {
    const answer = await get(`/conversations/${id}/messages`, { after_rev: rev });
    this.store.change((s) => S.putMessages(s, id, answer, "changes"));
  }
}

/** What is told while the same is being asked for: it is newer than the answer, which may come later. */
const nothing = () => ({ counts: null, agents: [], channels: [] });

const ABOUT_LATER = ["scheduled", "kept", "unscheduled", "not_said"];
const isAboutLater = ({ content, client_id: named }) => ABOUT_LATER.includes(content.event) || named?.startsWith("scheduled-");

/** Whoever of a kind was typing has stopped: what they typed is here. */
function quiet(state, id, kind) {
  for (const one of state.typing.get(id) ?? []) {
    if (one.kind === kind) S.setTyping(state, { conversation_id: id, who: one, on: false }, 0);
  }
}

/** Presence tells who is there; those whom it leaves out are as they were. */
function merged(held, told) {
  const byId = new Map(held.map((agent) => [agent.id, agent]));
  for (const agent of told) byId.set(agent.id, { ...byId.get(agent.id), ...agent });
  return [...byId.values()];
}

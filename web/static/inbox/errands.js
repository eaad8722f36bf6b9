// The verbs of an agent around a conversation: taking back, sending later, what names them, their views, and the way
// to a place in a thread. `Actions` has them too.
import { t } from "language";
import { get, post, remove } from "./api.js";
import { newClientId } from "./lib.js";
import { readDraft, writeDraft } from "./prefs.js";
import * as S from "./store.js";

const STEP = 200;
const FARTHEST = 20_000;

export class Errands {
  asked = new Map();  // how often for what waits in each conversation, and the newest of these that was answered
  // What was just sent, or is to be sent ------------------------------------------------------

  async takeBack(message) {
    await this.attempt(async () => {
      const taken = await post(`/messages/${message.id}/take_back`);
      this.store.change((s) => S.putMessages(s, message.conversation_id, { items: [taken] }, "one"));
      const text = (message.fitting?.original ?? message.content).text;
      if (text) this.intoDraft(message.conversation_id, text);
    });
  }

  /** Take back the last message of mine that still waits, if there is one. */
  takeBackLast() {
    const mine = this.lastHeld();
    if (mine) this.takeBack(mine);
  }

  lastHeld() {
    const { openId, threads, me } = this.store.state;
    return threads.get(openId)?.messages.findLast((m) => m.held_until && m.author.id === me.id && !m.part_of);
  }

  async sendNow(message) {
    await this.attempt(async () => {
      const sent = await post(`/messages/${message.id}/send_now`);
      this.store.change((s) => S.putMessages(s, message.conversation_id, { items: [sent] }, "one"));
    });
  }

  /** Words go back to where they were written, after what is there. */
  intoDraft(id, text) {
    const draft = readDraft(id);
    writeDraft(id, { ...draft, mode: "reply", reply: [text, draft.reply].filter(Boolean).join("\n") });
    this.store.change((s) => { s.draftRev = (s.draftRev ?? 0) + 1; });
    this.bus?.dispatchEvent(new CustomEvent("write", { detail: "reply" }));
  }

  /** Have it said then: `{text}` or `{content}`. Whether it is kept. */
  schedule(id, said, at) {
    return this.attempt(async () => {
      await post(`/conversations/${id}/scheduled`, { client_id: newClientId(), ...said, at: at.toISOString() });
      await this.loadScheduled(id);
    });
  }

  async loadScheduled(id) {
    const held = this.asked.get(id) ?? { last: 0, shown: 0 };
    const nth = held.last += 1;
    this.asked.set(id, held);
    const answer = await get(`/conversations/${id}/scheduled`).catch(() => null);
    if (!answer || nth < held.shown) return;  // a later question has been answered before
    held.shown = nth;
    this.store.change((s) => { s.scheduled = new Map(s.scheduled).set(id, answer.items); });
  }

  async withdraw(one) {
    const done = await this.attempt(() => remove(`/scheduled/${one.id}`));
    await this.loadScheduled(one.conversation_id);
    return done;
  }

  async editScheduled(one) {
    if (await this.withdraw(one)) this.intoDraft(one.conversation_id, one.content.text);
  }

  async sayNow(one) {
    await this.attempt(async () => {
      const message = await post(`/scheduled/${one.id}/send_now`);
      this.store.change((s) => S.putMessages(s, one.conversation_id, { items: [message] }, "one"));
    });
    await this.loadScheduled(one.conversation_id);
  }

  // What names me, and my lists --------------------------------------------------------------

  async loadDesk() {
    const [mentions, views] = await Promise.all([get("/me/mentions"), get("/views")]);
    this.store.change((s) => { S.putMentions(s, mentions); s.views = views.items; });
  }

  see(upto) {
    const { mentions } = this.store.state;
    if (upto <= mentions.seen) return;
    this.store.change((s) => { s.mentions = { ...s.mentions, seen: upto }; });
    post("/me/mentions/seen", { upto }).catch(() => {});
  }

  saveView(view) {
    return this.attempt(async () => {
      await post("/views", view);
      await this.loadDesk();
      this.ui.say(t("Kept: {name}", { name: view.name }));
    });
  }

  dropView(view) {
    return this.attempt(async () => {
      await remove(`/views/${view.id}`);
      await this.loadDesk();
      this.ui.say(t("Deleted: {name}", { name: view.name }));
    });
  }

  /** Keep what they send without waking anybody, or let them through again. */
  block(contact, blocked = true) {
    return this.attempt(async () => {
      await post(`/contacts/${contact.id}/block`, { blocked });
      const undo = { verb: t("Undo"), run: () => this.block(contact, false) };
      this.ui.say(blocked ? t("Blocked: what they send is kept and wakes nobody") : t("Let through again"), "plain", blocked ? undo : null);
    });
  }

  // A place in a thread ----------------------------------------------------------------------

  /** Show it as unread again, and leave it: who looks at it has read it. */
  async leaveUnread(id, ui) {
    const { openId } = this.store.state;
    if (openId === id) {
      ui.show("list");
      await this.open(null);
    }
    await this.attempt(async () => this.put(await post(`/conversations/${id}/unread`)));
  }

  /** Open a row of the list: at the message that was looked for, if that is why it is there. */
  openRow(id) {
    const { list, view } = this.store.state;
    const found = list.matches.get(id)?.seq;
    return found ? this.reveal(id, found, view.q) : this.open(id);
  }

  /** Show the message with this `seq`; whatever lies between it and the present is fetched, and drawn with it in one go. */
  async reveal(id, seq, words = null) {
    await this.open(id);
    const thread = this.store.state.threads.get(id);
    const pages = [];
    let [oldest, more] = [thread?.messages[0]?.seq, thread?.more];
    for (let n = 0; n < FARTHEST / STEP && more && oldest > seq; n += 1) {
      const page = await get(`/conversations/${id}/messages`, { before_seq: oldest, limit: STEP }).catch((error) => this.ui.say(error.message, "bad"));
      if (!page) return;
      pages.push(page);
      [oldest, more] = [page.items[0]?.seq ?? 0, page.more];
    }
    this.store.change((s) => {
      pages.forEach((page) => S.putMessages(s, id, page, "older"));
      s.mark = { id, seq, words, at: Date.now() };
    });
  }

  unmark() {
    this.store.change((s) => { s.mark = null; });
  }
}

// Drafts in step with the server, so that they follow their author to another device. Typing writes to this browser
// at once and to the server a moment later; what this browser has not brought there yet is never overwritten.
import { get, put } from "./api.js";
import { allDrafts, onDraft, readDraft, writeDraft } from "./prefs.js";

const PAUSE_MS = 900;
const AGAIN_MS = 5000;

export class Drafts {
  constructor(store) {
    this.store = store;
    this.timers = new Map();
    this.under = new Set(); // those that are on their way
    this.brought = new Map(); // when the server was last told of each, by performance.now()
    onDraft((id) => this.soon(id));
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.all(); else this.load(); });
    addEventListener("pagehide", () => this.all());
  }

  soon(id, after = PAUSE_MS) {
    clearTimeout(this.timers.get(id));
    this.timers.set(id, setTimeout(() => this.bring(id), after));
  }

  /** Bring at once whatever waits. */
  all() {
    for (const id of [...this.timers.keys()]) { clearTimeout(this.timers.get(id)); this.bring(id); }
  }

  /** One after the other: what was written first must not come there last. */
  async bring(id) {
    this.timers.delete(id);
    if (this.under.has(id)) return this.soon(id);
    this.under.add(id);
    this.brought.set(id, performance.now());
    const { reply, note, mode } = readDraft(id);
    try {
      const kept = await put(`/conversations/${id}/draft`, { reply, note, mode });
      const now = readDraft(id);
      if (now.reply === reply && now.note === note) writeDraft(id, { ...now, at: kept?.at ?? null, dirty: false }, { quiet: true });
    } catch (error) {
      if (error.passes) this.soon(id, AGAIN_MS);
    } finally {
      this.under.delete(id);
    }
  }

  /** What was written elsewhere; what was sent or thrown away elsewhere goes here too. */
  async load() {
    const begun = performance.now();
    const answer = await get("/me/drafts").catch(() => null);
    if (!answer) return;
    let news = false;
    const since = (id) => (this.brought.get(id) ?? -1) >= begun; // the answer may know nothing of it
    const there = new Set(answer.items.map((one) => one.conversation_id));
    for (const draft of answer.items) news = (!since(draft.conversation_id) && take(draft)) || news;
    for (const id of allDrafts()) {
      const held = readDraft(id);
      if (there.has(id) || since(id)) continue;
      if (held.at && !held.dirty) { writeDraft(id, { reply: "", note: "", mode: "reply" }, { quiet: true }); news = true; }
      else this.soon(id, 0);
    }
    if (news) this.show();
  }

  /** One's own words on another page, as they are written and sent there. */
  hear(draft) {
    if (take(draft)) this.show();
  }

  show() {
    this.store.change((s) => { s.draftRev = (s.draftRev ?? 0) + 1; s.listRev += 1; });
  }
}

/** Put what the server has in the place of what is here, unless this browser has something newer. Whether that is news. */
function take({ conversation_id: id, ...draft }) {
  const held = readDraft(id);
  if (held.dirty || held.at === draft.at || (draft.at && held.at > draft.at)) return false;
  writeDraft(id, { ...draft, dirty: false }, { quiet: true });
  return held.reply !== draft.reply || held.note !== draft.note;
}

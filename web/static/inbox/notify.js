// Telling an agent who looks elsewhere: the title's badge, a soft sound, the desktop. The last two only if wanted.
import { t } from "language";
import { isHushed } from "./hush.js";
import { unreadForMe } from "./store.js";

const TOLD_MS = 10_000;
const LATER_MS = 200;

/**
 * Whether this tab is the one that tells of some news: of several, the one that is looked at, else the first.
 * The browser gives a lock to one tab alone; where it has none (no https), each tab tells.
 */
async function isOurs(news) {
  if (!navigator.locks) return true;
  if (!document.hasFocus()) await new Promise((done) => setTimeout(done, LATER_MS));
  return new Promise((done) => navigator.locks.request(`parley:told:${news}`, { ifAvailable: true }, (lock) => {
    done(Boolean(lock));
    return lock && new Promise((over) => setTimeout(over, TOLD_MS));
  }));
}

export class Notifier {
  constructor({ store, prefs, onOpen }) {
    Object.assign(this, { store, prefs, onOpen });
    this.title = document.title;
    store.subscribe(() => this.badge());
  }

  badge() {
    const unread = unreadForMe(this.store.state);
    const title = unread ? `(${unread > 99 ? "99+" : unread}) ${this.title}` : this.title;
    if (document.title !== title) document.title = title;
  }

  /** Something of a conversation has changed: tell of it if a customer waits for me, or for anyone. */
  arrived(conversation, before) {
    const { me, connection } = this.store.state;
    if (connection !== "live" || conversation.status !== "open") return;
    const isMine = conversation.assignee_id === me.id;
    const isQueued = conversation.speaker.kind === "nobody";
    const last = conversation.last_message;
    const wrote = last?.author === "contact" && last.id !== before?.last_message?.id;
    const queued = isQueued && before && before.speaker.kind === "bot";
    if (!queued && !(wrote && (isMine || isQueued))) return;
    const { id } = conversation;
    this.tell(`${id}:${last?.id}:${queued}`, conversation, queued ? t("Waits for a person") : last.preview, isHushed(this.store.state.wishes, id));
  }

  /** A colleague has named me in a note. */
  mentioned({ conversation_id: id, by, text }) {
    this.tell(`${id}:${text}`, { id, contact: { name: t("{by} named you", { by }) } }, text, isHushed(this.store.state.wishes));
  }

  /** By sound and on the desktop as far as they are wanted, unless it is on the screen: in one tab alone. */
  async tell(news, conversation, body, hushed) {
    if (hushed || !(await isOurs(news))) return;
    if (document.hasFocus() && conversation.id === this.store.state.openId) return;
    if (this.prefs.get("sound")) this.beep();
    if (this.prefs.get("notifications") && !document.hasFocus()) this.show(conversation, body);
  }

  show({ id, contact }, body) {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const note = new Notification(contact.name, { body, tag: id });
    note.onclick = () => { window.focus(); this.onOpen(id); note.close(); };
  }

  /** Two short soft tones; nothing if the browser does not let us. */
  beep() {
    try {
      this.audio ??= new AudioContext();
      [660, 880].forEach((pitch, i) => this.tone(pitch, this.audio.currentTime + i * 0.12));
    } catch { /* no sound then */ }
  }

  tone(pitch, at) {
    const volume = this.audio.createGain();
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.08, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.25);
    const source = this.audio.createOscillator();
    source.frequency.value = pitch;
    source.connect(volume).connect(this.audio.destination);
    source.start(at);
    source.stop(at + 0.3);
  }

  /** Ask the browser for permission; returns whether we have it. */
  static async permission() {
    return "Notification" in window && (await Notification.requestPermission()) === "granted";
  }
}

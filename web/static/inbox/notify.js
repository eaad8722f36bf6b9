// Telling an agent who looks elsewhere: the title's badge, a soft sound, the desktop. The last two only if wanted.
import { t } from "language";
import { isHushed } from "./hush.js";
import { unreadForMe } from "./store.js";

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
    const { me, openId, connection } = this.store.state;
    if (connection !== "live" || conversation.status !== "open") return;
    const isMine = conversation.assignee_id === me.id;
    const isQueued = conversation.speaker.kind === "nobody";
    const last = conversation.last_message;
    const wrote = last?.author === "contact" && last.id !== before?.last_message?.id;
    const queued = isQueued && before && before.speaker.kind === "bot";
    if (!queued && !(wrote && (isMine || isQueued))) return;
    if (document.hasFocus() && conversation.id === openId) return;
    if (isHushed(this.store.state.wishes, conversation.id)) return;
    if (this.prefs.get("sound")) this.beep();
    if (this.prefs.get("notifications") && !document.hasFocus()) this.show(conversation, queued ? t("Waits for a person") : last.preview);
  }

  /** A colleague has named me in a note. */
  mentioned({ conversation_id: id, by, text }) {
    if (document.hasFocus() && id === this.store.state.openId) return;
    if (isHushed(this.store.state.wishes)) return;
    if (this.prefs.get("sound")) this.beep();
    if (this.prefs.get("notifications") && !document.hasFocus()) this.show({ id, contact: { name: t("{by} named you", { by }) } }, text);
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

// What is open on the page besides the conversations: the pane of a phone, a dialog, short messages.
const isPhone = matchMedia("(max-width: 760px)");

export class Ui {
  constructor() {
    this.state = { pane: "list", dialog: null, toasts: [] };
    this.listeners = new Set();
  }

  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  set(fields) {
    this.state = { ...this.state, ...fields };
    for (const listener of [...this.listeners]) listener(this.state);
  }

  show(pane) {
    if (pane === "details" && this.state.pane !== "details" && isPhone.matches) history.pushState({ pane }, "");
    this.set({ pane });
  }

  /** Leave the details of a phone as its own way back does, which then leads on from there. */
  back(pane) {
    if (history.state?.pane) history.back();
    else this.set({ pane });
  }

  /** Open a dialog of `dialogs.js` by name. */
  ask(name, props = {}) {
    this.set({ dialog: { name, props } });
  }

  dismiss() {
    this.set({ dialog: null });
  }

  /** A short message that goes by itself, and takes the place of one with the same words; `tone` is "plain" or "bad", `offer` a `{verb, run}` to be taken up. */
  say(text, tone = "plain", offer = null) {
    const toast = { id: Math.random(), at: Date.now(), text, tone, offer };
    const others = this.state.toasts.filter((one) => one.text !== text || one.tone !== tone);
    this.set({ toasts: [...others.slice(-2), toast] });
    setTimeout(() => this.unsay(toast.id), tone === "bad" || offer ? 9000 : 4000);
  }

  unsay(id) {
    this.set({ toasts: this.state.toasts.filter((toast) => toast.id !== id) });
  }
}

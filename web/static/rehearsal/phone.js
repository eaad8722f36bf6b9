/** One channel: a phone to write on, its customers, and beside it the engineer's panels. */
import { address } from "../inbox/numbers.js";
import * as api from "./api.js";
import { bubbleView } from "./bubbles.js";
import { h, icon, ICONS } from "./dom.js";
import { troublePanel } from "./trouble.js";
import { wirePanel } from "./wire.js";

const SAMPLES = { image: "Picture", voice: "Voice note", document: "Document", location: "Location", contact: "Contact", poll: "Poll" };

export class Phone {
  constructor(channel) {
    this.channel = channel;
    this.customer = null;
    this.answered = null;
    this.state = null;
    this.seen = "";
    this.build();
    this.stayAtEnd();
  }

  build() {
    this.who = h("select", { "aria-label": "Which customer’s phone", onchange: () => this.choose(this.who.value) });
    this.status = h("p.status");
    this.log = h("ol.thread");
    this.dots = h("div.dots", { hidden: true, role: "status", "aria-label": "The business is typing" }, [h("i"), h("i"), h("i")]);
    this.quoting = h("div.quoting", { hidden: true });
    this.problem = h("p.problem", { role: "alert", hidden: true });
    this.text = h("textarea", {
      rows: "1", placeholder: "Message", "aria-label": "Message", dir: "auto", enterkeyhint: "send",
      oninput: () => this.grow(), onkeydown: (event) => this.key(event),
    });
    this.file = h("input", { type: "file", hidden: true, onchange: () => this.attach() });
    const composer = h("form.composer", { onsubmit: (event) => (event.preventDefault(), this.write()) }, [
      this.menu(), this.file, this.text,
      h("button.round.send", { "aria-label": "Send" }, icon(ICONS.send)),
    ]);
    const newcomer = (hidden) => () => this.addCustomer(hidden);
    this.trouble = troublePanel(this.channel);
    this.wire = wirePanel(() => this.refresh());
    this.element = h("div.set", [
      h("section.phone", { "aria-label": "Phone" }, [
        h("header", [this.avatar = h("span.avatar", { "aria-hidden": "true" }), h("div", [this.name = h("h2"), this.status])]),
        this.screen = h("div.screen", { role: "log", "aria-label": "Messages", tabindex: "0", onscroll: () => this.noteEnd() }, [this.log, this.dots]), this.quoting, this.problem, composer,
      ]),
      h("aside.panels", { "aria-label": "Rehearsal settings" }, [
        h("section.panel", [
          h("h3", "Customer"), this.who,
          h("div.buttons", [
            h("button", { type: "button", onclick: newcomer(false) }, "New customer"),
            h("button.hides", { type: "button", onclick: newcomer(true) }, "New, number hidden"),
          ]),
        ]),
        this.trouble.element, this.wire.element,
      ]),
    ]);
  }

  /** Pictures and sounds grow after they are drawn: a reader at the end stays at the end. */
  stayAtEnd() {
    this.isAtEnd = true;
    const keep = () => this.isAtEnd && (this.screen.scrollTop = this.screen.scrollHeight);
    const observer = new ResizeObserver(keep);
    for (const each of [this.screen, this.log, this.dots]) observer.observe(each);
  }

  noteEnd() {
    this.isAtEnd = this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight < 60;
  }

  goToEnd() {
    this.isAtEnd = true;
    this.screen.scrollTop = this.screen.scrollHeight;
  }

  menu() {
    const close = () => (this.attachMenu.open = false);
    const items = Object.entries(SAMPLES).map(([kind, words]) =>
      h("button", { type: "button", "data-kind": kind, onclick: () => (close(), this.act({ kind })) }, words));
    items.push(h("button", { type: "button", onclick: () => (close(), this.file.click()) }, "From this computer…"));
    this.attachMenu = h("details.attach", { onkeydown: (event) => event.key === "Escape" && close() }, [
      h("summary.round", { "aria-label": "Attach" }, icon(ICONS.attach)), h("div.menu", items),
    ]);
    return this.attachMenu;
  }

  /** Fetch what the phone shows and draw it. */
  async refresh() {
    this.state = await api.phone(this.channel, this.wire.isOpen());
    const known = this.state.customers.map((each) => each.id);
    if (!known.includes(this.customer)) this.customer = known[0];
    this.draw();
  }

  draw() {
    const { state } = this;
    this.name.textContent = state.name;
    this.avatar.textContent = [...state.name][0]?.toUpperCase() || "P";
    const waiting = state.waiting ? ` · ${state.waiting} webhooks waiting` : "";
    this.status.textContent = `${address(`+${state.number}`)}${waiting}`;
    this.who.replaceChildren(...state.customers.map((each) => h("option", {
      value: each.id, selected: each.id === this.customer,
    }, `${each.name} · ${each.number ? address(`+${each.number}`) : each.username || "number hidden"}`)));
    for (const item of this.attachMenu.querySelectorAll("[data-kind]")) item.hidden = !this.can(item.dataset.kind);
    this.drawThread();
    this.showTyping(state.typing[this.customer] || 0);
    this.trouble.draw(state.trouble, state.codes);
    this.wire.draw(state.wire);
  }

  /** Whether a phone of this kind can do that; most can do everything. */
  can(kind) {
    return !this.state.actions || this.state.actions.includes(kind);
  }

  drawThread() {
    const bubbles = this.state.bubbles.filter((each) => each.customer === this.customer);
    const drawn = JSON.stringify(bubbles);
    if (drawn === this.seen) return;
    this.seen = drawn;
    const open = new Set([...this.log.querySelectorAll("details[open][data-list]")].map((each) => each.dataset.list));
    const focused = document.activeElement?.dataset?.choice;
    this.log.replaceChildren(...bubbles.map((each) => bubbleView(each, this)));
    for (const each of this.log.querySelectorAll("details[data-list]")) each.open = open.has(each.dataset.list);
    if (focused) this.log.querySelector(`[data-choice="${CSS.escape(focused)}"]`)?.focus();
    if (!bubbles.length) this.log.append(h("li.empty", "Write something, as a customer would."));
    if (this.isAtEnd) this.goToEnd();
  }

  showTyping(seconds) {
    this.dots.hidden = seconds <= 0;
    clearTimeout(this.typingEnds);
    if (seconds > 0) this.typingEnds = setTimeout(() => this.showTyping(0), seconds * 1000);
    if (this.isAtEnd) this.goToEnd();
  }

  choose(customer) {
    this.customer = customer;
    this.seen = "";
    this.quoteNone();
    this.draw();
    this.goToEnd();
  }

  async addCustomer(hidden) {
    const { customer } = await api.addCustomer(this.channel, { hidden });
    await this.refresh();
    this.choose(customer.id);
    this.text.focus();
  }

  async act(action) {
    this.problem.hidden = true;
    const quoting = this.answered && !("message" in action) ? { reply_to: this.answered.id } : {};
    try {
      await api.send(this.channel, { customer: this.customer, ...quoting, ...action });
      this.quoteNone();
      await this.refresh();
      this.goToEnd();
      return true;
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
      return false;
    }
  }

  async write() {
    const text = this.text.value;
    if (!text.trim()) return;
    this.text.value = "";
    this.grow();
    if (!(await this.act({ kind: "text", text })) && !this.text.value) this.text.value = text;
  }

  async attach() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    const kind = ["image", "audio", "video"].find((each) => file.type.startsWith(`${each}/`)) || "document";
    try {
      await this.act({ kind, file: await api.addFile(file) });
    } catch (error) {
      this.problem.textContent = error.message;
      this.problem.hidden = false;
    }
  }

  tap(bubble, choice) {
    return this.act({ kind: "choice", message: bubble.id, choice: choice.id });
  }

  react(bubble, emoji) {
    return this.act({ kind: "reaction", message: bubble.id, emoji });
  }

  quote(bubble) {
    this.answered = bubble;
    this.quoting.hidden = !bubble;
    if (!bubble) return;
    this.quoting.replaceChildren(
      h("span", { dir: "auto" }, bubble.text || bubble.media?.kind || "Message"),
      h("button", { type: "button", "aria-label": "Do not quote", onclick: () => this.quoteNone() }, "×"),
    );
    this.text.focus();
  }

  quoted(id) {
    return this.state.bubbles.find((each) => each.id === id);
  }

  quoteNone() {
    this.quote(null);
  }

  key(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.write();
    }
    if (event.key === "Escape") this.quoteNone();
  }

  grow() {
    this.text.rows = Math.min(5, this.text.value.split("\n").length);
  }
}

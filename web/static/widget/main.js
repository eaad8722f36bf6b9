// The chat in its iframe: puts storage, line, state and drawing together.

import { newComposer } from "./composer.js";
import { connectHost } from "./host.js";
import { newMenu } from "./menu.js";
import * as outbox from "./outbox.js";
import { rowsOf } from "./rows.js";
import { openLine } from "./socket.js";
import { openStorage } from "./storage.js";
import * as store from "./store.js";
import { wordsFor } from "./strings.js";
import { download, transcriptOf } from "./transcript.js";
import { face, newView } from "./view.js";

const TYPING_LASTS = 6000;
const BANNER_AFTER = 1500;
const STRANGER_AFTER = 8000;

const at = (id) => document.getElementById(id);
const page = document.documentElement;
const channel = page.dataset.channel;

let words = wordsFor([]);
let chat = null;

const host = connectHost({
  init(said) {
    if (chat) return;
    if (said.theme === "light" || said.theme === "dark") page.dataset.theme = said.theme;
    const storage = openStorage(channel, { kept: said.kept, keep: (name, value) => host.tell("keep", { name, value }) });
    if (said.reset) forget(storage);
    chat = startChat({ page: said.page ?? null, language: said.language, storage });
    if (said.open) chat.opened(said);
  },
  open: (said) => chat?.opened(said),
  close: () => chat?.closed(),
  reset: () => chat?.reset(),
});

if (host.isEmbedded) {
  host.tell("ready");
} else {
  chat = startChat({ page: { url: location.href, title: document.title }, language: null, storage: openStorage(channel) });
  page.classList.add("alone");
  chat.opened({ modal: false, focus: true });
}

function forget(kept) {
  for (const name of kept.names()) kept.remove(name);
}

function startChat({ page: embedder, language, storage }) {
  words = wordsFor([language, ...(navigator.languages ?? [])]);
  const { say } = words;
  page.lang = words.language;
  page.dir = words.direction;
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = say(place.dataset.say);
  for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", say(place.dataset.label));
  for (const place of document.querySelectorAll("[data-tip]")) place.title = say(place.dataset.tip);
  at("input").placeholder = say("placeholder");

  let state = { ...store.EMPTY, outbox: outbox.storedEntries(storage).reduce((all, entry) => store.withEntry(all, entry), store.EMPTY).outbox };
  let welcome = { title: page.dataset.title, greeting: at("greeting").textContent.trim(), agents_online: false };
  let token = storage.get("token");
  let writer = null;
  let writerGone = null;
  let isOpen = false;
  let isModal = false;
  let isDrawn = false;
  let wasUp = false;
  let bannerSoon = null;
  let refusal = null;
  const mine = new Set();

  // ---- what is kept and shown -------------------------------------------------------------------------------

  const clock = {
    isUp: () => line.isUp(),
    timeOf: (stamp) => timeFormat.format(new Date(stamp)),
  };
  const timeFormat = new Intl.DateTimeFormat(words.language, { hour: "numeric", minute: "2-digit" });
  const dayFormat = new Intl.DateTimeFormat(words.language, { weekday: "long", day: "numeric", month: "long" });
  const stampFormat = new Intl.DateTimeFormat(words.language, { dateStyle: "short", timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(words.language, { numeric: "auto" });

  function dayOf(stamp) {
    const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
    const ago = Math.round((midnight(new Date(stamp)) - midnight(new Date())) / 86400000);
    const name = ago === 0 || ago === -1 ? relative.format(ago, "day") : dayFormat.format(new Date(stamp));
    return name.charAt(0).toLocaleUpperCase(words.language) + name.slice(1);
  }

  const view = newView({
    scroller: at("scroller"), log: at("log"), typing: at("typing"), more: at("more"), words, clock,
    act: { choose, retry, remove, sawEnd: tellSeen },
  });

  const composer = newComposer({
    form: at("composer"), input: at("input"), button: at("send"), counter: at("counter"), words, storage,
    act: { send: (text) => post({ text }), typing: (on) => line.tell("typing", { on }) },
  });

  function change(next) {
    state = next;
    render();
  }

  function render() {
    const who = writer ?? (state.waiting && state.speaker.kind === "bot" ? state.speaker : null);
    at("log").setAttribute("aria-busy", String(!state.isLoaded));
    view.render(rowsOf(state, { greeting: welcome.greeting, dayOf }), { who, isFirst: !isDrawn && state.isLoaded });
    isDrawn ||= state.isLoaded;
    drawHeader();
    tellSeen();
    tellHost();
  }

  function drawHeader() {
    const { kind, name } = state.speaker;
    const status = state.status === "resolved" ? say("resolved")
      : kind === "agent" ? say("withAgent", { name: name || say("agent") })
      : kind === "nobody" ? say("queued")
      : say(welcome.agents_online ? "botOnline" : "botAway");
    at("title").textContent = welcome.title || say("chat");
    at("status").textContent = status;
    const mark = `${kind} ${name}`;
    if (at("mark").dataset.mark !== mark) {
      at("mark").dataset.mark = mark;
      at("mark").replaceChildren(face(kind === "agent" ? state.speaker : { kind: "bot" }));
    }
    at("person").hidden = kind !== "bot";
    at("person-below").hidden = kind !== "bot";
    at("transcript").hidden = state.messages.size === 0;
  }

  function drawBanner() {
    const isUp = line.isUp() && !refusal;
    const text = refusal ? say(refusal === "too_many" ? "busy" : "refused") : navigator.onLine === false ? say("offline") : say(wasUp ? "reconnecting" : "connecting");
    at("banner").className = isUp ? "good" : refusal && refusal !== "too_many" ? "bad" : "warn";
    at("banner").textContent = isUp ? say("back") : text;
    at("banner").hidden = false;
    if (isUp) bannerSoon = setTimeout(() => { at("banner").hidden = true; }, 2500);
  }

  // ---- what was seen ----------------------------------------------------------------------------------------

  function tellSeen() {
    const seq = store.lastSeq(state);
    const isSeen = isOpen && document.visibilityState === "visible" && view.isAtEnd() && state.isLoaded;
    if (!isSeen || seq <= seenSeq()) return;
    storage.set("seen", { of: state.conversationId, seq });
    line.tell("seen", { seq });
    tellHost();
  }

  function seenSeq() {
    const seen = storage.get("seen");
    return seen?.of === state.conversationId ? seen.seq : 0;
  }

  function tellHost() {
    if (state.isLoaded) host.tell("state", { unread: store.unreadCount(state, seenSeq()), conversation: state.messages.size + state.outbox.length > 0 });
  }

  // ---- the line ---------------------------------------------------------------------------------------------

  const line = openLine({
    auth: () => ({ channel_id: channel, token, page: embedder, language: words.language }),
    on: { welcome: onWelcome, messages: onMessages, typing: onTyping, up: onUp, down: onDown, refused: onRefused },
  });

  async function onWelcome(said) {
    // Two tabs may be strangers at the same moment: the first to be named names both.
    const named = storage.get("token");
    if (!token && named && named !== said.token) {
      token = named;
      line.restart();
      return;
    }
    token = said.token;
    storage.set("token", token);
    welcome = said;
    composer.setLimit(said.limits?.text ?? 8000);
    at("greeting").textContent = "";
    await sync();
  }

  async function sync() {
    const after = state.rev;
    const answer = await line.ask("sync", { after_rev: after }).catch(() => null);
    if (!answer || answer.error) {
      if (line.isUp()) setTimeout(() => line.isUp() && sync(), 2000);
      return;
    }
    const isPartOfAnother = after !== null && store.isOther(state, answer);
    if (isPartOfAnother) {
      state = { ...store.EMPTY, outbox: state.outbox, isLoaded: state.isLoaded };
      return void sync();
    }
    change(store.applySync(state, answer));
    for (const message of answer.items) discardSent(message.client_id);
    for (const entry of state.outbox) mine.add(entry.client_id);
    flush();
  }

  function onMessages(push) {
    const isOther = store.isOther(state, push);
    if (push.items.some((message) => !store.isMine(message))) onTyping({ on: false });
    change(store.applyPush(state, push));
    for (const message of push.items) discardSent(message.client_id);
    if (isOther) sync();
  }

  function onTyping({ who, on }) {
    clearTimeout(writerGone);
    writer = on ? who : null;
    if (on) writerGone = setTimeout(() => { writer = null; render(); }, TYPING_LASTS);
    if (state.isLoaded) render();
  }

  function onUp() {
    refusal = null;
    clearTimeout(bannerSoon);
    if (!at("banner").hidden) drawBanner();
    wasUp = true;
  }

  function onDown() {
    clearTimeout(bannerSoon);
    writer = null;
    if (navigator.onLine === false || !at("banner").hidden) drawBanner();
    else bannerSoon = setTimeout(() => line.isUp() || drawBanner(), BANNER_AFTER);
    render();
  }

  function onRefused(code) {
    refusal = code;
    drawBanner();
  }

  // ---- writing ----------------------------------------------------------------------------------------------

  const flush = outbox.newSender({
    next: () => state.outbox.find((entry) => entry.state === "pending" && (mine.has(entry.client_id) || Date.now() - entry.at > STRANGER_AFTER)) ?? null,
    deliver: ({ client_id, text, choice, reply_to = null }) => line.ask("send", choice ? { client_id, choice, reply_to } : { client_id, text }),
    isUp: line.isUp,
    onSent(entry, message) {
      change(store.applySent(state, message));
      discardSent(entry.client_id);
    },
    onFailed(entry, error) {
      revise({ ...entry, state: "failed", error });
    },
  });

  function discardSent(clientId) {
    if (clientId) outbox.discard(storage, clientId);
  }

  function revise(entry) {
    outbox.keep(storage, entry);
    change(store.withEntry(state, entry));
  }

  function post(said) {
    const entry = outbox.newEntry(said);
    mine.add(entry.client_id);
    revise(entry);
    flush();
  }

  function choose(message, option) {
    const choice = { title: option.title, payload: option.payload ?? "" };
    post({ choice, reply_to: message.id });
    if (matchMedia("(pointer: fine)").matches) composer.focus();
    else at("scroller").focus({ preventScroll: true });
  }

  function retry(clientId) {
    const entry = state.outbox.find((each) => each.client_id === clientId);
    if (!entry) return;
    mine.add(clientId);
    revise({ ...entry, state: "pending", error: null });
    flush();
  }

  function remove(clientId) {
    outbox.discard(storage, clientId);
    change(store.withoutEntry(state, clientId));
  }

  // ---- other tabs -------------------------------------------------------------------------------------------

  storage.onChange((name) => {
    if (name === null || name === "token") {
      const named = storage.get("token");
      if (named !== token) become(named);
    } else if (outbox.isEntryName(name)) {
      adoptEntries();
    } else if (name === "seen") {
      tellHost();
    }
  });

  // What another tab sends is shown here at once. When it leaves the storage it was sent, and stays until the server
  // says so here too; only what had failed was taken back by hand.
  function adoptEntries() {
    const stored = outbox.storedEntries(storage);
    const names = new Set(stored.map((entry) => entry.client_id));
    const leaving = state.outbox.filter((entry) => !names.has(entry.client_id) && entry.state === "pending");
    change([...leaving, ...stored].reduce((all, entry) => store.withEntry(all, entry), { ...state, outbox: [] }));
    setTimeout(flush, STRANGER_AFTER + 500);
  }

  function become(newToken) {
    token = newToken;
    state = { ...store.EMPTY };
    isDrawn = false;
    composer.clear();
    render();
    line.restart();
  }

  // ---- what the visitor does --------------------------------------------------------------------------------

  const menu = newMenu({ button: at("menu-button"), list: at("menu") });
  const askPerson = () => {
    const payload = page.dataset.person;
    post(payload ? { choice: { title: say("person"), payload } } : { text: say("person") });
    if (matchMedia("(pointer: fine)").matches) composer.focus();
  };
  at("person").addEventListener("click", askPerson);
  at("person-below").addEventListener("click", askPerson);
  at("transcript").addEventListener("click", () => {
    const stampOf = (stamp) => stampFormat.format(new Date(stamp));
    download(`chat-${new Date().toISOString().slice(0, 10)}.txt`, transcriptOf(state, { title: welcome.title || say("chat"), say, nameOf: view.nameOf, stampOf }));
  });
  at("restart").addEventListener("click", () => at("sure").showModal());
  at("sure").addEventListener("close", () => {
    if (at("sure").returnValue === "end") end();
    at("sure").returnValue = "";
  });
  at("close").addEventListener("click", leave);

  function leave() {
    if (!host.isEmbedded) return;
    isOpen = false;
    host.tell("close");
  }

  async function end() {
    await Promise.race([line.isUp() ? line.ask("end", {}).catch(() => null) : null, new Promise((resolve) => setTimeout(resolve, 1500))]);
    reset();
    composer.focus();
  }

  function reset() {
    forget(storage);
    become(null);
    host.tell("state", { unread: 0, conversation: false });
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !at("sure").open && !event.isComposing) leave();
    if (event.key === "Tab" && isModal && !at("sure").open) keepFocus(event);
  });

  // Full screen on a phone there is nothing else to tab to: the last place leads to the first.
  function keepFocus(event) {
    const places = [...document.querySelectorAll("button, a[href], textarea, audio, video, [tabindex='0']")]
      .filter((place) => !place.disabled && place.tabIndex >= 0 && place.checkVisibility({ visibilityProperty: true }));
    const [first, last] = [places[0], places.at(-1)];
    const here = document.activeElement;
    if (event.shiftKey ? here === first || !places.includes(here) : here === last) {
      event.preventDefault();
      (event.shiftKey ? last : first).focus();
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tellSeen();
    // A page that slept may hold a dead line: ask, and what was missed comes with the answer.
    if (line.isUp()) sync();
    else line.restart();
  });

  render();
  line.connect();

  return {
    opened({ modal, focus }) {
      isOpen = true;
      isModal = Boolean(modal);
      page.classList.toggle("modal", isModal);
      composer.grow();
      view.toEnd();
      if (focus) (isModal ? at("title") : at("input")).focus({ preventScroll: true });
      tellSeen();
    },
    closed() {
      isOpen = false;
      menu.close(false);
      if (at("sure").open) at("sure").close();
    },
    reset,
  };
}


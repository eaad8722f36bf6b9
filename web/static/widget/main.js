// The chat in its iframe: puts the talk, its drawing and the embedding page together.

import { newAsk } from "./ask.js";
import { newBanner } from "./banner.js";
import { newClock } from "./clock.js";
import { newComposer } from "./composer.js";
import { findFilesAt } from "./contents.js";
import { newFiles } from "./files.js";
import { newForm } from "./form.js";
import { connectHost } from "./host.js";
import { newMenu } from "./menu.js";
import { newRating } from "./rating.js";
import { rowsOf } from "./rows.js";
import { openStorage } from "./storage.js";
import { wordsFor } from "./strings.js";
import { newTalk } from "./talk.js";
import { download, transcriptOf } from "./transcript.js";
import { face, newView } from "./view.js";

const at = (id) => document.getElementById(id);
const page = document.documentElement;
const channel = page.dataset.channel;
const isMouse = () => matchMedia("(pointer: fine)").matches;
let chat = null;

const host = connectHost({
  init(said) {
    if (chat) return;
    if (said.theme === "light" || said.theme === "dark") page.dataset.theme = said.theme;
    const storage = openStorage(channel, { kept: said.kept, keep: (name, value) => host.tell("keep", { name, value }) });
    if (said.reset) storage.clear();
    chat = startChat({ embedder: said.page ?? null, wanted: said.language, identity: said.identity ?? null, storage });
    if (said.open) chat.opened(said);
  },
  open: (said) => chat?.opened(said),
  close: () => chat?.closed(),
  identify: (said) => chat?.identify(said.identity),
  reset: () => chat?.reset(),
});

if (host.isEmbedded) {
  host.tell("ready");
} else {
  page.classList.add("alone");
  chat = startChat({ embedder: { url: location.href, title: document.title }, wanted: null, storage: openStorage(channel) });
  chat.opened({ modal: false, focus: true });
}

function startChat({ embedder, wanted, identity = null, storage }) {
  const words = wordsFor([wanted, ...(navigator.languages ?? [])]);
  const { say } = words;
  speak(words);
  const clock = newClock(words.language);
  const banner = newBanner(at("banner"), say);
  let welcome = { title: page.dataset.title, greeting: at("greeting").textContent.trim(), agents_online: false };
  let isOpen = false;
  let isModal = false;
  let isDrawn = false;

  const talk = newTalk({
    storage,
    hello: { channel_id: channel, page: embedder, language: words.language },
    identity,
    on: {
      change: render,
      welcome(said) {
        welcome = said;
        composer.setLimit(said.limits?.text ?? 8000);
        findFilesAt(said.files?.at);
        files.allow(said.files);
        render();
      },
      up: banner.up,
      down: banner.down,
      refused: banner.refused,
      forgotten() {
        isDrawn = false;
        composer.clear();
      },
    },
  });

  const view = newView({
    scroller: at("scroller"), log: at("log"), typing: at("typing"), more: at("more"), words, clock, isUp: talk.isUp,
    act: { choose, retry: talk.retry, remove: talk.remove, sawEnd: tellSeen },
  });

  const composer = newComposer({
    form: at("composer"), input: at("input"), button: at("send"), counter: at("counter"), words, storage,
    act: { send: (text) => talk.post({ text }), typing: talk.tellTyping },
  });

  const files = newFiles({
    list: at("files"), button: at("attach"), input: at("file"), places: [at("composer"), at("scroller")], say,
    act: { sent: (file) => talk.post({ look: lookOf(file) }) },
  });

  const form = newForm({ place: at("form"), say });
  const ask = newAsk({ place: at("ask"), say, done(values) { talk.tellAbout(values); render(); composer.focus(); } });
  const rating = newRating({ place: at("rating"), say, rate: talk.rate, shown: () => view.toEnd() });

  /** What must be known before the first message stands where one writes. */
  function drawAsk(state) {
    const isNew = state.isLoaded && state.conversationId === null && state.outbox.length === 0 && !talk.isToldAbout();
    const fields = isNew ? welcome.ask ?? [] : [];
    ask.show(fields);
    at("composer").hidden = fields.some((field) => field.required);
  }

  function render() {
    const state = talk.state();
    at("log").setAttribute("aria-busy", String(!state.isLoaded));
    view.render(rowsOf(state, { greeting: welcome.greeting, dayOf: clock.dayOf }), { who: talk.writer(), isFirst: !isDrawn && state.isLoaded });
    isDrawn ||= state.isLoaded;
    drawHead(state, welcome, say, clock);
    drawAsk(state);
    rating.show(welcome.rating && state.status === "resolved" && state.rating === null && state.messages.size > 0);
    tellSeen();
  }

  function tellSeen() {
    const isSeen = isOpen && document.visibilityState === "visible" && view.isAtEnd();
    if (isSeen) talk.see();
    const state = talk.state();
    if (state.isLoaded) host.tell("state", { unread: talk.unread(), conversation: state.messages.size + state.outbox.length > 0 });
  }

  function giveFocus() {
    if (isMouse()) composer.focus();
    else at("scroller").focus({ preventScroll: true });
  }

  function choose(message, option) {
    if (option.action?.type === "fill_form" && option.action.fields?.length) {
      const name = option.action.form_id;
      form.open(option.action, option.title, (values) => {
        talk.post({ form: { name, values, labels: option.action.fields.map((field) => [field.name, field.label]) }, reply_to: message.id });
        giveFocus();
      });
      return;
    }
    talk.post({ choice: { title: option.title, payload: option.payload ?? "" }, reply_to: message.id });
    giveFocus();
  }

  function askPerson() {
    const payload = page.dataset.person;
    talk.post(payload ? { choice: { title: say("person"), payload } } : { text: say("person") });
    giveFocus();
  }

  function saveTranscript() {
    const text = transcriptOf(talk.state(), { title: welcome.title || say("chat"), say, nameOf: view.nameOf, stampOf: clock.stampOf });
    download(`chat-${new Date().toISOString().slice(0, 10)}.txt`, text);
  }

  function leave() {
    if (!host.isEmbedded) return;
    isOpen = false;
    host.tell("close");
  }

  const menu = newMenu({ button: at("menu-button"), list: at("menu") });
  const sure = at("sure");
  at("person").addEventListener("click", askPerson);
  at("person-below").addEventListener("click", askPerson);
  at("transcript").addEventListener("click", saveTranscript);
  at("restart").addEventListener("click", () => sure.showModal());
  at("close").addEventListener("click", leave);
  sure.addEventListener("close", async () => {
    const isSure = sure.returnValue === "end";
    sure.returnValue = "";
    if (!isSure) return;
    await talk.end();
    composer.focus();
  });

  document.addEventListener("keydown", (event) => {
    if (sure.open || event.isComposing || event.defaultPrevented) return;
    if (event.key === "Escape") leave();
    if (event.key === "Tab" && isModal) keepFocus(event);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    tellSeen();
    talk.wake();
  });

  talk.start();

  return {
    opened({ modal, focus }) {
      isOpen = true;
      isModal = Boolean(modal);
      composer.grow();
      view.toEnd();
      if (focus) (isModal ? at("title") : at("input")).focus({ preventScroll: true });
      tellSeen();
    },
    closed() {
      isOpen = false;
      menu.close(false);
      if (sure.open) sure.close();
    },
    identify: talk.identify,
    reset: talk.forget,
  };
}

/** How a file that the server has will look as a message. */
function lookOf({ id, name, mime_type, size }) {
  const kind = /^(image|audio|video)\/(?!heic|amr)/.exec(mime_type)?.[1] ?? "document";
  return { type: kind, file_id: id, filename: name, mime_type, size };
}

/** The page's own words, in the visitor's language. */
function speak({ language, direction, say }) {
  page.lang = language;
  page.dir = direction;
  for (const place of document.querySelectorAll("[data-say]")) place.textContent = say(place.dataset.say);
  for (const place of document.querySelectorAll("[data-label]")) place.setAttribute("aria-label", say(place.dataset.label));
  for (const place of document.querySelectorAll("[data-tip]")) place.title = say(place.dataset.tip);
  at("input").placeholder = say("placeholder");
}

/** Who speaks, and what there is to choose. */
function drawHead(state, welcome, say, clock) {
  const { kind, name } = state.speaker;
  at("title").textContent = welcome.title || say("chat");
  at("status").textContent = statusOf(state, welcome, say, clock);
  const mark = `${kind} ${name}`;
  if (at("mark").dataset.mark !== mark) {
    at("mark").dataset.mark = mark;
    at("mark").replaceChildren(face(kind === "agent" ? state.speaker : { kind: "bot" }));
  }
  at("person").hidden = kind !== "bot";
  at("person-below").hidden = kind !== "bot";
  at("transcript").hidden = state.messages.size === 0;
}

function statusOf({ status, speaker }, { agents_online, away, promise }, say, clock) {
  if (status === "resolved") return say("resolved");
  if (speaker.kind === "agent") return say("withAgent", { name: speaker.name || say("agent") });
  if (away && speaker.kind === "nobody") return away.until ? say("awayUntil", { when: clock.stampOf(away.until) }) : say("away");
  if (speaker.kind === "nobody") return promise ? say("promised", { promise }) : say("queued");
  return say(agents_online ? "botOnline" : "botAway");
}

// Full screen on a phone there is nothing else to tab to: the last place leads to the first.
function keepFocus(event) {
  const places = [...document.querySelectorAll("button, a[href], textarea, audio, video, [tabindex='0']")]
    .filter((place) => !place.disabled && place.tabIndex >= 0 && place.checkVisibility({ visibilityProperty: true }));
  const [first, last] = [places[0], places.at(-1)];
  const here = document.activeElement;
  const isLeaving = event.shiftKey ? here === first || !places.includes(here) : here === last;
  if (!isLeaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first).focus();
}

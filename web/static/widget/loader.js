// Puts Parley's chat on any page: <script src="https://…/widget.js" data-channel="webchat" async></script>
// A launcher in a shadow root, and on the first open an iframe of /widget/{channel} from Parley's address.
// Promises to the host page: one global (window.Parley), no inline style, no eval, no innerHTML, so that a
// strict Content-Security-Policy (Trusted Types too) needs only this origin in script-src and frame-src.
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || window.Parley) return;

  const home = new URL(script.src).origin;
  const channel = script.dataset.channel || "webchat";
  const key = `parley.${channel}`;
  const phone = matchMedia("(max-width: 640px), (max-height: 480px) and (max-width: 960px)");

  const WORDS = {
    en: { chat: "Chat", open: "Open chat", close: "Close chat", unread: "{n} unread", lost: "The chat cannot be reached at the moment.", again: "Try again" },
    it: { chat: "Chat", open: "Apri la chat", close: "Chiudi la chat", unread: "{n} non letti", lost: "La chat non è raggiungibile al momento.", again: "Riprova" },
    es: { chat: "Chat", open: "Abrir el chat", close: "Cerrar el chat", unread: "{n} sin leer", lost: "No se puede acceder al chat en este momento.", again: "Reintentar" },
    hi: { chat: "चैट", open: "चैट खोलें", close: "चैट बंद करें", unread: "{n} अपठित", lost: "अभी चैट से जुड़ा नहीं जा सकता।", again: "फिर कोशिश करें" },
    ar: { chat: "الدردشة", open: "فتح الدردشة", close: "إغلاق الدردشة", unread: "{n} غير مقروءة", lost: "لا يمكن الوصول إلى الدردشة الآن.", again: "إعادة المحاولة" },
  };
  const wanted = [script.dataset.lang, ...(navigator.languages || []), document.documentElement.lang, "en"];
  const language = wanted.map((tag) => (tag || "").slice(0, 2).toLowerCase()).find((tag) => WORDS[tag]);
  const words = WORDS[language];

  const CSS = `
:host { all: initial; position: fixed; inset: auto; z-index: 2147483000; font-family: system-ui, sans-serif; }
* { box-sizing: border-box; }
.root { color-scheme: light dark; --surface: light-dark(#fff, #16181d); --line: light-dark(#e4e6eb, #2a2e37); --ink: light-dark(#50545e, #b4b9c4);
  --accent: light-dark(#4f46e5, #7c75ff); --accent-ink: light-dark(#fff, #0d0b2b); --bad: light-dark(#c02626, #ff8080); --bad-ink: light-dark(#fff, #2b0606);
  --shadow: 0 1px 2px light-dark(rgb(16 24 40 / .08), rgb(0 0 0 / .4)), 0 12px 40px light-dark(rgb(16 24 40 / .18), rgb(0 0 0 / .5)); }
.root[data-theme=light] { color-scheme: light; }
.root[data-theme=dark] { color-scheme: dark; }
.launcher { position: fixed; inset-block-end: max(20px, env(safe-area-inset-bottom)); inset-inline-end: 20px; width: 56px; height: 56px;
  display: grid; place-items: center; padding: 0; border: 0; border-radius: 50%; cursor: pointer; color: var(--accent-ink);
  background: var(--accent); box-shadow: var(--shadow); transition: transform .18s cubic-bezier(.2,.7,.2,1); -webkit-tap-highlight-color: transparent; }
.launcher:hover { transform: scale(1.05); }
.launcher:active { transform: scale(.97); }
.launcher:focus-visible, .lost button:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.launcher svg { grid-area: 1 / 1; width: 26px; height: 26px; fill: none; stroke: currentColor; stroke-width: 1.9; stroke-linecap: round; stroke-linejoin: round;
  transition: opacity .16s, transform .2s cubic-bezier(.2,.7,.2,1); }
.launcher .shut, .open .launcher .talk { opacity: 0; transform: rotate(-45deg) scale(.6); }
.open .launcher .shut { opacity: 1; transform: none; }
.badge { position: absolute; inset-block-start: -3px; inset-inline-end: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  border: 2px solid var(--surface); background: var(--bad); color: var(--bad-ink); font: 600 12px/18px system-ui, sans-serif; text-align: center; }
.badge[hidden], .lost[hidden] { display: none; }
.panel { position: fixed; inset-block-end: 92px; inset-inline-end: 20px; width: min(400px, calc(100vw - 40px)); height: min(680px, calc(100vh - 112px));
  overflow: hidden; border: 1px solid var(--line); border-radius: 16px; background: var(--surface); box-shadow: var(--shadow);
  visibility: hidden; opacity: 0; transform: translateY(12px) scale(.985); transform-origin: bottom right;
  transition: opacity .16s, transform .2s cubic-bezier(.2,.7,.2,1), visibility 0s .2s; }
.root[dir=rtl] .panel { transform-origin: bottom left; }
.open .panel { visibility: visible; opacity: 1; transform: none; transition-delay: 0s; }
iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; background: var(--surface); opacity: 0; transition: opacity .15s; }
.ready iframe { opacity: 1; }
.panel::before { content: ""; position: absolute; inset: 0; margin: auto; width: 26px; height: 26px; border-radius: 50%;
  border: 3px solid var(--line); border-top-color: var(--accent); animation: turn .9s linear infinite; }
.ready .panel::before, .gone .panel::before { display: none; }
.lost { position: absolute; inset: 0; z-index: 1; display: grid; place-content: center; justify-items: center; gap: 14px; padding: 32px; text-align: center;
  background: var(--surface); color: var(--ink); font: 400 15px/1.5 system-ui, sans-serif; }
.lost p { margin: 0; }
.lost button { font: 500 15px system-ui, sans-serif; padding: 10px 18px; border: 0; border-radius: 10px; background: var(--accent); color: var(--accent-ink); cursor: pointer; }
.root.phone .panel { inset: 0; width: 100%; height: 100%; border: 0; border-radius: 0; }
.root.phone.open .launcher { visibility: hidden; }
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { *, .panel::before { transition-duration: .01ms !important; animation-duration: 4s !important; } .panel { transform: none; } }
@media print { .root { display: none; } }`;

  // What this page remembers, on the host's own origin: open or not, and whether there is a conversation.
  let memory = {};
  const recall = () => {
    try { memory = JSON.parse(localStorage.getItem(key)) || memory; } catch { /* blocked or spoilt: this page only */ }
    return memory;
  };
  const remember = (changes) => {
    memory = { ...recall(), ...changes };
    try { localStorage.setItem(key, JSON.stringify(memory)); } catch { /* blocked: this page only */ }
  };

  // For a browser that denies the chat's iframe a storage of its own (third-party data blocked): what it asks us to
  // keep lasts as long as this tab.
  const keptFor = () => {
    try { return JSON.parse(sessionStorage.getItem(`${key}.kept`)) || {}; } catch { return {}; }
  };

  let host, root, launcher, badge, panel, lost, frame;
  let person = named(script.dataset.identity);
  let isOpen = false, isReady = false, unread = 0, patience, returnTo = null, stilled = [], wantsReset = false;

  function named(json) {
    try { return JSON.parse(json || null); } catch { return null; }
  }

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const icon = (name, path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("class", name);
    line.setAttribute("d", path);
    svg.append(line);
    return svg;
  };

  function build() {
    host = make("div", { id: "parley-chat" });
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [sheet];
    badge = make("span", { class: "badge", "aria-hidden": "true", hidden: "" });
    launcher = make("button", { class: "launcher", type: "button", "aria-expanded": "false" },
      icon("talk", "M21 11.5a8.4 8.4 0 0 1-9 8.300 9.800 9.800 0 0 1-3.600-.7L3.500 20.500l1.300-4.200A8 8 0 0 1 3 11.500a8.500 8.500 0 0 1 9-8.300 8.500 8.500 0 0 1 9 8.300zM8.500 11.600h.01M12 11.600h.01M15.500 11.600h.01"),
      icon("shut", "M6 9.500l6 6 6-6"), badge);
    const again = make("button", { type: "button" }, words.again);
    lost = make("div", { class: "lost", hidden: "", role: "alert" }, make("p", {}, words.lost), again);
    panel = make("div", { class: "panel", role: "dialog", "aria-label": words.chat }, lost);
    root = make("div", { class: "root", lang: language, dir: getComputedStyle(document.documentElement).direction }, launcher, panel);
    if (script.dataset.theme) root.dataset.theme = script.dataset.theme;
    shadow.append(root);
    document.body.append(host);
    launcher.addEventListener("click", () => (isOpen ? close() : open()));
    again.addEventListener("click", () => { dropFrame(); loadFrame(); });
    root.addEventListener("keydown", (event) => { if (event.key === "Escape" && isOpen) close(); });
    draw();
  }

  function draw() {
    root.classList.toggle("open", isOpen);
    root.classList.toggle("phone", phone.matches);
    root.classList.toggle("ready", isReady);
    launcher.setAttribute("aria-expanded", String(isOpen));
    const label = isOpen ? words.close : words.open;
    launcher.setAttribute("aria-label", unread && !isOpen ? `${label}, ${words.unread.replace("{n}", unread)}` : label);
    badge.textContent = unread > 99 ? "99+" : String(unread);
    badge.hidden = isOpen || !unread;
    makeModal(isOpen && phone.matches);
    fitKeyboard();
  }

  // Full screen: the page behind neither scrolls nor takes focus; both are given back as they were.
  let scrolling = null;
  function makeModal(modal) {
    const page = document.documentElement;
    if (modal === (scrolling !== null)) return;
    if (modal) {
      panel.setAttribute("aria-modal", "true");
      scrolling = page.style.overflow;
      page.style.overflow = "hidden";
      stilled = [...document.body.children].filter((child) => child !== host && !child.inert);
    } else {
      panel.removeAttribute("aria-modal");
      page.style.overflow = scrolling;
      scrolling = null;
    }
    for (const child of stilled) child.inert = modal;
  }

  // A phone's keyboard covers fixed elements on iOS; the visual viewport tells what is left to see.
  function fitKeyboard() {
    const seen = window.visualViewport;
    const covers = isOpen && phone.matches && seen && seen.height < innerHeight - 1;
    panel.style.height = covers ? `${seen.height}px` : "";
    panel.style.insetBlock = covers ? `${seen.offsetTop}px auto` : "";
  }

  function loadFrame() {
    if (frame) return;
    frame = make("iframe", { title: words.chat, allow: "clipboard-write", src: `${home}/widget/${encodeURIComponent(channel)}#${encodeURIComponent(location.origin)}` });
    panel.append(frame);
    patience = setTimeout(() => { lost.hidden = false; root.classList.add("gone"); }, 12000);
  }

  function dropFrame() {
    clearTimeout(patience);
    frame?.remove();
    frame = null;
    isReady = false;
    lost.hidden = true;
    root.classList.remove("gone");
  }

  const tell = (type, detail = {}) => { if (isReady) frame.contentWindow.postMessage({ parley: type, ...detail }, home); };

  function show(focus) {
    if (isOpen) return;
    isOpen = true;
    returnTo = focus ? document.activeElement : null;
    if (frame && !isReady && !lost.hidden) dropFrame();
    loadFrame();
    draw();
    if (focus) frame.focus();
    tell("open", { modal: phone.matches, focus });
  }

  function hide(focus) {
    if (!isOpen) return;
    const within = focus || host.shadowRoot.activeElement === frame;
    isOpen = false;
    draw();
    tell("close");
    if (within) (returnTo && returnTo !== document.body && returnTo !== host && returnTo.isConnected ? returnTo : launcher).focus();
    returnTo = null;
  }

  const open = () => { start(); show(true); remember({ open: true }); };
  const close = () => { start(); hide(true); remember({ open: false }); };
  /** Says who is logged in: `{id, hash, name, email, phone}`, the hash made by the site's server; null when nobody is. */
  const identify = (who) => {
    if (!who) return person && reset();
    person = { ...who };
    tell("identify", { identity: person });
  };
  /** Forgets the visitor on this device, for example when a customer logs out of the host page. */
  const reset = () => {
    start();
    person = null;
    if (!isReady) {
      if (recall().known === undefined) return;
      wantsReset = true;
      loadFrame();
    }
    tell("reset");
    unread = 0;
    hide(false);
    remember({ open: false, known: false });
    draw();
  };

  const HEARD = {
    ready() {
      clearTimeout(patience);
      isReady = true;
      lost.hidden = true;
      draw();
      tell("init", { open: isOpen, modal: phone.matches, focus: isOpen && host.shadowRoot.activeElement === frame, reset: wantsReset,
        language: script.dataset.lang || null, theme: script.dataset.theme || null, identity: person, kept: keptFor(), page: { url: location.href, title: document.title } });
      wantsReset = false;
    },
    state(said) {
      unread = Math.max(0, said.unread | 0);
      if (Boolean(memory.known) !== Boolean(said.conversation) || memory.known === undefined) remember({ known: Boolean(said.conversation) });
      draw();
    },
    keep(said) {
      const kept = keptFor();
      if (said.value === null) delete kept[said.name];
      else kept[said.name] = String(said.value);
      try { sessionStorage.setItem(`${key}.kept`, JSON.stringify(kept)); } catch { /* blocked too: this page only */ }
    },
    close,
  };

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home) return;
    const kind = event.data && event.data.parley;
    if (typeof kind === "string" && Object.hasOwn(HEARD, kind)) HEARD[kind](event.data);
  });

  let started = false;
  function start() {
    if (started) return;
    started = true;
    build();
    phone.addEventListener("change", () => { draw(); if (isOpen) tell("open", { modal: phone.matches, focus: false }); });
    window.visualViewport?.addEventListener("resize", fitKeyboard);
    window.visualViewport?.addEventListener("scroll", fitKeyboard);
    addEventListener("storage", (event) => {
      if (event.key !== key) return;
      const now = recall();
      if (now.open && !phone.matches) show(false);
      else if (!now.open) hide(false);
      if (now.known) loadFrame();
    });
    const before = recall();
    // On a phone the chat covers the page: a reload brings it back, the next page does not hide behind it.
    const reloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
    if (before.open && (!phone.matches || reloaded)) show(false);
    else if (before.known) (window.requestIdleCallback || setTimeout)(loadFrame, { timeout: 3000 });
  }

  window.Parley = Object.freeze({ open, close, identify, reset });
  if (document.body) start();
  else document.addEventListener("DOMContentLoaded", start);
})();

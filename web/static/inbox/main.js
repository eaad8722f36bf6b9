// The composition root of the inbox page: the only module that knows every part.
import { render } from "preact";
import { t } from "language";
import { Actions } from "./actions.js";
import { get } from "./api.js";
import { App } from "./app.js";
import { Drafts } from "./drafts.js";
import { listenForKeys } from "./keys.js";
import { loadWishes } from "./hush.js";
import { html, Inbox } from "./lib.js";
import { Live } from "./live.js";
import { Notifier } from "./notify.js";
import { Prefs } from "./prefs.js";
import { emptyState, setView, TABS } from "./store.js";
import { paced, Store } from "./telling.js";
import { Ui } from "./ui.js";

const EVENTS_MS = 50;  // what pours in is drawn so often: a frame has time for scrolling and typing

const root = document.getElementById("app");
const me = JSON.parse(root.dataset.user);
const prefs = new Prefs();
const ui = new Ui();
const store = new Store(emptyState(me, { longest: Number(root.dataset.longest) }), paced(EVENTS_MS));
const act = new Actions(store, ui, prefs);
const notifier = new Notifier({ store, prefs, onOpen: (id) => { ui.show("thread"); act.open(id); } });
const live = new Live(store, {
  arrived: (conversation, before) => {
    notifier.arrived(conversation, before);
    refreshSearch(before);
  },
  hidden: ({ contact }) => ui.say(t("The conversation with {name} is with a private team now.", { name: contact.name })),
  refresh: () => Promise.all([act.loadList(), act.loadMine()]),
  connected: () => Promise.all([act.loadDesk(), drafts.load(), loadWishes(store)]).catch(() => {}),
  drafted: (draft) => drafts.hear(draft),
  rescheduled: (id) => act.loadScheduled(id),
  mentioned: (mention) => notifier.mentioned(mention),
});
const bus = new EventTarget();
Object.assign(act, { live, bus });
const drafts = new Drafts(store);
const inbox = { store, act, prefs, ui, bus, rehearsal: root.dataset.rehearsal === "yes" };

/** A search is the server's to answer: something new may match it, so it is asked again, now and then. */
let searchTimer;
function refreshSearch(before) {
  if (before || !store.state.view.q || searchTimer) return;
  searchTimer = setTimeout(() => { searchTimer = null; if (store.state.view.q) act.loadList(); }, 2000);
}

// The address shows which conversation is open; the view is remembered.
const idInAddress = () => new URLSearchParams(location.search).get("c");
const kept = prefs.get("view");
if (kept && TABS.includes(kept.tab)) store.change((s) => setView(s, { ...kept, q: "" }));
let [shownId, shownView] = [idInAddress(), store.state.view];
store.subscribe(() => {
  const { openId, view, connection } = store.state;
  if (openId !== shownId) {
    shownId = openId;
    history.pushState(null, "", openId ? `/?c=${encodeURIComponent(openId)}` : "/");
  }
  if (view !== shownView) {
    shownView = view;
    prefs.set("view", view);
  }
  if (connection === "live" && wasLive === false) act.resendAll();
  wasLive = connection === "live";
});
let wasLive = false;
addEventListener("popstate", () => {
  const before = shownId;
  shownId = idInAddress();
  if (shownId !== before) act.open(shownId);
  ui.set({ pane: history.state?.pane ?? (shownId ? "thread" : "list") });
});

root.replaceChildren();
render(html`<${Inbox.Provider} value=${inbox}><${App} /><//>`, root);
listenForKeys(inbox);
live.connect();
if (shownId) {
  ui.show("thread");
  const seq = Number(new URLSearchParams(location.search).get("m"));
  if (seq) act.reveal(shownId, seq);
  else act.open(shownId);
}
get("/channels").then(({ items }) => store.change((s) => { s.channels = items; }), () => {});

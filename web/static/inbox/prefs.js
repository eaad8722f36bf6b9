// What a person likes, kept in this browser, and in step between its tabs.

const DEFAULTS = {
  theme: "system",
  sound: false,
  notifications: false,
  enterSends: false,
  undoSend: true,
  singleKeys: true,
  showList: true,
  showDetails: innerWidth > 1180,  // on less, they would lie over the thread
  view: null,
};
export const PREFIX = "parley:";

export class Prefs {
  constructor() {
    this.listeners = new Set();
    this.held = new Map();
    addEventListener("storage", (event) => {
      const name = event.key?.startsWith(PREFIX) && event.key.slice(PREFIX.length);
      if (!name || !(name in DEFAULTS)) return;
      this.held.delete(name);
      this.tell(name);
    });
  }

  get(name) {
    if (!this.held.has(name)) this.held.set(name, read(PREFIX + name) ?? DEFAULTS[name]);
    return this.held.get(name);
  }

  set(name, value) {
    this.held.set(name, value);
    write(PREFIX + name, value);
    this.tell(name);
  }

  tell(name) {
    if (name === "theme") applyTheme(this.get("theme"));
    for (const listener of [...this.listeners]) listener(name);
  }

  subscribe(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function applyTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

/** Keep a value; null forgets it. A full or closed storage loses only the convenience. */
export function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* see above */ }
}

// Drafts: `{reply, note, mode}` for each conversation. `dirty` ones the server does not have yet.
const DRAFT = `${PREFIX}draft:`;
const draftListeners = new Set();

export const readDraft = (id) => ({ reply: "", note: "", mode: "reply", ...read(DRAFT + id) });
export const hasDraft = (id) => { const { reply, note } = readDraft(id); return Boolean(reply || note); };
export const onDraft = (listener) => draftListeners.add(listener);

/** Keep a draft; an emptied one until the server has that, too. `quiet` when it comes from there. */
export function writeDraft(id, draft, { quiet = false } = {}) {
  const before = readDraft(id);
  const isNews = !quiet && (before.reply !== draft.reply || before.note !== draft.note);
  const isKept = draft.reply || draft.note || isNews || (!quiet && before.dirty);
  write(DRAFT + id, isKept ? { ...draft, dirty: !quiet } : null);
  if (isNews) draftListeners.forEach((listener) => listener(id));
}

/** The conversations in which something is begun. */
export const allDrafts = () => keysOf(DRAFT).map((key) => key.slice(DRAFT.length));

/** The keys that begin so, under which something is kept. */
export function keysOf(beginning) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(beginning));
  } catch {
    return [];
  }
}

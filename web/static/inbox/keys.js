// Single keys that act on the list and the open conversation. None fires while one types or a dialog is open.
import { t } from "language";
import { choose } from "./bulk.js";
import { assignKey, moveBy, resolveKey, snoozeKey, takeOverKey, undoKey, unreadKey } from "./commands.js";
import { isMac } from "./lib.js";

const MOD = isMac ? "⌘" : "Ctrl";

export const KEYS = [
  { keys: ["J"], label: t("Next conversation") },
  { keys: ["K"], label: t("Previous conversation") },
  { keys: ["R"], label: t("Reply") },
  { keys: ["N"], label: t("Private note") },
  { keys: ["T"], label: t("Take over") },
  { keys: ["A"], label: t("Assign to me") },
  { keys: ["E"], label: t("Resolve") },
  { keys: ["S"], label: t("Snooze") },
  { keys: ["U"], label: t("Mark as unread") },
  { keys: ["Z"], label: t("Undo what you just did or sent") },
  { keys: ["X"], label: t("Choose the conversation for a bulk action") },
  { keys: ["F"], label: t("Find in the conversation") },
  { keys: ["/"], label: t("Search") },
  { keys: [MOD, "K"], label: t("All commands") },
  { keys: [MOD, "↵"], label: t("Send what you wrote") },
  { keys: ["Esc"], label: t("Leave the field, close") },
  { keys: ["?"], label: t("This overview") },
];

const DEEDS = {
  j: (inbox) => moveBy(inbox, 1),
  k: (inbox) => moveBy(inbox, -1),
  e: resolveKey,
  a: assignKey,
  s: snoozeKey,
  t: takeOverKey,
  n: ({ bus, store }) => store.state.openId && bus.dispatchEvent(new CustomEvent("write", { detail: "note" })),
  r: ({ bus, store }) => store.state.openId && bus.dispatchEvent(new CustomEvent("write", { detail: "reply" })),
  "/": () => document.getElementById("search")?.focus(),
  u: unreadKey,
  z: undoKey,
  x: ({ store }) => store.state.openId && store.change((s) => choose(s, s.openId)),
  f: ({ bus, store }) => store.state.openId && bus.dispatchEvent(new CustomEvent("find")),
  escape: ({ store }) => store.state.chosen.size && store.change((s) => { s.chosen = new Set(); }),
  "?": ({ ui }) => ui.ask("keys"),
};

export function listenForKeys(inbox) {
  document.addEventListener("keydown", (event) => {
    const { ui, prefs } = inbox;
    if (event.defaultPrevented || event.isComposing) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      if (!ui.state.dialog) ui.ask("palette");
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && !"jk".includes(event.key)) return;
    if (ui.state.dialog || isTyping(event.target) || !prefs.get("singleKeys")) return;
    const deed = DEEDS[event.key.toLowerCase()];
    if (!deed) return;
    event.preventDefault();
    deed(inbox);
  });
}

const isTyping = (target) => target.closest?.('input, textarea, select, [contenteditable="true"], [role="menu"]') != null;

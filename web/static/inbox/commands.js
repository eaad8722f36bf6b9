// What a key or the palette can do with the open conversation, and whether it makes sense now.
import { t } from "language";
import { bringIntoView } from "./slice.js";
import { USUAL } from "./filters.js";
import { resolve, takeOver } from "./header.js";
import { muteItem, unreadItem } from "./hush.js";
import { macroCommands } from "./macros.js";
import { rows } from "./store.js";
import { PRIORITIES, priorityName } from "./triage.js";

const SHOWS = { mine: t("Show mine"), unassigned: t("Show unassigned"), bot: t("Show the bot’s"), all: t("Show all") };
const THEMES = { light: t("Theme: light"), dark: t("Theme: dark"), system: t("Theme: system") };

const openOf = ({ store }) => store.state.conversations.get(store.state.openId);

/** Open the next or the former conversation of the list; where the open one has left it, the one in its place. */
export function moveBy(inbox, step) {
  const { store, act, ui } = inbox;
  const all = rows(store.state);
  if (!all.length) return;
  const at = all.findIndex((one) => one.id === store.state.openId);
  const next = at >= 0 ? at + step : step > 0 ? Math.min(inbox.lastPlace ?? 0, all.length - 1) : Math.max((inbox.lastPlace ?? 1) - 1, 0);
  const target = all[Math.max(0, Math.min(all.length - 1, next))];
  inbox.lastPlace = all.indexOf(target);
  ui.show("thread");
  act.openRow(target.id);
  bringIntoView(inbox.lastPlace);
}

export function resolveKey(inbox) {
  const conversation = openOf(inbox);
  if (conversation && conversation.status !== "resolved") resolve(conversation, inbox);
}

export function assignKey(inbox) {
  const conversation = openOf(inbox);
  if (conversation) inbox.act.assign(conversation.id, inbox.store.state.me.id);
}

export function snoozeKey(inbox) {
  const conversation = openOf(inbox);
  if (conversation && conversation.status !== "resolved") inbox.ui.ask("snoozeMenu", { id: conversation.id });
}

export function takeOverKey(inbox) {
  const conversation = openOf(inbox);
  const { me } = inbox.store.state;
  if (conversation && conversation.status !== "resolved" && conversation.speaker.id !== me.id) takeOver(conversation, inbox);
}

export function unreadKey(inbox) {
  const conversation = openOf(inbox);
  if (conversation) unreadItem(conversation, inbox).run();
}

/** Undo what was offered to be undone, or take back what was sent since. */
export function undoKey({ act, ui }) {
  const toast = ui.state.toasts.findLast((one) => one.offer);
  if (!toast || new Date(act.lastHeld()?.created_at ?? 0) > toast.at) return act.takeBackLast();
  ui.unsay(toast.id);
  return toast.offer.run();
}

/** What can be done about the customer: on their channel, and on their own page. */
function contactCommands({ id, channel_id: channelId, status, contact }, { store, act, ui }) {
  const channel = store.state.channels.find((one) => one.id === channelId);
  const page = (part = "") => () => location.assign(`/contacts?id=${encodeURIComponent(contact.id)}${part}`);
  return [
    status !== "resolved" && channel?.carries?.includes("template") && { label: t("Choose a template"), run: () => ui.ask("templates", { id }) },
    { label: t("Everything said on all channels"), run: page() },
    { label: t("Merge with another contact…"), run: page("#merge") },
    { label: t("Block {name}", { name: contact.name }), run: () => act.block(contact) },
  ];
}

/** `{label, keys?, run}` of all that can be done now. */
export function commands(inbox) {
  const { store, act, ui, prefs, bus } = inbox;
  const conversation = openOf(inbox);
  const { me, agents, view, views, teams } = store.state;
  const write = (mode) => () => bus.dispatchEvent(new CustomEvent("write", { detail: mode }));
  const isOpen = conversation && conversation.status !== "resolved";
  const about = !conversation ? [] : [
    isOpen && conversation.speaker.id !== me.id && { label: t("Take over"), keys: "T", run: () => takeOver(conversation, inbox) },
    isOpen && { label: t("Reply"), keys: "R", run: write("reply") },
    { label: t("Write a private note"), keys: "N", run: write("note") },
    { label: t("Find in the conversation"), keys: "F", run: () => bus.dispatchEvent(new CustomEvent("find")) },
    { label: t("Undo what you just did or sent"), keys: "Z", run: () => undoKey(inbox) },
    { label: t("Add a label"), run: () => { prefs.set("showDetails", true); ui.show("details"); setTimeout(() => bus.dispatchEvent(new CustomEvent("label"))); } },
    ...conversation.labels.map((label) => ({ label: t("Remove the label {label}", { label }), run: () => act.change(conversation.id, "labels", { remove: [label] }) })),
    ...PRIORITIES.filter((p) => p !== conversation.priority).map((p) => ({ label: t("Priority: {priority}", { priority: priorityName(p).toLowerCase() }), run: () => act.change(conversation.id, "priority", { priority: p }) })),
    ...teams.filter((team) => team.id !== conversation.team_id).map((team) => ({ label: t("Move to the team {name}", { name: team.name }), run: () => act.move(conversation.id, team.id) })),
    isOpen && conversation.speaker.kind !== "bot" && { label: t("Hand to bot"), run: () => ui.ask("handBack", { id: conversation.id }) },
    ...(isOpen ? macroCommands(conversation, inbox) : []),
    isOpen && { label: t("Resolve"), keys: "E", run: () => resolve(conversation, inbox) },
    { ...unreadItem(conversation, inbox), keys: "U" },
    muteItem(conversation, inbox),
    isOpen && { label: t("Snooze"), keys: "S", run: () => ui.ask("snoozeMenu", { id: conversation.id }) },
    !isOpen && { label: t("Reopen"), run: () => act.reopen(conversation.id) },
    conversation.assignee_id !== me.id && { label: t("Assign to me"), keys: "A", run: () => act.assign(conversation.id, me.id) },
    ...agents.filter((agent) => agent.id !== me.id && agent.id !== conversation.assignee_id)
      .map((agent) => ({ label: t("Assign to {name}", { name: agent.name }), run: () => act.assign(conversation.id, agent.id) })),
    conversation.assignee_id && { label: t("Assign to nobody"), run: () => act.assign(conversation.id, null) },
    ...contactCommands(conversation, inbox),
  ];
  const toggle = (name, on, off) => ({ label: prefs.get(name) ? off : on, run: () => prefs.set(name, !prefs.get(name)) });
  return [
    ...about,
    ...["mine", "unassigned", "bot", "all"].filter((tab) => tab !== view.tab).map((tab) => ({ label: SHOWS[tab], run: () => act.show({ tab }) })),
    view.status !== "resolved" && { label: t("Show resolved conversations"), run: () => act.show({ status: "resolved", tab: "all" }) },
    view.status !== "open" && { label: t("Show open conversations"), run: () => act.show({ status: "open" }) },
    ...views.map((one) => ({ label: t("View: {name}", { name: one.name }), run: () => act.show({ ...USUAL, tab: "all", q: "", ...one.query }) })),
    { label: t("Filter and order the list"), run: () => ui.ask("filter") },
    { label: t("Mentions"), run: () => ui.ask("mentions") },
    { label: t("Search"), keys: "/", run: () => document.getElementById("search")?.focus() },
    toggle("showDetails", t("Show details"), t("Hide details")),
    toggle("showList", t("Show the list"), t("Hide the list")),
    toggle("sound", t("Turn sound on"), t("Turn sound off")),
    ...["light", "dark", "system"].filter((theme) => theme !== prefs.get("theme")).map((theme) => ({ label: THEMES[theme], run: () => prefs.set("theme", theme) })),
    { label: t("List the keys"), keys: "?", run: () => ui.ask("keys") },
  ].filter(Boolean);
}

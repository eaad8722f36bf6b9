// What the list shows: every filter in one place, each that is set as a chip, and whole lists kept by name.
import { useEffect, useState } from "preact/hooks";
import { n, t } from "language";
import { get } from "./api.js";
import { Dialog } from "./dialogs.js";
import { Icon } from "./icons.js";
import { html, names, useInbox, useStore } from "./lib.js";
import { Menu } from "./parts.js";
import { priorityName, PRIORITIES } from "./triage.js";
import { channelName, LANGUAGES, languageName } from "./words.js";

export const USUAL = { status: "open", sort: "newest", channel_id: "", team: "", label: "", priority: "", language: "", assignee: "", waiting: "" };
const STATUS = { open: t("Open"), snoozed: t("Snoozed"), resolved: t("Resolved"), any: t("Open, snoozed and resolved") };
const SORTS = { newest: t("Newest first"), waiting: t("Those who wait, longest first"), due: t("What was promised first"), priority: t("Most pressing first") };
const WAITS = { "": t("Any time"), 5: t("5 minutes and more"), 15: t("15 minutes and more"), 60: t("An hour and more"), 240: t("4 hours and more"), 1440: t("A day and more") };
const URGENCY = { urgent: t("Urgent priority"), high: t("High priority"), medium: t("Medium priority"), low: t("Low priority") };

/** Whether a filter other than the order leaves something out. */
export const isNarrowed = (view) => Object.keys(USUAL).some((field) => field !== "sort" && view[field] !== USUAL[field]);

/** Which filters are set: `[field, words]`. */
function set(view, { channels, teams, agents }) {
  const words = {
    sort: (v) => SORTS[v], status: (v) => STATUS[v], channel_id: (v) => channels.find((c) => c.id === v)?.name ?? v,
    team: (v) => teams.find((t) => t.id === v)?.name ?? t("A team"), label: (v) => v, priority: (v) => URGENCY[v] ?? priorityName(v),
    language: (v) => languageName(v) ?? v, assignee: (v) => t("Assigned to {name}", { name: agents.find((one) => one.id === v)?.name ?? t("a colleague who is gone") }), waiting: (v) => t("Waiting {time}", { time: (WAITS[v] ?? n("{count} minute and more", "{count} minutes and more", Number(v))).toLowerCase() }),
  };
  return Object.entries(USUAL).filter(([field, usual]) => view[field] !== usual && !(field === "sort" && view.waiting)).map(([field]) => [field, words[field](view[field])]);
}

export function Filtered() {
  const { act } = useInbox();
  const [view, channels, teams, agents] = useStore((s) => [s.view, s.channels, s.teams, s.agents]);
  const all = set(view, { channels, teams, agents });
  if (!all.length) return null;
  return html`<div class="filtered"><span class="chips grow">${all.map(([field, words]) => html`<span class="chip" key=${field}><bdi>${words}</bdi>
      <button type="button" aria-label=${t("Without: {words}", { words })} onClick=${() => act.show({ [field]: USUAL[field] })}><${Icon} name="close" size=${12} /></button></span>`)}</span>
    <button type="button" class="link" onClick=${() => act.show(USUAL)}>${t("Clear")}</button></div>`;
}

export function FilterButton() {
  const { ui } = useInbox();
  const [view, channels, teams, agents] = useStore((s) => [s.view, s.channels, s.teams, s.agents]);
  const isOn = set(view, { channels, teams, agents }).length > 0;
  return html`<button type="button" class=${names("iconbtn", isOn && "on")} aria-label=${t("Filter and order")} title=${t("Filter and order")} onClick=${() => ui.ask("filter")}><${Icon} name="filter" /></button>`;
}

/** All filters, applied together. */
export function Filter() {
  const { act, ui, store } = useInbox();
  const [channels, teams, agents] = useStore((s) => [s.channels, s.teams, s.agents]);
  const [held, change] = useState({ ...USUAL, ...pick(store.state.view) });
  const [labels, setLabels] = useState([]);
  useEffect(() => { get("/labels").then(({ items }) => setLabels(items), () => {}); }, []);
  const apply = (event) => {
    event.preventDefault();
    ui.dismiss();
    const tab = held.assignee && held.assignee !== store.state.view.assignee ? { tab: "all" } : {};  // of others nothing is under “Mine”
    act.show({ ...held, ...tab, ...(held.waiting ? { sort: "waiting" } : {}) });
  };
  const choice = (field, label, options) => html`<label class="filled">${label}<select value=${held[field]} onChange=${(event) => change({ ...held, [field]: event.target.value })}>
    ${options.map(([value, words]) => html`<option key=${value} value=${value} selected=${held[field] === value}>${words}</option>`)}</select></label>`;
  return html`<${Dialog} title=${t("Filter and order")}><form onSubmit=${apply} class="filters">
    ${choice("sort", t("Order"), Object.entries(SORTS))}${choice("status", t("Status"), Object.entries(STATUS))}
    ${choice("channel_id", t("Channel"), [["", t("Every channel")], ...channels.map((c) => [c.id, c.name ?? channelName(c.kind)])])}
    ${teams.length > 0 && choice("team", t("Team"), [["", t("Every team")], ...teams.map((t) => [t.id, t.name])])}
    ${choice("assignee", t("Assigned to"), [["", t("Anybody or nobody")], ...[...agents].sort((a, b) => a.name.localeCompare(b.name)).map((one) => [one.id, one.name])])}
    ${choice("label", t("Label"), [["", t("Any or none")], ...labels.map((label) => [label, label])])}
    ${choice("priority", t("Priority"), [["", t("Any")], ...PRIORITIES.filter((p) => p !== "none").map((p) => [p, priorityName(p)])])}
    ${choice("language", t("Language"), [["", t("Any")], ...LANGUAGES.map((code) => [code, languageName(code)])])}
    ${choice("waiting", t("Waiting for an answer"), Object.entries(WAITS).sort(([a], [b]) => a - b))}
    <div class="buttons"><button type="button" class="btn" onClick=${() => change(USUAL)}>${t("As usual")}</button><span class="grow"></span>
      <button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button><button class="btn primary">${t("Show")}</button></div></form><//>`;
}

const pick = (view) => Object.fromEntries(Object.keys(USUAL).map((field) => [field, view[field] ?? ""]));

/** The lists one has kept. */
export function Views() {
  const { act, ui, store } = useInbox();
  const [views, me, view] = useStore((s) => [s.views, s.me, s.view]);
  const isShown = ({ query }) => ["tab", "q", ...Object.keys(USUAL)].every((field) => (view[field] ?? "") === (query[field] ?? USUAL[field] ?? (field === "tab" ? "all" : "")));
  const shown = views.find(isShown);
  const mayDrop = shown && (!shown.shared || me.permissions.includes("admin"));
  const items = [
    ...views.map((one) => ({ label: one.name, hint: one.shared ? t("everybody") : undefined, checked: one === shown, run: () => act.show({ ...USUAL, tab: "all", q: "", ...one.query }) })),
    ...(views.length ? [null] : []),
    { label: t("Keep this list as a view…"), run: () => ui.ask("saveView", { query: { tab: store.state.view.tab, q: store.state.view.q, ...pick(store.state.view) } }) },
    ...(mayDrop ? [{ label: t("Delete “{name}”", { name: shown.name }), run: () => act.dropView(shown) }] : []),
  ];
  return html`<${Menu} label=${shown ? t("Views: {name}", { name: shown.name }) : t("Views")} cls=${names("iconbtn", shown && "on")} items=${items}><${Icon} name="star" /><//>`;
}

export function SaveView({ query }) {
  const { act, ui } = useInbox();
  const me = useStore((s) => s.me);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const save = async (event) => {
    event.preventDefault();
    if (await act.saveView({ name, query, shared })) ui.dismiss();
  };
  return html`<${Dialog} title=${t("Keep this list as a view")}><form onSubmit=${save}>
    <label for="view-name">${t("Name")}</label><input id="view-name" required maxlength="60" autofocus dir="auto" value=${name} onInput=${(event) => setName(event.target.value)} />
    ${me.permissions.includes("admin") && html`<label class="check"><input type="checkbox" checked=${shared} onChange=${() => setShared(!shared)} /> ${t("For everybody")}</label>`}
    <div class="buttons"><button type="button" class="btn" onClick=${() => ui.dismiss()}>${t("Cancel")}</button><button class="btn primary">${t("Keep")}</button></div></form><//>`;
}

// The left pane: which conversations there are, and which one is open.
import { useEffect, useRef, useState } from "preact/hooks";
import { Component } from "preact";
import { n, t } from "language";
import { BulkBar, choose } from "./bulk.js";
import { FilterButton, Filtered, isNarrowed, USUAL, Views } from "./filters.js";
import { FirstSteps, useIsNew } from "./first_steps.js";
import { Icon } from "./icons.js";
import { alike, html, names, useInbox, usePref, useStore } from "./lib.js";
import { MentionsButton } from "./mentions.js";
import { Ago, Avatar, Dots, Empty, IconButton } from "./parts.js";
import { hasDraft } from "./prefs.js";
import { Promised } from "./promised.js";
import { rows, TABS } from "./store.js";
import { span, useNow } from "./time.js";
import { useSlice } from "./slice.js";
import { priorityName } from "./triage.js";
import { channelName } from "./words.js";

const TAB_NAMES = { mine: t("Mine"), unassigned: t("Unassigned"), bot: t("Bot"), all: t("All") };
const LATE_MS = 5 * 60_000;
const MOST = 999;  // the server counts no further than one more

export function List() {
  const { act, ui } = useInbox();
  const [view, agents] = useStore((s) => [s.view, s.agents]);
  const [, setShown] = usePref("showList");
  const online = agents.filter((agent) => agent.presence === "online").length;
  return html`<section class="list" aria-label=${t("Conversations")}>
    <header>
      <h1>${t("Inbox")}${online > 0 && html`<span class="chip good"><span class="pip"></span>${n("{count} online", "{count} online", online)}</span>`}
        <span class="grow"></span><${MentionsButton} /><${Views} /><${FilterButton} /><span class="desk"><${IconButton} icon="sidebar" label=${t("Hide the list")} onClick=${() => setShown(false)} /></span></h1>
      <${Search} />
    </header>
    <${BulkBar} />
    <${Tabs} view=${view} onPick=${(tab) => act.show({ tab })} />
    <${Filtered} />
    <${Rows} onOpen=${(id) => { ui.show("thread"); act.openRow(id); }} />
  </section>`;
}

function Search() {
  const { act } = useInbox();
  const q = useStore((s) => s.view.q);
  const [text, setText] = useState(q);
  const set = (value) => { setText(value); act.search(value); };
  const onKeyDown = (event) => {
    if (event.key !== "Escape") return;
    set("");
    event.target.blur();
  };
  return html`<div class="search" role="search"><${Icon} name="search" size=${16} />
    <input id="search" type="search" value=${text} onInput=${(event) => set(event.target.value)} onKeyDown=${onKeyDown}
      placeholder=${t("Search every message, name, number…")} aria-label=${t("Search every message, name and number")} autocomplete="off" />
    ${text ? html`<button type="button" class="iconbtn small" aria-label=${t("Clear the search")} onClick=${() => set("")}><${Icon} name="close" size=${14} /></button>`
      : html`<kbd aria-hidden="true">/</kbd>`}</div>`;
}

function Tabs({ view, onPick }) {
  const counts = useStore((s) => s.counts);
  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const turn = getComputedStyle(event.currentTarget).direction === "rtl" ? -step : step;
    const next = TABS.at((TABS.indexOf(view.tab) + turn) % TABS.length);
    onPick(next);
    document.getElementById(`tab-${next}`).focus();
    event.preventDefault();
  };
  return html`<div class="tabs" role="tablist" aria-label=${t("Whose conversations")} onKeyDown=${onKeyDown}>
    ${TABS.map((tab) => html`<button type="button" role="tab" key=${tab} id=${`tab-${tab}`} aria-controls="rows" aria-selected=${String(tab === view.tab)}
      tabindex=${tab === view.tab ? 0 : -1} onClick=${() => onPick(tab)}>${TAB_NAMES[tab]}
      ${counts[tab] !== undefined && html`<span class="count">${counts[tab] > MOST ? `${MOST}+` : counts[tab]}</span>`}</button>`)}</div>`;
}

function Rows({ onOpen }) {
  const { act } = useInbox();
  const [all, list, view, openId, typing, me, chosen] = useStore((s) => [rows(s), s.list, s.view, s.openId, s.typing, s.me, s.chosen]);
  const { store } = useInbox();
  const end = useRef();
  const pane = useRef();
  const slice = useSlice(pane, all.length, view);
  const onChoose = useRef((id, through) => store.change((s) => choose(s, id, { through }))).current;
  useEffect(() => {
    if (!end.current) return;
    const watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && act.loadMore(), { rootMargin: "600px" });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [list.cursor, list.state]);
  return html`<div class=${names("rows", chosen.size && "choosing")} id="rows" ref=${pane} onScroll=${slice.look} role="tabpanel" aria-labelledby=${`tab-${view.tab}`} aria-busy=${list.state === "loading" ? "true" : "false"}>
    <ul ref=${slice.ul} style=${slice.style}>${all.slice(slice.from, slice.to).map((conversation, i) => html`<${Row} place=${slice.from + i + 1} total=${list.cursor ? -1 : all.length} isChosen=${chosen.has(conversation.id)} onChoose=${onChoose} key=${conversation.id} conversation=${conversation} isOpen=${conversation.id === openId} match=${list.matches.get(conversation.id)}
      typing=${typing.get(conversation.id)?.find((one) => one.kind === "contact")} myId=${me.id} tab=${view.tab} onOpen=${onOpen} />`)}</ul>
    ${list.state === "loading" && !all.length && html`<div class="rowskeleton" aria-hidden="true">${[1, 2, 3, 4].map((i) => html`<i key=${i}></i>`)}</div>`}
    ${list.state === "failed" && html`<${Empty} icon="alert" title=${t("The list could not be loaded.")}><p>${list.error}</p>
      <button type="button" class="btn" onClick=${() => act.loadList()}>${t("Try again")}</button><//>`}
    ${list.state === "ready" && !all.length && html`<${Nothing} view=${view} />`}
    ${list.cursor && html`<div class="more" ref=${end} role="status">${t("Loading more…")}</div>`}
  </div>`;
}

const ONE_PANE = matchMedia("(max-width: 760px)");  // where one pane is shown at a time, and no welcome beside the list
const NOTHING = { mine: t("Nothing is assigned to you"), unassigned: t("The queue is empty"), bot: t("The bot has no conversations"), all: t("No conversations yet") };

function Nothing({ view }) {
  const { act } = useInbox();
  const isNew = useIsNew();
  if (view.q) return html`<${Empty} icon="search" title=${t("Nothing found for “{q}”", { q: view.q })}>${view.tab !== "all" || view.status !== "any" ? html`<button type="button" class="btn" onClick=${() => act.show({ ...USUAL, tab: "all", status: "any" })}>${t("Search everywhere")}</button>` : null}<//>`;
  if (view.sort === "due") return html`<${Empty} icon="check" title=${t("Nothing is due")} />`;
  if (view.sort === "waiting" || view.waiting) return html`<${Empty} icon="check" title=${t("Nobody waits for an answer")} />`;
  if (isNarrowed(view)) return html`<${Empty} icon="filter" title=${t("Nothing matches these filters")}><button type="button" class="btn" onClick=${() => act.show(USUAL)}>${t("Clear them")}</button><//>`;
  if (isNew && ONE_PANE.matches) return html`<${FirstSteps} id="h-first-phone" />`;
  return html`<${Empty} icon="inbox" title=${NOTHING[view.tab]}>${view.tab === "mine" && html`<p>${t("Take one from Unassigned, or from the bot.")}</p>`}<//>`;
}

/** One conversation. Drawn again only when something of it changes: there may be thousands. */
class Row extends Component {
  shouldComponentUpdate(next) {
    return !alike(this.props, next);
  }

  render({ conversation, match, isOpen, typing, myId, tab, onOpen, isChosen, onChoose, place, total }) {
    const { id, contact, channel_kind: kind, last_message: last, unread_count: unread, status, waiting_since: waiting } = conversation;
    const open = (event) => {
      if (event.metaKey || event.ctrlKey) return;
      if (event.shiftKey) { event.preventDefault(); onChoose(id, true); return; }
      event.preventDefault();
      onOpen(id);
    };
    const draft = !isOpen && hasDraft(id);
    return html`<li aria-posinset=${place} aria-setsize=${total} class=${isChosen ? "chosen" : ""}><input type="checkbox" class="choose" checked=${isChosen} aria-label=${t("Choose {name}", { name: contact.name })}
        onClick=${(event) => onChoose(id, event.shiftKey)} /><a class=${names("row", unread > 0 && "unreadrow")} href=${`/?c=${id}`} aria-current=${isOpen ? "true" : undefined} data-id=${id} onClick=${open}>
      <${Avatar} name=${contact.name} channel=${kind} />
      <span class="who"><bdi>${contact.name}</bdi><span class="hidden">, ${channelName(kind)}</span></span>
      ${last && html`<${Ago} at=${last.at} />`}
      <span class="prev" dir="auto">${typing ? html`<span class="typing">${t("Typing")}<${Dots} /></span>` : match?.text ? html`<bdi><${Marked} ...${match} /></bdi>` : html`${prefix(last, conversation, myId)}<bdi>${asked(conversation) ?? last?.preview ?? t("No messages yet")}</bdi>`}</span>
      ${unread > 0 && html`<span class="unread">${unread > 99 ? "99+" : unread}<span class="hidden"> ${t("unread")}</span></span>`}
      <${RowChips} conversation=${conversation} draft=${draft} waiting=${waiting} status=${status} myId=${myId} tab=${tab} />
    </a></li>`;
  }
}

/** A text in which spans are marked. Spans count code points, as the server does. */
function Marked({ text, marks }) {
  const letters = [...text];
  const parts = [];
  let at = 0;
  for (const [start, end] of marks) {
    parts.push(letters.slice(at, start).join(""), html`<mark>${letters.slice(start, end).join("")}</mark>`);
    at = end;
  }
  return html`${parts}${letters.slice(at).join("")}`;
}

/** What the customer asked, where all that came after it is our own word that somebody will answer. */
function asked({ last_message: last, speaker, summary, waiting_since: waits }) {
  const isTold = last?.author === "system" && speaker.kind !== "bot" && waits;
  return isTold ? summary?.questions?.at(-1) ?? summary?.last_messages?.at(-1) : undefined;
}

function prefix(last, { speaker, assignee_id: assignee }, myId) {
  if (last?.author === "bot") return html`<${Icon} name="bot" size=${13} /><span class="hidden">${t("Bot:")} </span>`;
  if (last?.author === "agent") return speaker.id === myId || assignee === myId ? `${t("You:")} ` : `${speaker.name?.split(" ")[0] ?? t("Agent")}: `;
  return null;
}

function RowChips({ conversation, draft, waiting, status, myId, tab }) {
  const now = useNow();
  const { speaker, labels, priority, summary, assignee_id: assignee } = conversation;
  const waited = waiting && speaker.kind !== "bot" ? now - new Date(waiting) : null;
  const chips = [
    status === "resolved" && html`<span class="chip good">${t("Resolved")}</span>`,
    status === "snoozed" && html`<span class="chip">${t("Snoozed")}</span>`,
    waited !== null && waited > 60_000 && html`<span class=${names("chip", waited > LATE_MS ? "bad" : "warn")}>${t("Waiting {time}", { time: span(waited) })}</span>`,
    conversation.sla && html`<${Promised} sla=${conversation.sla} />`,
    draft && html`<span class="chip warn">${t("Draft")}</span>`,
    priority && priority !== "none" && html`<span class=${names("chip", (priority === "urgent" || priority === "high") && "bad")}>${priorityName(priority).toLowerCase()}</span>`,
    tab !== "bot" && speaker.kind === "bot" && status === "open" && html`<span class="chip accent"><${Icon} name="bot" size=${12} />${t("Bot")}</span>`,
    speaker.kind === "nobody" && status === "open" && html`<span class="chip accent">${summary ? t("Handed over") : t("Queue")}</span>`,
    tab === "all" && assignee && assignee !== myId && speaker.kind === "agent" && html`<span class="chip">${speaker.name}</span>`,
    ...labels.map((label) => html`<span class="chip" key=${label}>${label}</span>`),
  ].filter(Boolean);
  return chips.length > 0 && html`<span class="chips">${chips}</span>`;
}

// The middle pane's scroll: what was said, from the oldest that is loaded to what is being typed.
import { Component } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { n, t } from "language";
import { Finding } from "./finding.js";
import { fold, sameLine } from "./fold.js";
import { glow } from "./glow.js";
import { Icon } from "./icons.js";
import { Pointing, useJoined } from "./joined.js";
import { alike, html, useInbox, useStore } from "./lib.js";
import { Message, Pending, whoSays, Writing } from "./message.js";
import { Empty } from "./parts.js";
import { markUnread } from "./store.js";
import { clock, dayName } from "./time.js";
import { activity } from "./words.js";

const NEAR_BOTTOM = 60;
const NEAR_TOP = 400;
const FAR = 300;  // lines between a place that one jumps to and the end, from which on not all of them are drawn
const AROUND = 100;

export function Thread({ conversation }) {
  const { act, store } = useInbox();
  const { id } = conversation;
  const [thread, typing, me, mark] = useStore((s) => [s.threads.get(id), s.typing.get(id), s.me, s.mark?.id === id ? s.mark : null]);
  const [finds, setFinds] = useFinding();
  const messages = useJoined(conversation, thread);
  const all = useMemo(() => fold(messages, thread.newFrom), [messages, thread.newFrom]);
  const cut = useCut(id, all, mark);
  const { lines } = cut;
  const scroll = useScroll(id, thread, lines.length + thread.pending.length + (typing?.length ?? 0), cut);
  useReading(conversation, thread, scroll.atBottom);
  useMark(scroll, mark, thread);
  if (thread.state === "failed") {
    return html`<div class="msgs"><${Empty} icon="alert" title=${t("This conversation could not be loaded.")}><p>${thread.error}</p>
      <button type="button" class="btn" onClick=${() => act.loadThread(id)}>${t("Try again")}</button><//></div>`;
  }
  const bySource = new Map(all.flatMap((l) => l.message ? [[l.message.id, l], [l.message.external_id, l]] : []));
  return html`<${Pointing} conversation=${conversation} /><div class="msgswrap">
    ${finds && html`<${Finding} id=${id} onClose=${() => { setFinds(false); scroll.ref.current?.focus(); }} />`}
    <div class="msgs" ref=${scroll.ref} onScroll=${scroll.onScroll} tabindex="0" role="log" aria-live="off" aria-label=${t("Messages")}
        aria-busy=${thread.state === "loading" ? "true" : "false"}>
      <div class="msgsin" ref=${scroll.inner}>
        ${thread.state === "loading" ? html`<${Skeleton} />` : html`<div class="top">
          ${thread.more ? html`<button type="button" class="link" onClick=${() => act.loadOlder(id)} disabled=${thread.loadingOlder}>
              ${thread.loadingOlder ? t("Loading older messages…") : t("Load older messages")}</button>`
            : html`<span>${t("Conversation began {day} at {time}", { day: dayName(conversation.created_at).toLowerCase(), time: clock(conversation.created_at) })}</span>`}</div>`}
        ${lines.map((line) => html`<${Line} key=${line.key} line=${line} me=${me} isMarked=${mark != null && line.message?.seq === mark.seq} replied=${line.message?.reply_to ? bySource.get(line.message.reply_to) : null} />`)}
        ${!cut.isCut && thread.pending.map((row) => html`<${Pending} key=${row.client_id} row=${row} conversationId=${id} />`)}
        ${!cut.isCut && writers(conversation, typing).map((who) => html`<${Writing} key=${who.key} who=${who} />`)}
      </div>
    </div>
    ${!scroll.atBottom && html`<button type="button" class="pill" onClick=${scroll.toBottom}><${Icon} name="down" size=${15} />
      ${scroll.missed ? n("{count} new message", "{count} new messages", scroll.missed) : t("Jump to newest")}</button>`}
    <${Announcer} store=${store} thread=${thread} me=${me} key=${id} />
  </div>`;
}

/** One line. Drawn again only when something of it changes: a thread may have thousands. */
class Line extends Component {
  shouldComponentUpdate({ line, me, replied, isMarked }) {
    const held = this.props;
    return isMarked !== held.isMarked || !alike(me, held.me) || !sameLine(line, held.line) || !sameLine(replied, held.replied);
  }

  render({ line, me, replied, isMarked }) {
    if (line.kind === "day") return html`<div class="day" role="separator"><span>${dayName(line.at)}</span></div>`;
    if (line.kind === "new") return html`<div class="new" role="separator"><span>${t("New messages")}</span></div>`;
    if (line.kind === "activity") return html`<${Activity} message=${line.message} />`;
    return html`<${Message} line=${line} me=${me} replied=${replied} isMarked=${isMarked} />`;
  }
}

function Activity({ message }) {
  const { prefs, ui } = useInbox();
  const { event, details } = message.content;
  const showSummary = () => {
    prefs.set("showDetails", true);
    ui.show("details");
    requestAnimationFrame(() => document.getElementById("summary")?.focus());
  };
  return html`<div class="ev"><span dir="auto">${activity(event, details)} · <time dateTime=${message.created_at}>${clock(message.created_at)}</time></span>
    ${event === "handed_over" && html`<button type="button" class="chip accent" onClick=${showSummary}>${t("View bot summary")}</button>`}
    ${details?.note && html`<span class="evnote" dir="auto">“${details.note}”</span>`}</div>`;
}

/** Whether the search in the conversation is open: the key F and the palette open it. */
function useFinding() {
  const { bus } = useInbox();
  const [finds, setFinds] = useState(false);
  useEffect(() => {
    const open = () => setFinds(true);
    bus.addEventListener("find", open);
    return () => bus.removeEventListener("find", open);
  }, [bus]);
  return [finds, setFinds];
}

/**
 * The lines that are drawn: all that are loaded, or, where one has jumped far back, those up to a little after that place.
 * `further()` draws some more of them, `end()` all.
 */
function useCut(id, all, mark) {
  const held = useRef({});
  const [, redraw] = useState(0);
  const h = held.current;
  if (h.id !== id) Object.assign(h, { id, mark: null, last: null });
  if (mark !== h.mark) {
    const at = mark ? all.findIndex((line) => line.message?.seq >= mark.seq) : -1;
    if (at >= 0) h.last = all.length - at > FAR ? seqAfter(all, at + AROUND) : null;
    h.mark = mark;
  }
  const end = h.last === null ? -1 : all.findIndex((line) => line.message?.seq > h.last);
  const go = (last) => { h.last = last; redraw((n) => n + 1); };
  return { lines: end < 0 ? all : all.slice(0, end), isCut: end >= 0, further: () => go(seqAfter(all, end + AROUND)), end: () => go(null) };
}

/** The number of the message at this place of the lines or, where none is, of the next; null beyond the end. */
const seqAfter = (lines, place) => lines.slice(place).find((line) => line.message)?.message.seq ?? null;

/** Bring the marked message into the middle, once it is there. */
function useMark({ ref, leave }, mark, thread) {
  useEffect(() => {
    if (!mark || thread.state !== "ready" || !ref.current) return;
    const all = [...ref.current.querySelectorAll("[data-seq]")];
    const there = all.find((one) => Number(one.dataset.seq) >= mark.seq) ?? all.at(-1);
    leave();
    there?.scrollIntoView({ block: "center" });
  }, [mark, thread.state]);
  useEffect(() => {
    glow(mark?.words ? ref.current?.querySelector(".m.marked, .note.marked") : null, mark?.words);
    return () => glow(null);
  }, [mark, thread.state, thread.messages]);
}

/** Who is at it: the customer, a colleague who is not us, the bot. */
function writers(conversation, typing = []) {
  const all = typing.filter((one) => one.kind !== "bot").map((one) => ({ ...one, label: (one.note ? t("{name} is writing a note", { name: one.name }) : t("{name} is typing", { name: one.name ?? t("The customer") })) }));
  if (conversation.bot?.waiting && conversation.speaker.kind === "bot") all.push({ kind: "bot", key: "bot", label: t("The bot is thinking") });
  return all;
}

/** Stay at the bottom if that is where one is; keep one's place otherwise, also when older messages come. */
function useScroll(id, thread, size, cut) {
  const ref = useRef();
  const inner = useRef();
  const held = useRef({});
  const [atBottom, setAtBottom] = useState(true);
  const [missed, setMissed] = useState(0);
  const { act } = useInbox();
  const newest = thread.messages.at(-1)?.seq ?? 0;
  const oldest = thread.messages[0]?.seq;

  const toBottom = () => {
    held.current.isDown = true;
    if (cut.isCut) cut.end();  // drawn anew, it goes down
    else ref.current?.scrollTo({ top: ref.current.scrollHeight, behavior: "instant" });
  };
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = ref.current;
    const below = scrollHeight - scrollTop - clientHeight;
    const isDown = !cut.isCut && below < NEAR_BOTTOM;
    if (cut.isCut && below < NEAR_TOP) cut.further();
    Object.assign(held.current, { isDown, fromBottom: scrollHeight - scrollTop });
    setAtBottom(isDown);
    if (isDown) setMissed(0);
    if (scrollTop < NEAR_TOP && held.current.placed) act.loadOlder(id);
  };

  useLayoutEffect(() => {
    held.current = { isDown: true, newest: null, oldest: undefined, placed: false };
    setMissed(0);
    setAtBottom(true);
  }, [id]);

  useLayoutEffect(() => {
    const box = ref.current;
    const h = held.current;
    if (!box || thread.state !== "ready") return;
    if (!h.placed) {
      place(box);
      h.placed = true;
    } else if (oldest < h.oldest) {
      box.scrollTop = box.scrollHeight - h.fromBottom;
    } else if (h.isDown || thread.pending.length > h.pending) {
      toBottom();
    } else if (newest > h.newest) {
      setMissed((n) => n + thread.messages.filter((m) => m.seq > h.newest && m.content.type !== "activity").length);
    }
    Object.assign(h, { newest, oldest, pending: thread.pending.length, fromBottom: box.scrollHeight - box.scrollTop });
  }, [id, thread.messages, thread.state, size]);

  useEffect(() => {
    if (!inner.current) return;
    const watcher = new ResizeObserver(() => held.current.isDown && held.current.placed && toBottom());
    watcher.observe(inner.current);
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, [id, thread.state]);

  /** Do not go back to the bottom by itself: somebody goes elsewhere. */
  const leave = () => { held.current.isDown = false; };
  return { ref, inner, onScroll, atBottom, missed, toBottom, leave };
}

/** Where a thread opens: at its first unread message, or at its end. */
function place(box) {
  const mark = box.querySelector(".new");
  box.scrollTop = mark ? mark.offsetTop - box.offsetTop - 80 : box.scrollHeight;
}

/** Draw the “new messages” line where reading stopped, and tell the server what was read. */
function useReading(conversation, thread, atBottom) {
  const { act, store } = useInbox();
  const [focused, setFocused] = useState(document.hasFocus() && !document.hidden);
  useEffect(() => {
    const look = () => setFocused(document.hasFocus() && !document.hidden);
    const all = [[window, "focus"], [window, "blur"], [document, "visibilitychange"]];
    all.forEach(([target, event]) => target.addEventListener(event, look));
    return () => all.forEach(([target, event]) => target.removeEventListener(event, look));
  }, []);
  const { id, unread_count: unread } = conversation;
  const newest = thread.messages.at(-1)?.seq;
  useLayoutEffect(() => {
    if (thread.state !== "ready" || !unread) return;
    if (focused && atBottom) act.read(id, newest);
    else store.change((s) => markUnread(s, id));
  }, [id, newest, unread, focused, atBottom, thread.state]);
}

/** Says each new message of the customer once to those who listen; loading older ones stays silent. */
function Announcer({ thread, me }) {
  const [said, say] = useState("");
  const upTo = useRef(null);
  useEffect(() => {
    const newest = thread.messages.at(-1);
    if (!newest) return;
    if (upTo.current !== null && newest.seq > upTo.current && newest.direction === "in") {
      say(`${whoSays(newest.author, me)}: ${newest.content.text ?? newest.content.title ?? newest.content.type}`);
    }
    upTo.current = newest.seq;
  }, [thread.messages]);
  return html`<div class="hidden" aria-live="polite">${said}</div>`;
}

const Skeleton = () => html`<div class="skeleton" aria-hidden="true"><i></i><i class="out"></i><i></i><i class="out"></i></div>`;

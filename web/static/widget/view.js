// Draws the conversation. A row keeps its element from the moment it is written to the moment it is confirmed, and
// only the part that changed is drawn anew, so that a screen reader hears each message once.

import { answer, draw } from "./contents.js";
import { element, icon } from "./element.js";
import { isMine } from "./store.js";

const NEAR = 80;

/** `act`: `{choose(message, option), retry(clientId), remove(clientId), sawEnd()}`. */
export function newView({ scroller, log, typing, more, words, clock, isUp, act }) {
  const { say } = words;
  const drawn = new Map();
  let isAtEnd = true;

  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
  };
  scroller.addEventListener("scroll", () => {
    isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (isAtEnd) {
      more.hidden = true;
      act.sawEnd();
    }
  }, { passive: true });
  // A picture gets its height when it arrives, a keyboard takes some: stay where one was, at the end.
  log.addEventListener("load", () => isAtEnd && toEnd(), true);
  new ResizeObserver(() => isAtEnd && toEnd()).observe(scroller);
  more.addEventListener("click", toEnd);

  function render(rows, { who, isFirst }) {
    const wasAtEnd = isAtEnd;
    const before = log.lastElementChild;
    placeRows(rows);
    drawTyping(who);
    const last = rows.at(-1);
    const isNew = log.lastElementChild !== before;
    if (wasAtEnd || isFirst || (isNew && last?.kind === "message" && isMine(last.message))) toEnd();
    else if (isNew) more.hidden = false;
  }

  function placeRows(rows) {
    const keys = new Set(rows.map((row) => row.key));
    for (const [key, row] of drawn) {
      if (keys.has(key)) continue;
      row.element.remove();
      drawn.delete(key);
    }
    let previous = null;
    for (const row of rows) {
      const have = drawn.get(row.key) ?? { element: element("div", { data: { key: row.key } }), parts: {} };
      drawn.set(row.key, have);
      DRAW[row.kind](have, row);
      const place = previous ? previous.nextSibling : log.firstChild;
      if (have.element !== place) log.insertBefore(have.element, place);
      previous = have.element;
    }
  }

  const DRAW = {
    day: (have, row) => {
      have.element.className = "day";
      part(have, "text", row.text, () => element("span", {}, row.text));
    },
    greeting: (have, row) => {
      have.element.className = "row us bot greeting opens closes";
      part(have, "face", "", () => face({ kind: "bot" }));
      part(have, "body", row.text, () => element("div", { class: "body" }, draw({ type: "text", text: row.text }, say, null)));
    },
    line: (have, row) => {
      have.element.className = "line";
      const text = lineText(row.message);
      part(have, "text", text, () => (text ? element("span", {}, text) : null));
    },
    message: drawMessage,
  };

  function drawMessage(have, row) {
    const { message } = row;
    const mine = isMine(message);
    have.element.className = ["row", mine ? "mine" : "us", message.author.kind, row.opens && "opens", row.closes && "closes", message.status].filter(Boolean).join(" ");
    const name = nameOf(message.author);
    part(have, "face", String(mine || row.closes && name), () => (mine || !row.closes ? null : face(message.author)));
    part(have, "name", `${row.opens} ${name}`, () => element("span", { class: mine || !row.opens ? "sr" : "name" }, mine || !row.opens ? say("said", { name }) : name));
    const taps = row.isAnswerable ? (option) => act.choose(message, option) : null;
    part(have, "body", JSON.stringify([message.content, row.isAnswerable]), () => element("div", { class: "body" }, draw(message.content, say, taps), answersOf(message, taps)));
    const meta = metaOf(row);
    part(have, "meta", meta.signature, meta.make);
  }

  function answersOf(message, taps) {
    if (message.content.type !== "options") return null;
    const answers = message.content.options.map((option) => answer(option, say, taps)).filter(Boolean);
    const isList = message.content.options.some((option) => option.description || option.title.length > 26);
    return answers.length ? element("div", { class: isList ? "answers list" : "answers", role: "group", "aria-label": say("answers") }, answers) : null;
  }

  function metaOf({ message, closes, showsState }) {
    const time = clock.timeOf(message.created_at);
    const isFailed = message.status === "failed" && isMine(message);
    const state = !showsState ? null : message.status === "pending" ? say(isUp() ? "sending" : "waits") : isFailed ? null : say("sent");
    const signature = JSON.stringify([closes, time, state, isFailed, message.error?.detail]);
    return { signature, make: () => (isFailed ? failure(message) : closes || state ? element("div", { class: "meta", "aria-live": "off" }, [time, state].filter(Boolean).join(" · ")) : null) };
  }

  function failure(message) {
    const button = (name, on) => element("button", { type: "button", class: "plain", on: { click: on } }, say(name));
    return element("div", { class: "meta bad" },
      icon("alert"),
      element("span", {}, message.error?.detail || say("failed")),
      element("span", { class: "pair" }, button("retry", () => act.retry(message.client_id)), button("remove", () => act.remove(message.client_id))));
  }

  function lineText({ author, content }) {
    if (content.type !== "activity") return content.text ?? "";
    if (content.event === "taken_over") return author.name && author.kind !== "bot" ? say("taken_over", { name: author.name }) : say("taken_over_anon");
    const known = { handed_over: "handed_over", handed_back: "handed_back", resolved: "resolved_line", reopened: "reopened" };
    return Object.hasOwn(known, content.event) ? say(known[content.event]) : "";
  }

  const nameOf = (author) => author.kind === "contact" ? say("you") : author.name || say(author.kind === "bot" ? "assistant" : "agent");

  function drawTyping(who) {
    typing.hidden = !who;
    if (who) typing.lastElementChild.textContent = say("typing", { name: nameOf(who) });
  }

  return { render, toEnd, isAtEnd: () => isAtEnd, nameOf };
}

// Parts are drawn in the order in which they are first named; an absent one leaves an empty place for itself.
function part(have, name, signature, make) {
  const old = have.parts[name];
  if (old?.signature === signature) return;
  const node = make() ?? document.createComment("");
  if (old) old.node.replaceWith(node);
  else have.element.append(node);
  have.parts[name] = { signature, node };
}

/** A bot's or an agent's mark: an icon, or initials. */
export function face(author) {
  if (author.kind !== "agent") return element("span", { class: "face bot", "aria-hidden": "true" }, icon("bot"));
  const initials = (author.name ?? "").split(/\s+/u).filter(Boolean).slice(0, 2).map((word) => [...word][0]).join("").toUpperCase();
  return element("span", { class: "face agent", "aria-hidden": "true" }, initials || icon("person"));
}

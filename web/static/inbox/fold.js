// From messages to what a thread shows: day lines, groups, and reactions, edits and deletions put where they
// belong. Pure.
import { alike } from "./lib.js";
import { dayOf } from "./time.js";

const GROUP_MS = 4 * 60_000;

/**
 * The lines of a thread, top to bottom: `{kind: "day"|"new"|"activity"|"message", key, …}`.
 *
 * A message line carries `reactions` (`[{emoji, by}]`), `edits` (contents before the present one), `content` (the
 * present one), `revoked`, `first` and `last` of its group. A reaction, edit or deletion whose target is not in
 * view is a line of its own with `orphan` set.
 */
export function fold(messages, newFrom = null) {
  const targets = new Map();
  const lines = [];
  let day = null;
  let isMarked = false;
  for (const message of messages) {
    const line = lineOf(message);
    const target = targets.get(message.content.external_id);
    if (APPLY[message.content.type] && target) {
      APPLY[message.content.type](target, message);
      if (newFrom !== message.seq) continue;
    }
    const date = dayOf(message.created_at);
    if (date !== day) lines.push({ kind: "day", key: `day-${date}`, at: message.created_at });
    day = date;
    if (!isMarked && newFrom !== null && message.seq >= newFrom) {
      lines.push({ kind: "new", key: "new" });
      isMarked = true;
    }
    if (APPLY[message.content.type] && target) continue;
    if (message.external_id) targets.set(message.external_id, line);
    lines.push(line);
  }
  return grouped(lines);
}

/** Whether two lines show the same: made anew each time, they hold the same messages. */
export function sameLine(a, b) {
  if (!a || !b) return !a === !b;
  return Object.keys(a).every((key) => same(a[key], b[key])) && a.kind === b.kind;
}

const same = (a, b) => Object.is(a, b) || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((one, i) => alike(one, b[i])));

function lineOf(message) {
  return { kind: message.content.type === "activity" ? "activity" : "message", key: message.id, message,
           content: message.content, reactions: [], edits: [], revoked: null, orphan: message.content.type in APPLY };
}

const APPLY = {
  reaction(target, { author, content, direction }) {
    const by = `${direction}:${author.id ?? author.kind}`;
    target.reactions = target.reactions.filter((one) => one.by !== by);
    if (content.emoji) target.reactions.push({ by, emoji: content.emoji, name: author.name });
  },
  edit(target, { content }) {
    target.edits = [...target.edits, target.content];
    target.content = content.content;
  },
  revoke(target, { created_at }) {
    target.revoked = created_at;
  },
};

/** Mark where a run of one author begins and ends; a day line, an activity or a note ends it. */
function grouped(lines) {
  lines.forEach((line, i) => {
    line.first = !runsOn(lines[i - 1], line);
    line.last = !runsOn(line, lines[i + 1]);
  });
  return lines;
}

function runsOn(a, b) {
  if (a?.kind !== "message" || b?.kind !== "message") return false;
  const [one, two] = [a.message, b.message];
  if (a.content.type === "note" || b.content.type === "note") return false;
  if (one.error?.code === "taken_back" || two.error?.code === "taken_back") return false;
  return one.author.kind === two.author.kind && one.author.id === two.author.id
    && new Date(two.created_at) - new Date(one.created_at) < GROUP_MS;
}

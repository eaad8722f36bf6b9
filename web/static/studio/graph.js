// Rules and stories as one picture: what begins alike is drawn once. The layout is our own: a column for each step,
// a row for each end, every node in the middle of what follows it. Names of dialogues stand at their ends; those that
// end where others go on stand in a row of their own.
import { t } from "language";

const COLUMN = 232;
const ROW = 46;
const WIDTH = 194;
const HEIGHT = 32;
const LONGEST = 24;
const NAME = 14;

/** `{nodes, edges, ends, width, height}` of these dialogues; a node has `x, y, width, height, kind, words`, an end `x, y, dialogue`. */
export function layout(dialogues) {
  const root = { children: new Map(), ends: [] };
  for (const dialogue of dialogues) {
    let at = root;
    for (const step of dialogue.value.steps ?? []) {
      const { kind, words } = told(step);
      const key = `${kind} ${words}`;
      if (!at.children.has(key)) at.children.set(key, { kind, words, children: new Map(), ends: [] });
      at = at.children.get(key);
    }
    at.ends.push(dialogue);
  }
  const nodes = [];
  const edges = [];
  const ends = [];
  let row = 0;
  const rows = (count) => { const first = row * ROW; row += count; return first; };
  const place = (node, depth) => {
    const own = node.ends.length > 0 || !node.children.size ? { x: (depth + 1) * COLUMN, y: rows(Math.max(1, Math.ceil((node.ends.length * NAME) / ROW))), height: HEIGHT } : null;
    const below = [...(own ? [own] : []), ...[...node.children.values()].map((child) => place(child, depth + 1))];
    const placed = { ...node, x: depth * COLUMN, y: (below[0].y + below.at(-1).y) / 2, width: WIDTH, height: HEIGHT };
    nodes.push(placed);
    node.ends.forEach((dialogue, at) => ends.push({ dialogue, x: own.x - (below.length > 1 ? 0 : COLUMN - WIDTH - 10), y: own.y + 20 + at * NAME }));
    for (const to of below) if (to !== own || below.length > 1) edges.push({ from: placed, to: to === own ? { ...own, x: own.x - 6 } : to });
    return placed;
  };
  for (const child of root.children.values()) place(child, 0);
  const width = Math.max(0, ...nodes.map(({ x }) => x)) + WIDTH;
  return { nodes, edges, ends, width, height: Math.max(1, row) * ROW };
}

/** A step in a few words. */
export function told(step) {
  if (step.intent) return { kind: "intent", words: [step.intent, ...entities(step)].join(" ") };
  if (step.user) return { kind: "intent", words: `“${String(step.user).trim()}”` };
  if (step.or) return { kind: "intent", words: step.or.map((one) => told(one).words).join(" or ") };
  if (step.action) return { kind: "action", words: step.action };
  if (step.bot) return { kind: "action", words: `“${step.bot}”` };
  if (step.slot_was_set) return { kind: "slot", words: step.slot_was_set.map((one) => (typeof one === "string" ? one : Object.entries(one).map(([key, value]) => `${key} = ${value}`).join(", "))).join(", ") };
  if ("active_loop" in step) return { kind: "slot", words: step.active_loop ? t("form {active_loop}", { active_loop: step.active_loop }) : t("form ends") };
  if (step.checkpoint) return { kind: "slot", words: t("checkpoint {checkpoint}", { checkpoint: step.checkpoint }) };
  return { kind: "slot", words: JSON.stringify(step) };
}

const entities = (step) => (step.entities ?? []).map((one) => (typeof one === "string" ? one : Object.keys(one)[0]));

export const cut = (words) => ([...words].length > LONGEST ? `${[...words].slice(0, LONGEST - 1).join("")}…` : words);

/** A line from the end of one node to the beginning of the next. */
export function curve({ from, to }) {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2];
  const bend = (x2 - x1) / 2;
  return `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}

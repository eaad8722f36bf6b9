// What the studio's server did, in the reader's language: titles of the history, and how far a job is and why it failed.
import { n, p, t, told } from "language";

/** The title of an edit; of `edits`, the one that it undid. What is not known here stays as the server tells it. */
export function deed(edit, edits = []) {
  const did = edit.operation ?? {};
  if (did.type !== "undo") return (Object.hasOwn(DEEDS, did.type) && DEEDS[did.type](did, edit)) || edit.words;
  const undone = edits.find(({ id }) => id === did.edit);
  return t("Undid: {words}", { words: undone ? deed(undone, edits) : edit.words.slice(edit.words.indexOf(" ") + 1) });
}

const some = (examples) => (examples.length === 1 ? `“${examples[0]}”` : n("{count} example", "{count} examples", examples.length));
const put = ({ old, new: now, name, kind }) => {
  const values = { kind: KINDS[kind] ?? kind, name };
  if (old === null) return t("Added {kind} {name}", values);
  return now === null ? t("Deleted {kind} {name}", values) : t("Changed {kind} {name}", values);
};

const DEEDS = {
  add_examples: ({ examples, kind, name }) => t("Added {some} to {kind} {name}", { some: some(examples), kind: KINDS[kind], name }),
  change_example: ({ old, new: now, kind, name }) => t("Changed “{old}” to “{now}” in {kind} {name}", { old, now, kind: KINDS[kind], name }),
  delete_examples: ({ examples, kind, name }) => t("Deleted {some} from {kind} {name}", { some: some(examples), kind: KINDS[kind], name }),
  move_examples: ({ examples, name, to }) => t("Moved {some} from {name} to {to}", { some: some(examples), name, to }),
  delete_list: ({ kind, name }) => t("Deleted {kind} {name}", { kind: KINDS[kind], name }),
  rename: ({ kind, old, new: now }) => t("Renamed {kind} {old} to {now}", { kind: KINDS[kind], old, now }),
  put,
  put_entity: ({ name, new: now }) => (now ? t("Declared entity {name}", { name }) : t("Deleted {kind} {name}", { kind: KINDS.entity, name })),
  put_dialogue: (did) => put({ ...did, name: `“${did.name}”` }),
  move_dialogue: ({ kind, name, by }) => (by < 0 ? t("Moved {kind} “{name}” up", { kind: KINDS[kind], name }) : t("Moved {kind} “{name}” down", { kind: KINDS[kind], name })),
  import: ({ format }, { files }) => n("Imported {format}: {count} file changed", "Imported {format}: {count} files changed", files.length, { format: format.toUpperCase() }),
};

const KINDS = Object.fromEntries([
  ["intent", p("what was changed", "intent")], ["entity", p("what was changed", "entity")], ["synonym", p("what was changed", "synonym")], ["regex", p("what was changed", "regex")],
  ["lookup", p("what was changed", "lookup")], ["response", p("what was changed", "response")], ["slot", p("what was changed", "slot")], ["form", p("what was changed", "form")],
  ["rule", p("what was changed", "rule")], ["story", p("what was changed", "story")], ["test", p("what was changed", "test")],
]);

const STEPS = [
  [/^loading Rasa$/, () => t("Loading Rasa")],
  [/^playing$/, () => t("Playing the stories")],
  [/^part (\d+) of (\d+)$/, (_, part, count) => t("Part {part} of {count}", { part, count })],
  [/^(\d+) turns$/, (_, count) => n("{count} turn", "{count} turns", Number(count))],
  [/^loading (.+)$/, (_, name) => t("Loading {name}", { name })],
];

/** What a job is at. The names of the parts that are trained are Rasa's own. */
export function stepOf(words) {
  for (const [pattern, say] of STEPS) {
    const found = pattern.exec(words);
    if (found) return say(...found);
  }
  return words;
}

/** Why a job failed, line by line: a place in a file stands before the words. */
export const failure = (words) => words.split("\n").map((line) => {
  const [, place, rest] = /^([^\s:]+\.ya?ml(?:, line \d+)?: )?(.*)$/s.exec(line);
  return `${place ?? ""}${told(rest)}`;
}).join("\n");

// Entities in an example, written as Rasa does; read by the server (`inbox/studio/markup.py`).
const FIELDS = ["entity", "role", "group", "value"];

/** The text with its marks. Throws if they overlap. */
export function written(text, entities) {
  const places = new Map();
  for (const entity of [...entities].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const key = `${entity.start}:${entity.end}`;
    places.set(key, [...(places.get(key) ?? []), entity]);
  }
  const letters = [...text];  // the server counts characters, not UTF-16 units
  let out = "";
  let end = 0;
  for (const kinds of places.values()) {
    const [{ start, end: stop }] = kinds;
    if (start < end || stop > letters.length) throw new Error("Two marks may not overlap.");
    out += `${letters.slice(end, start).join("")}[${letters.slice(start, stop).join("")}]${mark(kinds)}`;
    end = stop;
  }
  return out + letters.slice(end).join("");
}

/** What stands behind marked words. */
export function mark(kinds) {
  const [first] = kinds;
  if (kinds.length === 1 && !first.role && !first.group && !first.value) return `(${first.entity})`;
  const dicts = kinds.map((kind) => `{${FIELDS.filter((f) => kind[f]).map((f) => `${JSON.stringify(f)}: ${JSON.stringify(kind[f])}`).join(", ")}}`);
  return dicts.length === 1 ? dicts[0] : `[${dicts.join(", ")}]`;
}

/** The pieces of a text: strings, and `{text, kinds, start}` where it is marked. */
export function pieces(text, entities) {
  const letters = [...text];
  const found = [];
  let end = 0;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last?.kinds && last.start === entity.start) { last.kinds.push(entity); continue; }
    if (entity.start > end) found.push(letters.slice(end, entity.start).join(""));
    found.push({ text: letters.slice(entity.start, entity.end).join(""), kinds: [entity], start: entity.start });
    end = entity.end;
  }
  if (end < letters.length) found.push(letters.slice(end).join(""));
  return found;
}

/** The marks after the text was typed over: those before and behind the change stay on their words, those inside go. */
export function shifted(entities, before, after) {
  const [a, b] = [[...before], [...after]];
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  const by = b.length - a.length;
  return entities.flatMap((entity) => {
    if (entity.end <= head) return [entity];
    if (entity.start >= a.length - tail) return [{ ...entity, start: entity.start + by, end: entity.end + by }];
    return [];
  });
}

/** Where the selection lies within an element, in characters; null if there is none. */
export function selectedIn(element) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !element.contains(selection.anchorNode) || !element.contains(selection.focusNode)) return null;
  const range = selection.getRangeAt(0);
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = [...lettersOf(before)].length;
  const text = lettersOf(range);
  const lead = text.length - text.trimStart().length;
  const length = [...text.trim()].length;
  return length ? { start: start + lead, end: start + lead + length } : null;
}

/** The words of a range, without the names of entities that stand beside their marks. */
function lettersOf(range) {
  const copy = range.cloneContents();
  for (const name of copy.querySelectorAll("small")) name.remove();
  return copy.textContent;
}

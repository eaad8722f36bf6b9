// The pages' words in the reader's language, and how that language writes times, numbers and lists.
// The catalogue is there before any module that asks for a word, so `t` may stand in constants too. `docs/translating.md`.
import { language, languages, messages, refusals } from "catalogue";

export const LANGUAGE = language;
export const LANGUAGES = languages;

/** What the page speaks, with the country of a browser that speaks it too: how times and numbers are written. */
export const LOCALE = navigator.languages.find((tag) => tag.split("-")[0] === language.split("-")[0]) ?? language;

const GAP = /\{(\w+)\}/;
const own = (table, key) => (Object.hasOwn(table, key) ? table[key] : undefined);
const written = (value) => (value === null || value === undefined || value === false ? "" : String(value));

const filled = (text, values) => (values ? text.replace(/\{(\w+)\}/g, (gap, name) => (Object.hasOwn(values, name) ? written(values[name]) : gap)) : text);

/** The words for an English text; its `{gaps}` hold the values of those names. */
export const t = (text, values) => filled(own(messages, text) ?? text, values);

/** The same where one English word is several in other languages: `context` says which is meant. */
export const p = (context, text, values) => filled(own(messages, `${context}\u0004${text}`) ?? text, values);

/** Words that depend on a number, `{count}`. */
export function n(one, many, count, values) {
  const forms = own(messages, one);
  const text = forms ? forms[Math.min(place(count), forms.length - 1)] : count === 1 ? one : many;
  return filled(text, { count: number(count), ...values });
}

/** Words with elements among them: an array to be drawn. */
export const mix = (text, values) => (own(messages, text) ?? text).split(GAP).map((piece, at) => (at % 2 ? values[piece] ?? "" : piece)).filter((piece) => piece !== "");

/** Which of gettext's forms a number takes, by the rules of CLDR. */
const RULES = new Intl.PluralRules(language);
const KINDS = ["zero", "one", "two", "few", "many", "other"].filter((kind) => RULES.resolvedOptions().pluralCategories.includes(kind));
const place = (count) => KINDS.indexOf(RULES.select(count));

const NUMBERS = new Intl.NumberFormat(LOCALE);
export const number = (value) => NUMBERS.format(value);

const LISTS = { conjunction: new Intl.ListFormat(language, { type: "conjunction" }), disjunction: new Intl.ListFormat(language, { type: "disjunction" }) };
/** “A”, “A and B”, “A, B and C”; or with “or”. */
export const listed = (all, type = "conjunction") => LISTS[type].format(all);

/** What the server says in English, in the reader's language where the catalogue has it: as it stands, or around its gaps. */
export function told(text) {
  if (typeof text !== "string" || language === "en") return text;
  if (own(messages, text)) return t(text);
  const fitting = refusals.map((refusal) => [refusal, match(refusal, text)]).filter(([, values]) => values);
  const [best] = fitting.sort(([a], [b]) => b.replace(/\{\w+\}/g, "").length - a.replace(/\{\w+\}/g, "").length);
  return best ? t(...best) : text;
}

const PATTERNS = new Map();

function match(refusal, text) {
  if (!PATTERNS.has(refusal)) PATTERNS.set(refusal, pattern(refusal));
  return text.match(PATTERNS.get(refusal))?.groups;
}

function pattern(refusal) {
  const source = refusal.split(GAP).map((piece, at) => (at % 2 ? `(?<${piece}>.+?)` : piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))).join("");
  return new RegExp(`^${source}$`, "s");
}

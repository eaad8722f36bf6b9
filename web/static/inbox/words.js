// What codes mean, in plain words. Written here once.
import { listed, LOCALE, n, number, t, told } from "language";
import { PROMISES } from "./promised.js";
import { until } from "./moments.js";
import { full } from "./time.js";

export { listed } from "language";
export { address } from "./numbers.js";

/** What customers call each kind of channel, as the connectors say. */
const MEDIA = JSON.parse(document.querySelector('meta[name="channel-media"]')?.content ?? "{}");
const isChannel = (kind) => Object.hasOwn(MEDIA, kind);
export const channelName = (kind) => (isChannel(kind) ? MEDIA[kind] : humanise(kind));

const IDENTITIES = { phone: t("Phone"), bsuid: t("WhatsApp id"), visitor: t("Web chat id"), email: t("Email"), user: t("User") };

/** A name by which a channel knows someone, and what that is called: `telegram:991` is the Telegram id 991. */
export function identity({ kind, value }) {
  const [channel, ...rest] = value.split(":");
  if (kind === "user" && rest.length && isChannel(channel)) return { kind, value: rest.join(":"), name: t("{channel} id", { channel: channelName(channel) }) };
  return { kind, value, name: IDENTITIES[kind] ?? humanise(kind) };
}

/** Languages that can be chosen by hand. */
export const LANGUAGES = ["en", "it", "es", "fr", "de", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "he", "hi", "bn", "ja", "ko", "zh"];
const NAMES = new Intl.DisplayNames(LOCALE, { type: "language" });

export function languageName(code) {
  try {
    return code && NAMES.of(code);
  } catch {
    return code;
  }
}

/** Codes that are shown as they are, in words. */
const CODES = { open: t("Open"), snoozed: t("Snoozed"), resolved: t("Resolved"), urgent: t("Urgent"), high: t("High"), medium: t("Medium"), low: t("Low") };
const PRIORITIES = { urgent: t("urgent"), high: t("high"), medium: t("medium"), low: t("low"), none: t("none") };
const PRESENCES = { online: t("online"), busy: t("busy"), offline: t("offline") };
export const presenceName = (presence) => PRESENCES[presence] ?? presence;

export const humanise = (code) => {
  if (Object.hasOwn(CODES, code ?? "")) return CODES[code];
  const words = String(code ?? "").replaceAll("_", " ").trim();
  return words && words[0].toUpperCase() + words.slice(1);
};

export const intentName = (name) => (name === "nlu_fallback" ? t("not understood") : String(name).replaceAll("_", " "));

const REASONS = {
  asked: t("The customer asked for a person"),
  low_confidence: t("The bot did not understand, twice"),
  out_of_scope: t("The customer asks for something the bot does not do"),
  action_failed: t("Something the bot had to look up did not work"),
  bot_down: t("The bot could not be reached"),
  bot_slow: t("The bot took too long"),
  bot_failed: t("The bot failed"),
  unreadable: t("Sent something that the bot cannot read"),
  consent: t("The customer may be asking to get no more messages"),
  opted_out: t("The customer has opted out and writes again"),
};
export const reason = (code) => REASONS[code] ?? humanise(code);

const STATUSES = { queued: t("Queued"), sending: t("Sending"), sent: t("Sent"), delivered: t("Delivered"), read: t("Read"),
                   failed: t("Not delivered"), cancelled: t("Cancelled") };
export const statusName = (status) => STATUSES[status] ?? humanise(status);

/** The sentence of an activity line. */
export function activity(event, details = {}) {
  const sentence = SENTENCES[event];
  if (!sentence) return humanise(event);
  const named = nameOf(details.by);
  return sentence({ ...details, named, by: named ?? t("An agent"), self: named ?? t("The customer"), to: nameOf(details.to), from: nameOf(details.was) });
}

const HOURS_A_DAY = 24;

/** Some hours, as days where they are some. */
export const spanOf = (hours) => (hours % HOURS_A_DAY ? n("{count} hour", "{count} hours", hours, { count: number(hours) })
  : n("{count} day", "{count} days", hours / HOURS_A_DAY, { count: number(hours / HOURS_A_DAY) }));

const quoted = (words) => (words ? `: “${words}”` : "");

const SENTENCES = {
  handed_over: ({ team, reason: why }) => (team && why ? t("The bot handed over to {team}: {reason}", { team, reason: lower(reason(why)) })
    : team ? t("The bot handed over to {team}", { team }) : why ? t("The bot handed over: {reason}", { reason: lower(reason(why)) }) : t("The bot handed over")),
  handed_back: ({ by, outcome }) => `${t("{by} handed over to the bot", { by })}${outcome ? ` · ${outcome}` : ""}`,
  taken_over: ({ named, to, by, from }) => (from && from !== "Nobody" && from !== named ? t("{by} took over from {from}", { by: named ?? to ?? by, from }) : t("{by} took over", { by: named ?? to ?? by })),
  assigned: ({ named, to }) => (named && named === to ? t("{by} took this conversation", { by: named })
    : named ? t("{by} assigned to {to}", { by: named, to: to ?? t("an agent") }) : t("Assigned to {to}", { to: to ?? t("an agent") })),
  unassigned: ({ by }) => t("{by} put this back into the queue", { by }),
  resolved: ({ named, silent_hours: hours }) => (hours ? t("Resolved by itself: the customer was silent for {span}", { span: spanOf(hours) }) : named ? t("Resolved by {by}", { by: named }) : t("Resolved")),
  snoozed: ({ by, until: at }) => (at ? t("{by} snoozed this until {until}", { by, until: full(at) }) : t("{by} snoozed this until the customer writes", { by })),
  woke: () => t("Back from snooze"),
  language_set: ({ by, language }) => (language ? t("{by} set the language to {language}", { by, language: languageName(language) }) : t("{by} took the language away", { by })),
  prioritised: ({ by, priority }) => t("{by} set the priority to {priority}", { by, priority: PRIORITIES[priority] ?? priority }),
  skill_waived: ({ skills, language, minutes, team }) => n("Nobody there could take this for {minutes} minute ({needs}): anybody in {team} may now", "Nobody there could take this for {minutes} minutes ({needs}): anybody in {team} may now", minutes, { minutes: number(minutes), team, needs: listed([...(skills ?? []), ...(language ? [languageName(language)] : [])]) }),
  team_changed: ({ by, team, waited }) => (team && waited ? n("Nobody took this for {waited} minute: it went to {team}", "Nobody took this for {waited} minutes: it went to {team}", waited, { waited: number(waited), team }) : team ? t("{by} gave this to {team}", { by, team }) : t("{by} took this from its team", { by })),
  labelled: ({ by, added, removed }) => (added && removed ? t("{by} added {added} and removed {removed}", { by, added: listed(added), removed: listed(removed) })
    : added ? t("{by} added {added}", { by, added: listed(added) }) : removed ? t("{by} removed {removed}", { by, removed: listed(removed) }) : by),
  scheduled: ({ by, at }) => t("{by} wrote a message to be sent {when}", { by, when: until(at) }),
  kept: ({ by, at }) => t("{by} had something to say at night: it waits until {when}", { by, when: until(at) }),
  unscheduled: ({ by }) => t("{by} cancelled a message that was to be sent later", { by }),
  not_said: ({ by, reason: why }) => t("{by}’s message for later was not sent: {why}", { by, why: told(why) }),
  rating_explained: ({ self, comment }) => `${t("{by} said why", { by: self })}${quoted(comment)}`,
  rated: ({ self, score, comment }) => `${t("{by} rated this {score} of 5", { by: self, score })}${quoted(comment)}`,
  opted_out: ({ self, named, purpose, words }) => `${(purpose === "marketing" ? (named ? t("{by} noted an opt-out of marketing", { by: self }) : t("{by} opted out of marketing", { by: self }))
    : named ? t("{by} noted an opt-out", { by: self }) : t("{by} opted out", { by: self }))}${quoted(words)}`,
  opted_in: ({ self, named, words }) => `${named ? t("{by} noted a consent", { by: self }) : t("{by} opted in again", { by: self })}${quoted(words)}`,
  merged: ({ by, since }) => t("{by} merged the conversation of {when} into this one", { by, when: full(since) }),
  merged_into: ({ by }) => t("{by} merged this into another conversation", { by }),
  parted: ({ by }) => t("{by} parted the conversations again", { by }),
  campaign: ({ name }) => t("The campaign “{name}”", { name }),
  begun: ({ by }) => t("{by} began this conversation", { by }),
  blocked: ({ by }) => t("{by} blocked this customer", { by }),
  unblocked: ({ by }) => t("{by} let this customer through again", { by }),
  rule_stopped: ({ rule, why }) => t("The rule “{rule}” was stopped: {why}", { rule, why: lower(told(why)) }),
  rule_failed: ({ rule, why }) => t("The rule “{rule}” could not do everything: {why}", { rule, why: lower(told(why)) }),
  sla_warned: ({ promise, due, policy }) => t("{promise} is due soon: {due} ({policy})", { promise: PROMISES[promise], due: full(due), policy }),
  sla_breached: ({ promise, due, policy }) => t("{promise} was due {due} ({policy})", { promise: PROMISES[promise], due: full(due), policy }),
  reopened: ({ named }) => (named ? t("Reopened by {by}", { by: named }) : t("Reopened")),
};

const nameOf = (person) => (typeof person === "object" ? person?.name : person) || null;
const lower = (text) => text && text[0].toLowerCase() + text.slice(1);

export const percent = (part) => `${Math.round(part * 100)} %`;

export function bytes(size) {
  if (size == null) return null;
  const step = size < 1024 ? 0 : size < 1024 ** 2 ? 1 : 2;
  return `${(size / 1024 ** step).toFixed(step === 2 && size < 10 * 1024 ** 2 ? 1 : 0)} ${["B", "KB", "MB"][step]}`;
}

export const speakerName = (speaker, me) =>
  speaker.kind === "bot" ? t("The bot") : speaker.kind === "nobody" ? t("Nobody") : speaker.id === me.id ? t("You") : speaker.name ?? t("A colleague");

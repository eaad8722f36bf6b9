// What codes mean, in plain words. Written here once.
import { PROMISES } from "./promised.js";
import { until } from "./moments.js";
import { full } from "./time.js";

export { address } from "./numbers.js";

/** What customers call each kind of channel, as the connectors say. */
const MEDIA = JSON.parse(document.querySelector('meta[name="channel-media"]')?.content ?? "{}");
const isChannel = (kind) => Object.hasOwn(MEDIA, kind);
export const channelName = (kind) => (isChannel(kind) ? MEDIA[kind] : humanise(kind));

const IDENTITIES = { phone: "Phone", bsuid: "WhatsApp id", visitor: "Web chat id", email: "Email", user: "User" };

/** A name by which a channel knows someone, and what that is called: `telegram:991` is the Telegram id 991. */
export function identity({ kind, value }) {
  const [channel, ...rest] = value.split(":");
  if (kind === "user" && rest.length && isChannel(channel)) return { kind, value: rest.join(":"), name: `${channelName(channel)} id` };
  return { kind, value, name: IDENTITIES[kind] ?? humanise(kind) };
}

const LANGUAGES = new Intl.DisplayNames(undefined, { type: "language" });

export function languageName(code) {
  try {
    return code && LANGUAGES.of(code);
  } catch {
    return code;
  }
}

export const humanise = (code) => {
  const words = String(code ?? "").replaceAll("_", " ").trim();
  return words && words[0].toUpperCase() + words.slice(1);
};

export const intentName = (name) => (name === "nlu_fallback" ? "not understood" : String(name).replaceAll("_", " "));

const REASONS = {
  asked: "The customer asked for a person",
  low_confidence: "The bot did not understand, twice",
  out_of_scope: "The customer asks for something the bot does not do",
  action_failed: "Something the bot had to look up did not work",
  bot_down: "The bot could not be reached",
  bot_slow: "The bot took too long",
  bot_failed: "The bot failed",
  unreadable: "Sent something that the bot cannot read",
  consent: "The customer may be asking to get no more messages",
  opted_out: "The customer has opted out and writes again",
};
export const reason = (code) => REASONS[code] ?? humanise(code);

const STATUSES = { queued: "Queued", sending: "Sending", sent: "Sent", delivered: "Delivered", read: "Read",
                   failed: "Not delivered", cancelled: "Cancelled" };
export const statusName = (status) => STATUSES[status] ?? humanise(status);

const NOBODY = "Nobody";

/** The sentence of an activity line. */
export function activity(event, details = {}) {
  const by = nameOf(details.by);
  const to = nameOf(details.to);
  const from = nameOf(details.was);
  const isSomeone = from && from !== NOBODY;
  const self = by && by === to;
  switch (event) {
    case "handed_over": return `The bot handed over${details.team ? ` to ${details.team}` : ""}${details.reason ? `: ${lower(reason(details.reason))}` : ""}`;
    case "handed_back": return `${by ?? "An agent"} handed over to the bot${details.outcome ? ` · ${details.outcome}` : ""}`;
    case "taken_over": return `${by ?? to ?? "An agent"} took over${isSomeone && from !== by ? ` from ${from}` : ""}`;
    case "assigned": return self ? `${by} took this conversation` : `${by ? `${by} assigned` : "Assigned"} to ${to ?? "an agent"}`;
    case "unassigned": return `${by ?? "An agent"} put this back into the queue`;
    case "resolved": return `Resolved${by ? ` by ${by}` : ""}`;
    case "snoozed": return `${by ?? "An agent"} snoozed this until ${details.until ? full(details.until) : "the customer writes"}`;
    case "woke": return "Back from snooze";
    case "prioritised": return `${by ?? "An agent"} set the priority to ${details.priority}`;
    case "team_changed": return details.team ? `${by ?? "An agent"} gave this to ${details.team}` : `${by ?? "An agent"} took this from its team`;
    case "labelled": return `${by ?? "An agent"} ${[details.added && `added ${listed(details.added)}`, details.removed && `removed ${listed(details.removed)}`].filter(Boolean).join(" and ")}`;
    case "scheduled": return `${by ?? "An agent"} wrote a message to be sent ${until(details.at)}`;
    case "unscheduled": return `${by ?? "An agent"} cancelled a message that was to be sent later`;
    case "not_said": return `${by ?? "An agent"}’s message for later was not sent: ${details.reason}`;
    case "rated": return `${by ?? "The customer"} rated this ${details.score} of 5${details.comment ? `: “${details.comment}”` : ""}`;
    case "opted_out": return `${by ?? "The customer"} ${details.by ? "noted an opt-out" : "opted out"}${details.purpose === "marketing" ? " of marketing" : ""}${details.words ? `: “${details.words}”` : ""}`;
    case "opted_in": return `${by ?? "The customer"} ${details.by ? "noted a consent" : "opted in again"}${details.words ? `: “${details.words}”` : ""}`;
    case "merged": return `${by ?? "An agent"} merged the conversation of ${full(details.since)} into this one`;
    case "merged_into": return `${by ?? "An agent"} merged this into another conversation`;
    case "parted": return `${by ?? "An agent"} parted the conversations again`;
    case "begun": return `${by ?? "An agent"} began this conversation`;
    case "blocked": return `${by ?? "An agent"} blocked this customer`;
    case "unblocked": return `${by ?? "An agent"} let this customer through again`;
    case "rule_stopped": return `The rule “${details.rule}” was stopped: ${lower(details.why)}`;
    case "rule_failed": return `The rule “${details.rule}” could not do everything: ${lower(details.why)}`;
    case "sla_warned": return `${PROMISES[details.promise]} is due soon: ${full(details.due)} (${details.policy})`;
    case "sla_breached": return `${PROMISES[details.promise]} was due ${full(details.due)} (${details.policy})`;
    case "reopened": return `Reopened${by ? ` by ${by}` : ""}`;
    default: return humanise(event);
  }
}

const nameOf = (person) => (typeof person === "object" ? person?.name : person) || null;
const lower = (text) => text && text[0].toLowerCase() + text.slice(1);

export const percent = (part) => `${Math.round(part * 100)} %`;

export function bytes(size) {
  if (size == null) return null;
  const step = size < 1024 ? 0 : size < 1024 ** 2 ? 1 : 2;
  return `${(size / 1024 ** step).toFixed(step === 2 && size < 10 * 1024 ** 2 ? 1 : 0)} ${["B", "KB", "MB"][step]}`;
}

export const speakerName = (speaker, me) =>
  speaker.kind === "bot" ? "The bot" : speaker.kind === "nobody" ? "Nobody" : speaker.id === me.id ? "You" : speaker.name ?? "A colleague";

/** “A”, “A and B”, “A, B and C”. */
export const listed = (all) =>
  new Intl.ListFormat("en", { type: "conjunction" }).format(all);

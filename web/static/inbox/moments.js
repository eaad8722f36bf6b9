// The moments that one usually means by “later”, and how they are written.
import { LOCALE, t } from "language";

const MORNING = 9;
const HOUR_MS = 3_600_000;

export const morningIn = (days, now) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
const TIME = new Intl.DateTimeFormat(LOCALE, { weekday: "short", hour: "numeric", minute: "2-digit" });
const FULL = new Intl.DateTimeFormat(LOCALE, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });

/** When it comes back, as one would say it. */
export const until = (at) => FULL.format(new Date(at));
export const snoozedUntil = (at) => (at ? t("Snoozed until {until}", { until: until(at) }) : t("Snoozed until they write"));

/** `{label, at, hint}` of the usual choices. */
export function moments(now) {
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const nextWeek = toMonday === 1 ? 8 : toMonday;  // on a Sunday, “tomorrow” is the Monday
  const item = (label, at) => ({ label, at, hint: (at - now > 6 * 24 * HOUR_MS ? FULL : TIME).format(at) });
  return [item(t("An hour"), new Date(now.getTime() + HOUR_MS)), item(t("Tomorrow"), morningIn(1, now)), item(t("Next week"), morningIn(nextWeek, now))];
}

/** A moment as a field for day and time holds it. */
export const field = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);

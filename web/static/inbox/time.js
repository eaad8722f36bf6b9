// Times as people say them, in the language of the page and the zone of the browser.
import { useEffect, useState } from "preact/hooks";
import { LOCALE, t } from "language";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const format = (options) => new Intl.DateTimeFormat(LOCALE, options);
const CLOCK = format({ hour: "2-digit", minute: "2-digit" });
const WEEKDAY = format({ weekday: "short" });
const DATE = format({ day: "numeric", month: "short" });
const DATE_YEAR = format({ day: "numeric", month: "short", year: "numeric" });
const LONG_DAY = format({ weekday: "long", day: "numeric", month: "long" });
const MONTH = format({ month: "long", year: "numeric" });
const FULL = format({ dateStyle: "full", timeStyle: "medium" });

export const clock = (at) => CLOCK.format(new Date(at));

const spelled = new Map();

/** The whole of it, for a title. Kept: to spell it takes longer than to draw the row that it is for. */
export function full(at) {
  let words = spelled.get(at);
  if (words === undefined) {
    if (spelled.size >= 2000) spelled.clear();
    spelled.set(at, words = FULL.format(new Date(at)));
  }
  return words;
}

export const month = (at) => MONTH.format(new Date(at));

const startOfDay = (at) => new Date(at).setHours(0, 0, 0, 0);

/** How many midnights lie between. */
const daysBetween = (at, now) => Math.round((startOfDay(now) - startOfDay(at)) / DAY);

/** Which day a message belongs to; equal for messages of the same day. */
export const dayOf = startOfDay;

export function dayName(at, now = Date.now()) {
  const days = daysBetween(at, now);
  if (days === 0) return t("Today");
  if (days === 1) return t("Yesterday");
  return days < 300 ? LONG_DAY.format(new Date(at)) : DATE_YEAR.format(new Date(at));
}

/** As short as a row of the list needs: now, 5m, 3h, Tue, 12 Oct. */
export function ago(at, now = Date.now()) {
  const passed = now - new Date(at);
  if (passed < MINUTE) return t("now");
  if (passed < 60 * MINUTE) return t("{count}m", { count: Math.floor(passed / MINUTE) });
  if (passed < 12 * 60 * MINUTE || daysBetween(at, now) === 0) return t("{count}h", { count: Math.floor(passed / (60 * MINUTE)) });
  if (daysBetween(at, now) < 7) return WEEKDAY.format(new Date(at));
  return daysBetween(at, now) < 300 ? DATE.format(new Date(at)) : DATE_YEAR.format(new Date(at));
}

/** The same in a sentence: just now, 5m ago, Tue. */
export function said(at, now = Date.now()) {
  const passed = now - new Date(at);
  if (passed < MINUTE) return t("just now");
  return passed < 12 * 60 * MINUTE || daysBetween(at, now) === 0 ? t("{time} ago", { time: ago(at, now) }) : ago(at, now);
}

/** How long someone has waited: 40s, 5m, 2h 10m, 3d. */
export function span(ms) {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return t("{count}s", { count: Math.max(0, Math.floor(ms / 1000)) });
  if (minutes < 60) return t("{count}m", { count: minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? t("{hours}h {minutes}m", { hours, minutes: minutes % 60 }) : t("{count}h", { count: hours });
  return t("{count}d", { count: Math.floor(hours / 24) });
}

const listeners = new Set();
let timer;

/** The present time, drawn again every 20 seconds by one timer for the whole page. */
export function useNow() {
  const [now, set] = useState(Date.now());
  useEffect(() => {
    timer ??= setInterval(() => listeners.forEach((listener) => listener(Date.now())), 20_000);
    listeners.add(set);
    return () => listeners.delete(set);
  }, []);
  return now;
}

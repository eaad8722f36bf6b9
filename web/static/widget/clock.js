// Times and days as the visitor's language writes them, in the visitor's own time zone.

/** @returns `{timeOf, dayOf, stampOf}`, each from an ISO 8601 time to words. */
export function newClock(language) {
  const locale = localeOf(language);
  const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
  const stamp = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "short" });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    timeOf: (moment) => time.format(new Date(moment)),
    stampOf: (moment) => stamp.format(new Date(moment)),
    dayOf(moment) {
      const ago = Math.round((midnight(new Date(moment)) - midnight(new Date())) / 86400000);
      const name = ago === 0 || ago === -1 ? relative.format(ago, "day") : day.format(new Date(moment));
      return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
    },
  };
}

/** The visitor's own kind of the language, en-GB for en: it decides between 14:05 and 2:05 PM. */
const localeOf = (language) => (navigator.languages ?? []).find((tag) => tag.toLowerCase().startsWith(`${language}-`)) ?? language;

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

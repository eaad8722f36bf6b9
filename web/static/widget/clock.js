// Times and days as the visitor's language writes them, in the visitor's own time zone.

/** @returns `{timeOf, dayOf, stampOf}`, each from an ISO 8601 time to words. */
export function newClock(language) {
  const time = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
  const day = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
  const stamp = new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" });
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

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

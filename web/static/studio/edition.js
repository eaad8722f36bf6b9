// Which edition of which assistant the studio is about: `?edition=club.en` in the address; without it the first one.
// Another is chosen by loading the page anew, so that nothing of the one before is left on it.
import { LOCALE } from "language";

export const chosen = new URLSearchParams(location.search).get("edition") ?? "";

/** A path of the studio's API, or an address below it, about the chosen edition unless it names one. */
export function aboutEdition(path) {
  if (!chosen || !/^(\/api\/v1)?\/studio\//.test(path) || /[?&]edition=/.test(path)) return path;
  return `${path}${path.includes("?") ? "&" : "?"}edition=${encodeURIComponent(chosen)}`;
}

/** The address of what is shown, of another edition. */
export const elsewhere = (key, pathname = location.pathname) => `${pathname}${key ? `?edition=${encodeURIComponent(key)}` : ""}`;

/** A language's name in the reader's own. */
export function languageName(tag) {
  try {
    return new Intl.DisplayNames([LOCALE], { type: "language" }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

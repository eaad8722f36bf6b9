// How long a customer may still be written to freely, on channels that limit it.
import { n, t } from "language";
import { useNow } from "./time.js";

const HOUR = 3_600_000;

/** `{isClosed, words}`: the words are empty where there is no limit. */
export function useWindow({ window_closes_at: closes }) {
  const now = useNow();
  if (!closes) return { isClosed: false, words: "" };
  const left = new Date(closes) - now;
  if (left <= 0) return { isClosed: true, words: "" };
  const minutes = Math.ceil(left / 60_000);
  const time = minutes > 90 ? n("{count} hour", "{count} hours", Math.round(minutes / 60)) : n("{count} minute", "{count} minutes", minutes);
  return { isClosed: false, isSoon: left < 4 * HOUR, words: t("Free text for {time} more", { time }) };
}

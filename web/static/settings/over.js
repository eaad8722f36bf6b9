// Saving over what somebody else has saved meanwhile is asked about once, and never happens unseen.
import { t } from "language";
import { get, Problem, replace } from "../inbox/api.js";

/** What was there instead when somebody was told so: if they save again, they mean it. */
const told = new WeakMap();

/**
 * Put `body` in the place of `seen`, as the server told it when the form was opened. Raises a `Problem` the first time if what
 * the form changes is not so any more. It is looked for in the list around it; `alone`: it is answered by itself, and where it
 * is tagged the server sees to it that nobody comes in between.
 */
export async function putOver(path, body, seen, { alone = false, by = null } = {}) {
  const now = alone ? await get(path) : (await get(path.slice(0, path.lastIndexOf("/")))).items.find((one) => one.id === seen.id);
  const of = (held) => JSON.stringify(Object.keys(body).filter((field) => field in seen).map((field) => held[field] ?? null));
  if (now && of(now) !== of(seen) && told.get(seen) !== of(now)) {
    told.set(seen, of(now));
    throw changed();
  }
  try {
    return await (by ?? ((to, what) => replace(to, what, now)))(path, body);
  } catch (problem) {
    throw problem.status === 412 ? changed() : problem;
  }
}

const changed = () => new Problem({ detail: t("Somebody else has changed this since you opened it. Save again to put yours in the place of theirs, or reload the page to see theirs.") });

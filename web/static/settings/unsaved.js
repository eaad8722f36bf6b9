// What somebody wrote into a form and has not saved is not left behind unasked.
import { t } from "language";

const written = new Set();

addEventListener("input", ({ target }) => {
  const form = target.closest?.("form.editor:not([role=search])");
  if (form) written.add(form);
});

/** It was saved: nothing is lost any more. */
export const settled = () => written.clear();

/** Whether there is a form on the page in which something is not saved. A form that was closed is none. */
const isLeft = () => [...written].some((form) => form.isConnected);

/** Whether one may go elsewhere within the page: at once, or as whoever is asked says. */
export function mayLeave() {
  if (isLeft() && !confirm(t("What you changed here is not saved. Leave it behind?"))) return false;
  settled();
  return true;
}

addEventListener("beforeunload", (event) => {
  if (isLeft()) event.preventDefault();
});

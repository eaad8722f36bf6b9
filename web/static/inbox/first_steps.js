// What an admin does first, where nobody has written yet.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox, useStore } from "./lib.js";

/** Whether this is an installation in which there is no conversation, and one may set it up. */
export function useIsNew() {
  const [me, all] = useStore((s) => [s.me, s.counts?.all]);
  const isQuiet = all === 0 && me.permissions.includes("admin");
  const [isNew, set] = useState(false);
  useEffect(() => {
    let isOver = false;
    set(false);
    if (isQuiet) get("/conversations", { tab: "all", status: "any", limit: 1 }).then(({ items }) => isOver || set(!items.length), () => {});
    return () => { isOver = true; };
  }, [isQuiet]);
  return isNew;
}

export function FirstSteps({ id = "h-first" }) {
  const { rehearsal } = useInbox();
  const steps = [
    rehearsal && ["phone", "/rehearsal", t("Write to yourself"), t("A customer’s phone for each channel in rehearsal: what you write there comes here, and the bot answers.")],
    ["settings", "/settings/channels", t("Connect a channel"), t("WhatsApp, RCS, SMS, or the web chat on your pages.")],
    ["people", "/settings/invitations", t("Invite your colleagues"), t("By a link, each with a role.")],
    ["check", "/settings/teams", t("Make a team"), t("Its queue, how work is shared, and its opening hours.")],
    ["bot", "/studio", t("Teach the bot"), t("See what it understands, and what it answers.")],
  ].filter(Boolean);
  return html`<section class="firststeps" aria-labelledby=${id}><h2 id=${id}>${t("Nobody has written yet")}</h2><p class="quiet">${t("What to do first:")}</p>
    <ol>${steps.map(([icon, at, what, about]) => html`<li key=${at}><a href=${at}><${Icon} name=${icon} size=${18} /><span><b>${what}</b><span class="quiet">${about}</span></span></a></li>`)}</ol></section>`;
}

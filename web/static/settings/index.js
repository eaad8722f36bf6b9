// Where one is among the settings: a list of their parts, beside them or on a phone above.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { html } from "../inbox/lib.js";

const PARTS = [
  [t("Channels"), [["channels", t("Channels")], ["quiet-hours", t("Quiet hours")]]],
  [t("Work"), [["teams", t("Teams")], ["agents", t("Agents")], ["replies", t("Saved replies")], ["sla", t("Service levels")], ["survey", t("How it was")], ["rules", t("Rules")], ["macros", t("Macros")], ["attributes", t("Contact attributes")]]],
  [t("People"), [["invitations", t("Invitations")], ["people", t("Signing in")], ["single-sign-on", t("Single sign-on")], ["roles", t("Roles")]]],
  [t("Programs"), [["tokens", t("Programs’ keys")], ["webhooks", t("Webhooks")]]],
  [t("Records"), [["retention", t("How long conversations are kept")], ["audit", t("Audit log")], ["quarantine", t("Quarantine")], ["dead-letters", t("Dead letters")], ["set-aside", t("Set aside")]]],
];

export function Index() {
  const present = usePresent();
  const go = (id) => document.getElementById(id)?.scrollIntoView();
  const follow = (id) => (event) => {
    event.preventDefault();
    history.replaceState(null, "", `/settings/${id}`);
    go(id);
    document.getElementById(`h-${id}`)?.focus({ preventScroll: true });
  };
  return html`<nav class="index" aria-label=${t("Parts of the settings")}>
    ${PARTS.map(([title, parts]) => html`<div key=${title}><p>${title}</p><ul>${parts.map(([id, name]) => html`<li key=${id}><a href=${`/settings/${id}`} aria-current=${present === id ? "true" : undefined} onClick=${follow(id)}>${name}</a></li>`)}</ul></div>`)}</nav>`;
}

/** The id of the part that is being read: the last one that has begun above the middle of the page. */
function usePresent() {
  const [present, set] = useState(null);
  useEffect(() => {
    const main = document.querySelector("main.admin");
    const look = () => {
      const begun = [...main.querySelectorAll("section[id]")].filter((one) => one.getBoundingClientRect().top < innerHeight / 3);
      set(begun.at(-1)?.id ?? null);
    };
    main.addEventListener("scroll", look, { passive: true });
    return () => main.removeEventListener("scroll", look);
  }, []);
  return present;
}

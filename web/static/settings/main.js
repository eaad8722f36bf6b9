// The settings: on the side what there is, beside it the one that the address names. On a phone one or the other.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import "../account/prove.js";
import { get } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, Inbox, names } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Prefs } from "../inbox/prefs.js";
import { Rail } from "../inbox/rail.js";
import { Ui } from "../inbox/ui.js";
import { AUDIT, GROUPS, PAGES } from "./places.js";
import { Toasts } from "./section.js";
import { mayLeave } from "./unsaved.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);
const ui = new Ui();
const isPhone = matchMedia("(max-width: 760px)");

/** The id of the page that the address names; nothing at `/settings`. */
const named = () => location.pathname.split("/")[2] || null;

function useNamed() {
  const [id, set] = useState(named);
  useEffect(() => {
    const moved = () => set(named());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const onLink = (to) => (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    if (to !== named() && !mayLeave()) return;
    if (to !== named()) history.pushState(null, "", to ? `/settings/${to}` : "/settings");
    set(to);
  };
  return [id, onLink];
}

function Settings() {
  const [id, onLink] = useNamed();
  const shown = id ? PAGES.find((page) => page.id === id) : PAGES[0];
  useEffect(() => { document.title = [shown?.name ?? t("Settings"), "Parley"].join(" · "); }, [shown]);
  return html`<div class=${names("adminframe withplaces", id && "chosen")}><${Rail} user=${user} page="settings" rehearsal=${root.dataset.rehearsal === "yes"} />
    <${Places} id=${id || !isPhone.matches ? shown?.id : null} onLink=${onLink} />
    <main class="admin"><a class="upwards" href="/settings" onClick=${onLink(null)}><${Icon} name="back" size=${16} />${t("Settings")}</a>
      ${shown ? html`<${Page} key=${shown.id} page=${shown} isAsked=${Boolean(id)} />` : html`<${Empty} icon="search" title=${t("There is no such page in the settings")} />`}</main></div><${Toasts} />`;
}

function Places({ id, onLink }) {
  const list = useRef(null);
  useEffect(() => list.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [id]);
  return html`<nav class="places" aria-label=${t("Settings")} ref=${list}><h1>${t("Settings")}</h1>
    ${GROUPS.map((group, at) => html`<section key=${at} aria-labelledby=${`places-${at}`}><h2 id=${`places-${at}`}>${group.name}</h2><ul>
      ${group.pages.map((page) => html`<li key=${page.id}><a href=${`/settings/${page.id}`} aria-current=${page.id === id ? "page" : undefined} onClick=${onLink(page.id)}>
        <span class="grow">${page.name}</span>${page.counts && html`<${Count} of=${page.counts} seen=${id} />`}</a></li>`)}</ul></section>`)}</nav>`;
}

/** How many wait to be looked at; asked again when one has been elsewhere. */
function Count({ of, seen }) {
  const [count, set] = useState(0);
  useEffect(() => { get(of).then(({ items }) => set(items.length), () => {}); }, [of, seen]);
  return count > 0 && html`<span class="chip warn">${count}</span>`;
}

/** A page's module, once it is there. `isAsked`: by a link, so that the focus goes to what was asked for. */
function Page({ page, isAsked }) {
  const [held, set] = useState({});
  const place = useRef(null);
  useEffect(() => {
    let isOver = false;
    page.load().then((Kind) => isOver || set({ Kind }), (error) => isOver || set({ error }));
    return () => { isOver = true; };
  }, [page]);
  useEffect(() => { if (held.Kind && isAsked && isPhone.matches) place.current?.focus(); }, [held]);
  if (held.error) return html`<${Empty} icon="alert" title=${t("This page could not be fetched")}><p>${t("Check the connection, then load the page again.")}</p><//>`;
  return html`<div class="place" ref=${place} tabindex="-1">${held.Kind ? html`<${held.Kind} />` : html`<p class="quiet" role="status">${t("Opening…")}</p>`}</div>`;
}

/** What of the settings is for those who only look at what others did. */
function Auditing() {
  return html`<div class="adminframe"><${Rail} user=${user} page="history" rehearsal=${root.dataset.rehearsal === "yes"} />
    <main class="admin"><h1>${t("Audit")}</h1><${Page} page=${AUDIT} /></main></div><${Toasts} />`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui }}><${user.permissions.includes("admin") ? Settings : Auditing} /><//>`, root);

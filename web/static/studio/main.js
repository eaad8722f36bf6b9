// The studio's page: the rail, the tabs, and the tab that the address names.
import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { doors } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, Inbox, names } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Prefs } from "../inbox/prefs.js";
import { Rail } from "../inbox/rail.js";
import { Ui } from "../inbox/ui.js";
import { aboutEdition } from "./edition.js";
import { address, onLink, useRoute } from "./router.js";
import { TABS } from "./tabs.js";
import { Whose } from "./whose.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);
const ui = new Ui();
doors.about = aboutEdition;

function Studio() {
  const [tab, path, go] = useRoute(TABS[0].id);
  const shown = TABS.find(({ id }) => id === tab);
  const tabs = useRef(null);
  const [more, setMore] = useState("");
  const look = () => setMore(beyond(tabs.current));
  const center = () => { tabs.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }); look(); };
  useEffect(center, [tab]);
  useEffect(() => {
    const watch = new ResizeObserver(center); // the switcher beside them comes late, and takes room
    watch.observe(tabs.current);
    return () => watch.disconnect();
  }, []);
  return html`<div class="studio"><${Rail} user=${user} page="bot" rehearsal=${root.dataset.rehearsal === "yes"} />
    <div class="studioin"><header class="studiohead"><h1>${t("Studio")}</h1><nav class="studiotabs" aria-label=${t("Studio")} ref=${tabs} data-more=${more} onScroll=${look}>
      ${TABS.map(({ id, name }) => html`<a key=${id} href=${address(id)} aria-current=${id === tab ? "page" : undefined} onClick=${onLink(go, id)}>${name}</a>`)}</nav><${Whose} /></header>
    ${shown ? html`<${Tab} key=${tab} tab=${shown} path=${path} go=${go} />` : html`<main class="studiomain"><${Empty} icon="search" title=${t("There is no such page in the studio")} /></main>`}
    </div></div><${Toasts} />`;
}

/** At which ends of a row that is scrolled there is more: "start", "end", both or none. */
function beyond({ scrollLeft, scrollWidth, clientWidth }) {
  const at = Math.abs(scrollLeft);
  return [at > 2 && "start", at + clientWidth < scrollWidth - 2 && "end"].filter(Boolean).join(" ");
}

/** A tab's module, once it is there. */
function Tab({ tab, path, go }) {
  const [held, set] = useState({});
  useEffect(() => {
    let isOver = false;
    tab.load().then((module) => isOver || set({ Kind: module.default }), (error) => isOver || set({ error }));
    return () => { isOver = true; };
  }, [tab]);
  if (held.error) return html`<main class="studiomain"><${Empty} icon="alert" title=${t("This page could not be fetched")}><p>${t("Check the connection, then load the page again.")}</p><//></main>`;
  if (!held.Kind) return html`<main class="studiomain"><p class="quiet waiting" role="status">${t("Opening…")}</p></main>`;
  return html`<${held.Kind} path=${path} go=${go} user=${user} />`;
}

function Toasts() {
  const [{ toasts }, set] = useState(ui.state);
  useEffect(() => ui.subscribe(set), []);
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.map((toast) => html`<div key=${toast.id} class=${names("toast", toast.tone)}>
    <${Icon} name=${toast.tone === "bad" ? "alert" : "check"} size=${16} /><span>${toast.text}</span></div>`)}</div>`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui }}><${Studio} /><//>`, root);

// The campaigns: the list of them, and the one that the address names: `/campaigns?c=<id>`, `/campaigns?c=new`.
import { render } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { n, number, t } from "language";
import { get } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, Inbox } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Prefs } from "../inbox/prefs.js";
import { Rail } from "../inbox/rail.js";
import { full } from "../inbox/time.js";
import { Ui } from "../inbox/ui.js";
import { Toasts } from "../settings/section.js";
import { mayLeave } from "../settings/unsaved.js";
import { Editor } from "./editor.js";
import { Going, Progress } from "./going.js";
import { whenMoved } from "./live.js";
import { isMoving, stateName, TONES } from "./words.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);
const ui = new Ui();

const named = () => new URLSearchParams(location.search).get("c");

/** The id in the address, and a way to another one that Back leads back from. */
function useNamed() {
  const [id, set] = useState(named);
  useEffect(() => {
    const moved = () => set(named());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const go = useCallback((to) => {
    if (to !== named()) history.pushState(null, "", to ? `/campaigns?c=${encodeURIComponent(to)}` : "/campaigns");
    set(to);
  }, []);
  return [id, go];
}

/** What `load` answers, asked for again when we are told that one of the campaigns of `concerns` has moved. */
function useFresh(load, concerns, keys) {
  const [held, set] = useState({ found: null, error: null });
  const reload = useCallback(() => load().then((found) => set({ found, error: null }), (error) => set((before) => ({ ...before, error }))), keys);
  useEffect(() => {
    set({ found: null, error: null });
    reload();
  }, keys);
  useEffect(() => whenMoved((id) => (id === null || concerns(id)) && reload()), keys);
  return { ...held, reload };
}

function Campaigns() {
  const [id, go] = useNamed();
  return html`<div class="adminframe"><${Rail} user=${user} page="megaphone" rehearsal=${root.dataset.rehearsal === "yes"} />
    <main class="admin campaigns">${id ? html`<${One} key=${id} id=${id} go=${go} />` : html`<${All} go=${go} />`}</main></div><${Toasts} />`;
}

const link = (go, to) => (event) => {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (mayLeave()) go(to);
};

function All({ go }) {
  const { found, error } = useFresh(() => get("/campaigns").then(({ items }) => items), () => true, []);
  const start = html`<button type="button" class="btn primary" onClick=${() => go("new")}><${Icon} name="plus" size=${15} />${t("New campaign")}</button>`;
  return html`<header class="campaignhead"><div><h1>${t("Campaigns")}</h1><p class="quiet">${t("One message to many customers: to those who agreed, in the daytime where they are, once each.")}</p></div>${found?.length > 0 && start}</header>
    ${error && html`<p class="problem" role="alert">${error.message}</p>`}
    ${!found && !error && html`<p class="quiet" role="status">${t("Loading…")}</p>`}
    ${found?.length === 0 && html`<${Empty} icon="megaphone" title=${t("No campaigns yet")}><p>${t("Write to a segment of your contacts, or to a list of numbers. Before anything is sent you see how many it reaches, and why not the others.")}</p>${start}<//>`}
    ${found?.length > 0 && html`<ul class="lines">${found.map((one) => html`<li key=${one.id}><${Row} one=${one} go=${go} /></li>`)}</ul>`}`;
}

function Row({ one, go }) {
  const said = one.counts.states.said ?? 0;
  return html`<a class="campaignrow" href=${`/campaigns?c=${one.id}`} onClick=${link(go, one.id)}>
    <span class="grow"><b><bdi>${one.name}</bdi></b><span class="fact">${one.state === "draft" ? t("Written {when} by {name}", { when: full(one.created_at), name: one.author_name }) : one.state === "scheduled" ? t("Begins {when}", { when: full(one.at) }) : n("Said to {count} customer", "Said to {count} customers", said, { count: number(said) })}</span></span>
    ${isMoving(one) && one.state === "running" && html`<${Progress} campaign=${one} />`}
    <span class=${`chip ${TONES[one.state] ?? ""}`}>${stateName(one.state)}</span></a>`;
}

function One({ id, go }) {
  const isNew = id === "new";
  const load = async () => {
    const [campaign, channels, segments] = await Promise.all([isNew ? null : get(`/campaigns/${encodeURIComponent(id)}`), get("/channels"), get("/contact_segments")]);
    return { campaign, channels: channels.items.filter((one) => one.enabled !== false), segments: segments.items };
  };
  const { found, error, reload } = useFresh(load, (moved) => moved === id, [id]);
  const isDraft = found && (isNew || found.campaign.state === "draft");
  return html`<nav class="campaignback"><a class="back" href="/campaigns" onClick=${link(go, null)}><${Icon} name="back" size=${16} />${t("Campaigns")}</a></nav>
    ${error && html`<p class="problem" role="alert">${error.message}</p>`}
    ${!found && !error && html`<p class="quiet" role="status">${t("Loading…")}</p>`}
    ${isDraft && html`<${Editor} ...${found} go=${go} reload=${reload} />`}
    ${found && !isDraft && html`<${Going} ...${found} reload=${reload} />`}`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui }}><${Campaigns} /><//>`, root);

// The inbox as a whole: rail, list, thread, details, and what lies in front of them.
import { useEffect, useState } from "preact/hooks";
import { mix, t, told } from "language";
import { Composer } from "./composer.js";
import { Details } from "./details.js";
import { Dialogs } from "./dialogs.js";
import { FirstSteps, useIsNew } from "./first_steps.js";
import { Header } from "./header.js";
import { Icon } from "./icons.js";
import { html, names, useInbox, usePref, useStore } from "./lib.js";
import { List } from "./list.js";
import { Empty, IconButton } from "./parts.js";
import { Rail } from "./rail.js";
import { Thread } from "./thread.js";

export function App() {
  const { ui: front, rehearsal } = useInbox();
  const [ui, setUi] = useState(front.state);
  const [conversation, thread, me] = useStore((s) => [s.conversations.get(s.openId), s.threads.get(s.openId), s.me]);
  const openId = useStore((s) => s.openId);
  const [showList] = usePref("showList");
  const [showDetails] = usePref("showDetails");
  useEffect(() => {
    setUi(front.state);  // what was asked for before this was drawn: an address that names a conversation
    return front.subscribe(setUi);
  }, []);
  return html`<div class=${names("frame", !showList && "nolist", (!showDetails || !conversation) && "nodetails")} data-pane=${openId ? ui.pane : "list"}>
      <a class="skip" href="#thread">${t("To the conversation")}</a>
      <${Rail} user=${me} page="inbox" rehearsal=${rehearsal} />
      <${List} />
      <main class="thread" id="thread" tabindex="-1" aria-label=${t("Conversation")}>
        <${Connection} />
        <${ChannelTrouble} />
        ${conversation && thread ? html`<${Header} conversation=${conversation} />
            <${Thread} conversation=${conversation} key=${openId} />
            <${Composer} conversation=${conversation} />`
          : openId ? html`<${Missing} thread=${thread} id=${openId} />` : html`<${Welcome} />`}
      </main>
      ${conversation && html`<${Details} conversation=${conversation} />`}
    </div>
    <${Toasts} toasts=${ui.toasts} />
    <${Dialogs} dialog=${ui.dialog} />`;
}

/** Says that the connection is gone, after a moment's grace; goes by itself. */
function Connection() {
  const connection = useStore((s) => s.connection);
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (connection === "live") return;
    const timer = setTimeout(() => setLate(true), connection === "lost" ? 1200 : 4000);
    return () => clearTimeout(timer);
  }, [connection]);
  return html`<div role="status">${late && connection !== "live" && html`<div class="lostbar"><span class="spin" aria-hidden="true"></span>
    ${connection === "lost" ? t("Connection lost. Reconnecting; what you write is kept.") : t("Connecting…")}</div>`}</div>`;
}

/** Tells admins of channels that are broken; goes by itself when they work again. */
function ChannelTrouble() {
  const [channels, me] = useStore((s) => [s.channels, s.me]);
  const broken = me.permissions.includes("admin") ? channels.filter((c) => c.enabled && c.health?.state === "bad") : [];
  return html`<div role="alert">${broken.map((channel) => html`<div class="troublebar" key=${channel.id}><${Icon} name="alert" size=${15} />
    <span class="grow">${mix("{name} does not work: {detail}", { name: html`<b>${channel.name}</b>`, detail: told(channel.health.detail) })}</span><a href="/settings">${t("Settings")}</a></div>`)}</div>`;
}

function Welcome() {
  if (useIsNew()) return html`<${FirstSteps} />`;
  return html`<${Empty} icon="inbox" title=${t("Pick a conversation")}><p>${mix("Or press {key} for the first one, {other} for all keys.", { key: html`<kbd>J</kbd>`, other: html`<kbd>?</kbd>` })}</p><//>`;
}

function Missing({ thread, id }) {
  const { act } = useInbox();
  if (thread?.state !== "failed") return html`<div class="msgs" aria-busy="true"></div>`;
  return html`<${Empty} icon="alert" title=${t("This conversation could not be opened.")}><p>${thread.error}</p>
    <button type="button" class="btn" onClick=${() => act.loadThread(id)}>${t("Try again")}</button>
    <button type="button" class="btn" onClick=${() => act.open(null)}>${t("Back to the list")}</button><//>`;
}

function Toasts({ toasts }) {
  const { ui } = useInbox();
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.map((toast) => html`<div key=${toast.id} class=${names("toast", toast.tone)}>
    <${Icon} name=${toast.tone === "bad" ? "alert" : "check"} size=${16} /><span>${toast.text}</span>
    ${toast.offer && html`<button type="button" class="link" onClick=${() => { ui.unsay(toast.id); toast.offer.run(); }}>${toast.offer.verb}</button>`}
    <${IconButton} icon="close" label=${t("Dismiss")} onClick=${() => ui.unsay(toast.id)} /></div>`)}</div>`;
}

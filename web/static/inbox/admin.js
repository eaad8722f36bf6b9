// The settings page: channels and how they fare, what could not be read, what could not be delivered.
import { render } from "preact";
import { useState } from "preact/hooks";
import { t, told } from "language";
import { Content } from "./contents.js";
import { post, remove } from "./api.js";
import { Attributes } from "./attributes.js";
import { Channels } from "./channels.js";
import { html, Inbox } from "./lib.js";
import { Ago } from "./parts.js";
import { Prefs } from "./prefs.js";
import { Rail } from "./rail.js";
import { SavedReplies } from "./saved_replies.js";
import { Seats } from "./seats.js";
import { Teams } from "./teams.js";
import { Ui } from "./ui.js";
import { Audit } from "../settings/audit.js";
import "../account/prove.js";
import { Index } from "../settings/index.js";
import { Invitations } from "../settings/invitations.js";
import { People } from "../settings/people.js";
import { QuietHours } from "../settings/quiet.js";
import { Retention } from "../settings/retention.js";
import { Roles } from "../settings/roles.js";
import { Section, Toasts, useDeed, useItems } from "../settings/section.js";
import { SetAside } from "../settings/set_aside.js";
import { Tokens } from "../settings/tokens.js";
import { Webhooks } from "../settings/webhooks.js";
import { SingleSignOn } from "../settings/sso.js";
import { Work } from "../settings/work.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);
const ui = new Ui();

function Settings() {
  return html`<div class="adminframe indexed"><${Rail} user=${user} page="settings" rehearsal=${root.dataset.rehearsal === "yes"} /><${Index} />
    <main class="admin"><h1>${t("Settings")}</h1><${Channels} Section=${Section} useItems=${useItems} /><${Teams} Section=${Section} useItems=${useItems} /><${Seats} Section=${Section} useItems=${useItems} /><${SavedReplies} Section=${Section} useItems=${useItems} /><${Work} Section=${Section} useItems=${useItems} /><${Attributes} Section=${Section} useItems=${useItems} /><${QuietHours} /><${Retention} /><${Invitations} /><${People} /><${SingleSignOn} /><${Roles} /><${Tokens} /><${Webhooks} /><${Audit} /><${Quarantine} /><${DeadLetters} /><${SetAside} /></main></div><${Toasts} />`;
}

/** What of the settings is for those who only look at what others did. */
function Auditing() {
  return html`<div class="adminframe"><${Rail} user=${user} page="history" rehearsal=${root.dataset.rehearsal === "yes"} />
    <main class="admin"><h1>${t("Audit")}</h1><${Audit} /></main></div><${Toasts} />`;
}

function Quarantine() {
  const list = useItems("/quarantine");
  return html`<${Section} id="quarantine" title=${t("Quarantine")} icon="alert" list=${list} nothing=${t("Nothing is in quarantine")} calm
      about=${t("What a provider truly sent but we could not read. Replay it after a fix; nothing is lost until you delete it.")}>
    <ul class="lines">${list.items?.map((item) => html`<${Quarantined} key=${item.id} item=${item} reload=${list.reload} />`)}</ul><//>`;
}

function Quarantined({ item, reload }) {
  const [sure, setSure] = useState(false);
  const [busy, run] = useDeed(reload);
  return html`<li><div class="line"><div class="grow"><b>${item.reason}</b><div class="fact">${item.channel_id} · <${Ago} at=${item.at} /></div></div>
      <button type="button" class="btn" disabled=${busy} onClick=${() => run(() => post(`/quarantine/${item.id}/replay`), t("Read, and taken in."))}>${t("Replay")}</button>
      <button type="button" class="btn danger" disabled=${busy} onBlur=${() => setSure(false)}
        onClick=${() => sure ? run(() => remove(`/quarantine/${item.id}`), t("Deleted.")) : setSure(true)}>${sure ? t("Delete for good?") : t("Delete")}</button></div>
    <details class="raw"><summary>${t("What was received")}</summary><pre tabindex="0" dir="ltr">${pretty(item.raw)}</pre></details></li>`;
}

function pretty(raw) {
  if (typeof raw !== "string") return JSON.stringify(raw, null, 2);
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

function DeadLetters() {
  const list = useItems("/dead_letters");
  return html`<${Section} id="dead-letters" title=${t("Dead letters")} icon="retry" list=${list} nothing=${t("Every message was delivered")} calm
      about=${t("Messages that could not be delivered, with the provider’s reason. Retry puts one back into the outbox.")}>
    <ul class="lines">${list.items?.map((message) => html`<${DeadLetter} key=${message.id} message=${message} reload=${list.reload} />`)}</ul><//>`;
}

function DeadLetter({ message, reload }) {
  const [busy, run] = useDeed(reload);
  return html`<li><div class="line"><div class="grow"><div class="deadtext"><${Content} content=${message.content} /></div>
      <div class="fact badtext">${told(message.error?.message) ?? t("No reason was given.")}${message.error?.code && html` <code>${message.error.code}</code>`}</div>
      <div class="fact">${message.author.name ?? message.author.kind} · ${message.channel_id} · <${Ago} at=${message.created_at} /> ·
        <a href=${`/?c=${encodeURIComponent(message.conversation_id)}`}>${t("Open the conversation")}</a></div></div>
    <button type="button" class="btn" disabled=${busy} onClick=${() => run(() => post(`/messages/${message.id}/retry`), t("Queued again."))}>${t("Retry")}</button></div></li>`;
}

root.replaceChildren();
const part = location.pathname.split("/")[2];
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui }}><${user.permissions.includes("admin") ? Settings : Auditing} /><//>`, root);
if (part) document.getElementById(part)?.scrollIntoView();

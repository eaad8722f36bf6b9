// Notes that name me: how many I have not seen, and the way to each.
import { t } from "language";
import { Icon } from "./icons.js";
import { html, useInbox, useStore } from "./lib.js";
import { Dialog } from "./dialogs.js";
import { Ago } from "./parts.js";

export const unseen = ({ items, seen }) => items.filter((one) => one.message_id > seen).length;

export function MentionsButton() {
  const { ui } = useInbox();
  const mentions = useStore((s) => s.mentions);
  const fresh = unseen(mentions);
  const label = fresh ? t("Mentions, {fresh} new", { fresh }) : t("Mentions");
  return html`<button type="button" class="iconbtn bell" aria-label=${label} title=${label} onClick=${() => ui.ask("mentions")}><${Icon} name="at" />
    ${fresh > 0 && html`<span class="unread" aria-hidden="true">${fresh > 9 ? "9+" : fresh}</span>`}</button>`;
}

export function Mentions() {
  const { act, ui } = useInbox();
  const mentions = useStore((s) => s.mentions);
  const go = (one) => { ui.dismiss(); act.see(one.message_id); ui.show("thread"); act.reveal(one.conversation_id, one.seq); };
  return html`<${Dialog} title=${t("Mentions")}><div class="mentionlist">
    ${mentions.items.map((one) => html`<button type="button" key=${one.message_id} onClick=${() => go(one)}>
      ${one.message_id > mentions.seen && html`<span class="pip new" title=${t("New")}></span>`}
      <span class="grow"><b>${one.by}</b><span class="said" dir="auto">${one.text}</span></span><${Ago} at=${one.at} /></button>`)}</div>
    ${!mentions.items.length && html`<p>${t("Nobody has named you in a note yet. Colleagues do so with @ and your name.")}</p>`}
    <div class="buttons">${unseen(mentions) > 0 && html`<button type="button" class="btn" onClick=${() => act.see(mentions.items[0].message_id)}>${t("All seen")}</button>`}
      <button type="button" class="btn primary" onClick=${() => ui.dismiss()}>${t("Close")}</button></div><//>`;
}

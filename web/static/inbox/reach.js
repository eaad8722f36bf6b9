// Writing to a contact first, on any channel that reaches them; and blocking them.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "./api.js";
import { ChannelMark } from "./icons.js";
import { html, useInbox } from "./lib.js";
import { address } from "./words.js";

export function WriteFirst({ contact, onChange }) {
  const { ui } = useInbox();
  const [ways, set] = useState(null);
  useEffect(() => { get(`/contacts/${contact.id}/ways`).then(({ items }) => set(items), () => set([])); }, [contact.id, contact.updated_at]);
  const attempt = (deed) => deed().catch((error) => ui.say(error.message, "bad"));
  const begin = (way) => attempt(async () => {
    const { id } = await post(`/contacts/${contact.id}/conversations`, { channel_id: way.channel_id });
    location.assign(`/?c=${encodeURIComponent(id)}`);
  });
  const block = () => attempt(async () => {
    await post(`/contacts/${contact.id}/block`, { blocked: !contact.blocked_at });
    ui.say(contact.blocked_at ? t("Let through again") : t("Blocked: what they send is kept and wakes nobody"));
    onChange();
  });
  return html`<section class="sheet" aria-labelledby="h-write"><h3 id="h-write">${t("Write to them")}</h3>
    ${ways?.length === 0 && html`<p class="quiet">${t("No channel of ours reaches them.")}</p>`}
    <ul class="ways">${ways?.map((way) => html`<li key=${way.channel_id}><span class="mark inline" data-channel=${way.channel_kind}><${ChannelMark} kind=${way.channel_kind} /></span>
      <span class="grow"><b>${way.name}</b> <bdi class="quiet">${address(way.address)}</bdi>${(way.refused || way.needs_template) && html`<span class="fact">${way.refused ? t("They asked for no messages here") : t("A template only, until they write")}</span>`}</span>
      <button type="button" class="btn" disabled=${way.refused} aria-label=${t("Write to {name} on {channel}", { name: contact.name, channel: way.name })} onClick=${() => begin(way)}>${way.conversation_id ? t("Go on") : t("Write")}</button></li>`)}</ul>
    <${Block} isBlocked=${Boolean(contact.blocked_at)} onBlock=${block} /></section>`;
}

function Block({ isBlocked, onBlock }) {
  const [sure, setSure] = useState(false);
  if (isBlocked) return html`<p class="problem">${t("Blocked: what they send is kept and wakes nobody.")} <button type="button" class="link" onClick=${onBlock}>${t("Let them through")}</button></p>`;
  const press = () => {
    setSure(!sure);
    if (sure) onBlock();
  };
  return html`<button type="button" class="btn danger" onBlur=${() => setSure(false)} onClick=${press}>${sure ? t("Block for sure?") : t("Block")}</button>`;
}

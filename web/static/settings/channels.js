// Settings: the lines to customers. Added, changed, checked, tried and watched; secrets go in and never come out.
import { useEffect, useState } from "preact/hooks";
import { mix, n, t, told } from "language";
import { get, patch, post, remove } from "../inbox/api.js";
import { ChannelMark, Icon } from "../inbox/icons.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { Ago, Menu } from "../inbox/parts.js";
import { channelName } from "../inbox/words.js";
import { ChannelForm } from "./channel_form.js";
import { Section, useItems } from "./section.js";

const HEALTH = { good: ["good", t("Works")], bad: ["bad", t("Trouble")], new: ["", t("Not used yet")] };
const WATCH_MS = 15_000;

export function Channels() {
  const list = useItems("/channels");
  const [kinds, setKinds] = useState([]);
  const [form, setForm] = useState(null);
  useEffect(() => { get("/channel_kinds").then(({ items }) => setKinds(items), () => {}); }, []);
  useEffect(() => {
    const watch = setInterval(() => document.visibilityState === "visible" && list.reload(), WATCH_MS);
    return () => clearInterval(watch);
  }, [list.reload]);
  const kindOf = (channel) => kinds.find((kind) => kind.name === channel.kind);
  const items = kinds.map((kind) => ({ label: kind.title, mark: html`<${Mark} kind=${kind.name} />`, run: () => setForm({ kind, channel: null }) }));
  const edit = async (channel) => setForm({ kind: kindOf(channel), channel: await get(`/channels/${channel.id}`) });
  const done = () => { setForm(null); list.reload(); };
  return html`<${Section} id="channels" title=${t("Channels")} icon="phone" list=${list} nothing=${t("No channels yet")}
      about=${t("Where customers reach you. Give each provider the webhook address of its channel.")}
      more=${items.length > 0 && html`<${Menu} label=${t("Add a channel")} cls="btn primary" items=${items}><${Icon} name="plus" size=${15} />${t("Add a channel")}<//>`}
      above=${form && html`<${ChannelForm} key=${form.channel?.id ?? form.kind.name} ...${form} taken=${list.items?.map((one) => one.id) ?? []} onDone=${done} onCancel=${() => setForm(null)} />`}>
    <ul class="cards">${list.items?.map((channel) => html`<${Channel} key=${channel.id} channel=${channel} title=${kindOf(channel)?.title ?? channelName(channel.kind)}
      onEdit=${kindOf(channel) && (() => edit(channel))} onChange=${list.reload} />`)}</ul><//>`;
}

const Mark = ({ kind }) => html`<span class="mark inline" data-channel=${kind}><${ChannelMark} kind=${kind} /></span>`;

function Channel({ channel, title, onEdit, onChange }) {
  const { ui } = useInbox();
  const [busy, setBusy] = useState(false);
  const [testing, setTesting] = useState(false);
  const [removing, setRemoving] = useState(false);
  const run = async (deed, said) => {
    setBusy(true);
    try {
      const answer = await deed();
      ui.say(said(answer));
    } catch (error) {
      ui.say(error.message, "bad");
    }
    setBusy(false);
    onChange();
  };
  const at = `/channels/${channel.id}`;
  const check = () => run(() => post(`${at}/check`), ({ summary }) => `${channel.name}: ${summary}`);
  const turn = () => run(() => patch(at, { enabled: !channel.enabled, check: false }), () => channel.enabled ? t("{name} is off", { name: channel.name }) : t("{name} is on", { name: channel.name }));
  const erase = () => run(() => remove(at), () => t("Removed: {name}", { name: channel.name }));
  const more = [
    { label: channel.enabled ? t("Switch off") : t("Switch on"), run: turn },
    channel.lists_templates === true && { label: t("Fetch the templates"), run: () => run(() => post(`${at}/templates/sync`), ({ templates }) => n("{count} template", "{count} templates", templates)) },
    null,
    { label: t("Remove…"), run: () => setRemoving(true) },
  ].filter((item) => item !== false);
  const { health } = channel;
  return html`<li>
    <div class="cardhead"><${Mark} kind=${channel.kind} /><b class="grow">${channel.name}</b><${Health} channel=${channel} /></div>
    <dl class="kv"><dt>${t("Kind")}</dt><dd>${title} ${channel.rehearsal && html`<span class="chip accent">${t("rehearsal")}</span>`}</dd>
      <dt>${t("Id")}</dt><dd><code dir="ltr">${channel.id}</code></dd>
      ${channel.kind === "webchat" ? html`<dt>${t("On your page")}</dt><dd><${Copied} text=${snippet(channel)} /></dd>`
        : channel.kind !== "smpp" && html`<dt>${t("Webhook")}</dt><dd><${Copied} text=${channel.hook_url} /></dd>`}
      ${channel.last_webhook_at && html`<dt>${t("Last heard")}</dt><dd><${Ago} at=${channel.last_webhook_at} /></dd>`}
      ${channel.last_refused_at && html`<dt>${t("Refused")}</dt><dd>${mix("an unsigned webhook, {ago}", { ago: html`<${Ago} at=${channel.last_refused_at} />` })}</dd>`}</dl>
    ${health?.detail && html`<p class=${names("fact", health.state === "bad" && "badtext")}>${told(health.detail)}${health.at && html` · <${Ago} at=${health.at} />`}</p>`}
    ${testing && html`<${Test} channel=${channel} onEnd=${() => setTesting(false)} run=${run} />`}
    ${removing && html`<div class="sure" role="alertdialog" aria-label=${t("Remove {name}?", { name: channel.name })}>
      <p>${t("Remove {name}? Its conversations stay, but nothing can be sent or received on it any more.", { name: channel.name })}</p>
      <button type="button" class="btn" autofocus onClick=${() => setRemoving(false)}>${t("Keep it")}</button>
      <button type="button" class="btn danger" disabled=${busy} onClick=${erase}>${t("Remove")}</button></div>`}
    <div class="cardfoot">
      ${onEdit && html`<button type="button" class="btn" onClick=${onEdit}>${t("Settings")}</button>`}
      ${channel.kind !== "webchat" && html`<button type="button" class="btn" disabled=${busy} onClick=${check}>${t("Check")}</button>
        <button type="button" class="btn" disabled=${busy} aria-expanded=${String(testing)} onClick=${() => setTesting(!testing)}>${t("Send a test")}</button>`}
      <span class="grow"></span><${Menu} label=${t("More about {name}", { name: channel.name })} title=${t("More")} cls="iconbtn" items=${more}><${Icon} name="caret" /><//></div></li>`;
}

function Test({ channel, onEnd, run }) {
  const [to, setTo] = useState("");
  const send = async (event) => {
    event.preventDefault();
    await run(() => post(`/channels/${channel.id}/test`, { to }), () => t("Sent to {to}", { to }));
    onEnd();
  };
  const typed = channel.reached_by === "user" ? { type: "text", placeholder: t("Your id on {kind}", { kind: channelName(channel.kind) }) } : { type: "tel", placeholder: "+39…" };
  return html`<form class="testform" onSubmit=${send}><label>${t("To")} <input autofocus required ...${typed} value=${to} onInput=${(event) => setTo(event.target.value)} /></label>
    <button class="btn primary">${t("Send")}</button></form>`;
}

/** What puts the web chat on a page: it has no provider that calls us. */
const snippet = ({ id, hook_url }) => `<script src="${new URL("/widget.js", hook_url)}" data-channel="${id}" async></script>`;

function Health({ channel }) {
  if (channel.enabled === false) return html`<span class="chip">${t("Off")}</span>`;
  const [tone, word] = HEALTH[channel.health?.state] ?? HEALTH.new;
  return html`<span class=${names("chip", tone)}><span class="pip"></span>${word}</span>`;
}

export function Copied({ text }) {
  const { ui } = useInbox();
  const [done, setDone] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      setTimeout(() => setDone(false), 2000);
    } catch {
      ui.say(t("The browser does not let us copy. Select the text instead."), "bad");
    }
  };
  return html`<code dir="ltr">${text}</code> <button type="button" class="link" onClick=${copy} aria-label=${t("Copy {text}", { text })}>${done ? t("Copied") : t("Copy")}</button>`;
}

// Settings: other programs that are told what happens, and what came of it.
import { useEffect, useState } from "preact/hooks";
import { mix, n, t } from "language";
import { get, post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Delete, Ticks, useSaving } from "./form.js";
import { putOver } from "./over.js";
import { Section, useDeed, useItems } from "./section.js";

const NEW = { url: "", events: ["message.created"], channel_ids: [], is_on: true };
const TONES = { delivered: "good", failed: "bad", waiting: "warn" };
const SAID = { delivered: "delivered", failed: t("given up"), waiting: "waiting" };

export function Webhooks() {
  const list = useItems("/webhooks");
  const [known, setKnown] = useState({ events: [], channels: [] });
  const [edited, edit] = useState(null);
  const [shown, show] = useState(null);
  useEffect(() => {
    Promise.all([get("/webhooks"), get("/channels")]).then(([{ events }, channels]) => setKnown({ events, channels: channels.items }), () => {});
  }, []);
  const done = (answer) => {
    edit(null);
    if (answer?.secret) show(answer.secret);
    list.reload();
  };
  return html`<${Section} id="webhooks" title=${t("Webhooks")} icon="link" list=${list} nothing=${t("No program is told yet")}
      about=${t("Other programs that are told what happens: signed, at least once, tried again for a day.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New webhook")}</button>`}
      above=${html`${shown && html`<${Secret} secret=${shown} onClose=${() => show(null)} />`}${edited && html`<${Editor} key=${edited.id ?? "new"} hook=${edited} known=${known} onDone=${done} onCancel=${() => edit(null)} />`}`}>
    <ul class="lines">${list.items?.map((hook) => html`<${Hook} key=${hook.id} hook=${hook} known=${known} reload=${list.reload} onEdit=${() => edit(hook)} onSecret=${show} />`)}</ul><//>`;
}

function Secret({ secret, onClose }) {
  return html`<div class="tried" role="status"><p>${t("The secret by which the program knows us. It is shown this once: copy it now.")}</p>
    <p><code dir="ltr">${secret}</code></p><p><button type="button" class="btn" onClick=${onClose}>${t("I have it")}</button></p></div>`;
}

function Editor({ hook, known, onDone, onCancel }) {
  const { url, events, channel_ids, is_on } = hook;
  const [held, set] = useState({ url, events, channel_ids, is_on });
  const [trouble, send] = useSaving(onDone);
  const save = (event) => {
    event.preventDefault();
    send(() => (hook.id ? putOver(`/webhooks/${hook.id}`, held, hook) : post("/webhooks", held)), t("Saved"));
  };
  const events_of = known.events.map(({ name, words }) => ({ id: name, name: `${name}: ${words}` }));
  return html`<form class="editor" onSubmit=${save} aria-label=${hook.id ? t("Edit webhook") : t("New webhook")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Address")}<input required autofocus type="text" inputmode="url" dir="ltr" maxlength="2000" placeholder=${t("https://")} value=${held.url} onInput=${(event) => set({ ...held, url: event.target.value })} /></label></div>
    <${Ticks} legend=${t("Tell it of")} all=${events_of} chosen=${held.events} onChange=${(chosen) => set({ ...held, events: chosen })} />
    <${Ticks} legend=${t("Of these channels only (none ticked: all)")} all=${known.channels} chosen=${held.channel_ids} onChange=${(chosen) => set({ ...held, channel_ids: chosen })} />
    <label class="check"><input type="checkbox" checked=${held.is_on} onChange=${(event) => set({ ...held, is_on: event.target.checked })} />${t("Switched on")}</label>
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

function Hook({ hook, reload, onEdit, onSecret }) {
  const [open, setOpen] = useState(false);
  const [busy, run] = useDeed(reload);
  const turn = () => run(async () => onSecret((await post(`/webhooks/${hook.id}/rotate`)).secret), t("There is a new secret. The old one is signed with for another day."));
  return html`<li><div class="line"><div class="grow"><b dir="ltr">${hook.url}</b> <${Fares} hook=${hook} />
        <div class="fact">${hook.events.join(", ")}${hook.channel_ids.length > 0 && html` · ${hook.channel_ids.join(", ")}`}${hook.delivered_at && html` ${mix("· last heard {ago}", { ago: html`<${Ago} at=${hook.delivered_at} />` })}`}</div>
        ${hook.stopped_why && html`<div class="fact badtext">${hook.stopped_why}</div>`}</div>
      <button type="button" class="btn" aria-expanded=${open} aria-label=${t("Deliveries to {url}", { url: hook.url })} onClick=${() => setOpen(!open)}>${t("Deliveries")}</button>
      <button type="button" class="btn" disabled=${busy || !hook.is_on} aria-label=${t("Test {url}", { url: hook.url })} onClick=${() => run(() => post(`/webhooks/${hook.id}/test`), t("Told: ping"))}>${t("Test")}</button>
      <button type="button" class="btn" disabled=${busy} aria-label=${t("New secret for {url}", { url: hook.url })} onClick=${turn}>${t("New secret")}</button>
      <button type="button" class="btn" aria-label=${t("Edit {url}", { url: hook.url })} onClick=${onEdit}>${t("Edit")}</button>
      <${Delete} path=${`/webhooks/${hook.id}`} name=${hook.url} onDone=${reload} /></div>
    ${open && html`<${Deliveries} hook=${hook} />`}</li>`;
}

function Fares({ hook }) {
  if (hook.stopped_at) return html`<span class="chip bad">${t("switched off: it failed too long")}</span>`;
  if (!hook.is_on) return html`<span class="chip">${t("switched off")}</span>`;
  if (hook.failing_since) return html`<span class="chip warn">${t("failing")}</span>`;
  return html`<span class="chip good">${t("on")}</span>`;
}

function Deliveries({ hook }) {
  const list = useItems(`/webhooks/${hook.id}/deliveries`);
  const [busy, run] = useDeed(list.reload);
  const day = () => new Date(Date.now() - 86_400_000).toISOString();
  const failed = () => run(() => post(`/webhooks/${hook.id}/replay`, { since: day() }), t("Queued again: what failed in the last day"));
  if (list.error) return html`<p class="problem" role="alert">${list.error.message}</p>`;
  return html`<div class="tried"><div class="part"><button type="button" class="btn" onClick=${list.reload}>${t("Look again")}</button>
      <button type="button" class="btn" disabled=${busy || !hook.is_on} onClick=${failed}>${t("Tell again what failed today")}</button></div>
    ${list.items?.length === 0 && html`<p>${t("It was told nothing in the last 30 days.")}</p>`}
    <ul class="told">${list.items?.map((one) => html`<li key=${one.id}><span class=${`chip ${TONES[one.state]}`}>${SAID[one.state]}</span><bdi>${one.type} · <${Ago} at=${one.at} /> · ${tries(one.tries)}</bdi>
      <button type="button" class="link" disabled=${busy || !hook.is_on} aria-label=${t("Tell again: {type}", { type: one.type })} onClick=${() => run(() => post(`/webhooks/${hook.id}/deliveries/${one.id}/replay`), t("Queued again"))}>${t("Tell again")}</button></li>`)}</ul></div>`;
}

function tries(all) {
  const last = all[all.length - 1];
  if (!last) return t("not tried yet");
  return n("{count} try, {outcome} ({ms} ms)", "{count} tries, {outcome} ({ms} ms)", all.length, { outcome: last.error ?? t("answered {status}", { status: last.status }), ms: last.ms });
}

// One contact: how to reach them, what is known of them, what colleagues wrote, and every conversation.
import { useCallback, useEffect, useState } from "preact/hooks";
import { LOCALE, t } from "language";
import { get, patch } from "./api.js";
import { ChannelMark, Icon } from "./icons.js";
import { html, useInbox } from "./lib.js";
import { Notes } from "./contact_notes.js";
import { Merging } from "./merging.js";
import { Avatar, Empty, IconButton } from "./parts.js";
import { Privacy } from "./privacy.js";
import { WriteFirst } from "./reach.js";
import { Said } from "./timeline.js";
import { clock, dayName, full, month } from "./time.js";
import { address, channelName, humanise, identity } from "./words.js";

const GIVEN = [{ id: "email", label: t("Email"), kind: "email" }, { id: "phone", label: t("Phone"), kind: "tel" }];

export function Profile({ id, user, attributes, onShow, onChange }) {
  const { ui } = useInbox();
  const [contact, set] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const [version, setVersion] = useState(0);
  const load = useCallback(() => get(`/contacts/${id}`, { limit: 500 }).then((found) => {
    if (found.merged_into) onShow(found.merged_into);
    else set(found);
  }, setTrouble), [id]);
  useEffect(() => { load(); }, [load]);
  if (trouble) return html`<${Empty} icon="alert" title=${trouble.message}><button type="button" class="btn" onClick=${() => onShow(null)}>${t("All contacts")}</button><//>`;
  if (!contact) return html`<p class="starting" role="status">${t("Loading…")}</p>`;
  const again = async () => {
    await load();
    setVersion(version + 1);
    onChange(version + 1);
  };
  const save = async (values) => {
    const { name, ...given } = values;
    const saved = await patch(`/contacts/${id}`, name === undefined ? { attributes: given } : { name });
    set((was) => ({ ...was, ...saved }));
    onChange(saved.updated_at);
    ui.say(t("Saved"));
  };
  return html`<header class="personhead"><span class="phone"><${IconButton} icon="back" label=${t("Back to the contacts")} onClick=${() => onShow(null)} /></span>
      <${Avatar} name=${contact.name} large /><div class="grow"><h2><bdi>${contact.name}</bdi></h2>
        <p class="quiet">${t("Customer since {month}", { month: month(contact.created_at) })}</p></div></header>
    <div class="personbody"><div class="col">
      <${Reach} contact=${contact} /><${WriteFirst} contact=${contact} onChange=${again} /><${Known} contact=${contact} attributes=${attributes} onSave=${save} /><${Consent} contact=${contact} />
      <${Merging} contact=${contact} onMerged=${again} onParted=${again} />
      ${user.permissions.includes("admin") && html`<${Privacy} contact=${contact} onErased=${() => { onShow(null); onChange(version + 1); }} />`}</div>
      <div class="col"><${Notes} id=${id} key=${version} user=${user} /><${Timeline} contact=${contact} /><${Said} id=${id} key=${`said${version}`} kinds=${new Map(contact.conversations.map((one) => [one.id, one.channel_kind]))} /></div></div>`;
}

function Reach({ contact }) {
  return html`<section class="sheet" aria-labelledby="h-reach"><h3 id="h-reach">${t("Reachable on")}</h3>
    ${contact.identities.length ? html`<dl class="facts">${contact.identities.map(identity).map(({ kind, value, name }) => html`<div key=${kind + value}><dt>${name}</dt>
      <dd><bdi class=${kind === "phone" ? "" : "code"} title=${value}>${kind === "phone" ? address(value) : value}</bdi></dd></div>`)}</dl>`
      : html`<p class="quiet">${t("Has not written yet.")}</p>`}</section>`;
}

/** Each value is a button with its name, and becomes a field when pressed. */
function Known({ contact, attributes, onSave }) {
  const fields = [{ id: "name", label: t("Name"), kind: "text", value: contact.given_name },
    ...[...GIVEN, ...attributes].map((one) => ({ ...one, value: contact.attributes[one.id] }))];
  return html`<section class="sheet" aria-labelledby="h-known"><h3 id="h-known">${t("Known about them")}</h3>
    <dl class="facts">${fields.map((field) => html`<${Fact} key=${field.id} field=${field} onSave=${(value) => onSave({ [field.id]: value })} />`)}</dl></section>`;
}

function Fact({ field, onSave }) {
  const [held, hold] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const isOpen = held !== null;
  const close = () => {
    hold(null);
    setTrouble(null);
    setTimeout(() => document.getElementById(`edit-${field.id}`)?.focus());
  };
  const save = async (event) => {
    event?.preventDefault();
    try {
      await onSave(held.trim() || null);
      close();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  const onKeyDown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
  return html`<div class=${isOpen ? "editing" : ""}><dt id=${`l-${field.id}`}>${field.label}</dt><dd>${isOpen ? html`<form onSubmit=${save} onKeyDown=${onKeyDown}>
      <${Field} field=${field} value=${held} onInput=${hold} />
      <button class="btn primary">${t("Save")}</button><button type="button" class="btn" onClick=${close}>${t("Cancel")}</button>
      ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}</form>`
    : html`<button type="button" class="fact" id=${`edit-${field.id}`} aria-label=${t("Edit {label}: {value}", { label: field.label, value: shown(field) ?? t("not known") })} onClick=${() => hold(String(field.value ?? ""))}>
      <bdi class=${shown(field) === null ? "quiet" : ""}>${shown(field) ?? t("Add")}</bdi><${Icon} name="pencil" size=${14} /></button>`}</dd></div>`;
}

function Field({ field, value, onInput }) {
  const common = { autofocus: true, value, "aria-labelledby": `l-${field.id}`, ref: focus, onInput: (event) => onInput(event.target.value) };
  if (field.kind === "boolean") return html`<select ...${common}><option value="">${t("Not known")}</option><option value="true">${t("Yes")}</option><option value="false">${t("No")}</option></select>`;
  if (field.kind === "choice") return html`<select ...${common}><option value="">${t("Not known")}</option>${field.choices.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select>`;
  const type = { number: "text", date: "date", email: "email", tel: "tel" }[field.kind] ?? "text";
  return html`<input type=${type} inputmode=${field.kind === "number" ? "decimal" : undefined} dir="auto" maxlength="1000" ...${common} />`;
}

/** Give the focus once to what has just come. */
function focus(element) {
  if (!element || element.dataset.focused) return;
  element.dataset.focused = "yes";
  element.focus();
  element.select?.();
}

const shown = ({ kind, value }) => (value === undefined || value === null || value === "" ? null
  : kind === "boolean" ? (value ? t("Yes") : t("No")) : kind === "date" ? new Date(`${value}T12:00`).toLocaleDateString(LOCALE, { dateStyle: "long" }) : kind === "tel" ? address(value) : String(value));

const refusal = ({ purpose, at }, kind) => {
  const values = { channel: channelName(kind), day: dayName(at) };
  return purpose === "marketing" ? t("No marketing on {channel}, since {day}", values) : t("No messages on {channel}, since {day}", values);
};

function declared({ granted, purpose, channel_kind }) {
  const values = { channel: channelName(channel_kind) };
  if (purpose === "marketing") return granted ? t("Consented to marketing on {channel}", values) : t("Refused marketing on {channel}", values);
  return granted ? t("Consented to messages on {channel}", values) : t("Refused messages on {channel}", values);
}

function Consent({ contact }) {
  const refused = contact.conversations.filter((one) => one.consent);
  if (!refused.length && !contact.consents.length) return null;
  return html`<section class="sheet" aria-labelledby="h-consent"><h3 id="h-consent">${t("Consent")}</h3>
    ${refused.map(({ id, channel_kind, consent }) => html`<p key=${id} class="problem">${refusal(consent, channel_kind)}${consent.words ? html`: <q dir="auto">${consent.words}</q>` : ""}</p>`)}
    <ol class="ledger">${contact.consents.map((event) => html`<li key=${event.id}><time class="quiet" dateTime=${event.at} title=${full(event.at)}>${dayName(event.at)}</time>
      <span>${declared(event)}${event.words ? html`: <q dir="auto">${event.words}</q>` : ""}${event.by ? `, ${t("noted by {name}", { name: event.by })}` : ""}</span></li>`)}</ol></section>`;
}

function Timeline({ contact }) {
  return html`<section class="sheet" aria-labelledby="h-timeline"><h3 id="h-timeline">${t("Conversations")}${contact.conversations.length > 0 && html` <span class="count">${contact.conversations.length}</span>`}</h3>
    ${contact.conversations.length ? html`<ol class="timeline">${contact.conversations.map((one) => html`<li key=${one.id}><span class="mark inline" data-channel=${one.channel_kind}><${ChannelMark} kind=${one.channel_kind} /></span>
      <a href=${`/?c=${encodeURIComponent(one.id)}`}><b>${channelName(one.channel_kind)}</b> <time class="quiet" dateTime=${one.updated_at} title=${full(one.updated_at)}>${dayName(one.updated_at)}, ${clock(one.updated_at)}</time>
        <span class="said" dir="auto">${one.preview || t("No messages")}</span></a>
      <span class=${`chip ${one.status === "open" ? "good" : ""}`}>${humanise(one.status)}</span></li>`)}</ol>`
      : html`<p class="quiet">${t("None yet.")}</p>`}</section>`;
}

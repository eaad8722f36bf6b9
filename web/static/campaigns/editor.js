// A campaign while it is written: what, to whom, how fast; then how many it reaches, a trial, and the start.
import { useEffect, useState } from "preact/hooks";
import { mix, n, number, t } from "language";
import { get, post, put } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { fieldsOf, filledIn, Told, Words } from "../inbox/templates.js";
import { Delete, useSaving } from "../settings/form.js";
import { Check } from "./check.js";
import { numbersIn, valuesIn } from "./reading.js";

const NEW = { name: "", channel_id: "", text: "", template: null, purpose: "marketing", segment_id: null, contact_ids: [], per_minute: 60, weekly_cap: 2 };

const PLACES = ["contact.first_name", "contact.name"];

export function Editor({ campaign, channels, segments, go, reload }) {
  const { ui } = useInbox();
  const first = channels.length === 1 ? channels[0].id : "";
  const [held, set] = useState(() => ({ ...NEW, channel_id: first, ...campaign, text: campaign?.text ?? "", numbers: [] }));
  const [isChanged, setChanged] = useState(!campaign);
  const change = (fields) => { set((before) => ({ ...before, ...fields })); setChanged(true); };
  const [trouble, send] = useSaving((kept) => {
    setChanged(false);
    const { unknown, bad, doubles } = kept.numbers;
    if (unknown || bad || doubles) ui.say(t("Of the numbers {unknown} belong to no contact, {doubles} were there twice and {bad} are none.", { unknown, doubles, bad }), unknown || bad ? "bad" : undefined);
    if (campaign) reload(); else go(kept.id);
  });
  const templates = useTemplates(held.channel_id);
  const save = (event) => {
    event.preventDefault();
    const { name, channel_id: at, text, template, purpose, segment_id: segment, contact_ids: ids, numbers, weekly_cap: cap, per_minute: pace } = held;
    const body = { name, channel_id: at, purpose, segment_id: segment, contact_ids: segment ? [] : ids, numbers: segment ? [] : numbers, per_minute: Number(pace) || 0, weekly_cap: cap === null ? null : Number(cap) || 0, ...(template ? { template } : { text }) };
    send(() => (campaign ? put(`/campaigns/${campaign.id}`, body) : post("/campaigns", body)), t("Saved as a draft"));
  };
  return html`<header class="campaignhead"><h1>${campaign ? html`<bdi>${campaign.name}</bdi>` : t("New campaign")}</h1>${campaign && html`<${Delete} path=${`/campaigns/${campaign.id}`} name=${campaign.name} onDone=${() => go(null)} />`}</header>
    <form class="editor campaignform" onSubmit=${save} aria-label=${t("Campaign")}>
      ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
      <div class="fields"><label>${t("Name")}<input required maxlength="80" dir="auto" value=${held.name} onInput=${(event) => change({ name: event.target.value })} /></label>
        <label>${t("Channel")}<select required value=${held.channel_id} onChange=${(event) => change({ channel_id: event.target.value, template: null })}><option value="">${t("Choose…")}</option>${channels.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}</option>`)}</select></label></div>
      <${Message} held=${held} change=${change} templates=${templates} />
      <${Audience} held=${held} change=${change} segments=${segments} />
      <fieldset class="parts"><legend>${t("What it is")}</legend>
        <label class="check"><input type="radio" name="purpose" checked=${held.purpose === "marketing"} onChange=${() => change({ purpose: "marketing" })} /><span>${t("An advertisement: only to those who consented to advertisements on this channel")}</span></label>
        <label class="check"><input type="radio" name="purpose" checked=${held.purpose === "conversation"} onChange=${() => change({ purpose: "conversation" })} /><span>${t("A notice of service: to everybody who has not opted out")}</span></label></fieldset>
      <div class="fields"><label>${t("Messages a minute, at most")}<input type="number" required min="1" max="6000" value=${held.per_minute} onInput=${(event) => change({ per_minute: event.target.value })} /></label>
        <label>${t("Campaigns a week for one contact, at most")}<input type="number" min="1" max="50" placeholder=${t("any number")} value=${held.weekly_cap ?? ""} onInput=${(event) => change({ weekly_cap: event.target.value === "" ? null : event.target.value })} /></label></div>
      <div class="buttons"><button class=${isChanged ? "btn primary" : "btn"}>${t("Save")}</button>${isChanged && campaign && html`<span class="quiet">${t("Save to see whom it reaches.")}</span>`}</div></form>
    ${campaign && !isChanged && html`<${Check} key=${JSON.stringify(campaign)} campaign=${campaign} reload=${reload} />`}`;
}

/** The channel's templates that may be sent; null until it is known. */
function useTemplates(channelId) {
  const [items, set] = useState(null);
  useEffect(() => {
    let isOver = false;
    set(null);
    if (channelId) get(`/channels/${encodeURIComponent(channelId)}/templates`).then((found) => isOver || set(found.items.filter((one) => one.status === "approved")), () => isOver || set([]));
    return () => { isOver = true; };
  }, [channelId]);
  return items;
}

function Message({ held, change, templates }) {
  const chosen = held.template && templates?.find((one) => one.name === held.template.name && one.language === held.template.language);
  const values = chosen ? valuesIn(chosen, held.template) : {};
  const choose = (key) => {
    const found = templates.find((one) => `${one.name} ${one.language}` === key);
    change({ template: found ? written(found, {}) : null });
  };
  return html`<fieldset class="parts"><legend>${t("Message")}</legend>
    ${templates?.length > 0 && html`<label>${t("Template")}<select value=${held.template ? `${held.template.name} ${held.template.language}` : ""} onChange=${(event) => choose(event.target.value)}><option value="">${t("None: a text, where the window is open")}</option>
      ${templates.map((one) => html`<option key=${`${one.name} ${one.language}`} value=${`${one.name} ${one.language}`}>${one.name.replaceAll("_", " ")} (${one.language})</option>`)}</select></label>`}
    ${chosen && fieldsOf(chosen).map(({ key, label, type, example }) => html`<label key=${key}><${Told} label=${label} example=${example} /><input type=${type} required dir="auto" value=${values[key] ?? ""} onInput=${(event) => change({ template: written(chosen, { ...values, [key]: event.target.value }) })} /></label>`)}
    ${chosen && html`<div class="campaignwords" role="group" aria-label=${t("What the customer will read")}><${Words} template=${chosen} values=${values} /></div>`}
    ${!held.template && html`<label>${t("Text")}<textarea rows="4" required maxlength="4000" dir="auto" value=${held.text} onInput=${(event) => change({ text: event.target.value })}></textarea></label>`}
    <p class="quiet">${mix("Filled in for each: {places}", { places: PLACES.map((place) => html`<code key=${place}>{{ ${place} }}</code> `) })}</p></fieldset>`;
}

const written = (template, values) => ({ type: "template", name: template.name, language: template.language, components: filledIn(template, values) });

function Audience({ held, change, segments }) {
  const [isList, setList] = useState(held.contact_ids.length > 0 || !segments.length);
  const [text, setText] = useState("");
  const typed = (given) => {
    setText(given);
    change({ numbers: numbersIn(given), contact_ids: [] });
  };
  const read = async (event) => {
    const [file] = event.target.files;
    if (file) typed(await file.text());
  };
  return html`<fieldset class="parts"><legend>${t("To whom")}</legend>
    <label class="check"><input type="radio" name="audience" checked=${!isList} disabled=${!segments.length} onChange=${() => setList(false)} /><span>${segments.length ? t("A segment of the contacts") : t("A segment of the contacts (there is none yet: save one in Contacts)")}</span></label>
    ${!isList && html`<label>${t("Segment")}<select required value=${held.segment_id ?? ""} onChange=${(event) => change({ segment_id: event.target.value || null })}><option value="">${t("Choose…")}</option>
      ${segments.map((one) => html`<option key=${one.id} value=${one.id}>${one.name}${one.contacts === null || one.contacts === undefined ? "" : ` (${number(one.contacts)})`}</option>`)}</select></label>`}
    <label class="check"><input type="radio" name="audience" checked=${isList} onChange=${() => { setList(true); change({ segment_id: null }); }} /><span>${t("A list of numbers")}</span></label>
    ${isList && html`<label>${t("Numbers, one on each line, or a CSV file")}<textarea rows="3" dir="ltr" placeholder="+39 02 1234 5678" value=${text} onInput=${(event) => typed(event.target.value)}></textarea></label>
      <div class="campaignfile"><input type="file" accept=".csv,text/csv,text/plain" aria-label=${t("A CSV file with numbers")} onChange=${read} /><span class="quiet" role="status">${held.numbers.length ? n("{count} number", "{count} numbers", held.numbers.length, { count: number(held.numbers.length) }) : held.contact_ids.length ? n("{count} contact", "{count} contacts", held.contact_ids.length, { count: number(held.contact_ids.length) }) : t("Who is no contact yet is left out: import them in Contacts first.")}</span></div>`}</fieldset>`;
}

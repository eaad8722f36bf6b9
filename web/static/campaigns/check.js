// Before the start: how many it reaches, why not the others, what one of them reads; a trial, and the start.
import { useEffect, useState } from "preact/hooks";
import { n, number, t } from "language";
import { get, post } from "../inbox/api.js";
import { Meter } from "../inbox/fitted.js";
import { html, useInbox } from "../inbox/lib.js";
import { full } from "../inbox/time.js";
import { useSaving } from "../settings/form.js";
import { whyNot, whyNotNow } from "./words.js";

const FEW = 5;

export function Check({ campaign, reload }) {
  const [held, set] = useState({ found: null, error: null });
  useEffect(() => {
    let isOver = false;
    get(`/campaigns/${campaign.id}/count`).then((found) => isOver || set({ found, error: null }), (error) => isOver || set({ found: null, error }));
    return () => { isOver = true; };
  }, [campaign.id]);
  const { found, error } = held;
  return html`<section aria-labelledby="h-check" class="campaigncheck"><header><h2 id="h-check">${t("Before it starts")}</h2></header>
    ${error && html`<p class="problem" role="alert">${error.message}</p>`}
    ${!found && !error && html`<p class="quiet" role="status">${t("Counting…")}</p>`}
    ${found && html`<${Counted} found=${found} /><${Trial} campaign=${campaign} /><${Start} campaign=${campaign} reached=${found.reached} later=${found.skipped.busy ?? 0} reload=${reload} />`}</section>`;
}

function Counted({ found }) {
  const { reached, counted, skipped, example, sms, is_whole: isWhole } = found;
  const sorted = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  return html`<p class="reached" role="status"><b>${number(reached)}</b> ${n("of {count} contact gets it", "of {count} contacts get it", counted, { count: number(counted) })}${!isWhole && ` ${t("(of the first that were counted)")}`}</p>
    ${sorted.length > 0 && html`<ul class="campaignwhy">${sorted.map(([reason, count]) => html`<li key=${reason}><b>${number(count)}</b> ${whyNotNow(reason)}</li>`)}</ul>`}
    ${example && html`<div><p class="quiet">${t("As {name} reads it", { name: example.contact })} ${sms && html`<${Meter} sms=${sms} />`}</p><div class="campaignwords" dir="auto">${example.text}</div></div>`}`;
}

/** Say it to oneself first. */
function Trial({ campaign }) {
  const { ui } = useInbox();
  const [words, setWords] = useState("");
  const [found, setFound] = useState(null);
  const look = (event) => {
    event.preventDefault();
    get("/contacts", { q: words }).then(({ items }) => setFound(items.slice(0, FEW)), (error) => ui.say(error.message, "bad"));
  };
  const run = (contact) => () => post(`/campaigns/${campaign.id}/try`, { contact_id: contact.id })
    .then(({ said, reason }) => ui.say(said ? t("Sent to {name}", { name: contact.name }) : t("Not sent to {name}: {reason}", { name: contact.name, reason: whyNot(reason) }), said ? undefined : "bad"), (error) => ui.say(error.message, "bad"));
  return html`<form class="testform" onSubmit=${look}><label>${t("Try it on one contact first (yourself)")}<input required dir="auto" placeholder=${t("Name or number")} value=${words} onInput=${(event) => setWords(event.target.value)} /></label><button class="btn">${t("Find")}</button>
    ${found && html`<ul class="trialfound">${found.map((one) => html`<li key=${one.id}><span class="grow"><bdi>${one.name}</bdi> <span class="fact"><bdi>${one.address ?? ""}</bdi></span></span><button type="button" class="btn" aria-label=${t("Send it to {name}", { name: one.name })} onClick=${run(one)}>${t("Send")}</button></li>`)}
      ${!found.length && html`<li class="quiet">${t("No contact has this name or number.")}</li>`}</ul>`}</form>`;
}

function Start({ campaign, reached, later, reload }) {
  const [at, setAt] = useState("");
  const [sure, setSure] = useState(false);
  const [trouble, send] = useSaving(reload);
  const start = (event) => {
    event.preventDefault();
    if (!sure) return setSure(true);
    const moment = at ? new Date(at).toISOString() : null;
    send(() => post(`/campaigns/${campaign.id}/start`, { at: moment }), moment ? t("It begins {when}", { when: full(moment) }) : t("It has begun"));
    return null;
  };
  return html`<form class="testform" onSubmit=${start} aria-label=${t("Start")}><label>${t("When (empty: now)")}<input type="datetime-local" value=${at} onInput=${(event) => { setAt(event.target.value); setSure(false); }} /></label>
    <button class="btn primary" disabled=${!reached && !later && !at} onBlur=${() => setSure(false)}>${sure ? n("Send it to {count} customer?", "Send it to {count} customers?", reached, { count: number(reached) }) : at ? t("Schedule") : t("Start now")}</button>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}</form>`;
}

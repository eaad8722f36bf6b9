// A campaign that has begun: how far it is, what became of it, and the means to stop it.
import { useState } from "preact/hooks";
import { n, number, t } from "language";
import { post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, useInbox } from "../inbox/lib.js";
import { full } from "../inbox/time.js";
import { outcome, problemName, stateName, TONES, whyNot } from "./words.js";

const sum = (counts) => Object.values(counts).reduce((total, one) => total + one, 0);

/** Whether it has not begun: it waits for its time, or was paused before that. */
const isAhead = ({ state, at }) => state === "scheduled" || (state === "paused" && Date.parse(at) > Date.now());

export function Progress({ campaign }) {
  const { states } = campaign.counts;
  const all = sum(states);
  const done = all - (states.waiting ?? 0);
  return html`<progress max=${all || 1} value=${campaign.is_gathered || done ? done : 0} aria-label=${t("{done} of {all} decided", { done: number(done), all: number(all) })}></progress>`;
}

export function Going({ campaign, channels, segments, reload }) {
  const { states, skipped } = campaign.counts;
  const { became } = campaign;
  const channel = channels.find((one) => one.id === campaign.channel_id)?.name ?? campaign.channel_id;
  const audience = campaign.segment_id ? segments.find((one) => one.id === campaign.segment_id)?.name ?? t("a segment that is gone") : t("a list of contacts");
  return html`<header class="campaignhead"><div><h1><bdi>${campaign.name}</bdi> <span class=${`chip ${TONES[campaign.state] ?? ""}`}>${stateName(campaign.state)}</span></h1>
      <p class="quiet">${t("{channel}, to {audience}", { channel, audience })} · ${isAhead(campaign) ? t("Begins {when}", { when: full(campaign.at) }) : campaign.ended_at ? t("Ended {when}", { when: full(campaign.ended_at) }) : t("Began {when}", { when: full(campaign.at) })}</p></div>
      <${Deeds} campaign=${campaign} reload=${reload} /></header>
    ${campaign.problem && html`<p class="problem" role="alert">${problemName(campaign.problem)}</p>`}
    ${!isAhead(campaign) && html`<section aria-label=${t("Progress")} class="campaignprogress"><${Progress} campaign=${campaign} />
      <p class="quiet" role="status">${left(campaign)}</p></section>
    <${Tiles} states=${states} became=${became} />
    <div class="campaignpair"><${Shares} id="became" title=${t("What became of it")} counts=${became.statuses} word=${outcome} nothing=${t("Nothing was said yet.")} />
      <${Shares} id="skipped" title=${t("Who did not get it, and why")} counts=${skipped} word=${whyNot} nothing=${t("Nobody was left out.")} /></div>
    ${sum(became.faults) > 0 && html`<${Shares} id="faults" title=${t("Why it failed")} counts=${became.faults} word=${(code) => code.replaceAll("_", " ")} />`}`}
    <section aria-labelledby="h-words"><header><h2 id="h-words">${t("The message")}</h2></header><div class="campaignwords" dir="auto">${campaign.text ?? campaign.template.text ?? campaign.template.name}</div></section>`;
}

function left({ state, counts, per_minute: pace, is_gathered: isGathered }) {
  const waiting = counts.states.waiting ?? 0;
  if (state === "running" && !isGathered) return t("The audience is being taken down…");
  if (state === "running" && waiting) return n("{count} waits, at most {pace} a minute; who has night now gets it in the morning, who is in a conversation after it.", "{count} wait, at most {pace} a minute; who has night now gets it in the morning, who is in a conversation after it.", waiting, { count: number(waiting), pace: number(pace) });
  if (waiting) return n("{count} was not reached.", "{count} were not reached.", waiting, { count: number(waiting) });
  return isGathered ? t("Everybody was decided.") : t("Nothing was said yet.");
}

function Tiles({ states, became }) {
  const { statuses } = became;
  const read = statuses.read ?? 0;
  const arrived = read + (statuses.delivered ?? 0);
  const tiles = [[t("In the audience"), sum(states)], [t("Said"), states.said ?? 0], [t("Delivered"), arrived], [t("Read"), read], [t("Replied"), became.replied], [t("Opted out"), became.opted_out]];
  return html`<ul class="campaigntiles" aria-label=${t("In short")}>${tiles.map(([what, count]) => html`<li key=${what}><span class="what">${what}</span><b>${number(count)}</b></li>`)}</ul>`;
}

function Shares({ id, title, counts, word, nothing }) {
  const all = sum(counts);
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  return html`<section aria-labelledby=${`h-${id}`}><header><h2 id=${`h-${id}`}>${title}</h2></header>
    ${all ? html`<ul class="campaignshares">${sorted.map(([code, count]) => html`<li key=${code}><span class="grow">${word(code)}</span><b>${number(count)}</b><meter min="0" max=${all} value=${count} aria-label=${word(code)}></meter></li>`)}</ul>` : html`<p class="quiet">${nothing}</p>`}</section>`;
}

function Deeds({ campaign, reload }) {
  const { ui } = useInbox();
  const [sure, setSure] = useState(false);
  const run = (verb) => () => post(`/campaigns/${campaign.id}/${verb}`).then(reload, (error) => ui.say(error.message, "bad"));
  const end = () => (sure ? run("cancel")() : setSure(true));
  const { state } = campaign;
  const isOver = state === "finished" || state === "cancelled";
  return html`<div class="buttons">
    ${(state === "running" || state === "scheduled") && html`<button type="button" class="btn" onClick=${run("pause")}>${t("Pause")}</button>`}
    ${state === "paused" && html`<button type="button" class="btn primary" onClick=${run("resume")}>${t("Go on")}</button>`}
    ${!isOver && html`<button type="button" class="btn danger" onBlur=${() => setSure(false)} onClick=${end}>${sure ? t("End it for good?") : t("End")}</button>`}
    ${!isAhead(campaign) && html`<a class="btn" href=${`/api/v1/campaigns/${campaign.id}/export`} download><${Icon} name="document" size=${15} />${t("Results as CSV")}</a>`}</div>`;
}

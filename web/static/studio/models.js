// Models: trained, compared, published, rolled back.
import { useState } from "preact/hooks";
import { mix, t } from "language";
import { post, remove } from "../inbox/api.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Sure } from "./editing.js";
import { JobList, useJobs } from "./jobs.js";
import { useData } from "./loading.js";
import { nameOf } from "./naming.js";
import { Replayed } from "./replayed.js";

const percent = (share) => (share === undefined || share === null ? "–" : `${Math.round(share * 100)} %`);
const WHAT = { activated: t("made live"), rolled_back: t("rolled back to"), canary_started: t("tried on a share:"), canary_ended: t("ended the trial of") };

export default function Models({ path, go }) {
  const { ui } = useInbox();
  const models = useData("/models");
  const publication = useData("/publication");
  const reload = () => Promise.all([models.reload(), publication.reload()]);
  const jobs = useJobs((job) => {
    reload();
    if (job.kind === "replay" && job.state === "done") go("models", "replay", job.id);
  });
  if (path[0] === "replay" && path[1]) return html`<${Replayed} id=${path[1]} go=${go} />`;
  const present = publication.data;
  const publish = async (what, body = {}) => {
    try {
      await post(`/studio/publication/${what}`, { rev: present.rev, ...body });
      ui.say(what === "activate" ? t("Live. Bots take it within seconds.") : t("Done. Bots follow within seconds."));
    } catch (error) {
      ui.say(error.message, "bad");
    }
    await reload();
  };
  const drop = async (model) => {
    try {
      await remove(`/studio/models/${model.id}`);
      ui.say(t("Model {name} is deleted", { name: nameOf(model) }));
    } catch (error) {
      ui.say(error.message, "bad");
    }
    await reload();
  };
  const items = models.data?.items ?? [];
  const shown = (id) => items.find((one) => one.id === id);
  const name = (id) => (!id ? t("the bot's own model") : shown(id) ? nameOf(shown(id)) : t("a model that is gone"));
  return html`<main class="studiomain"><section class="sheet"><div class="sheethead"><h2>${t("Models")}</h2><span class="grow"></span>
      ${present?.can_roll_back && html`<button class="btn" disabled=${!!present.why_no_way_back} aria-describedby=${present.why_no_way_back ? "no-way-back" : undefined} onClick=${() => publish("roll_back")}>${t("Roll back")}</button>`}
      <button class="btn primary" onClick=${() => jobs.ask({ kind: "train" })}>${t("Train")}</button></div>
    ${present?.why_no_way_back && html`<p class="quiet" id="no-way-back">${t("No rolling back: {why_no_way_back}", { why_no_way_back: present.why_no_way_back })}</p>`}
    <p class="quiet">${t("A training works on the data as it is now and never touches the model that answers.")}${models.data?.kept > 0 && ` ${t("The newest {kept} models are kept, and older ones while they are in use.", { kept: models.data.kept })}`}</p>
    <${JobList} jobs=${jobs} kinds=${["train", "replay", "stories"]} go=${go} />
    ${models.error && html`<p class="problem" role="alert">${models.error.message}</p>`}
    ${models.data && !items.length && html`<p class="quiet">${mix("Nothing was trained here yet. Customers are answered by the model that {code} made.", { code: html`<code>parley bot train</code>` })}</p>`}
    <ul class="models">${present && items.map((model) => html`<${Model} key=${model.id} model=${model} present=${present} publish=${publish} drop=${drop} jobs=${jobs} />`)}</ul></section>
    ${present?.canary_id && html`<${Comparison} rows=${present.comparison} share=${present.share} since=${present.canary_since} name=${name} />`}
    ${present?.history.length > 0 && html`<section class="sheet"><h2>${t("Who changed what")}</h2><ul class="deeds">${present.history.map((deed) => html`<li key=${deed.at}>
      <b>${deed.by.name}</b> ${WHAT[deed.what]} <code>${name(deed.model_id)}</code>${deed.what === "canary_started" ? ` ${deed.share} %` : ""} <span class="quiet"><${Ago} at=${deed.at} /></span></li>`)}</ul></section>`}
  </main>`;
}

/** What else keeps a model from being deleted; live and canary are told by chips of their own. */
const USES = { way_back: t("Rolling back leads here"), guests: t("Guests try it"), job: t("A job works on it") };

function Model({ model, present, publish, drop, jobs }) {
  const [share, setShare] = useState(null);
  const isLive = present.model_id === model.id;
  const isCanary = present.canary_id === model.id;
  return html`<li class=${names("model", isLive && "live")}><div class="modelhead"><code>${nameOf(model)}</code>
      ${isLive && html`<span class="chip good">${t("Live")}</span>`}${isCanary && html`<span class="chip accent">${t("Canary, {share} %", { share: present.share })}</span>`}${USES[model.use] && html`<span class="chip">${USES[model.use]}</span>`}
      <span class="quiet">${mix("by {name}, {ago}", { name: model.author.name, ago: html`<${Ago} at=${model.trained_at} />` })}</span></div>
    <p class="fact">${mix("Data {revision}", { revision: html`<code>${model.revision.slice(0, 8)}</code>` })} · ${t("{percent} of held-out examples answered rightly, {percent2} wrongly; {percent3} of strangers caught · asks back below {value} · {toFixed} MB", { percent: percent(model.scores.right), percent2: percent(model.scores.wrong), percent3: percent(model.scores.strangers_caught), value: model.scores.threshold ?? "–", toFixed: (model.size / 1048576).toFixed(1) })}</p>
    <div class="modelacts">${!isLive && html`<button class="btn" onClick=${() => publish("activate", { model_id: model.id })}>${t("Activate for all")}</button>
      <button class="btn" onClick=${() => jobs.ask({ kind: "replay", model_id: model.id })}>${t("Replay yesterday")}</button>`}
      <button class="btn" onClick=${() => jobs.ask({ kind: "stories", model_id: model.id })}>${t("Test stories")}</button>
      ${isCanary ? html`<button class="btn" onClick=${() => publish("end_canary")}>${t("End canary")}</button>` : !isLive && share === null && html`<button class="btn" onClick=${() => setShare(10)}>${t("Canary…")}</button>`}
      ${share !== null && !isCanary && html`<form class="share" onSubmit=${(event) => { event.preventDefault(); setShare(null); publish("canary", { model_id: model.id, share }); }}>
        <label>${t("Share of conversations, %")} <input type="number" min="1" max="99" value=${share} onInput=${(event) => setShare(Number(event.currentTarget.value))} /></label>
        <button class="btn primary">${t("Start")}</button><button class="btn" type="button" onClick=${() => setShare(null)}>${t("Cancel")}</button></form>`}
      ${!model.use && html`<${Sure} question=${t("Delete it for good? There is no undo.")} onSure=${() => drop(model)}>${t("Delete")}<//>`}</div></li>`;
}

function Comparison({ rows, share, since, name }) {
  const rate = (row, what) => {
    if (!row.conversations) return "–";
    const [least, most] = row.ranges[what].map((share) => Math.round(share * 100));
    return html`${percent(row[what] / row.conversations)} <span class="quiet">(${row[what]}; ${least}–${most} %)</span>`;
  };
  return html`<section class="sheet"><h2>${t("Live and canary")}</h2><p class="quiet">${mix("{share} % of the conversations are answered by the canary, since {ago}.", { share, ago: html`<${Ago} at=${since} />` })}</p>
    <div class="scrolls" tabindex="0" role="region" aria-label=${t("Live and canary")}><table class="filetable"><thead><tr><th scope="col">${t("Model")}</th><th scope="col">${t("Conversations")}</th><th scope="col">${t("Turns")}</th><th scope="col">${t("Handed over")}</th><th scope="col">${t("Not understood")}</th></tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row.lane}><th scope="row">${row.lane === "live" ? t("Live") : t("Canary")} <code>${name(row.model_id)}</code></th><td class="num">${row.conversations}</td><td class="num">${row.turns}</td><td class="num">${rate(row, "handoffs")}</td><td class="num">${rate(row, "fallbacks")}</td></tr>`)}</tbody></table></div>
    <p class="quiet">${t("In brackets: how many conversations, and where the true share lies with 95 % confidence. Where the two overlap, the difference may be chance.")}</p></section>`;
}

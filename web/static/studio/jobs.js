// Jobs of the studio: what runs, how far it is, and what came of it. Asked for again while anything is under way.
import { useCallback, useEffect, useState } from "preact/hooks";
import { mix, t } from "language";
import { get, post } from "../inbox/api.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { address, onLink } from "./router.js";
import { failure, stepOf } from "./sayings.js";

const nameOf = (job) => (job.options.folds ? t("Cross-validation") : NAMES[job.kind]);
const NAMES = { train: t("Training"), evaluate: t("Evaluation"), stories: t("Test stories"), replay: t("Replay") };
const STATES = { queued: [t("Waiting"), ""], running: [t("Running"), "accent"], done: [t("Done"), "good"], failed: [t("Failed"), "bad"], cancelled: [t("Cancelled"), ""] };
/** Where the result of a job stands that does not open by itself, or was left. */
const RESULTS = { replay: (job) => ["models", "replay", job.id], stories: () => ["evaluate"] };
const LOOK_MS = 1200;
const isOver = (job) => ["done", "failed", "cancelled"].includes(job.state);

/** `{items, canRun, ask, cancel}`; `onEnd(job)` is called once for each that ends while the page is open. */
export function useJobs(onEnd) {
  const { ui } = useInbox();
  const [held, set] = useState({ items: [], canRun: true });
  const look = useCallback(async () => {
    try {
      const { items, can_run: canRun } = await get("/studio/jobs");
      set((before) => {
        const ended = items.filter((job) => isOver(job) && before.items.some((old) => old.id === job.id && !isOver(old)));
        if (ended.length) setTimeout(() => ended.forEach((job) => onEnd?.(job)));
        return { items, canRun };
      });
    } catch (error) {
      if (!error.passes) ui.say(error.message, "bad");
    }
  }, []);
  const isBusy = held.items.some((job) => !isOver(job));
  useEffect(() => { look(); }, []);
  useEffect(() => {
    const timer = setInterval(look, isBusy ? LOOK_MS : LOOK_MS * 8);
    return () => clearInterval(timer);
  }, [isBusy]);
  const doing = (work) => async (...given) => {
    try { await work(...given); } catch (error) { ui.say(error.message, "bad"); }
    await look();
  };
  return { ...held, isBusy, ask: doing((asked) => post("/studio/jobs", asked)), cancel: doing((job) => post(`/studio/jobs/${job.id}/cancel`)) };
}

/** What waits and runs, and what failed last; `kinds` are shown. */
export function JobList({ jobs, kinds, go }) {
  const mine = jobs.items.filter((job) => kinds.includes(job.kind));
  const shown = mine.filter((job, place) => !isOver(job) || place === 0);
  return html`${!jobs.canRun && html`<p class="problem" role="alert">${mix("Nobody can run this here: the bot's Python environment is missing on the inbox's machine. Run {code} there.", { code: html`<code>make setup</code>` })}</p>`}
    ${shown.map((job) => html`<${Job} key=${job.id} job=${job} go=${go} cancel=${() => jobs.cancel(job)} />`)}`;
}

function Job({ job, cancel, go }) {
  const [log, setLog] = useState(null);
  const [name, tone] = STATES[job.state];
  const to = go && job.state === "done" && RESULTS[job.kind]?.(job);
  const show = async (event) => {
    if (event.currentTarget.open) setLog((await get(`/studio/jobs/${job.id}`)).log);
  };
  useEffect(() => {
    if (log) get(`/studio/jobs/${job.id}`).then((whole) => setLog(whole.log), () => {});
  }, [job.step, job.state]);
  return html`<div class="job"><div class="jobhead"><b>${nameOf(job)}</b><span class=${names("chip", tone)}>${name}</span>
      <span class="quiet">${t("asked for by {name}", { name: job.asked_by.name })}</span><span class="grow"></span>
      ${to && html`<a href=${address(...to)} onClick=${onLink(go, ...to)}>${t("Show the result")}</a>`}${!isOver(job) && html`<button class="btn" onClick=${cancel} disabled=${job.cancel}>${job.cancel ? t("Cancelling…") : t("Cancel")}</button>`}</div>
    ${!isOver(job) && html`<div class="jobbar"><progress max="100" value=${job.share} aria-label=${`${nameOf(job)}, ${job.share} %`}></progress><span class="quiet" role="status">${job.state === "queued" ? t("waits for its turn") : `${job.share} % ${stepOf(job.step)}`}</span></div>`}
    ${job.error && html`<pre class="joberror" role="alert">${failure(job.error)}</pre>`}
    <details class="raw" onToggle=${show}><summary>${t("Log")}</summary>${log && html`<pre tabindex="0">${log.join("\n") || t("Nothing was said yet.")}</pre>`}</details></div>`;
}

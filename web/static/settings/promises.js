// Settings: by when customers are promised an answer, and how far that was kept.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { PROMISES } from "../inbox/promised.js";
import { listed, percent } from "../inbox/words.js";
import { Delete, Ticks, useSaving } from "./form.js";
import { putOver } from "./over.js";
import { Section, useItems } from "./section.js";

const NEW = { name: "", position: 0, channel_ids: [], team_ids: [], priorities: [], first_response: 60, next_response: null, resolution: null, hours: null, warn_at: 0.8 };
const PRIORITIES = ["urgent", "high", "medium", "low", "none"].map((id) => ({ id, name: id === "none" ? t("no priority") : id }));

/** 90 minutes as “1 h 30 min”. */
export function minutes(count) {
  const [days, hours, rest] = [Math.floor(count / 1440), Math.floor((count % 1440) / 60), count % 60];
  return [days && `${days} d`, hours && `${hours} h`, rest && t("{rest} min", { rest })].filter(Boolean).join(" ") || "0 min";
}

export function Promises() {
  const list = useItems("/sla_policies");
  const report = useItems("/reports/sla");
  const [edited, edit] = useState(null);
  const [places, setPlaces] = useState({ teams: [], channels: [] });
  useEffect(() => {
    Promise.all([get("/teams"), get("/channels")]).then(([teams, channels]) => setPlaces({ teams: teams.items, channels: channels.items }), () => {});
  }, []);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="sla" title=${t("Service levels")} icon="clock" list=${list} nothing=${t("Nothing is promised yet")}
      about=${t("By when people answer, counted from when the bot hands over, in opening hours, and not while a conversation is snoozed. The first policy that fits holds.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New policy")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} policy=${edited} places=${places} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((policy) => html`<li key=${policy.id}><div class="line"><div class="grow"><b>${policy.name}</b>
        <div class="fact">${facts(policy, places).map((fact, i) => html`${i > 0 && " · "}<bdi>${fact}</bdi>`)}</div></div>
      <button type="button" class="btn" aria-label=${t("Edit {name}", { name: policy.name })} onClick=${() => edit(policy)}>${t("Edit")}</button>
      <${Delete} path=${`/sla_policies/${policy.id}`} name=${policy.name} onDone=${done} /></div></li>`)}</ul>
    <${Kept} report=${report} places=${places} /><//>`;
}

function facts(policy, { teams, channels }) {
  const called = (all, ids) => all.filter((one) => ids.includes(one.id)).map((one) => one.name);
  return [
    ...Object.entries(PROMISES).map(([key, label]) => policy[key] && t("{label} in {minutes}", { label, minutes: minutes(policy[key]) })),
    policy.hours && `${policy.hours.rule} (${policy.hours.zone})`,
    policy.team_ids.length > 0 && listed(called(teams, policy.team_ids)), policy.channel_ids.length > 0 && listed(called(channels, policy.channel_ids)),
    policy.priorities.length > 0 && t("priority {names}", { names: listed(policy.priorities) }), t("warning at {percent}", { percent: percent(policy.warn_at) }),
  ].filter(Boolean);
}

/** The last 30 days: one line for each promise and team. */
function Kept({ report, places }) {
  if (!report.items?.length) return null;
  const team = (id) => (id ? places.teams.find((one) => one.id === id)?.name ?? t("A team that is gone") : t("No team"));
  return html`<div class="tablebox"><table class="figures"><caption>${t("Kept in the last 30 days")}</caption>
    <thead><tr><th scope="col">${t("Promise")}</th><th scope="col">${t("Team")}</th><th scope="col">${t("Kept")}</th><th scope="col">${t("Broken")}</th><th scope="col">${t("Share")}</th></tr></thead>
    <tbody>${report.items.map(({ promise, by, kept, broken }) => html`<tr key=${`${promise}${by}`}><th scope="row">${PROMISES[promise]}</th><td><bdi>${team(by)}</bdi></td>
      <td>${kept}</td><td>${broken}</td><td>${percent(kept / (kept + broken))}</td></tr>`)}</tbody></table></div>`;
}

function Editor({ policy, places, onDone, onCancel }) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [held, set] = useState({ ...policy, rule: policy.hours?.rule ?? "", zone: policy.hours?.zone ?? zone, country: policy.hours?.country ?? "" });
  const [trouble, send] = useSaving(onDone);
  const change = (fields) => set({ ...held, ...fields });
  const typed = (name) => (event) => change({ [name]: event.target.value });
  const save = (event) => {
    event.preventDefault();
    const { name, channel_ids: channels, team_ids: teams, priorities } = held;
    const spans = Object.fromEntries(Object.keys(PROMISES).map((key) => [key, held[key] ? Number(held[key]) : null]));
    const body = { name, channel_ids: channels, team_ids: teams, priorities, ...spans, position: Number(held.position) || 0, warn_at: Number(held.warn_at),
                   hours: held.rule.trim() ? { rule: held.rule, zone: held.zone, country: held.country.trim().toUpperCase() || null } : null };
    send(() => (policy.id ? putOver(`/sla_policies/${policy.id}`, body, policy) : post("/sla_policies", body)), t("Saved: {name}", { name }));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${policy.id ? t("Edit {name}", { name: policy.name }) : t("New policy")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name")}<input required autofocus maxlength="60" dir="auto" value=${held.name} onInput=${typed("name")} /></label>
      <label>${t("Order (lower goes first)")}<input type="number" min="0" max="10000" value=${held.position} onInput=${typed("position")} /></label>
      <label>${t("Warn after")}<select value=${String(held.warn_at)} onChange=${typed("warn_at")}>${[...new Set([0.5, 0.7, 0.8, 0.9, policy.warn_at])].map((part) => html`<option value=${String(part)} key=${part}>${t("{percent} of the time", { percent: percent(part) })}</option>`)}</select></label></div>
    <div class="fields">${Object.entries(PROMISES).map(([key, label]) => html`<label key=${key}>${t("{label}, minutes (empty: none)", { label })}<input type="number" min="1" max="129600" value=${held[key] ?? ""} onInput=${typed(key)} /></label>`)}</div>
    <div class="fields"><label>${t("Counted in these hours (empty: always)")}<input value=${held.rule} placeholder="Mo-Fr 09:00-18:00; PH off" onInput=${typed("rule")} /></label>
      <label>${t("Time zone")}<input value=${held.zone} placeholder="Europe/Rome" onInput=${typed("zone")} /></label>
      <label>${t("Country, for public holidays")}<input value=${held.country} maxlength="2" placeholder="IT" onInput=${typed("country")} /></label></div>
    <${Ticks} legend=${t("Only for these teams")} all=${places.teams} chosen=${held.team_ids} onChange=${(ids) => change({ team_ids: ids })} />
    <${Ticks} legend=${t("Only on these channels")} all=${places.channels} chosen=${held.channel_ids} onChange=${(ids) => change({ channel_ids: ids })} />
    <${Ticks} legend=${t("Only with this priority")} all=${PRIORITIES} chosen=${held.priorities} onChange=${(ids) => change({ priorities: ids })} />
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

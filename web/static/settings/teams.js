// Settings: the teams, who is in them and how they share their work.
import { useEffect, useState } from "preact/hooks";
import { mix, t } from "language";
import { get, post, remove } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html, useInbox } from "../inbox/lib.js";
import { languageName, listed } from "../inbox/words.js";
import { putOver } from "./over.js";
import { Section, useItems } from "./section.js";

const NEW = { name: "", members: [], languages: [], hours: null, method: "manual", overflow_team_id: null, overflow_minutes: 10, overflow_in_hours: true, skill_minutes: 15, return_seconds: 120, tells_place: false, closed_words: {}, is_default: false, is_private: false };
const LANGUAGES = ["en", "de", "es", "fr", "hi", "it"];
const GAP = "{when}";
const METHODS = { manual: t("Agents take conversations themselves"), round_robin: t("In turn"), least_busy: t("To who is least busy") };

/** Languages as one types them, `it, pt-BR`. */
export const tags = (text) => text.split(/[\s,;]+/).filter(Boolean);

export function Teams() {
  const list = useItems("/teams");
  const [edited, edit] = useState(null);
  const [agents, setAgents] = useState([]);
  useEffect(() => { get("/agents").then(({ items }) => setAgents(items), () => {}); }, []);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="teams" title=${t("Teams")} icon="people" list=${list} nothing=${t("No teams yet")}
      about=${t("Who answers what together. A team has a queue of its own; the bot hands over to the default one unless it names another.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => edit(NEW)}><${Icon} name="plus" size=${15} />${t("New team")}</button>`}
      above=${edited && html`<${Editor} key=${edited.id ?? "new"} team=${edited} teams=${list.items ?? []} agents=${agents} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((team) => html`<li key=${team.id}><div class="line"><div class="grow">
        <b>${team.name}</b> ${team.is_default && html`<span class="chip accent">${t("Default")}</span>`} ${team.is_private && html`<span class="chip">${t("Private")}</span>`}
        <div class="fact">${facts(team, list.items, agents).map((fact, i) => html`${i > 0 && " · "}<bdi>${fact}</bdi>`)}</div></div>
      <button type="button" class="btn" aria-label=${t("Edit {name}", { name: team.name })} onClick=${() => edit(team)}>${t("Edit")}</button>
      <${Delete} team=${team} onDone=${done} /></div></li>`)}</ul><//>`;
}

function facts(team, teams, agents) {
  const members = agents.filter((agent) => team.members.includes(agent.id)).map((agent) => agent.name);
  const next = teams.find((one) => one.id === team.overflow_team_id);
  return [members.length ? listed(members) : t("Nobody is in it"), team.languages.length > 0 && listed(team.languages.map(languageName)),
    team.hours && `${team.hours.rule} (${team.hours.zone})`, METHODS[team.method], next && t("after {count} min: {name}", { count: team.overflow_minutes, name: next.name })].filter(Boolean);
}

function Delete({ team, onDone }) {
  const { ui } = useInbox();
  const [sure, setSure] = useState(false);
  const run = async () => {
    if (!sure) return setSure(true);
    try {
      await remove(`/teams/${team.id}`);
      ui.say(t("Deleted: {name}", { name: team.name }));
      onDone();
    } catch (error) {
      ui.say(error.message, "bad");
    }
    return null;
  };
  return html`<button type="button" class="btn danger" onBlur=${() => setSure(false)} onClick=${run}>${sure ? t("Delete for good?") : t("Delete")}</button>`;
}

function Editor({ team, teams, agents, onDone, onCancel }) {
  const { ui } = useInbox();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [held, set] = useState({ ...NEW, ...team, languages: team.languages.join(", "), rule: team.hours?.rule ?? "", zone: team.hours?.zone ?? zone, country: team.hours?.country ?? "" });
  const [trouble, setTrouble] = useState(null);
  const change = (fields) => set({ ...held, ...fields });
  const typed = (name) => (event) => change({ [name]: event.target.value });
  const others = teams.filter((one) => one.id !== team.id);
  const save = async (event) => {
    event.preventDefault();
    const { name, members, method, is_default: isDefault, overflow_team_id: next } = held;
    const body = { name, members, method, is_default: isDefault, overflow_team_id: next || null, overflow_minutes: Number(held.overflow_minutes) || 10, overflow_in_hours: held.overflow_in_hours, skill_minutes: Number(held.skill_minutes), closed_words: held.closed_words, return_seconds: Number(held.return_seconds), tells_place: held.tells_place, is_private: held.is_private, languages: tags(held.languages),
                   hours: held.rule.trim() ? { rule: held.rule, zone: held.zone, country: held.country.trim().toUpperCase() || null } : null };
    try {
      await (team.id ? putOver(`/teams/${team.id}`, body, team, { alone: true }) : post("/teams", body));
      ui.say(t("Saved: {name}", { name }));
      onDone();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  const member = (agent) => html`<label class="check" key=${agent.id}><input type="checkbox" checked=${held.members.includes(agent.id)}
    onChange=${(event) => change({ members: event.target.checked ? [...held.members, agent.id] : held.members.filter((id) => id !== agent.id) })} /><span>${agent.name}</span></label>`;
  return html`<form class="editor" onSubmit=${save} aria-label=${team.id ? t("Edit {name}", { name: team.name }) : t("New team")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name")}<input required autofocus maxlength="60" dir="auto" value=${held.name} onInput=${typed("name")} /></label>
      <label>${t("Languages (empty: any)")}<input value=${held.languages} placeholder="it, en" onInput=${typed("languages")} /></label>
      <label>${t("How work is shared")}<select value=${held.method} onChange=${typed("method")}>
        ${Object.entries(METHODS).map(([value, label]) => html`<option value=${value} key=${value}>${label}</option>`)}</select></label></div>
    ${held.method !== "manual" && html`<div class="fields"><label>${t("Seconds away until it goes back to the queue (0: never)")}<input type="number" min="0" max="86400" value=${held.return_seconds} onInput=${typed("return_seconds")} /></label>
        <label>${t("Minutes to wait for a colleague with the skill or language, then anybody here (0: for ever)")}<input type="number" min="0" max="10080" value=${held.skill_minutes} onInput=${typed("skill_minutes")} /></label></div>`}
    <fieldset class="members"><legend>${t("Members")}</legend>${agents.map(member)}</fieldset>
    <div class="fields"><label>${t("Opening hours (empty: always)")}<input value=${held.rule} placeholder="Mo-Fr 09:00-18:00; PH off" onInput=${typed("rule")} /></label>
      <label>${t("Time zone")}<input value=${held.zone} placeholder="Europe/Rome" onInput=${typed("zone")} /></label>
      <label>${t("Country, for public holidays")}<input value=${held.country} maxlength="2" placeholder="IT" onInput=${typed("country")} /></label></div>
    ${others.length > 0 && html`<div class="fields"><label>${t("If nobody takes it")}<select value=${held.overflow_team_id ?? ""} onChange=${typed("overflow_team_id")}>
        <option value="">${t("It goes on waiting")}</option>${others.map((one) => html`<option value=${one.id} key=${one.id}>${t("It goes to {name}", { name: one.name })}</option>`)}</select></label>
      ${held.overflow_team_id && html`<label>${t("After how many minutes")}<input type="number" min="1" max="10080" value=${held.overflow_minutes} onInput=${typed("overflow_minutes")} /></label>`}
      ${held.overflow_team_id && held.rule.trim() && html`<label>${t("Which minutes count")}<select value=${held.overflow_in_hours ? "open" : "all"} onChange=${(event) => change({ overflow_in_hours: event.target.value === "open" })}>
        <option value="open">${t("Only those in the team’s opening hours")}</option><option value="all">${t("All, at night and on holidays too")}</option></select></label>`}</div>`}
    <label class="check"><input type="checkbox" checked=${held.tells_place} onChange=${(event) => change({ tells_place: event.target.checked })} />
      <span>${t("Tell customers their place in the queue, or when somebody is back; and again when they ask or it has halved")}</span></label>
    ${held.tells_place && held.rule.trim() && html`<details><summary>${t("What they read out of hours, in your own words")}</summary><p class="fact">${mix("{gap} becomes the day and the hour of the next opening.", { gap: html`<code>${GAP}</code>` })}</p><div class="fields">${LANGUAGES.map((tag) => html`<label key=${tag}>${languageName(tag)}<input maxlength="300" lang=${tag} dir="auto" value=${held.closed_words[tag] ?? ""}
      onInput=${(event) => change({ closed_words: { ...held.closed_words, [tag]: event.target.value } })} /></label>`)}</div></details>`}
    <label class="check"><input type="checkbox" checked=${held.is_default} onChange=${(event) => change({ is_default: event.target.checked })} />
      <span>${t("The default team: it gets what the bot hands over without naming one")}</span></label>
    <label class="check"><input type="checkbox" checked=${held.is_private} onChange=${(event) => change({ is_private: event.target.checked })} />
      <span>${t("Private: only its members, supervisors and admins see its conversations")}</span></label>
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

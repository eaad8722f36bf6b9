// Settings: the agents, how much each is given and of what.
import { useState } from "preact/hooks";
import { t } from "language";
import { put } from "../inbox/api.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { Avatar } from "../inbox/parts.js";
import { tags } from "./teams.js";
import { languageName, listed, presenceName } from "../inbox/words.js";
import { Section, useItems } from "./section.js";

export function Seats() {
  const list = useItems("/agents");
  const [edited, edit] = useState(null);
  const done = () => { edit(null); list.reload(); };
  return html`<${Section} id="agents" title=${t("Agents")} icon="person" list=${list} nothing=${t("No agents yet")}
      about=${t("How many conversations each agent is given at most, and of what kind. A skill is a label: what is labelled so goes only to those who have it.")}
      above=${edited && html`<${Editor} key=${edited.id} agent=${edited} onDone=${done} onCancel=${() => edit(null)} />`}>
    <ul class="lines">${list.items?.map((agent) => html`<li key=${agent.id}><div class="line"><${Avatar} name=${agent.name} presence=${agent.presence} /><div class="grow">
        <b>${agent.name}</b> <span class=${names("chip", agent.presence === "online" && "good", agent.presence === "busy" && "warn")}>${presenceName(agent.presence)}</span>
        <div class="fact">${facts(agent).map((fact, i) => html`${i > 0 && " · "}<bdi>${fact}</bdi>`)}</div></div>
      <button type="button" class="btn" aria-label=${t("Edit {name}", { name: agent.name })} onClick=${() => edit(agent)}>${t("Edit")}</button></div></li>`)}</ul><//>`;
}

const facts = ({ capacity, languages, skills }) => [t("up to {count} at once", { count: capacity }), languages.length > 0 && listed(languages.map(languageName)), skills.length > 0 && listed(skills)].filter(Boolean);

function Editor({ agent, onDone, onCancel }) {
  const { ui } = useInbox();
  const [held, set] = useState({ capacity: agent.capacity, languages: agent.languages.join(", "), skills: agent.skills.join(", ") });
  const [trouble, setTrouble] = useState(null);
  const typed = (name) => (event) => set({ ...held, [name]: event.target.value });
  const save = async (event) => {
    event.preventDefault();
    try {
      await put(`/agents/${agent.id}/seat`, { capacity: Number(held.capacity), languages: tags(held.languages), skills: held.skills.split(",").map((skill) => skill.trim()).filter(Boolean) });
      ui.say(t("Saved: {name}", { name: agent.name }));
      onDone();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("Edit {name}", { name: agent.name })}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Conversations at once")}<input type="number" required autofocus min="0" max="200" value=${held.capacity} onInput=${typed("capacity")} /></label>
      <label>${t("Languages (empty: the team’s)")}<input value=${held.languages} placeholder="it, en" onInput=${typed("languages")} /></label>
      <label>${t("Skills")}<input value=${held.skills} dir="auto" placeholder=${t("billing, returns")} onInput=${typed("skills")} /></label></div>
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Save")}</button></div></form>`;
}

// How urgent a conversation is and what it is about.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { Icon } from "./icons.js";
import { html, names, useInbox, useStore } from "./lib.js";
import { Menu } from "./parts.js";
import { humanise, LANGUAGES, languageName } from "./words.js";

export const PRIORITIES = ["urgent", "high", "medium", "low", "none"];

export const priorityName = (priority) => (priority === "none" ? t("No priority") : humanise(priority));

/** A part of the details: priority and labels, each changed in place. */
export function Triage({ conversation }) {
  const { act } = useInbox();
  const { id, priority, labels } = conversation;
  const items = PRIORITIES.map((each) => ({ label: priorityName(each), checked: each === priority, run: () => act.change(id, "priority", { priority: each }) }));
  return html`<${Team} conversation=${conversation} /><${Language} conversation=${conversation} /><h3>${t("Priority and labels")}</h3>
    <div class="triage">
      <${Menu} label=${t("Priority: {priority}; change", { priority: priorityName(priority) })} title=${t("Priority")} cls=${names("chip", "pick", ["urgent", "high"].includes(priority) && "bad")} items=${items}>
        ${priorityName(priority)}<${Icon} name="caret" size=${13} /><//>
      ${labels.map((label) => html`<span class="chip" key=${label}><bdi>${label}</bdi><button type="button" aria-label=${t("Remove the label {label}", { label })}
        onClick=${() => act.change(id, "labels", { remove: [label] })}><${Icon} name="close" size=${12} /></button></span>`)}
      <${AddLabel} id=${id} labels=${labels} />
    </div>`;
}

/** Which team it is with; nothing where there are no teams. */
function Team({ conversation: { id, team_id: teamId } }) {
  const { act } = useInbox();
  const teams = useStore((s) => s.teams);
  if (!teams.length) return null;
  const present = teams.find((team) => team.id === teamId);
  const items = [...teams.map((team) => ({ label: team.name, checked: team.id === teamId, run: () => act.move(id, team.id) })), null,
                 { label: t("No team"), checked: !present, run: () => act.move(id, null) }];
  return html`<h3>${t("Team")}</h3><div class="triage"><${Menu} label=${t("Team: {name}; change", { name: present?.name ?? t("none") })} title=${t("Team")} cls="chip pick" items=${items}>
    <bdi>${present?.name ?? t("No team")}</bdi><${Icon} name="caret" size=${13} /><//></div>`;
}

/** What the customer writes, as their first words told or an agent says. */
function Language({ conversation: { id, language } }) {
  const { act } = useInbox();
  const codes = LANGUAGES.includes(language) || !language ? LANGUAGES : [language, ...LANGUAGES];
  const items = [...codes.map((code) => ({ label: languageName(code), checked: code === language, run: () => act.change(id, "language", { language: code }) })), null,
                 { label: t("Not known"), checked: !language, run: () => act.change(id, "language", { language: null }) }];
  const name = languageName(language) ?? t("Not known");
  return html`<h3>${t("Language")}</h3><div class="triage"><${Menu} label=${t("Language: {name}; change", { name })} title=${t("Language")} cls="chip pick" items=${items}>${name}<${Icon} name="caret" size=${13} /><//></div>`;
}

function AddLabel({ id, labels }) {
  const { act, bus } = useInbox();
  const [text, setText] = useState(null);
  const [known, setKnown] = useState([]);
  useEffect(() => {
    if (text === null || known.length) return;
    get("/labels").then((answer) => setKnown(answer.items), () => {});
  }, [text === null]);
  useEffect(() => setText(null), [id]);
  useEffect(() => {
    const listen = () => setText("");
    bus.addEventListener("label", listen);
    return () => bus.removeEventListener("label", listen);
  }, [bus]);
  if (text === null) return html`<button type="button" class="chip pick" onClick=${() => setText("")}><${Icon} name="plus" size=${12} />${t("Label")}</button>`;
  const add = async (event) => {
    event.preventDefault();
    setText(null);
    if (text.trim() && !(await act.change(id, "labels", { add: [text] }))) setText(text);
  };
  return html`<form class="addlabel" onSubmit=${add}>
    <input autofocus ref=${(input) => input?.focus()} list="labels" maxlength="50" dir="auto" aria-label=${t("New label")} placeholder=${t("Label, then ↵")} value=${text} onInput=${(event) => setText(event.target.value)}
      onBlur=${() => !text.trim() && setText(null)} onKeyDown=${(event) => { if (event.key === "Escape") { event.stopPropagation(); setText(null); } }} />
    <datalist id="labels">${known.filter((label) => !labels.includes(label)).map((label) => html`<option value=${label} key=${label}></option>`)}</datalist></form>`;
}

// Settings: after how long a silent customer's conversation is resolved by itself.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { useSaving } from "./form.js";
import { putOver } from "./over.js";
import { Section } from "./section.js";

const DAY = 24;
const YEAR = 366;
const NOTHING = { people_hours: null, bot_hours: null, farewell: "", label: null };
const FIRST = { people_hours: 3 * DAY, bot_hours: DAY };

export function AfterSilence() {
  const [held, set] = useState({ items: null, error: null });
  const reload = () => Promise.all([get("/silence"), get("/channels"), get("/teams")])
    .then(([silence, channels, teams]) => set({ items: [{ silence, channels: channels.items, teams: teams.items }], error: null }), (error) => set({ items: null, error }));
  useEffect(() => { reload(); }, []);
  const found = held.items?.[0];
  return html`<${Section} id="silence" title=${t("After silence")} icon="clock" list=${{ ...held, items: found ? [] : null, reload }}
      about=${t("A conversation whose customer has not written since our last word is resolved by itself. Never while they wait for an answer, while it is snoozed, or while something is still to be sent. Their next word opens it again, and the survey is sent as after any other end.")}
      above=${found && html`<${Editor} key=${JSON.stringify(found.silence)} ...${found} onDone=${reload} />`} />`;
}

function Editor({ silence, channels, teams, onDone }) {
  const isNew = silence.everywhere.people_hours === null && silence.everywhere.bot_hours === null && !silence.is_on;
  const [held, set] = useState(isNew ? { ...silence, everywhere: { ...silence.everywhere, ...FIRST } } : silence);
  const [trouble, send] = useSaving(onDone);
  const change = (fields) => set({ ...held, ...fields });
  const save = (event) => {
    event.preventDefault();
    const { is_on: isOn, everywhere, channels: byChannel, teams: byTeam } = held;
    send(() => putOver("/silence", { is_on: isOn, everywhere, channels: byChannel, teams: byTeam }, silence, { alone: true }), isOn ? t("Saved: silent conversations are resolved") : t("Saved: nothing is resolved by itself"));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("After silence")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <label class="check"><input type="checkbox" checked=${held.is_on} onChange=${(event) => change({ is_on: event.target.checked })} /><span>${t("Resolve conversations whose customer is silent")}</span></label>
    ${held.is_on && html`<${Patience} legend=${t("Everywhere")} value=${held.everywhere} onChange=${(everywhere) => change({ everywhere })} />
      <${Apart} of="channels" all=${channels} held=${held} change=${change} />
      <${Apart} of="teams" all=${teams} held=${held} change=${change} />
      <${Adding} channels=${channels} teams=${teams} held=${held} change=${change} />`}
    <div class="buttons"><button class="btn primary">${t("Save")}</button></div></form>`;
}

/** What holds for some channels, or some teams, instead. */
function Apart({ of, all, held, change }) {
  const named = (id) => all.find((one) => one.id === id)?.name ?? id;
  const put_ = (id, value) => change({ [of]: { ...held[of], [id]: value } });
  const drop = (id) => change({ [of]: Object.fromEntries(Object.entries(held[of]).filter(([key]) => key !== id)) });
  const legend = (id) => (of === "teams" ? t("The team {name}", { name: named(id) }) : t("The channel {name}", { name: named(id) }));
  return Object.entries(held[of]).map(([id, value]) => html`<${Patience} key=${`${of} ${id}`} legend=${legend(id)} value=${value} onChange=${(next) => put_(id, next)} onDrop=${() => drop(id)} />`);
}

function Adding({ channels, teams, held, change }) {
  const left = [...channels.map((one) => ["channels", one]), ...teams.map((one) => ["teams", one])].filter(([of, one]) => !Object.hasOwn(held[of], one.id));
  if (!left.length) return null;
  const add = (event) => {
    const [of, id] = JSON.parse(event.target.value);
    change({ [of]: { ...held[of], [id]: { ...held.everywhere } } });
    event.target.value = "";
  };
  return html`<div class="fields"><label>${t("Otherwise for a channel or a team")}<select value="" onChange=${add}><option value="">${t("Choose…")}</option>
    ${left.map(([of, one]) => html`<option key=${`${of} ${one.id}`} value=${JSON.stringify([of, one.id])}>${of === "teams" ? t("The team {name}", { name: one.name }) : t("The channel {name}", { name: one.name })}</option>`)}</select></label></div>`;
}

function Patience({ legend, value, onChange, onDrop }) {
  const change = (fields) => onChange({ ...NOTHING, ...value, ...fields });
  return html`<fieldset class="members patience"><legend>${legend}</legend>
    <${Span} name=${t("A person has answered: wait for")} hours=${value.people_hours} first=${FIRST.people_hours} onChange=${(hours) => change({ people_hours: hours })} />
    <${Span} name=${t("The bot has answered: wait for")} hours=${value.bot_hours} first=${FIRST.bot_hours} onChange=${(hours) => change({ bot_hours: hours })} />
    <label>${t("Farewell (may stay empty)")}<textarea rows="2" maxlength="1000" dir="auto" value=${value.farewell} onInput=${(event) => change({ farewell: event.target.value })}></textarea></label>
    <label>${t("Label (may stay empty)")}<input maxlength="50" dir="auto" value=${value.label ?? ""} onInput=${(event) => change({ label: event.target.value || null })} /></label>
    ${onDrop && html`<button type="button" class="btn" onClick=${onDrop}><${Icon} name="close" size=${15} />${t("Remove")}</button>`}</fieldset>`;
}

/** So many hours or days; for ever when it is not ticked. */
function Span({ name, hours, first, onChange }) {
  const [unit, setUnit] = useState(hours && hours % DAY ? 1 : DAY);
  const typed = (event) => onChange(Math.max(1, Math.round(Number(event.target.value) || 1)) * unit);
  const turn = (event) => {
    const next = Number(event.target.value);
    onChange(Math.min(Math.max(1, Math.round(hours / unit)) * next, YEAR * DAY));
    setUnit(next);
  };
  return html`<div class="span"><label class="check"><input type="checkbox" checked=${hours !== null} onChange=${(event) => onChange(event.target.checked ? first : null)} /><span>${name}</span></label>
    ${hours !== null && html`<input type="number" required min="1" max=${unit === 1 ? YEAR * DAY : YEAR} aria-label=${name} value=${hours / unit} onInput=${typed} />
      <select aria-label=${t("Unit")} value=${unit} onChange=${turn}><option value="1">${t("hours")}</option><option value="24">${t("days")}</option></select>`}</div>`;
}

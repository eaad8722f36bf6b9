// Rules, stories and test stories: as a list that can be edited, and as a picture.
import { useEffect, useMemo, useState } from "preact/hooks";
import { listed, t } from "language";
import { Icon } from "../inbox/icons.js";
import { html, names } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Conflict, Sure, useEditing } from "./editing.js";
import { curve, cut, layout, told } from "./graph.js";
import { Gone, NewEntry, Problems, Split, useKept } from "./lists.js";
import { useData } from "./loading.js";
import { address, onLink } from "./router.js";

const STEPS = { intent: t("The customer says"), action: t("The bot does"), checkpoint: t("Checkpoint"), active_loop: t("Form") };

export default function Dialogues({ path, go }) {
  const { data, error, reload } = useData("/data");
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  return path[0] === "graph" ? html`<${Graph} data=${data} go=${go} />` : html`<${List} path=${path} data=${data} reload=${reload} go=${go} />`;
}

const Switch = ({ at, go }) => html`<div class="seg" role="group" aria-label=${t("Shown as")}>${[["list", t("List"), []], ["graph", t("Picture"), ["graph"]]].map(([id, label, to]) => html`
  <a key=${id} href=${address("dialogues", ...to)} aria-current=${id === at ? "true" : undefined} onClick=${onLink(go, "dialogues", ...to)}>${label}</a>`)}</div>`;

function List({ path: [kind, name, nth = "0"], data, reload, go }) {
  const [adding, setAdding] = useState(false);
  const editing = useEditing(data.files, reload);
  const keep = useKept();
  const seen = new Map();
  const items = data.dialogues.map((one) => {
    const key = `${one.kind}/${one.name}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return { ...one, id: `${key}/${count}`, path: [one.kind, one.name, String(count)], hint: one.kind };
  });
  const wanted = kind && `${kind}/${name}/${nth}`;
  const shown = keep(kind ? items.find((item) => item.id === wanted) : items[0], wanted, data.problems);
  const add = async (held) => {
    const word = held.kind === "rule" ? "rule" : "story";
    const fresh = { [word]: held.name.trim(), steps: [{ intent: held.intent }, { action: held.action }] };
    if (await editing.edit({ type: "put_dialogue", kind: held.kind, name: held.name.trim(), old: null, new: fresh })) { setAdding(false); go("dialogues", held.kind, held.name.trim(), "0"); }
  };
  const intents = data.intents.map((one) => one.name);
  const actions = [...data.responses, ...data.actions].map((one) => one.name);
  return html`<${Split} tab="dialogues" title=${t("Dialogues")} items=${items} open=${shown?.id} isChosen=${!!kind} go=${go} onNew=${() => setAdding(true)}
      more=${html`<${Switch} at="list" go=${go} />${adding && html`<${NewEntry} busy=${editing.busy} onAdd=${add} onClose=${() => setAdding(false)} fields=${[
        { name: "name", label: t("Name") }, { name: "kind", label: t("Kind"), options: ["rule", "story", "test"], value: "rule" }, { name: "intent", label: t("When the customer says"), options: intents, value: intents[0] }, { name: "action", label: t("The bot does"), options: actions, value: actions[0] }]} />`}`}>
    <${Problems} problems=${data.problems} /><${Gone} entry=${shown} />
    ${shown ? html`<${Dialogue} key=${shown.id} dialogue=${shown} intents=${intents} actions=${actions} data=${data} reload=${reload} go=${go} />` : html`<${Empty} icon="history" title=${kind ? t("There is nothing of the name {name}", { name }) : t("No rule and no story yet")} />`}<//>`;
}

function Dialogue({ dialogue: { kind, name, value, file, line }, intents, actions, data, reload, go }) {
  const [held, set] = useState(value);
  const editing = useEditing(data.files, reload);
  useEffect(() => set(value), [JSON.stringify(value)]);
  const word = kind === "rule" ? "rule" : "story";
  const steps = Array.isArray(held.steps) ? held.steps : [];
  const put = (next) => set({ ...held, steps: next });
  const isChanged = JSON.stringify(held) !== JSON.stringify(value);
  const save = async () => { if (await editing.edit({ type: "put_dialogue", kind, name, old: value, new: held }, t("Saved")) && held[word] !== name) go("dialogues", kind, held[word], "0"); };
  const drop = async () => { if (await editing.edit({ type: "put_dialogue", kind, name, old: value, new: null })) go("dialogues"); };
  const shift = (by) => editing.edit({ type: "move_dialogue", kind, name, old: value, by });
  const beside = data.dialogues.filter((one) => one.file === file && one.kind === kind);
  const place = beside.findIndex((one) => one.line === line);
  const move = (from, to) => { const next = [...steps]; next.splice(to, 0, ...next.splice(from, 1)); put(next); };
  return html`<header class="workhead"><input class="namefield" aria-label=${t("Name")} dir="auto" value=${held[word]} onInput=${(event) => set({ ...held, [word]: event.target.value })} /><span class="chip">${kind}</span><span class="sub">${file}:${line}</span><span class="grow"></span>
      ${isChanged && html`<button type="button" class="btn" onClick=${() => set(value)}>${t("Discard")}</button><button type="button" class="btn primary" disabled=${editing.busy} onClick=${save}>${t("Save")}</button>`}
      <button type="button" class="iconbtn small" disabled=${editing.busy || isChanged || place < 1} aria-label=${t("Further up in its file")} title=${t("Further up in its file")} onClick=${() => shift(-1)}>↑</button>
      <button type="button" class="iconbtn small" disabled=${editing.busy || isChanged || place < 0 || place === beside.length - 1} aria-label=${t("Further down in its file")} title=${t("Further down in its file")} onClick=${() => shift(1)}>↓</button>
      <${Sure} question=${t("Delete it?")} disabled=${editing.busy} onSure=${drop}>${t("Delete")}<//></header>
    <${Conflict} editing=${editing} />
    ${held.condition && html`<p class="about">${t("Only if {conditions}.", { conditions: listed(held.condition.map((one) => told(one).words)) })}</p>`}
    ${held.conversation_start && html`<p class="about">${t("Only at the start of a conversation.")}</p>`}
    <ol class="steps">${steps.map((step, i) => html`<${Step} key=${i} step=${step} number=${i + 1} onChange=${(next) => put(steps.map((one, j) => (i === j ? next : one)))}
      onUp=${i > 0 && (() => move(i, i - 1))} onDown=${i < steps.length - 1 && (() => move(i, i + 1))} onDrop=${steps.length > 1 && (() => put(steps.filter((_, j) => j !== i)))} />`)}</ol>
    <div class="addsteps">${[["intent", t("Customer says…"), { intent: "" }], ["action", t("Bot does…"), { action: "" }], ["slot", t("Slot is set…"), { slot_was_set: [{ slot: null }] }], ["form", t("Form…"), { active_loop: null }]].map(([id, label, fresh]) => html`<button type="button" key=${id} class="btn" onClick=${() => put([...steps, fresh])}><${Icon} name="plus" size=${15} />${label}</button>`)}</div>
    <datalist id="d-intent">${intents.map((one) => html`<option key=${one} value=${one} />`)}</datalist><datalist id="d-action">${actions.map((one) => html`<option key=${one} value=${one} />`)}</datalist>`;
}

/** One step. A word where it is one; else as it is written, in JSON. */
function Step({ step, number, onChange, onUp, onDown, onDrop }) {
  const kind = Object.keys(STEPS).find((key) => key in step && (typeof step[key] === "string" || step[key] === null));
  const { kind: look, words } = told(step);
  return html`<li class=${names("step", look)}><span class="sub">${kind ? STEPS[kind] : look === "slot" ? t("Slots") : t("The customer says")}</span>
    ${kind ? html`<input aria-label=${t("Step {number}", { number })} list=${`d-${kind}`} value=${step[kind] ?? ""} placeholder=${kind === "active_loop" ? t("none") : ""} onInput=${(event) => onChange({ ...step, [kind]: event.target.value || (kind === "active_loop" ? null : "") })} />`
      : html`<${Raw} step=${step} number=${number} onChange=${onChange} />`}
    ${kind === "intent" && step.entities && html`<span class="chip accent" title=${JSON.stringify(step.entities)}>${t("with {value}", { value: words.slice(step.intent.length).trim() })}</span>`}
    <span class="stepacts"><button type="button" class="iconbtn small" disabled=${!onUp} aria-label=${t("Step {number}: up", { number })} onClick=${onUp}>↑</button><button type="button" class="iconbtn small" disabled=${!onDown} aria-label=${t("Step {number}: down", { number })} onClick=${onDown}>↓</button>
      <button type="button" class="iconbtn small" disabled=${!onDrop} aria-label=${t("Step {number}: remove", { number })} onClick=${onDrop}><${Icon} name="close" size=${14} /></button></span></li>`;
}

function Raw({ step, number, onChange }) {
  const [text, setText] = useState(null);
  const [wrong, setWrong] = useState(false);
  const type = (typed) => {
    setText(typed);
    try {
      const next = JSON.parse(typed);
      const isStep = next && typeof next === "object" && !Array.isArray(next);
      setWrong(!isStep);
      if (isStep) onChange(next);
    } catch {
      setWrong(true);
    }
  };
  return html`<span class="raw"><input class="code" aria-label=${t("Step {number}, as JSON", { number })} aria-invalid=${String(wrong)} value=${text ?? JSON.stringify(step)} onInput=${(event) => type(event.target.value)} onBlur=${() => !wrong && setText(null)} />${wrong && html`<span class="badtext">${t("This is no JSON object yet.")}</span>`}</span>`;
}

function Graph({ data, go }) {
  const [kind, setKind] = useState("rule");
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  const shown = useMemo(() => data.dialogues.filter((one) => (kind === "all" || one.kind === kind) && JSON.stringify(one.value).toLowerCase().includes(wanted)), [data, kind, wanted]);
  const { nodes, edges, ends, width, height } = useMemo(() => layout(shown), [shown]);
  return html`<main class="graphmain"><div class="graphbar"><${Switch} at="graph" go=${go} />
      <label>${t("Show")} <select value=${kind} onChange=${(event) => setKind(event.target.value)}><option value="rule">${t("rules")}</option><option value="story">${t("stories")}</option><option value="test">${t("test stories")}</option><option value="all">${t("all")}</option></select></label>
      <input type="search" aria-label=${t("Only those with")} placeholder=${t("Only those with…")} value=${words} onInput=${(event) => setWords(event.target.value)} />
      <span class="sub">${t("{count} dialogues", { count: shown.length })}</span></div>
    ${nodes.length === 0 ? html`<${Empty} icon="search" title=${t("None of these")} />` : html`<div class="graphscroll" tabindex="0" role="region" aria-label=${t("Picture of the dialogues")}><svg class="graph" width=${width + 240} height=${height + 24} viewBox=${`-12 -12 ${width + 240} ${height + 24}`}>
      ${edges.map((edge, i) => html`<path key=${i} class="edge" d=${curve(edge)} />`)}
      ${nodes.map((node, i) => html`<g key=${i} class=${`node ${node.kind}`} transform=${`translate(${node.x} ${node.y})`}><title>${node.words}</title><rect width=${node.width} height=${node.height} rx="8" /><text x="10" y="20">${cut(node.words)}</text></g>`)}
      ${ends.map(({ dialogue, x, y }, i) => html`<a key=${i} href=${address("dialogues", dialogue.kind, dialogue.name, "0")} onClick=${onLink(go, "dialogues", dialogue.kind, dialogue.name, "0")}><text class="end" x=${x} y=${y}>${cut(dialogue.name)}</text></a>`)}</svg></div>`}</main>`;
}

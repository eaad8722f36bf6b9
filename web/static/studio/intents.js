// Intents: the list with counts, and the examples of one.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { n, t, told } from "language";
import { get } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Conflict, Sure, useEditing } from "./editing.js";
import { Examples } from "./examples.js";
import { Gone, NewEntry, Problems, Split, Title, useKept } from "./lists.js";
import { useData } from "./loading.js";
import { address, onLink } from "./router.js";
import { Uses } from "./uses.js";

const FEW = 8;

export default function Intents({ path: [name], go }) {
  const { data, error, reload } = useData("/data");
  const [adding, setAdding] = useState(false);
  const editing = useEditing(data?.files, reload);
  const found = useSearch(go);
  const keep = useKept();
  const add = async ({ intent, example }) => {
    if (await editing.edit({ type: "add_examples", kind: "intent", name: intent.trim(), examples: [example] }, t("New intent: {intent}", { intent: intent.trim() }))) { setAdding(false); go("intents", intent.trim()); }
  };
  if (!data) return html`<main class="studiomain">${error ? html`<p class="problem" role="alert">${error.message}</p>` : html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`}</main>`;
  const items = data.intents.map((one) => ({ ...one, tone: one.count < FEW ? "w" : "" }));
  const shown = keep(name ? items.find((one) => one.name === name) : items[0], name, data.problems);
  return html`<${Split} tab="intents" title=${t("Intents")} items=${items} open=${shown?.name} isChosen=${!!name} go=${go} onNew=${() => setAdding(true)} newLabel=${t("New intent")} found=${found}
      more=${adding && html`<${NewEntry} busy=${editing.busy} onAdd=${add} onClose=${() => setAdding(false)} fields=${[{ name: "intent", label: t("Name"), placeholder: "order_status" }, { name: "example", label: t("First example") }]} />`}>
    <${Problems} problems=${data.problems} /><${Gone} entry=${shown} />
    ${shown ? html`<${Intent} key=${shown.name} intent=${shown} data=${data} reload=${reload} go=${go} />` : html`<${Empty} icon="bot" title=${name ? t("There is no intent {name}", { name }) : t("No intent yet")} />`}<//>`;
}

/** Examples anywhere that have the searched words in them. */
function useSearch(go) {
  const [items, set] = useState([]);
  const asked = useRef("");
  const onSearch = async (words) => {
    asked.current = words;
    if (words.length < 3) return set([]);
    const answer = await get("/studio/examples", { kind: "intent", q: words, limit: 30 }).catch(() => ({ items: [] }));
    return asked.current === words && set(answer.items);
  };
  return { onSearch, list: items.length > 0 && html`<h3 class="foundhead">${t("In examples")}</h3><ul class="found">${items.map((item) => html`<li key=${`${item.file}${item.line}${item.name}`}>
    <a class="entry" href=${address("intents", item.name)} onClick=${onLink(go, "intents", item.name)}><span dir="auto">${item.text}</span><span class="n">${item.name}</span></a></li>`)}</ul>` };
}

function Intent({ intent, data, reload, go }) {
  const { name } = intent;
  const list = useData(`/examples?kind=intent&name=${encodeURIComponent(name)}`);
  const advice = useData("/advice");
  const both = async () => { await Promise.all([reload(), list.reload(), advice.reload()]); };
  const editing = useEditing(data.files, both);
  const mine = advice.data?.items.filter((one) => one.intents.includes(name)) ?? [];
  const warnings = useMemo(() => new Map(mine.flatMap((one) => one.spots.filter((spot) => spot.intent === name).map((spot) => [spot.written, one]))), [advice.data, name]);
  useEffect(() => {
    const line = new URLSearchParams(location.search).get("at");
    if (line && list.data) document.getElementById(`x-${line}`)?.scrollIntoView({ block: "center" });
  }, [list.data]);
  const rename = async (to) => { const made = await editing.edit({ type: "rename", kind: "intent", old: name, new: to }); if (made) go("intents", to); return made; };
  const drop = async () => { if (await editing.edit({ type: "delete_list", kind: "intent", name })) go("intents"); };
  const whole = mine.filter((one) => one.spots.length === 0);
  const spotted = mine.length - whole.length;
  return html`<${Title} name=${name} onRename=${rename}><span class="sub">${n("{count} example", "{count} examples", intent.count)} · ${n("in {count} dialogue", "in {count} dialogues", intent.used)}</span>
      ${!intent.is_declared && html`<span class="chip bad">${t("not in the domain")}</span>`}<span class="grow"></span><${Sure} question=${t("Delete with all examples?")} disabled=${editing.busy} onSure=${drop}>${t("Delete")}<//><//>
    <${Conflict} editing=${editing} />
    <${Uses} kind="intent" name=${name} go=${go} />
    ${whole.map((one) => html`<p class="advicebar" key=${one.words}>${told(one.words)}</p>`)}
    ${spotted > 0 && html`<p class="advicebar">${n("{count} piece of advice on these examples.", "{count} pieces of advice on these examples.", spotted)} <a href=${address("advice")} onClick=${onLink(go, "advice")}>${t("Show all advice")}</a></p>`}
    ${list.error && html`<p class="problem" role="alert">${list.error.message}</p>`}
    ${list.data && html`<${Examples} kind="intent" name=${name} items=${list.data.items} files=${[...new Set(intent.places.map((one) => one.file))]} entities=${data.entities} targets=${data.intents.map((one) => one.name)} warnings=${warnings} editing=${editing} />`}`;
}

// The review queue: what customers wrote that the bot should learn from, decided by single keys or many at once.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { get, post } from "../inbox/api.js";
import { html, names, useInbox } from "../inbox/lib.js";
import { Ago, Empty } from "../inbox/parts.js";
import { useData } from "./loading.js";
import { Teachable } from "./teachable.js";

const KEYS = [["J K", t("move")], ["A", t("accept")], ["C", t("change intent")], ["O", t("out of scope")], ["D", t("delete")], ["X", t("select")], ["U", t("undo")]];
const OUT_OF_SCOPE = "out_of_scope";
const typesIn = (target) => target.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable]");

export default function Review() {
  const { ui } = useInbox();
  const queue = useData("/review");
  const [gone, setGone] = useState(new Set());
  const [at, setAt] = useState(0);
  const [chosen, setChosen] = useState(new Set());
  const [changing, setChanging] = useState(null);
  const [texts, setTexts] = useState({});
  const [done, setDone] = useState([]);
  const [made, setMade] = useState([]);
  const intents = [...new Set([...(queue.data?.intents ?? []), ...made])].sort();
  // Whoever takes a verdict back at once means the one that is still on its way.
  const pending = useRef(Promise.resolve());
  const decided = useRef([]);
  const items = (queue.data?.items ?? []).filter((item) => !gone.has(item.key));
  const here = items[Math.min(at, items.length - 1)];
  const meant = (item) => item.corrections[0]?.intent ?? item.intent;
  const asked = (item, intent) => ({ keys: item.texts.map((text) => text.key), intent,
    examples: item.texts.map((text, place) => (place ? text.text : texts[item.key] ?? item.example)) });
  const picked = () => (chosen.size ? items.filter((item) => chosen.has(item.key)) : here ? [here] : []);

  const note = (list) => { decided.current = list; setDone(list); };

  function decide(what, intentOf) {
    const mine = picked();
    if (!mine.length) return;
    if (what === "teach" && mine.some((item) => !intentOf(item))) { setChanging(mine); return; }
    setAt(items.indexOf(mine[0])); // what is left at the place of the first, so that none is passed over
    setGone((before) => new Set([...before, ...mine.map((item) => item.key)]));
    setChosen(new Set());
    setChanging(null);
    pending.current = pending.current.then(() => send(what, mine, intentOf));
  }
  async function send(what, mine, intentOf) {
    try {
      const { items: told } = await post(`/studio/review/${what}`, { items: mine.map((item) => asked(item, what === "teach" ? intentOf(item) : null)) });
      note([...decided.current, ...told.flatMap((one, place) => (one.review ? [{ id: one.review.id, key: mine[place].key }] : []))]);
      if (what === "teach") setMade((before) => [...before, ...mine.filter((_, place) => told[place].review).map(intentOf)]);
      const failed = told.map((one, place) => [one, mine[place]]).filter(([one]) => one.error);
      // What a colleague was quicker with stays away; what could not be taught comes back.
      setGone((before) => new Set([...before].filter((key) => !failed.some(([one, item]) => item.key === key && one.code !== "already_there"))));
      if (failed.length) ui.say(failed[0][0].error, "bad");
    } catch (error) {
      setGone((before) => new Set([...before].filter((key) => !mine.some((item) => item.key === key))));
      ui.say(error.message, "bad");
    }
  }
  async function undo() {
    await pending.current;
    const last = decided.current.at(-1);
    if (!last) return;
    try {
      await post(`/studio/review/${last.id}/undo`);
      note(decided.current.slice(0, -1));
      const left = queue.data.items.filter(({ key }) => key === last.key || !gone.has(key));
      setAt(left.findIndex(({ key }) => key === last.key));
      setGone((before) => new Set([...before].filter((key) => key !== last.key)));
      ui.say(t("Undone."));
    } catch (error) {
      ui.say(error.message, "bad");
    }
  }
  const flip = (key) => setChosen((before) => new Set(before.has(key) ? [...before].filter((one) => one !== key) : [...before, key]));
  const acts = { j: () => setAt((n) => Math.min(n + 1, items.length - 1)), k: () => setAt((n) => Math.max(n - 1, 0)),
    a: () => decide("teach", meant), c: () => picked().length && setChanging(picked()), o: () => decide("teach", () => OUT_OF_SCOPE),
    d: () => decide("dismiss"), x: () => here && flip(here.key), u: undo };
  const latest = useRef(acts);
  latest.current = acts;
  useEffect(() => {
    const press = (event) => {
      if (event.metaKey || event.ctrlKey || event.altKey || typesIn(event.target)) return;
      const act = latest.current[event.key.toLowerCase()];
      if (!act) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  useEffect(() => { document.querySelector(".review.at")?.scrollIntoView({ block: "nearest" }); }, [here?.key]);

  return html`<main class="studiomain"><section class="sheet"><h2>${t("Review queue")}</h2>
    <p class="quiet">${t("What customers wrote in the last 30 days, the most useful first: how unsure the bot was, how often it was written, and whether people had to be called. Personal data is masked, and what is masked is what is taught.")}</p>
    ${queue.error && html`<p class="problem" role="alert">${queue.error.message}</p>`}
    ${queue.data && html`<div class="bulk"><span role="status">${items.length ? t("{count} to review", { count: Math.max(queue.data.total - gone.size, items.length) }) : ""}${chosen.size ? t(", {count} selected", { count: chosen.size }) : ""}</span>
      ${chosen.size > 0 && html`<button class="btn primary" onClick=${acts.a}>${t("Accept {count}", { count: chosen.size })}</button><button class="btn" onClick=${acts.c}>${t("Change intent…")}</button><button class="btn" onClick=${acts.o}>${t("Out of scope")}</button><button class="btn" onClick=${acts.d}>${t("Delete")}</button>`}
      <span class="grow"></span><button class="btn" onClick=${undo} disabled=${!done.length}>${t("Undo")}</button></div>`}
    ${changing && html`<${IntentPick} intents=${intents} count=${changing.length} give=${(intent) => decide("teach", () => intent)} leave=${() => setChanging(null)} />`}
    ${queue.data && !items.length && html`<${Empty} icon="check" title=${t("Nothing to review")}><p>${t("The next message that the bot is unsure of appears here.")}</p><//>`}
    <ul class="reviewlist">${items.map((item, place) => html`<${Item} key=${item.key} item=${item} isHere=${item === here} isChosen=${chosen.has(item.key)} text=${texts[item.key]} meant=${meant(item)} 
      write=${(text) => setTexts((before) => ({ ...before, [item.key]: text }))} mayUnmask=${queue.data.may_unmask} onHere=${() => setAt(place)} flip=${() => flip(item.key)} acts=${acts} />`)}</ul>
    <p class="keyhelp">${KEYS.map(([key, what]) => html`<span key=${key}><kbd>${key}</kbd> ${what} </span>`)}</p></section></main>`;
}

/** Becomes the one that keys act on by a click, not when the button goes down: the rows move, and the click would miss. */
function Item({ item, isHere, isChosen, text, meant, write, mayUnmask, onHere, flip, acts }) {
  const { ui } = useInbox();
  const [real, setReal] = useState(null);
  const [isOpen, setIsOpen] = useState(false);
  const opener = useRef();
  const unmask = async () => {
    try { setReal((await get(`/studio/review/messages/${item.message_id}`)).text); } catch (error) { ui.say(error.message, "bad"); }
  };
  return html`<li class=${names("review", isHere && "at")} onClick=${onHere} onFocusIn=${(event) => event.target.matches(":focus-visible") && onHere()}>
    <input type="checkbox" checked=${isChosen} onChange=${flip} aria-label=${t("Select “{text}”", { text: item.text })} />
    <div><q>${real ?? item.text}</q><div class="facts"><span class="chip">${item.count} ×</span>${item.intent ? html`<code>${item.intent}</code>` : html`<span>${t("not understood")}</span>`}<span>${t("{percent} % sure", { percent: Math.round(100 * item.confidence) })}</span>
      ${item.handoffs > 0 && html`<span class="chip warn">${t("{handoffs} handed over", { handoffs: item.handoffs })}</span>`}
      ${item.corrections.map((one) => html`<span class="chip accent" key=${one.intent + one.by}>${t("{by} says {intent}", { by: one.by, intent: one.intent })}</span>`)}
      ${mayUnmask && isHere && real === null && html`<button class="aslink" onClick=${unmask}>${t("Show as written")}</button>`}</div></div>
    <span class="quiet when"><${Ago} at=${item.last_at} /></span>
    ${isHere && html`<div class="acts"><button class="btn primary" onClick=${acts.a}>${meant === item.intent ? t("Accept") : t("Accept {intent}", { intent: meant })} <kbd>A</kbd></button><button class="btn" onClick=${acts.c}>${t("Change intent…")} <kbd>C</kbd></button><button class="btn" onClick=${acts.o}>${t("Out of scope")} <kbd>O</kbd></button><button class="btn danger" onClick=${acts.d}>${t("Delete")} <kbd>D</kbd></button><button class="btn" ref=${opener} onClick=${() => setIsOpen(!isOpen)} aria-expanded=${isOpen}>${t("Edit and mark")}</button></div>
      ${isOpen && html`<${Teachable} text=${text ?? item.example} write=${write} leave=${() => { setIsOpen(false); opener.current.focus(); }} />`}
      ${item.texts.length > 1 && html`<details class="raw"><summary>${t("{value} more, much alike", { value: item.texts.length - 1 })}</summary><ul>${item.texts.slice(1).map((one) => html`<li key=${one.key}><q>${one.text}</q> ${one.count} ×</li>`)}</ul></details>`}`}
  </li>`;
}

/** An intent of those there are, or a new one. */
function IntentPick({ intents, count, give, leave }) {
  const [value, set] = useState("");
  const field = useRef();
  useEffect(() => { field.current.focus(); }, []);
  const isNew = value && !intents.includes(value);
  return html`<form class="intentpick" onSubmit=${(event) => { event.preventDefault(); if (value.trim()) give(value.trim()); }} onKeyDown=${(event) => event.key === "Escape" && leave()}>
    <label>${count === 1 ? t("What does it mean?") : t("What do they mean?")} <input ref=${field} list="intents" value=${value} onInput=${(event) => set(event.currentTarget.value)} /></label>
    <datalist id="intents">${intents.map((name) => html`<option key=${name} value=${name}></option>`)}</datalist>
    <button class="btn primary" disabled=${!value.trim()}>${isNew ? t("Make this intent") : t("Teach")}</button><button class="btn" type="button" onClick=${leave}>${t("Cancel")}</button></form>`;
}

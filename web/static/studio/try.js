// Trying models: the same words said to a candidate and to the live model, side by side. The conversation is told whole
// to the server each time; it keeps nothing of it.
import { useEffect, useRef, useState } from "preact/hooks";
import { LOCALE, mix, t } from "language";
import { post } from "../inbox/api.js";
import { html, newClientId, useInbox } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { useData } from "./loading.js";
import { nameOf } from "./naming.js";
import { KeepStory } from "./story.js";
import { Shares } from "./shares.js";
import { Bubbles, Why } from "./turn.js";

export default function Try() {
  const about = useData("/try");
  const models = useData("/models");
  if (about.error || models.error) return html`<main class="studiomain"><p class="problem" role="alert">${(about.error ?? models.error).message}</p></main>`;
  if (!about.data || !models.data) return html`<main class="studiomain"><p class="quiet waiting" role="status">${t("Loading…")}</p></main>`;
  if (!about.data.can_run) return html`<main class="studiomain"><${Empty} icon="alert" title=${t("Models cannot be tried here")}><p>${mix("This needs a machine that has the bot’s own Python environment ({code}). The process that answered you runs where it is missing.", { code: html`<code>make setup</code>` })}</p><//></main>`;
  return html`<${Bench} channels=${about.data.channels} models=${models.data.items} live=${models.data.publication.model_id} />`;
}

function Bench({ channels, models, live }) {
  const { ui } = useInbox();
  const others = models.filter((model) => model.id !== live);
  const [candidate, setCandidate] = useState(others[0]?.id ?? null);
  const [channel, setChannel] = useState(channels.find(({ kind }) => kind === "webchat")?.id ?? null);
  const [said, setSaid] = useState([]);
  const [told, setTold] = useState({});
  const [text, setText] = useState("");
  const [waits, setWaits] = useState(0);
  const conversation = useRef(newClientId());
  const round = useRef(0);
  const end = useRef(null);
  const lanes = [...(candidate ? [{ id: "candidate", name: t("Candidate"), model: candidate }] : []), { id: "live", name: t("Live"), model: null }];

  const ask = (next, models, through) => {
    const now = round.current += 1;
    setTold({});
    if (!next.length) return setWaits(0);
    setWaits(models.length);
    for (const { id, model } of models) {
      post("/studio/try", { conversation: conversation.current, said: plain(next), model_id: model, channel_id: through })
        .then((answer) => ({ answer }), (error) => ({ error: error.message }))
        .then((found) => { if (round.current === now) { setTold((before) => ({ ...before, [id]: found })); setWaits((count) => count - 1); } });
    }
    return null;
  };
  const say = (message) => {
    if (!message.text.trim() && !message.payload) return;
    const next = [...said, message];
    setSaid(next);
    setText("");
    ask(next, lanes, channel);
  };
  const over = () => { conversation.current = newClientId(); setSaid([]); ask([], lanes, channel); };
  const choose = (id) => { setCandidate(id); ask(said, [...(id ? [{ id: "candidate", model: id }] : []), { id: "live", model: null }], channel); };
  const through = (id) => { setChannel(id); ask(said, lanes, id); };
  useEffect(() => end.current?.scrollIntoView({ block: "nearest" }), [told, said.length]);

  return html`<main class="studiomain trying"><div class="trybar">
      <label>${t("Candidate")}<select value=${candidate ?? ""} onChange=${(event) => choose(event.target.value || null)}><option value="">${t("none, the live model alone")}</option>
        ${others.map((model) => html`<option key=${model.id} value=${model.id}>${t("{model} by {name}, {when}", { model: nameOf(model), name: model.author.name, when: new Date(model.trained_at).toLocaleString(LOCALE) })}</option>`)}</select></label>
      <label>${t("As shown on")}<select value=${channel ?? ""} onChange=${(event) => through(event.target.value || null)}><option value="">${t("no channel, as written")}</option>${channels.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}</select></label>
      <span class="grow"></span><button type="button" class="btn" disabled=${!said.length} onClick=${over}>${t("Start over")}</button></div>
    ${!others.length && html`<p class="quiet tryhint">${t("There is only one model, so there is nothing to compare. Train another under Models to see it beside the live one.")}</p>`}
    <div class="lanes" data-count=${lanes.length}>${lanes.map(({ id, name }) => html`<h2 key=${id}>${name}${id === "live" && !live && html` <span class="chip">${t("the bot’s own model")}</span>`}</h2>`)}
      ${said.map((message, at) => html`<div class="turn" key=${at}><p class="mine"><span dir="auto">${message.title ?? message.text}</span></p>
        ${lanes.map((lane) => html`<${Side} key=${lane.id} lane=${lane} told=${told[lane.id]} at=${at} isLast=${at === said.length - 1} onTap=${(option) => say({ text: option.title, title: option.title, payload: option.payload })} />`)}</div>`)}</div>
    ${!said.length && html`<${Empty} icon="reply" title=${t("Say something to the bot")}><p>${t("Nobody is written to and nothing is stored. Custom actions are left out, except those that say they are harmless.")}</p><//>`}
    <div ref=${end}></div>
    <form class="trysay" onSubmit=${(event) => { event.preventDefault(); say({ text }); }}><label class="hidden" for="trytext">${t("Your message")}</label>
      <input id="trytext" type="text" dir="auto" autocomplete="off" placeholder=${t("Write as a customer would")} maxlength="2000" value=${text} onInput=${(event) => setText(event.target.value)} />
      <button class="btn primary" disabled=${waits > 0 || !text.trim()}>${t("Say it")}</button></form>
    <p class="hidden" role="status">${waits > 0 ? t("The bot is thinking") : said.length ? t("The bot has answered") : ""}</p>
    ${said.length > 0 && html`<${KeepStory} said=${plain(said)} lanes=${lanes} channel=${channel} conversation=${conversation.current} ui=${ui} />`}
    <${Shares} candidate=${candidate} channel=${channel} models=${models} /></main>`;
}

function Side({ lane, told, at, isLast, onTap }) {
  const turn = told?.answer?.turns[at];
  return html`<section class="answered" aria-label=${lane.name}>${told?.error ? isLast && html`<p class="problem" role="alert">${told.error}</p>`
    : !turn ? html`<p class="quiet">${t("Thinking…")}</p>`
      : html`<${Bubbles} turn=${turn} onTap=${isLast ? onTap : null} /><${Why} turn=${turn} model=${told.answer.model} />`}</section>`;
}

/** As the server takes it: a button's title is only for the page. */
const plain = (said) => said.map(({ text, payload }) => (payload ? { text, payload } : { text }));

// One search through all of the data: names, examples, answers, slots, forms, rules and stories.
import { useEffect, useState } from "preact/hooks";
import { n, t } from "language";
import { html } from "../inbox/lib.js";
import { Empty } from "../inbox/parts.js";
import { Hits } from "./uses.js";
import { useData } from "./loading.js";

const SHORTEST = 2, MOST = 200, PAUSE_MS = 250;

export default function Find({ path: [asked = ""], go }) {
  const [words, setWords] = useState(asked);
  useEffect(() => setWords(asked), [asked]);
  useEffect(() => {
    const timer = setTimeout(() => { if (words.trim() !== asked) go("find", ...(words.trim() ? [words.trim()] : [])); }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [words]);
  return html`<main class="studiomain"><section class="sheet"><h2>${t("Find in all data")}</h2>
    <form class="findform" role="search" onSubmit=${(event) => event.preventDefault()}><input type="search" autofocus dir="auto" maxlength="200" aria-label=${t("Find in all data")} placeholder=${t("A name, or words of an example, an answer, a rule…")} value=${words} onInput=${(event) => setWords(event.target.value)} /></form>
    ${asked.length >= SHORTEST ? html`<${Answer} key=${asked} words=${asked} go=${go} />` : html`<p class="quiet">${t("Two letters are enough. Everything that has them is listed with its file and line.")}</p>`}</section></main>`;
}

function Answer({ words, go }) {
  const { data, error } = useData(`/search?q=${encodeURIComponent(words)}&limit=${MOST}`);
  if (error) return html`<p class="problem" role="alert">${error.message}</p>`;
  if (!data) return html`<p class="quiet waiting" role="status">${t("Loading…")}</p>`;
  if (!data.items.length) return html`<${Empty} icon="search" title=${t("Nothing in the data has “{words}” in it", { words })} />`;
  return html`<p class="quiet" role="status">${data.items.length < MOST ? n("{count} place", "{count} places", data.items.length) : t("The first {count} places", { count: MOST })}</p><${Hits} items=${data.items} go=${go} />`;
}

// Finding a place in the open conversation: by words, or by day.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { html, useInbox } from "./lib.js";
import { IconButton } from "./parts.js";
import { full } from "./time.js";

const PAUSE_MS = 250;

export function Finding({ id, onClose }) {
  const { act, ui } = useInbox();
  const [text, setText] = useState("");
  const [found, setFound] = useState(null);
  const [at, setAt] = useState(0);
  const field = useRef();
  useEffect(() => { field.current.focus(); }, [id]);
  useEffect(() => {
    const q = text.trim();
    if (!q) { setFound(null); return undefined; }
    let isOver = false;
    const timer = setTimeout(async () => {
      const answer = await get(`/conversations/${id}/search`, { q }).catch((error) => { ui.say(error.message, "bad"); return null; });
      if (isOver || !answer) return;
      setFound(answer.items);
      setAt(0);
      if (answer.items.length) act.reveal(id, answer.items[0].seq, q);
    }, PAUSE_MS);
    return () => { isOver = true; clearTimeout(timer); };
  }, [id, text]);
  const step = (by) => {
    if (!found?.length) return;
    const next = (at + by + found.length) % found.length;
    setAt(next);
    act.reveal(id, found[next].seq, text.trim());
  };
  const close = () => { act.unmark(); onClose(); };
  const onKeyDown = (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter") step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  const toDay = async (day) => {
    if (!day) return;
    const answer = await get(`/conversations/${id}/place`, { at: new Date(`${day}T00:00`).toISOString() }).catch((error) => ui.say(error.message, "bad"));
    if (answer?.seq) act.reveal(id, answer.seq);
    else if (answer) ui.say(t("Nothing was said on that day or after it."));
  };
  const one = found?.[at];
  return html`<div class="finding" role="search" aria-label=${t("In this conversation")}>
    <input ref=${field} type="search" placeholder=${t("Find in this conversation…")} aria-label=${t("Find in this conversation")} value=${text}
      onInput=${(event) => setText(event.target.value)} onKeyDown=${onKeyDown} />
    <span class="quiet" role="status" title=${one ? full(one.at) : undefined}>${found ? (found.length ? t("{place} of {count}", { place: at + 1, count: found.length }) : t("Not found")) : ""}</span>
    <${IconButton} icon="up" label=${t("Newer")} onClick=${() => step(-1)} disabled=${!found?.length} /><${IconButton} icon="down" label=${t("Older")} onClick=${() => step(1)} disabled=${!found?.length} />
    <label class="today"><span class="hidden">${t("Go to a day")}</span><input type="date" title=${t("Go to a day")} max=${new Date().toISOString().slice(0, 10)} onChange=${(event) => toDay(event.target.value)} /></label>
    <${IconButton} icon="close" label=${t("Close the search")} onClick=${close} /></div>`;
}

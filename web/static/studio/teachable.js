// The example that a message teaches, as it is written: typed over, and its words marked by selecting them.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { html } from "../inbox/lib.js";
import { Fields } from "./examples.js";
import { useData } from "./loading.js";
import { mark } from "./marks.js";

const MARKS = /\[[^\]]+\](?:\([^)]*\)|\{[^}]*\}|\[[^\]]*\])/g;

/** The words that are selected, without the spaces around them; null if none are. */
function selected({ selectionStart, selectionEnd, value }) {
  const words = value.slice(selectionStart, selectionEnd);
  const start = selectionStart + words.length - words.trimStart().length;
  return words.trim() ? { start, end: start + words.trim().length } : null;
}

export function Teachable({ text, write, leave }) {
  const known = useData("/data");
  const field = useRef();
  const [place, setPlace] = useState(null);
  useEffect(() => { field.current.focus(); }, []);
  const look = () => setPlace(selected(field.current));
  const marked = place && [...text.matchAll(MARKS)].some((found) => found.index < place.end && place.start < found.index + found[0].length);
  const give = (kind) => {
    const words = text.slice(place.start, place.end);
    write(`${text.slice(0, place.start)}[${words}]${mark([kind])}${text.slice(place.end)}`);
    setPlace(null);
    field.current.focus();
  };
  return html`<div class="raw teachable" role="group" aria-label=${t("Edit and mark")} onKeyDown=${(event) => event.key === "Escape" && leave()}>
    <input ref=${field} dir="auto" value=${text} maxlength="500" aria-label=${t("The example that is taught")} onSelect=${look} onKeyUp=${look} onPointerUp=${look}
      onInput=${(event) => { setPlace(null); write(event.currentTarget.value); }} />
    <p class="quiet" role="status">${!place ? t("Select words in the field to mark an entity.") : marked ? t("This is marked already: change the mark in the text.") : html`${t("Mark")} <mark>${text.slice(place.start, place.end)}</mark> ${t("as")}`}</p>
    ${place && !marked && html`<${Fields} key=${`${place.start}:${place.end}`} entities=${known.data?.entities ?? []} onMark=${give} />`}</div>`;
}

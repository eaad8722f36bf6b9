// Saved replies in the composer: a slash at the beginning of a word, then the shortcut.
import { useEffect, useRef, useState } from "preact/hooks";
import { get, post } from "./api.js";
import { html, useInbox } from "./lib.js";

const TYPED = /(?:^|\s)\/([\p{L}\d_-]*)$/u;
const MOST = 6;

let held = null;
const load = () => (held ??= get("/saved_replies").then(({ items }) => items, () => { held = null; return []; }));

/** `{list, onKeyDown, look}`: what to draw above the field, its keys, and what to call when the caret has moved. */
export function useSlash(conversation, field, text, setText) {
  const { ui } = useInbox();
  const [query, setQuery] = useState(null);
  const [items, setItems] = useState([]);
  const [at, setAt] = useState(0);
  const asked = useRef(0);
  const look = () => {
    const { value, selectionStart, selectionEnd } = field.current;
    const typed = selectionStart === selectionEnd ? TYPED.exec(value.slice(0, selectionStart)) : null;
    setQuery(typed ? typed[1].toLowerCase() : null);
    setAt(0);
  };
  useEffect(() => { setQuery(null); }, [conversation.id]);
  useEffect(() => { if (query !== null) load().then(setItems); }, [query !== null]);
  const found = query === null ? [] : items.filter((one) => matches(one, query)).slice(0, MOST);
  const use = async (reply) => {
    const turn = ++asked.current;
    const { value, selectionStart } = field.current;
    const start = selectionStart - query.length - 1;
    setQuery(null);
    try {
      const filled = await post(`/saved_replies/${reply.id}/fill_in`, { conversation_id: conversation.id });
      if (turn !== asked.current || field.current.value !== value) return;
      setText(value.slice(0, start) + filled.text + value.slice(selectionStart));
      requestAnimationFrame(() => { field.current?.focus(); field.current?.setSelectionRange(start + filled.text.length, start + filled.text.length); });
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  const onKeyDown = (event) => {
    if (!found.length || event.isComposing) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((at + step + found.length) % found.length);
    else if ((event.key === "Enter" && !event.metaKey && !event.ctrlKey) || event.key === "Tab") use(found[at]);
    else if (event.key === "Escape") setQuery(null);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };
  const list = found.length > 0 && html`<ul class="slash" id="slash" role="listbox" aria-label="Saved replies">${found.map((one, i) => html`
    <li key=${one.id} id=${`slash-${i}`} role="option" aria-selected=${String(i === at)} onPointerMove=${() => setAt(i)}
      onPointerDown=${(event) => { event.preventDefault(); use(one); }}>
      <b>/${one.shortcut}</b><span class="grow"><span>${one.title}</span><span class="hint" dir="auto">${one.text}</span></span></li>`)}</ul>`;
  return { list, onKeyDown, look, active: found.length ? `slash-${at}` : undefined };
}

const matches = ({ shortcut, title, folder }, query) =>
  shortcut.startsWith(query) || title.toLowerCase().includes(query) || (query.length > 1 && folder.toLowerCase().startsWith(query));

// All commands by name: Ctrl K or ⌘ K.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { t } from "language";
import { commands } from "./commands.js";
import { ChannelMark } from "./icons.js";
import { html, useInbox } from "./lib.js";
import { rows } from "./store.js";

export function Palette() {
  const inbox = useInbox();
  const { ui, store, act } = inbox;
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef();
  useLayoutEffect(() => field.current.focus(), []);
  const every = useMemo(() => [...commands(inbox), ...rows(store.state).slice(0, 200).map((one) => (
    { label: one.contact.name, kind: one.channel_kind, hint: one.last_message?.preview, run: () => { ui.show("thread"); act.open(one.id); } }))], []);
  const found = every.filter((one) => matches(one, text)).slice(0, 9);
  const run = (one) => {
    ui.dismiss();
    setTimeout(() => one.run());
  };
  const onKeyDown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) setAt((at + step + found.length) % found.length);
    else if (event.key === "Enter" && found[at]) run(found[at]);
    else return;
    event.preventDefault();
  };
  return html`<input ref=${field} class="paletteinput" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label=${t("Command or person")}
      aria-activedescendant=${found[at] ? `palette-${at}` : undefined} placeholder=${t("Command or person…")} autocomplete="off" value=${text}
      onInput=${(event) => { setText(event.target.value); setAt(0); }} onKeyDown=${onKeyDown} />
    <ul id="palette-list" role="listbox" aria-label=${t("Commands")}>${found.map((one, i) => html`<li key=${one.label + i} id=${`palette-${i}`} role="option"
      aria-selected=${String(i === at)} onPointerMove=${() => setAt(i)} onClick=${() => run(one)}>
      ${one.kind && html`<span class="mark inline" data-channel=${one.kind}><${ChannelMark} kind=${one.kind} /></span>`}
      <span dir="auto">${one.label}</span>${one.hint && html`<span class="hint grow" dir="auto">${one.hint}</span>`}${one.keys && html`<kbd>${one.keys}</kbd>`}</li>`)}</ul>
    ${!found.length && html`<p class="quiet" role="status">${t("Nothing of that name.")}</p>`}`;
}

const matches = ({ label, hint }, text) => text.toLowerCase().split(/\s+/).every((word) => `${label} ${hint ?? ""}`.toLowerCase().includes(word));

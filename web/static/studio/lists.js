// A list at the side and one of its entries beside it: how most tabs of the studio are laid out. A phone shows one of them.
import { useEffect, useRef, useState } from "preact/hooks";
import { t, told } from "language";
import { Icon } from "../inbox/icons.js";
import { html, names } from "../inbox/lib.js";
import { address, onLink } from "./router.js";

/** `open` is the id of what is shown. Without one in the address (`isChosen`) a wide page shows the first; a phone shows the list. */
export function Split({ tab, title, items, open, isChosen, go, onNew, newLabel, more, found, children }) {
  const [words, setWords] = useState("");
  const wanted = words.trim().toLowerCase();
  const shown = items.filter((item) => item.name.toLowerCase().includes(wanted));
  const list = useRef();
  useEffect(() => list.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" }), [open]);
  const most = Math.max(1, ...items.map((item) => item.count ?? 0));
  return html`<div class=${names("split", isChosen ? "shows-one" : "shows-list")}><aside class="sidelist" ref=${list} aria-label=${title}>
      <div class="sidetop"><input type="search" aria-label=${t("Search {title}", { title: title.toLowerCase() })} placeholder=${t("Search")} value=${words} onInput=${(event) => { setWords(event.target.value); found?.onSearch(event.target.value.trim()); }} />
        ${onNew && html`<button type="button" class="iconbtn" aria-label=${newLabel ?? t("New")} title=${newLabel ?? t("New")} onClick=${onNew}><${Icon} name="plus" /></button>`}</div>
      ${more}
      <ul>${shown.map((item) => html`<li key=${item.id ?? item.name}><a class="entry" href=${address(tab, ...(item.path ?? [item.name]))} aria-current=${open === (item.id ?? item.name) ? "true" : undefined} onClick=${onLink(go, tab, ...(item.path ?? [item.name]))}>
        <b>${item.name}</b>${item.count !== undefined && html`<span class="n">${item.count}</span>`}${item.hint && html`<span class="n">${item.hint}</span>`}
        ${item.count !== undefined && html`<span class="bar" aria-hidden="true"><i class=${item.tone} style=${{ width: `${(100 * item.count) / most}%` }}></i></span>`}</a></li>`)}</ul>
      ${shown.length === 0 && html`<p class="quiet nothing">${wanted ? t("No name has “{words}” in it.", { words: words.trim() }) : t("None yet.")}</p>`}
      ${found?.list}</aside>
    <main class="work" id="work">${isChosen && html`<button type="button" class="iconbtn phone" aria-label=${t("Back to the list")} onClick=${() => go(tab)}><${Icon} name="back" /></button>`}${children}</main></div>`;
}

/** `keep(entry, id, problems)`: the entry, or, where it is gone, as it was last seen: what is being typed there must not be lost with it. */
export function useKept() {
  const last = useRef(null);
  return (entry, id, problems) => {
    if (entry) last.current = entry;
    const isThat = id === undefined ? problems.length > 0 : (last.current?.id ?? last.current?.name) === id;
    return entry ?? (isThat && last.current ? { ...last.current, isGone: true } : undefined);
  };
}

/** Above an entry that is only kept. */
export const Gone = ({ entry }) => entry?.isGone && html`<p class="problem gone" role="alert">${t("This is not in the data now: it was deleted or moved, or its file cannot be read. Below it is as you saw it last, with what you typed.")}</p>`;

/** The name at the head of an entry; renamed in place if that is possible. */
export function Title({ name, onRename, children }) {
  const [draft, setDraft] = useState(null);
  if (draft === null) return html`<header class="workhead"><h2>${name}</h2>${onRename && html`<button type="button" class="iconbtn small" aria-label=${t("Rename {name}", { name })} title=${t("Rename")} onClick=${() => setDraft(name)}><${Icon} name="pencil" size=${14} /></button>`}${children}</header>`;
  const save = async (event) => { event.preventDefault(); if (draft.trim() === name || await onRename(draft.trim())) setDraft(null); };
  return html`<form class="workhead" onSubmit=${save} onKeyDown=${(event) => event.key === "Escape" && setDraft(null)}>
    <input autofocus aria-label=${t("New name")} value=${draft} onInput=${(event) => setDraft(event.target.value)} /><button class="btn primary">${t("Rename everywhere")}</button><button type="button" class="btn" onClick=${() => setDraft(null)}>${t("Cancel")}</button></form>`;
}

/** A small form of a few fields above the list; gives an object of their values. */
export function NewEntry({ fields, onAdd, onClose, busy }) {
  const [held, set] = useState(Object.fromEntries(fields.map(({ name, value }) => [name, value ?? ""])));
  const add = (event) => { event.preventDefault(); onAdd(held); };
  return html`<form class="newentry" onSubmit=${add} onKeyDown=${(event) => event.key === "Escape" && onClose()}>${fields.map(({ name, label, options, ...rest }, at) => html`<label key=${name}>${label}
      ${options ? html`<select value=${held[name]} onChange=${(event) => set({ ...held, [name]: event.target.value })}>${options.map((one) => html`<option key=${one} value=${one}>${one}</option>`)}</select>`
        : html`<input required autofocus=${at === 0} dir="auto" value=${held[name]} ...${rest} onInput=${(event) => set({ ...held, [name]: event.target.value })} />`}</label>`)}
    <div class="buttons"><button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button><button class="btn primary" disabled=${busy}>${t("Add")}</button></div></form>`;
}

/** Files that cannot be read, above whatever the tab shows. */
export const Problems = ({ problems }) => problems?.length > 0 && html`<ul class="problem dataproblems" role="alert">${problems.map(({ file, line, words }) => html`<li key=${`${file}${line}`}><code>${file}:${line}</code> ${told(words)}</li>`)}</ul>`;

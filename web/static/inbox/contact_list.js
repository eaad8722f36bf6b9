// Which contacts there are: the last changed first, or those that go by what is typed.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { Icon } from "./icons.js";
import { html } from "./lib.js";
import { Segments } from "./segments.js";
import { Ago, Avatar, Empty } from "./parts.js";
import { address, identity } from "./words.js";

const PAUSE_MS = 150;

export function ContactList({ openId, changed, onOpen, more }) {
  const [q, setQ] = useState("");
  const [segment, setSegment] = useState("");
  const [revised, revise] = useState(0);
  const list = useContacts(q, `${changed} ${revised}`, segment);
  const choose = (id, isRevised) => { setSegment(id); if (isRevised) revise(revised + 1); };
  useKeys(openId, list.items, onOpen);
  return html`<section class="list" aria-label=${t("Contacts")}>
    <header><div class="listhead"><h1>${t("Contacts")}</h1><span class="grow"></span>${more}</div><${Search} q=${q} onSearch=${setQ} /><${Segments} chosen=${segment} changed=${changed} mayExport=${Boolean(more)} onChoose=${choose} /></header>
    <div class="rows" id="contacts" aria-busy=${list.state === "loading" ? "true" : "false"}>
      <ul>${list.items.map((contact) => html`<${Row} key=${contact.id} contact=${contact} isOpen=${contact.id === openId} onOpen=${onOpen} />`)}</ul>
      ${list.state === "failed" && html`<${Empty} icon="alert" title=${t("The contacts could not be loaded.")}><p>${list.error}</p>
        <button type="button" class="btn" onClick=${list.again}>${t("Try again")}</button><//>`}
      ${list.state === "ready" && !list.items.length && (q.trim() ? html`<${Empty} icon="search" title=${t("Nobody found for “{q}”", { q: q.trim() })}><p>${t("A name, an email address, or the last four digits of a number or more.")}</p><//>`
        : html`<${Empty} icon="people" title=${t("No contacts yet")}><p>${t("Everyone who writes to you becomes one.")}</p><//>`)}
      ${list.cursor && html`<${More} cursor=${list.cursor} onSeen=${list.more} />`}
    </div></section>`;
}

function Search({ q, onSearch }) {
  const onKeyDown = (event) => {
    if (event.key === "Escape") onSearch("");
    if (event.key === "ArrowDown") document.querySelector("#contacts .row")?.focus();
  };
  return html`<div class="search" role="search"><${Icon} name="search" size=${16} />
    <input id="search" type="search" value=${q} onInput=${(event) => onSearch(event.target.value)} onKeyDown=${onKeyDown}
      placeholder=${t("Name, address, end of number…")} aria-label=${t("Search contacts by name, address or end of number")} autocomplete="off" />
    ${q ? html`<button type="button" class="iconbtn small" aria-label=${t("Clear the search")} onClick=${() => onSearch("")}><${Icon} name="close" size=${14} /></button>`
      : html`<kbd aria-hidden="true">/</kbd>`}</div>`;
}

function Row({ contact, isOpen, onOpen }) {
  const reach = contact.address ?? contact.attributes.email ?? contact.attributes.phone;
  const open = (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    onOpen(contact.id);
  };
  return html`<li><a class="row" href=${`/contacts?id=${contact.id}`} aria-current=${isOpen ? "true" : undefined} onClick=${open}>
    <${Avatar} name=${contact.name} /><span class="who"><b class="name"><bdi>${contact.name}</bdi></b>
      <span class="at"><bdi>${reach && reach !== contact.name ? address(reach) : found(contact.identities[0])}</bdi></span></span>
    <span class="time"><${Ago} at=${contact.updated_at} /></span></a></li>`;
}

/** Where someone without an address can be found. */
function found(first) {
  if (!first) return t("No address");
  const { kind, name, value } = identity(first);
  return kind === "visitor" ? t("On the web chat") : `${name} ${value}`;
}

/** At the end of the list: when it comes near, the next page is asked for. */
function More({ cursor, onSeen }) {
  const end = useRef();
  useEffect(() => {
    const watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && onSeen(), { rootMargin: "600px" });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [cursor]);
  return html`<div class="more" ref=${end} role="status">${t("Loading more…")}</div>`;
}

/** `{items, state, error, cursor, more, again}`. A page that comes after another question is passed over. */
function useContacts(q, changed, segment) {
  const [held, set] = useState({ items: [], state: "loading", cursor: null });
  const asked = useRef(0);
  const ask = async (cursor) => {
    const number = ++asked.current;
    try {
      const page = await get("/contacts", { q: q.trim(), cursor, segment: segment || undefined });
      if (number !== asked.current) return;
      set((was) => ({ items: cursor ? [...was.items, ...page.items] : page.items, state: "ready", cursor: page.next_cursor }));
    } catch (error) {
      if (number === asked.current) set((was) => ({ ...was, state: "failed", error: error.message, cursor: null }));
    }
  };
  useEffect(() => {
    set((was) => ({ ...was, state: "loading" }));
    const timer = setTimeout(ask, q ? PAUSE_MS : 0);
    return () => clearTimeout(timer);
  }, [q, changed, segment]);
  return { ...held, more: () => ask(held.cursor), again: () => ask() };
}

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

/** `/` searches; J and K, or the arrows on a row, go through the list. */
function useKeys(openId, items, onOpen) {
  useEffect(() => {
    const onKeyDown = (event) => {
      if (isTyping(event.target) || event.metaKey || event.ctrlKey || event.altKey) return;
      const row = event.target.closest?.("#contacts .row");
      const step = { j: 1, k: -1 }[event.key.toLowerCase()];
      const move = row && { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "/") document.getElementById("search").focus();
      else if (step) {
        const at = items.findIndex(({ id }) => id === openId);
        const next = items[at < 0 ? 0 : at + step];
        if (next) onOpen(next.id);
      } else if (move) {
        const rows = [...document.querySelectorAll("#contacts .row")];
        rows[rows.indexOf(row) + move]?.focus();
      } else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  });
}

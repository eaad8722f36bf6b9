// Two contacts that are one person: merged by hand, and parted again.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { mix, t } from "language";
import { get, post } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox } from "./lib.js";
import { Ago, Avatar } from "./parts.js";
import { address } from "./words.js";

/** `onMerged` is called with the contact that was kept, `onParted` after a merge was undone. */
export function Merging({ contact, onMerged, onParted }) {
  const { ui } = useInbox();
  const [merges, set] = useState([]);
  const [isOpen, open] = useState(location.hash === "#merge");  // the palette of the inbox leads here
  const [busy, setBusy] = useState(false);
  useEffect(() => { get(`/contacts/${contact.id}/merges`).then(({ items }) => set(items), (error) => ui.say(error.message, "bad")); }, [contact]);
  const close = () => {
    open(false);
    if (location.hash) history.replaceState(history.state, "", location.pathname + location.search);
  };
  const undo = async (merge) => {
    setBusy(true);
    try {
      await post(`/contacts/${contact.id}/merges/${merge.id}/undo`);
      ui.say(t("{name} is a contact of their own again", { name: merge.given.name }));
      onParted();
    } catch (error) {
      ui.say(error.message, "bad");
    }
    setBusy(false);
  };
  return html`<section class="sheet" aria-labelledby="h-merges"><h3 id="h-merges">${t("Same person")}</h3>
    ${merges.length > 0 && html`<ul class="merges">${merges.map((merge) => html`<li key=${merge.id}><${Avatar} name=${merge.given.name} />
      <span class="grow"><b><bdi>${merge.given.name}</bdi></b> <bdi class="quiet">${reach(merge.given)}</bdi><span class="when">${merge.by ? mix("Merged {when} by {name}", { when: html`<${Ago} at=${merge.at} />`, name: merge.by }) : mix("Merged {when}, as the provider told", { when: html`<${Ago} at=${merge.at} />` })}</span></span>
      <button type="button" class="btn" disabled=${busy} aria-label=${t("Part {name} again", { name: merge.given.name })} onClick=${() => undo(merge)}>${t("Undo")}</button></li>`)}</ul>`}
    <button type="button" class="btn" onClick=${() => open(true)}><${Icon} name="people" size=${15} />${t("Merge with another contact…")}</button>
    ${isOpen && html`<${Choose} contact=${contact} onClose=${close} onMerged=${() => { close(); onMerged(); }} />`}</section>`;
}

const reach = (one) => (one.address && one.address !== one.name ? address(one.address) : one.attributes.email ?? "");

/** Find the other contact, see what will happen, and confirm it. */
function Choose({ contact, onClose, onMerged }) {
  const { ui } = useInbox();
  const box = useRef();
  const [q, setQ] = useState("");
  const [found, setFound] = useState([]);
  const [chosen, choose] = useState(null);
  const [trouble, setTrouble] = useState(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog.showModal();
    return () => dialog.close();
  }, []);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => get("/contacts", { q: q.trim(), limit: 8 }).then(
      ({ items }) => isCurrent && setFound(items.filter((one) => one.id !== contact.id)), (error) => isCurrent && setTrouble(error.message)), 150);
    return () => { isCurrent = false; clearTimeout(timer); };
  }, [q]);
  const merge = async () => {
    try {
      await post(`/contacts/${contact.id}/merge`, { contact_id: chosen.id });
      ui.say(t("{given} is part of {kept} now", { given: chosen.name, kept: contact.name }));
      onMerged();
    } catch (error) {
      setTrouble(error.message);
    }
  };
  return html`<dialog ref=${box} class="dialog" aria-labelledby="merge-title" onCancel=${(event) => { event.preventDefault(); onClose(); }}
      onClick=${(event) => event.target === box.current && onClose()}>
    <div class="dialogin"><h2 id="merge-title">${chosen ? t("Merge into {name}?", { name: contact.name }) : t("Who is the same person?")}</h2>
      ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
      ${chosen ? html`<p>${mix("{given} becomes part of {kept}, with all conversations, notes and refusals. You can undo this later; what arrives until then stays here.", {
          given: html`<b><bdi>${chosen.name}</bdi></b> ${reach(chosen) && html`<bdi class="quiet">${reach(chosen)}</bdi>`}`, kept: html`<b><bdi>${contact.name}</bdi></b>` })}</p>
        <div class="buttons"><button type="button" class="btn" onClick=${() => choose(null)}>${t("Back")}</button><button type="button" class="btn primary" autofocus ref=${focusOnce} onClick=${merge}>${t("Merge")}</button></div>`
      : html`<label for="merge-q">${t("Name, address or end of number")}</label><input id="merge-q" type="text" autocomplete="off" value=${q} onInput=${(event) => setQ(event.target.value)} autofocus />
        <ul class="choices" aria-label=${t("Contacts found")}>${found.map((one) => html`<li key=${one.id}><button type="button" onClick=${() => choose(one)}><${Avatar} name=${one.name} /><span class="grow"><b><bdi>${one.name}</bdi></b> <bdi class="quiet">${reach(one)}</bdi></span></button></li>`)}</ul>
        ${!found.length && html`<p class="quiet" role="status">${t("Nobody found.")}</p>`}
        <div class="buttons"><button type="button" class="btn" onClick=${onClose}>${t("Cancel")}</button></div>`}</div></dialog>`;
}

const focusOnce = (element) => element && !element.dataset.focused && ((element.dataset.focused = "yes"), element.focus());

// Small parts that several panes share.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { ChannelMark, Icon } from "./icons.js";
import { html, names } from "./lib.js";
import { ago, full, useNow } from "./time.js";
import { channelName } from "./words.js";

export function initials(name) {
  const text = (name ?? "").trim();
  if (/^\+?[\d\s()-]+$/.test(text) && text) return text.replace(/\D/g, "").slice(-2);
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word.replace(/^[^\p{L}\p{N}]+/u, "")][0] ?? "").join("").toUpperCase() || "?";
}

/** A person's initials (drawn by the style sheet: decoration, the name stands beside), with the mark of a channel or of presence. */
export function Avatar({ name, channel, presence, large }) {
  return html`<span class=${names("avatar", large && "large")} data-hue=${hueOf(name)} data-initials=${initials(name)} aria-hidden="true">
    ${channel && html`<span class="mark" data-channel=${channel} title=${channelName(channel)}><${ChannelMark} kind=${channel} /></span>`}
    ${presence && html`<span class=${names("dot", presence)}></span>`}
  </span>`;
}

/** One of six quiet hues, always the same for the same name. */
function hueOf(name) {
  let sum = 0;
  for (const letter of name ?? "") sum = (sum * 31 + letter.codePointAt(0)) % 6007;
  return sum % 6;
}

export function Ago({ at }) {
  const now = useNow();
  return html`<time dateTime=${at} title=${full(at)}>${ago(at, now)}</time>`;
}

export function IconButton({ icon, label, keys, ...rest }) {
  return html`<button type="button" class="iconbtn" aria-label=${label} title=${keys ? `${label} (${keys})` : label}
    ...${rest}><${Icon} name=${icon} /></button>`;
}

export const Dots = () => html`<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>`;

export function Empty({ icon, title, children }) {
  return html`<div class="empty"><${Icon} name=${icon} size=${28} /><p class="lead">${title}</p>${children}</div>`;
}

/** A button that opens a menu, at its ticked item or `fromTop`. `items` are `{label, hint?, checked?, mark?, run}`, or null for a line. */
export function Menu({ label, children, items, cls = "btn", up, title, disabled, fromTop }) {
  const [open, setOpen] = useState(false);
  const root = useRef();
  const close = (giveBack) => {
    setOpen(false);
    if (giveBack) root.current?.querySelector("button")?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const outside = (event) => root.current?.contains(event.target) || setOpen(false);
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, [open]);
  useLayoutEffect(() => {
    if (open) placed(root.current.querySelector(".menu"));
    if (open) ((!fromTop && root.current.querySelector('[aria-checked="true"]')) || options(root)[0])?.focus({ preventScroll: true });
  }, [open]);
  const onKeyDown = (event) => {
    if (!open) return;
    const all = options(root);
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) all.at(to % all.length).focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return html`<div class="menuroot" ref=${root} onKeyDown=${onKeyDown}>
    <button type="button" class=${cls} aria-haspopup="menu" aria-expanded=${open ? "true" : "false"} aria-label=${label}
      title=${title ?? label} disabled=${disabled} onClick=${() => setOpen(!open)}>${children}</button>
    ${open && html`<div class=${names("menu", up && "up")} role="menu" aria-label=${label}>
      ${items.map((item, i) => item === null ? html`<div class="sep" role="separator" key=${i}></div>` : html`
        <button type="button" key=${i} role=${item.checked === undefined ? "menuitem" : "menuitemcheckbox"}
          aria-checked=${item.checked === undefined ? undefined : String(item.checked)} tabindex="-1"
          onClick=${() => { close(true); item.run(); }}>
          ${item.mark}<span class="grow">${item.label}</span>
          ${item.hint && html`<span class="hint">${item.hint}</span>`}
          ${item.checked && html`<${Icon} name="check" size=${16} />`}
        </button>`)}
    </div>`}
  </div>`;
}

/** A menu that would end below the window opens upwards: nothing has to move for it. */
function placed(menu) {
  const { bottom, height } = menu.getBoundingClientRect();
  const above = menu.parentElement.getBoundingClientRect().top;
  menu.classList.toggle("above", bottom > innerHeight - 8 && above > height + 8);
}

const options = (root) => [...root.current.querySelectorAll('[role^="menuitem"]')];

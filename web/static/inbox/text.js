// Text as people typed it, with web addresses made into links. The result is text nodes and `<a>`, never markup.
import { html } from "./lib.js";

const LINK = /https?:\/\/[^\s<>"'`]+/gi;
const TRAILING = /[.,;:!?)\]}'"’”»…]+$/;

/** The pieces of a text: strings, and `{href}` for the addresses. Only http and https become links. */
export function pieces(text) {
  const found = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const href = trimmed(match[0]);
    if (!isAddress(href)) continue;
    if (match.index > end) found.push(text.slice(end, match.index));
    found.push({ href });
    end = match.index + href.length;
  }
  if (end < text.length) found.push(text.slice(end));
  return found;
}

/** Without the punctuation of the sentence; a bracket stays if it was opened inside. */
function trimmed(address) {
  let cut = address.replace(TRAILING, "");
  const rest = address.slice(cut.length);
  if (rest.startsWith(")") && cut.split("(").length > cut.split(")").length) cut += ")";
  return cut;
}

function isAddress(href) {
  try {
    const { protocol, hostname } = new URL(href);
    return (protocol === "http:" || protocol === "https:") && hostname !== "";
  } catch {
    return false;
  }
}

export const rich = (text) => pieces(String(text ?? "")).map((piece) => typeof piece === "string" ? piece : html`
  <a href=${piece.href} target="_blank" rel="noopener noreferrer">${piece.href}</a>`);

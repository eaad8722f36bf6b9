// What people typed, as nodes. Never through HTML.

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"']+|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;

/** @returns nodes for `text`: plain text, and links to web and mail addresses. */
export function linkify(text) {
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = withoutTail(match[0]);
    const target = linkTarget(shown);
    if (!target) continue;
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(link(target, shown));
    end = match.index + shown.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

/** @returns the absolute http(s) address, or null for any other scheme: `javascript:` never becomes a link. */
export function safeUrl(url) {
  try {
    const parsed = new URL(url, location.origin);
    return parsed.protocol === "https:" || parsed.protocol === "http:" ? parsed.href : null;
  } catch {
    return null;
  }
}

/** @returns an address fit for an image: http(s), or a picture in the address itself; otherwise null. */
export function safeImage(url) {
  return /^data:image\/(?:png|jpe?g|gif|webp|avif);base64,/i.test(url ?? "") ? url : safeUrl(url);
}

/** A link that opens apart and tells the other side nothing. */
export function link(href, ...children) {
  const anchor = document.createElement("a");
  anchor.href = href;
  if (!href.startsWith("mailto:") && !href.startsWith("tel:")) {
    anchor.target = "_blank";
    anchor.rel = "noopener noreferrer nofollow ugc";
  }
  anchor.append(...children);
  return anchor;
}

function linkTarget(shown) {
  if (/^www\./i.test(shown)) return safeUrl(`https://${shown}`);
  if (/^https?:/i.test(shown)) return safeUrl(shown);
  return `mailto:${shown}`;
}

// "(see https://a.example/b)." links neither the full stop nor the bracket that it did not open.
function withoutTail(address) {
  let shown = address.replace(/[.,;:!?'"»”’*_~]+$/u, "");
  while (/[)\]}]$/.test(shown) && count(shown, ")]}") > count(shown, "([{")) shown = shown.slice(0, -1).replace(/[.,;:!?]+$/u, "");
  return shown;
}

const count = (text, characters) => [...text].filter((character) => characters.includes(character)).length;

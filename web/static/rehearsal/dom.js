/** Building elements: `h("p.note", {title}, "text", child)`. What people typed only ever becomes text. */
export function h(spec, ...rest) {
  const [name, ...classes] = spec.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const part of rest) add(element, part);
  return element;
}

function add(element, part) {
  if (part === null || part === undefined || part === false) return;
  if (Array.isArray(part)) for (const each of part) add(element, each);
  else if (part instanceof Node) element.append(part);
  else if (typeof part === "object") Object.entries(part).forEach(([key, value]) => set(element, key, value));
  else element.append(String(part));
}

function set(element, key, value) {
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (value === true) element.setAttribute(key, "");
  else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing of 24 by 24 made of stroked paths; `label` names it for who cannot see it. */
export function icon(paths, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

export const ICONS = {
  sending: ["M12 7v5l3 2", "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18"],
  tick: ["M5 13l4 4 9-10"],
  ticks: ["M2 13l4 4 8-9", "M11 16l1 1 9-10"],
  send: ["M4 12l16-8-6 16-3-6z"],
  attach: ["M12 5v14", "M5 12h14"],
  list: ["M4 7h16", "M4 12h16", "M4 17h16"],
  link: ["M14 4h6v6", "M20 4l-9 9", "M18 14v6H4V6h6"],
  reply: ["M9 7l-5 5 5 5", "M4 12h10a6 6 0 0 1 6 6"],
  smile: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18", "M8.5 14c1 1.5 2 2 3.5 2s2.5-.5 3.5-2", "M9 9v.5", "M15 9v.5"],
  pin: ["M12 21s7-6.2 7-11a7 7 0 1 0-14 0c0 4.8 7 11 7 11", "M12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5"],
  file: ["M7 3h7l4 4v14H7z", "M14 3v4h4"],
  person: ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8", "M4 21c1-5 4.5-6 8-6s7 1 8 6"],
};

// Makes elements. Children that are strings become text, so nothing here is ever read as HTML.

/** `properties`: `class`, `on` (listeners by event), `data` (dataset), anything else an attribute; null ones are left out. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    else if (name === "data") Object.assign(made.dataset, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const PATHS = {
  bot: "M7 8.500h10a3 3 0 0 1 3 3v4a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3v-4a3 3 0 0 1 3-3zM12 8.500V5M9.300 13.200v.6M14.700 13.200v.6",
  close: "M6 6l12 12M18 6L6 18",
  down: "M12 5v13M6.500 12.500L12 18l5.500-5.500",
  file: "M14 3.500H7.500a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2h9a2 2 0 0 0 2-2V8zM14 3.500V8h4.500",
  left: "M14.500 6l-6 6 6 6",
  menu: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  person: "M12 11.500a3.700 3.700 0 1 0 0-7.400 3.700 3.700 0 0 0 0 7.400zM4.800 20c.8-3.700 3.600-5.600 7.200-5.600s6.400 1.900 7.200 5.600",
  pin: "M12 21s-6.500-5.700-6.500-11a6.500 6.500 0 0 1 13 0c0 5.300-6.500 11-6.500 11zM12 12.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600z",
  restart: "M4.500 12a7.500 7.500 0 1 0 2.400-5.500L4.500 8.700M4.500 4.500v4.200h4.200",
  right: "M9.500 6l6 6-6 6",
  save: "M12 4v11M7.500 10.800L12 15.300l4.500-4.500M5 19.500h14",
  send: "M5 12h13M12.500 6l6 6-6 6",
  alert: "M12 7.500v5.500M12 16.300v.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** What went over the wire, newest first, for engineers. */
import { h } from "./dom.js";

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });

/** `opened` is called when the panel wants to be filled. */
export function wirePanel(opened) {
  const rows = h("ol.wire");
  const element = h("details.panel", [h("summary", h("h3", "Wire")), rows]);
  let entries = [];
  let drawn = null;
  const redraw = () => {
    if (!element.open) return;
    const latest = `${entries.length}/${entries.at(-1)?.at}`;
    if (latest === drawn) return;
    drawn = latest;
    const open = new Set([...rows.querySelectorAll("details[open]")].map((each) => each.dataset.at));
    rows.replaceChildren(...[...entries].reverse().map((entry) => rowView(entry, open)));
    if (!entries.length) rows.append(h("li.empty", "Nothing yet."));
  };
  element.addEventListener("toggle", () => element.open && opened());
  return { element, isOpen: () => element.open, draw: (wire) => ((entries = wire), redraw()) };
}

function rowView(entry, open) {
  const isGood = entry.status >= 200 && entry.status < 300;
  const details = h("details", { "data-at": String(entry.at), open: open.has(String(entry.at)) }, [
    h("summary", [
      h(`span.code${isGood ? ".good" : ".bad"}`, entry.status || "none"),
      h("span.what", entry.what), h("time", clock.format(entry.at * 1000)),
    ]),
    entry.sent && [h("h4", "Sent"), h("pre", { tabindex: "0" }, pretty(entry.sent))],
    entry.answer && [h("h4", "Answer"), h("pre", { tabindex: "0" }, pretty(entry.answer))],
  ]);
  return h("li", details);
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

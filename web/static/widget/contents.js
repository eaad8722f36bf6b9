// One drawing for each content of connectors/content.py that a visitor may be shown.

import { element, icon } from "./element.js";
import { link, linkify, safeImage, safeUrl } from "./text.js";

let filesAt = "";

/** Where the server has this visitor's files; the welcome says so. */
export function findFilesAt(place) {
  filesAt = place ?? "";
}

const urlOf = (content) => (content.file_id && filesAt ? filesAt + encodeURIComponent(content.file_id) : content.url);

const DRAWINGS = {
  text: (content) => [bubble(content.text)],
  choice: (content) => [bubble(content.title)],
  options: (content) => [
    bubble(content.text, {
      before: content.header ? element("strong", { class: "heading" }, content.header) : null,
      after: content.footer ? element("small", { class: "footnote" }, content.footer) : null,
    }),
  ],
  image: (content, say) => [picture(content, say), caption(content)],
  sticker: (content, say) => [picture(content, say)],
  audio: (content, say) => [player("audio", content, say), caption(content)],
  video: (content, say) => [player("video", content, say), caption(content)],
  document: (content, say) => [file(content, say), caption(content)],
  location: (content, say) => [place(content, say)],
  contacts: (content) => content.cards.map(person),
  card: (content, say, act) => [card(content, say, act)],
  carousel: (content, say, act) => [carousel(content, say, act)],
  form_answer: (content) => [bubble(content.text || content.name)],
};

/** `act(option)` is called for a tapped answer of a card; null when answers are no longer to be tapped. */
export function draw(content, say, act) {
  const drawing = Object.hasOwn(DRAWINGS, content.type) ? DRAWINGS[content.type] : null;
  return (drawing ? drawing(content, say, act) : [bubble(say("unsupported"))]).filter(Boolean);
}

/** The content as a line of a transcript. */
export function inWords(content, say) {
  const words = {
    options: () => [content.header, content.text, content.footer, ...content.options.map((option) => `  - ${option.title}`)],
    card: () => [content.title, content.text],
    carousel: () => content.cards.flatMap((each) => [each.title, each.text]),
    location: () => [content.name || say("location"), content.address, `${content.latitude}, ${content.longitude}`],
    contacts: () => content.cards.flatMap((each) => [each.name, ...(each.phones ?? []).map((phone) => phone.number)]),
    image: () => [say("photo"), content.caption, content.url],
    audio: () => [say("audio"), content.caption, content.url],
    video: () => [say("video"), content.caption, content.url],
    document: () => [content.filename || say("file"), content.caption, content.url],
  }[content.type];
  const lines = words ? words() : [content.text ?? content.title ?? say("unsupported")];
  return lines.filter(Boolean).join("\n");
}

function bubble(text, { before = null, after = null } = {}) {
  const onlyEmoji = /^(?:\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,8}$/u.test(text ?? "") && /\p{Extended_Pictographic}/u.test(text);
  return element("div", { class: onlyEmoji ? "bubble emoji" : "bubble", dir: "auto" }, before, element("span", { class: "words" }, linkify(text ?? "")), after);
}

const caption = (content) => (content.caption ? bubble(content.caption) : null);

function picture(content, say) {
  const url = safeImage(urlOf(content));
  const name = content.caption || content.filename || say("photo");
  if (!url) return bubble(say("noPhoto"));
  const image = element("img", { src: url, alt: name, decoding: "async" });
  const target = safeUrl(urlOf(content) ?? "");
  const framed = target ? link(target, image) : element("span", {}, image);
  framed.classList.add("picture");
  image.addEventListener("error", () => framed.replaceChildren(element("span", { class: "broken" }, icon("alert"), say("noPhoto"))));
  return framed;
}

function player(tag, content, say) {
  const url = urlOf(content) ? safeUrl(urlOf(content)) : null;
  return url ? element(tag, { class: "player", src: url, controls: true, preload: "metadata", "aria-label": content.filename || say(tag) }) : file(content, say);
}

function file(content, say) {
  const url = urlOf(content) ? safeUrl(urlOf(content)) : null;
  const named = [
    element("span", { class: "tile" }, icon("file")),
    element("span", { class: "about" },
      element("b", { dir: "auto" }, content.filename || say("file")),
      element("small", {}, [kindOf(content), sizeOf(content.size)].filter(Boolean).join(" · "))),
  ];
  const drawn = url ? link(url, ...named, icon("save")) : element("div", {}, named);
  drawn.classList.add("file");
  return drawn;
}

const kindOf = (content) => /\.(\w{1,5})$/.exec(content.filename ?? "")?.[1].toUpperCase() ?? content.mime_type ?? null;

function sizeOf(bytes) {
  if (!bytes) return null;
  const step = bytes < 1e6 ? { by: 1e3, unit: "kilobyte" } : { by: 1e6, unit: "megabyte" };
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: step.unit, maximumFractionDigits: bytes < 1e6 ? 0 : 1 }).format(Math.max(bytes / step.by, step.unit === "kilobyte" ? 1 : 0));
}

function place(content, say) {
  const point = `${content.latitude}/${content.longitude}`;
  const url = safeUrl(content.url || "") && content.url ? safeUrl(content.url) : `https://www.openstreetmap.org/?mlat=${content.latitude}&mlon=${content.longitude}#map=16/${point}`;
  const drawn = link(url,
    element("span", { class: "tile" }, icon("pin")),
    element("span", { class: "about" },
      element("b", { dir: "auto" }, content.name || say("location")),
      content.address ? element("span", { dir: "auto" }, content.address) : null,
      element("small", {}, say("map"), element("span", { class: "sr" }, ` ${say("newTab")}`))));
  drawn.classList.add("file");
  return drawn;
}

function person(shared) {
  return element("div", { class: "file" },
    element("span", { class: "tile" }, icon("person")),
    element("span", { class: "about" },
      element("b", { dir: "auto" }, shared.name),
      (shared.phones ?? []).map((phone) => link(`tel:${phone.number.replace(/[^\d+]/g, "")}`, phone.number)),
      (shared.emails ?? []).map((address) => link(`mailto:${address}`, address))));
}

function card(content, say, act) {
  const url = safeImage(content.image);
  const image = url ? element("img", { src: url, alt: "", decoding: "async" }) : null;
  image?.addEventListener("error", () => image.remove());
  const answers = (content.options ?? []).map((option) => answer(option, say, act)).filter(Boolean);
  return element("div", { class: "card" },
    image,
    element("div", { class: "about" },
      content.title ? element("b", { dir: "auto" }, content.title) : null,
      content.text ? element("span", { class: "words", dir: "auto" }, linkify(content.text)) : null),
    answers.length ? element("div", { class: "answers" }, answers) : null);
}

/** A link stays; an answer is there only while it may be tapped. */
export function answer(option, say, act) {
  const url = option.url ? safeUrl(option.url) : null;
  const words = [
    element("span", { dir: "auto" }, option.title),
    option.description ? element("small", { dir: "auto" }, option.description) : null,
  ];
  if (url) {
    const anchor = link(url, ...words.filter(Boolean), element("span", { class: "sr" }, ` ${say("newTab")}`));
    anchor.classList.add("answer");
    return anchor;
  }
  return act ? element("button", { class: "answer", type: "button", on: { click: () => act(option) } }, words) : null;
}

function carousel(content, say, act) {
  const strip = element("div", { class: "strip", tabindex: "0", role: "group", "aria-label": say("cards") }, content.cards.map((each) => card(each, say, act)));
  const turn = (name, way) =>
    element("button", { class: `turn ${name}`, type: "button", tabindex: "-1", "aria-hidden": "true",
      on: { click: () => strip.scrollBy({ left: way * 220 * (document.documentElement.dir === "rtl" ? -1 : 1), behavior: "smooth" }) } }, icon(name));
  const [back, on] = [turn("left", -1), turn("right", 1)];
  const place = () => {
    const moved = Math.abs(strip.scrollLeft);
    back.hidden = moved < 8;
    on.hidden = moved > strip.scrollWidth - strip.clientWidth - 8;
  };
  strip.addEventListener("scroll", place, { passive: true });
  new ResizeObserver(place).observe(strip);
  return element("div", { class: "carousel" }, strip, back, on);
}

/** One message as the phone shows it. */
import { fileUrl } from "./api.js";
import { h, icon, ICONS } from "./dom.js";

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const STATES = {
  sending: ["sending", "On its way to the inbox"],
  taken: ["ticks", "The inbox has it"],
  read: ["ticks", "Read"],
};

/** `acts` has `tap(bubble, choice)`, `quote(bubble)`, `react(bubble, emoji)`, `quoted(id)`. */
export function bubbleView(bubble, acts) {
  const isQuiet = bubble.state === "failed" || (bubble.remark && !bubble.text && !bubble.media && !bubble.choices);
  const row = h(`li.row${bubble.mine ? ".mine" : ".theirs"}`, { "data-id": bubble.id });
  const box = h(`div.bubble${isQuiet ? ".quiet" : ""}`, [
    bubble.reply_to && quoteView(acts.quoted(bubble.reply_to)),
    bubble.header && h("strong.header", bubble.header),
    bubble.media && mediaView(bubble.media),
    bubble.location && placeView(bubble.location),
    (bubble.cards || []).map(cardView),
    bubble.text && h("p.text", { dir: "auto" }, bubble.text),
    bubble.footer && h("p.footer", bubble.footer),
    metaView(bubble),
  ]);
  const panels = bubble.panels || [];
  if (panels.length) box.classList.add("bare");
  row.append(h("span.sr", bubble.mine ? "You: " : "Business: "), box, toolsView(bubble, acts));
  const emojis = Object.values(bubble.reactions || {}).filter(Boolean);
  if (emojis.length) box.append(h("span.reaction", { title: "Reactions" }, emojis.join("")));
  if (panels.length) row.insertBefore(carouselView(bubble, acts), box);
  const placed = panels.reduce((sum, panel) => sum + (panel.choices || 0), 0);
  if ((bubble.choices?.length || 0) > placed) row.append(choicesView(bubble, acts, bubble.choices.slice(placed)));
  return row;
}

/** Cards side by side, each with its own answers. */
function carouselView(bubble, acts) {
  let placed = 0;
  const panels = bubble.panels.map((panel) => {
    const own = (bubble.choices || []).slice(placed, (placed += panel.choices || 0));
    return h("li.panel-card", [
      panel.media && mediaView(panel.media),
      panel.title && h("strong.header", { dir: "auto" }, panel.title),
      panel.text && h("p.text", { dir: "auto" }, panel.text),
      own.length && choicesView(bubble, acts, own),
    ]);
  });
  return h("ul.carousel", { "aria-label": "Cards", tabindex: "0" }, panels);
}

function metaView(bubble) {
  const failed = bubble.state === "failed" ? " · never reached this phone" : "";
  const [name, words] = (bubble.mine && STATES[bubble.state]) || [];
  return h("div.meta", [
    bubble.remark && h("span", bubble.remark + failed),
    h("time", { datetime: new Date(bubble.at * 1000).toISOString() }, clock.format(bubble.at * 1000)),
    name && h(`span.state.${bubble.state}`, { title: words }, icon(ICONS[name], words)),
  ]);
}

function quoteView(quoted) {
  return h("div.quote", { dir: "auto" }, quoted ? quoted.text || quoted.media?.kind || "Message" : "Message");
}

function mediaView(media) {
  const url = media.file ? fileUrl(media.file) : null;
  const view = url && MEDIA[media.kind]?.(url, media);
  if (view) return view;
  const words = media.name || (media.link ? new URL(media.link, location.href).pathname.split("/").pop() : "");
  return h("a.file", { href: url || media.link, target: "_blank", rel: "noreferrer noopener" }, [
    icon(ICONS.file), h("span", [words || media.kind, h("small", media.kind)]),
  ]);
}

const MEDIA = {
  image: (url) => h("img.picture", { src: url, alt: "Picture", loading: "lazy" }),
  sticker: (url) => h("img.sticker", { src: url, alt: "Sticker" }),
  video: (url) => h("video.picture", { src: url, controls: true }),
  audio: (url) => h("audio", { src: url, controls: true, preload: "metadata" }),
};

function placeView(place) {
  return h("div.card", [icon(ICONS.pin), h("span", [
    place.name || "Location", h("small", place.address || `${place.latitude}, ${place.longitude}`),
  ])]);
}

function cardView(card) {
  return h("div.card", [icon(ICONS.person), h("span", [card.name, card.lines.map((line) => h("small", line))])]);
}

function choicesView(bubble, acts, choices = bubble.choices) {
  const isOver = bubble.chosen !== undefined && bubble.chosen !== null;
  const button = (choice) => choice.url
    ? h("a.choice", { href: choice.url, target: "_blank", rel: "noreferrer noopener" }, [icon(ICONS.link), choice.title])
    : h("button.choice", {
        type: "button",
        disabled: isOver,
        "data-choice": choice.id,
        "aria-pressed": isOver ? String(choice.id === bubble.chosen) : null,
        onclick: () => acts.tap(bubble, choice),
      }, [h("span", choice.title), choice.description && h("small", choice.description)]);
  const buttons = choices.map(button);
  if (!bubble.list_button) return h("div.choices", { role: "group", "aria-label": "Answers" }, buttons);
  return h("details.choices", isOver ? {} : { "data-list": bubble.id }, [
    h("summary.choice", [icon(ICONS.list), bubble.list_button]),
    h("div.rows", { role: "group", "aria-label": bubble.list_button }, buttons),
  ]);
}

function toolsView(bubble, acts) {
  const liked = bubble.reactions?.me === "👍";
  if (!acts.can("reaction")) return "";
  return h("span.tools", [
    h("button", { type: "button", "aria-label": "Reply to this message", onclick: () => acts.quote(bubble) },
      icon(ICONS.reply)),
    !bubble.mine && h("button", {
      type: "button",
      "aria-label": liked ? "Take the thumb back" : "React with a thumb",
      onclick: () => acts.react(bubble, liked ? "" : "👍"),
    }, icon(ICONS.smile)),
  ]);
}

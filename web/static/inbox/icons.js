// Line icons of one family, drawn in the colour of the text. Decoration only: the name is on the button.
import { html } from "./lib.js";
import { channelName } from "./words.js";

const PATHS = {
  inbox: "M4 13l2-8h12l2 8v6H4z M4 13h5l1.500 3h3L15 13h5",
  settings: "M4 7h9 M17 7h3 M4 17h3 M11 17h9 M15 9.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z M9 19.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14z M20 20l-4-4",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12 M18 6L6 18",
  bot: "M8 8h8a3 3 0 0 1 3 3v4a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3v-4a3 3 0 0 1 3-3z M12 8V4 M9.500 12.500v.01 M14.500 12.500v.01 M2.500 12v3 M21.500 12v3",
  person: "M12 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z M5 20c.8-4 3.600-6 7-6s6.200 2 7 6",
  people: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M3 19c.6-3.500 3-5 6-5s5.400 1.500 6 5 M15.500 5.500a3 3 0 0 1 0 5.500 M17.500 14.400c2 .7 3.200 2.200 3.500 4.600",
  check: "M5 12.500l4.500 4.500L19 7.500",
  reopen: "M4 12a8 8 0 1 0 2.600-5.900 M4 4v4.500h4.500",
  lock: "M6 11h12v9H6z M8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  reply: "M10 7L4.500 12l5.500 5 M5 12h8a6 6 0 0 1 6 6",
  panel: "M4 5h16v14H4z M15 5v14",
  sidebar: "M4 5h16v14H4z M9 5v14",
  down: "M12 5v14 M6 13l6 6 6-6",
  caret: "M7 10l5 5 5-5",
  megaphone: "M4 10v4h3l9 4.500v-13L7 10z M18.500 9.500a3.500 3.500 0 0 1 0 5 M8 14v4.500h3v-3",
  chart: "M4 4v16h16 M8.500 16.500v-5 M13 16.500v-9 M17.500 16.500v-3",
  clock: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  plus: "M12 5v14M5 12h14",
  retry: "M20 12a8 8 0 1 1-2.600-5.900 M20 4v4.500h-4.500",
  alert: "M12 4l9 16H3z M12 10v4.500 M12 17.300v.01",
  image: "M4 5h16v14H4z M4 16l5-5 4 4 2.500-2.500L20 17 M15.500 9.500v.01",
  audio: "M12 4a2.500 2.500 0 0 1 2.500 2.500v5a2.500 2.500 0 0 1-5 0v-5A2.500 2.500 0 0 1 12 4z M6 11a6 6 0 0 0 12 0 M12 17v3.500",
  video: "M4 6h11v12H4z M15 10.500l5-3v9l-5-3",
  document: "M7 3.500h7l4 4v13H7z M14 3.500v4h4 M10 12.500h5 M10 16h5",
  sticker: "M5 4h14v9l-6 7H5z M13 20v-7h6",
  pin: "M12 21s6.500-6 6.500-11a6.500 6.500 0 0 0-13 0c0 5 6.500 11 6.500 11z M12 12.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600z",
  form: "M5 4h14v16H5z M8.500 9h7 M8.500 13h7 M8.500 17h4",
  cart: "M4 5h2.500l2 10h9l2-7.500H7.500 M9.500 19.500v.01 M16.500 19.500v.01",
  puzzle: "M5 5h14v14H5z M9.700 9.700a2.300 2.300 0 1 1 3.200 2.100c-.6.3-.9.8-.9 1.500 M12 16v.01",
  phone: "M6 3.500h3.500l1.500 4.500-2 1.500a11 11 0 0 0 5.500 5.500l1.500-2 4.500 1.500V18a2.500 2.500 0 0 1-2.700 2.500A15.500 15.500 0 0 1 3.500 6.200 2.500 2.500 0 0 1 6 3.500z",
  template: "M4 5h16v4H4z M4 13h7v6H4z M15 13h5v6h-5z",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z M12 14.700a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400z",
  keyboard: "M3 6h18v12H3z M7 10v.01 M11 10v.01 M15 10v.01 M7.500 14.500h9",
  filter: "M4 6h16 M7 12h10 M10 18h4",
  history: "M12 7v5l3 2 M4 12a8 8 0 1 0 2.600-5.900 M4 4v4.500h4.500",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M8.500 14.500c1 1.300 2.200 2 3.500 2s2.500-.7 3.500-2 M9 9.500v.01 M15 9.500v.01",
  clip: "M19.500 11.500l-7.400 7.400a4.600 4.600 0 0 1-6.500-6.500l8-8a3.100 3.100 0 0 1 4.400 4.400l-7.900 7.900a1.600 1.600 0 0 1-2.200-2.200l6.900-6.900",
  download: "M12 4v11 M7 10.500l5 5 5-5 M5 20h14",
  pencil: "M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19z M13.500 7l3.500 3.500",
  play: "M8 5l11 7-11 7z",
  pause: "M9 5v14 M15 5v14",
  at: "M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7z M15.500 8.500v5a2.500 2.500 0 0 0 5 0V12a8.500 8.500 0 1 0-3.400 6.800",
  star: "M12 4l2.500 5.200 5.500.800-4 4 1 5.700-5-2.700-5 2.700 1-5.700-4-4 5.500-.800z",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  flag: "M6 21V4h11l-2 4 2 4H6",
  up: "M12 19V5 M6 11l6-6 6 6",
  link: "M10 13.500a4 4 0 0 0 6 .500l2.500-2.500a4 4 0 0 0-5.700-5.700L11.500 7 M14 10.500a4 4 0 0 0-6-.500l-2.500 2.500a4 4 0 0 0 5.700 5.700L12.500 17",
  external: "M13 5h6v6 M19 5l-8 8 M16 13.500V19H5V8h5.500",
};

export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" viewBox="0 0 24 24" width=${size} height=${size} aria-hidden="true" focusable="false">
    <path d=${PATHS[name] ?? PATHS.puzzle} /></svg>`;
}

/** Small marks that tell channels apart by shape as well as by colour; a channel that has none shows its first letter. */
const BUBBLE = "M3 4h10v7H7l-2.500 2.300V11H3z";
const MARKS = {
  SMS: [BUBBLE],
  RCS: [BUBBLE, "M6 7.500h4"],
  WhatsApp: ["M3 13l.8-2.500a5 5 0 1 1 2 1.900z", "M6.300 6.300c.2 1.900 1.500 3.200 3.400 3.400"],
  "Web chat": ["M8 2.800a5.200 5.200 0 1 0 0 10.400A5.200 5.200 0 0 0 8 2.800z M3 8h10 M8 3c2.500 2.800 2.500 7.200 0 10 M8 3c-2.500 2.800-2.500 7.200 0 10"],
};

export function ChannelMark({ kind }) {
  const medium = channelName(kind);
  return html`<svg viewBox="0 0 16 16" aria-hidden="true" data-medium=${medium}>${MARKS[medium]?.map((path) => html`<path d=${path} />`)
    ?? html`<text x="8" y="12.500" text-anchor="middle">${[...medium][0]}</text>`}</svg>`;
}

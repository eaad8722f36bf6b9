// Files in a thread: pictures, sound and films in place, everything else to be saved. What may be shown in place
// is the server's word (`mime_type` comes from the file's own bytes), and it serves the rest to be saved only.
import { useState } from "preact/hooks";
import { t } from "language";
import { Icon } from "./icons.js";
import { html } from "./lib.js";
import { rich } from "./text.js";
import { Voice } from "./voice.js";
import { bytes } from "./words.js";

const NAMES = { image: t("Picture"), audio: t("Sound"), video: t("Video"), document: t("Document"), sticker: t("Sticker") };
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|audio\/(wav|ogg|mp4|mpeg|aac|webm)|video\/(mp4|webm|ogg|3gpp|quicktime))$/;

export const fileUrl = (id) => `/api/v1/files/${encodeURIComponent(id)}`;

export function Media({ content }) {
  const [failed, setFailed] = useState(false);
  const { file_id: file, local, mime_type: mime, type, caption } = content;
  const src = local ?? (file && fileUrl(file));
  const major = src && !failed && SHOWN.test(mime ?? "") && type !== "document" ? mime.split("/")[0] : null;
  const View = VIEWS[major] ?? Plain;
  return html`<${View} content=${content} src=${src} onError=${() => setFailed(true)} />
    ${caption && html`<div class="text" dir="auto">${rich(caption)}</div>`}`;
}

const nameOf = ({ type, voice, filename }) => filename ?? (type === "audio" && voice ? t("Voice message") : NAMES[type]);

const VIEWS = {
  image: ({ content, src, onError }) => html`<a class="shot" href=${src} target="_blank" rel="noopener">
    <img src=${src} alt=${content.caption || nameOf(content)} loading="lazy" decoding="async" onError=${onError} /></a>`,
  audio: ({ content, src, onError }) => html`<div class="fact">${content.voice ? t("Voice message") : nameOf(content)}</div>
    <${Voice} src=${src} label=${nameOf(content)} size=${content.size} onError=${onError} />`,
  video: ({ content, src, onError }) => html`<video class="player" src=${src} controls preload="metadata" playsInline
    aria-label=${nameOf(content)} onError=${onError}></video>`,
};

/** The file by its name: to be saved, being fetched, or the reason why there is none. */
function Plain({ content, src }) {
  const { type, filename, mime_type: mime, size, url, problem, media_id: remote } = content;
  const kind = nameOf({ ...content, filename: null });
  const facts = [filename && kind, mime !== "application/octet-stream" && mime, bytes(size)].filter(Boolean).join(" · ");
  const link = /^https?:\/\//i.test(url ?? "") ? url : null;
  const end = problem ? html`<div class="fact bad">${t("Not here: {problem}", { problem })}</div>`
    : src ? html`<div class="fact"><a href=${`${src}?save`} download=${filename ?? ""}>${t("Save")}</a></div>`
    : link ? html`<div class="fact"><a href=${link} target="_blank" rel="noopener noreferrer">${t("Open link")}</a></div>`
    : remote && html`<div class="fact" role="status">${t("Being fetched…")}</div>`;
  return html`<div class="card"><span class="tile"><${Icon} name=${type} size=${20} /></span>
    <div class="grow"><div class="name" dir="auto">${filename ?? kind}</div>${facts && html`<div class="fact">${facts}</div>`}${end}</div></div>`;
}

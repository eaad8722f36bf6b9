// Files an agent is about to send: chosen, dropped or pasted, brought to the server at once, with progress.
import { useEffect, useRef, useState } from "preact/hooks";
import { n, t } from "language";
import { upload } from "./api.js";
import { Icon } from "./icons.js";
import { html, names } from "./lib.js";
import { bytes } from "./words.js";

const MOST = 10;

/** The files of a conversation's draft. They are gone with the page: only what is sent is kept. */
export function useAttachments(id, say) {
  const [files, setFiles] = useState([]);
  const held = useRef(files);
  const change = (next) => { held.current = next; setFiles(next); };
  const patch = (key, fields) => change(held.current.map((f) => (f.key === key ? { ...f, ...fields } : f)));
  useEffect(() => () => {
    for (const file of held.current) { file.stop?.(); URL.revokeObjectURL(file.local); }
    change([]);
  }, [id]);

  function start(key, body) {
    const { stop, done } = upload(body, (part) => patch(key, { part }));
    patch(key, { stop, state: "going", error: null, part: 0 });
    done.then((file) => patch(key, { state: "there", file }), (error) => patch(key, { state: "failed", error: error.message }));
  }
  return {
    files,
    areReady: files.length > 0 && files.every((f) => f.state === "there"),
    areGoing: files.some((f) => f.state === "going"),
    add(list) {
      for (const body of [...list]) {
        if (held.current.length >= MOST) { say(n("At most {count} file at once.", "At most {count} files at once.", MOST), "bad"); return; }
        const key = crypto.randomUUID();
        change([...held.current, { key, body, name: body.name, size: body.size, local: URL.createObjectURL(body), part: 0 }]);
        start(key, body);
      }
    },
    again(key) { start(key, held.current.find((f) => f.key === key).body); },
    remove(key) {
      const file = held.current.find((f) => f.key === key);
      file?.stop?.();
      URL.revokeObjectURL(file?.local);
      change(held.current.filter((f) => f.key !== key));
    },
    /** The files, which are then the sender's to show. */
    take() {
      const taken = held.current;
      change([]);
      return taken;
    },
  };
}

/** A file that is there, as a message. */
export const contentOf = ({ id, name, mime_type, size }) =>
  ({ type: /^(image|audio|video)\//.exec(mime_type)?.[1] ?? "document", file_id: id, filename: name, mime_type, size });

export function Attachments({ of }) {
  return of.files.length > 0 && html`<ul class="attached" aria-label=${t("Files to send")}>${of.files.map((file) => html`
    <li key=${file.key} class=${names(file.state === "failed" && "bad")}>
      <span class="grow"><span class="name" dir="auto">${file.name || t("Picture")}</span>
        <span class="fact">${file.state === "failed" ? file.error : bytes(file.size)}</span>
        ${file.state === "going" && html`<progress max="1" value=${file.part} aria-label=${t("Uploading {name}", { name: file.name })}></progress>`}</span>
      ${file.state === "failed" && html`<button type="button" class="link" onClick=${() => of.again(file.key)}>${t("Retry")}</button>`}
      <button type="button" class="iconbtn" aria-label=${file.name ? t("Remove {name}", { name: file.name }) : t("Remove the picture")} onClick=${() => of.remove(file.key)}><${Icon} name="close" size=${14} /></button>
    </li>`)}</ul>`;
}

/** The button that opens the computer's files. */
export function AttachButton({ disabled, onFiles }) {
  const field = useRef();
  const chosen = (event) => { onFiles(event.target.files); event.target.value = ""; };
  return html`<button type="button" class="iconbtn" aria-label=${t("Attach files")} title=${t("Attach files")} disabled=${disabled} onClick=${() => field.current.click()}>
      <${Icon} name="clip" /></button>
    <input ref=${field} type="file" multiple hidden aria-hidden="true" tabindex="-1" onChange=${chosen} />`;
}

/**
 * Whether files hang over the page. They may be let go anywhere: beside the composer too, where a browser would
 * otherwise leave the inbox and show the file.
 */
export function useDrop(onFiles) {
  const [isOver, setOver] = useState(false);
  const latest = useRef();
  latest.current = onFiles;
  useEffect(() => {
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && !document.querySelector("dialog[open]");
    const over = (event) => { if (hasFiles(event)) { event.preventDefault(); setOver(true); } };
    const leave = (event) => { if (!event.relatedTarget) setOver(false); };
    const drop = (event) => {
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer.files.length) latest.current(event.dataTransfer.files);
    };
    const all = { dragenter: over, dragover: over, dragleave: leave, drop };
    for (const [name, listener] of Object.entries(all)) document.addEventListener(name, listener);
    return () => { for (const [name, listener] of Object.entries(all)) document.removeEventListener(name, listener); };
  }, []);
  return isOver;
}

/** Handlers for what is pasted into a box. */
export const takesFiles = (onFiles) => ({
  onPaste: (event) => {
    if (!event.clipboardData?.files.length) return;
    event.preventDefault();
    onFiles(event.clipboardData.files);
  },
});

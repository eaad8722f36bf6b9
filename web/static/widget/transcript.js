// The conversation as a text file.

import { inWords } from "./contents.js";
import { timeline } from "./store.js";

/** @returns lines like `[22/11/2026, 14:02] Marco: Hello`, oldest first, without what was never sent. */
export function transcriptOf(state, { title, say, nameOf, stampOf }) {
  const lines = timeline(state)
    .filter((message) => message.id && message.content.type !== "activity")
    .map((message) => `[${stampOf(message.created_at)}] ${nameOf(message.author)}: ${inWords(message.content, say)}`);
  return `${title}\n\n${lines.join("\n")}\n`;
}

/** Saves `text` as a file. The byte order mark lets old editors read any script. */
export function download(name, text) {
  const url = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

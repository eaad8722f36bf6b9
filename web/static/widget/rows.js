// From the state to the rows that are drawn. Pure.

import { isFromUs, isMine, timeline } from "./store.js";

const TOGETHER = 5 * 60 * 1000;

/**
 * @returns rows, oldest first: `{key, kind: "greeting"|"day"|"line"|"message", …}`. A message's row says whether it
 * opens or closes a group of one author, whether its answers may still be tapped, and whether its state is shown.
 */
export function rowsOf(state, { greeting, dayOf }) {
  const messages = timeline(state);
  const rows = greeting ? [{ key: "greeting", kind: "greeting", text: greeting }] : [];
  const lastMine = messages.findLastIndex(isMine);
  const lastAnswer = messages.findLastIndex((message) => isMine(message) && message.status !== "failed");
  let day = null;
  messages.forEach((message, index) => {
    const here = dayOf(message.created_at);
    if (here !== day) rows.push({ key: `day ${here}`, kind: "day", text: here });
    const isNewDay = here !== day;
    day = here;
    const key = message.client_id ?? message.id;
    if (message.author.kind === "system" || message.content.type === "activity") {
      rows.push({ key, kind: "line", message });
      return;
    }
    rows.push({
      key,
      kind: "message",
      message,
      opens: isNewDay || !areTogether(messages[index - 1], message),
      closes: !areTogether(message, messages[index + 1]),
      isAnswerable: isFromUs(message) && index > lastAnswer,
      showsState: isMine(message) && (index === lastMine || message.status === "failed" || message.status === "pending"),
    });
  });
  return rows;
}

function areTogether(one, other) {
  return Boolean(
    one && other &&
    one.content.type !== "activity" && other.content.type !== "activity" &&
    one.author.kind === other.author.kind && one.author.name === other.author.name &&
    Math.abs(new Date(other.created_at) - new Date(one.created_at)) < TOGETHER,
  );
}

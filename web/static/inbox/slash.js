// Saved replies in the composer: a slash at the beginning of a word, then the shortcut.
import { t } from "language";
import { get, post } from "./api.js";
import { html, useInbox, useStore } from "./lib.js";
import { useSuggest } from "./suggest.js";

const FRESH_MS = 30_000;
const LONGEST = 24;  // who typed more than that after a slash means a path or a fraction
let held = null;
let since = 0;

/** All saved replies, asked for again when some time has passed: a colleague may have written one. */
function load() {
  if (!held || Date.now() - since > FRESH_MS) {
    since = Date.now();
    held = get("/saved_replies").then(({ items }) => items, () => { held = null; return []; });
  }
  return held;
}

export function useSlash(conversation, field, setText) {
  const { ui } = useInbox();
  const me = useStore((s) => s.me);
  return useSuggest({
    id: conversation.id, name: "slash", label: t("Saved replies"), typed: /(?:^|\s)\/([\p{L}\d_-]*)$/u, field, setText,
    say: (...words) => ui.say(...words),
    load: () => load().then((all) => all.filter((one) => isOf(one, conversation) && (!one.language || !conversation.language || one.language.split("-")[0] === conversation.language.split("-")[0]))),
    matches: ({ shortcut, title, folder }, query) =>
      shortcut.startsWith(query) || title.toLowerCase().includes(query) || (query.length > 1 && folder.toLowerCase().startsWith(query)),
    textOf: (reply) => post(`/saved_replies/${reply.id}/fill_in`, { conversation_id: conversation.id }).then(({ text }) => text),
    nothing: (typed, hasAny) => typed.length < LONGEST && html`<span class="grow">${hasAny ? t("No saved reply is called “{typed}”.", { typed: `/${typed}` }) : t("There are no saved replies for this conversation yet.")}</span>
      ${me.permissions.includes("admin") && html`<a href="/settings/replies">${t("Write one")}</a>`}`,
    row: (one) => html`<b>/${one.shortcut}</b><span class="grow"><span>${one.title}${one.folder && html` <span class="chip">${one.folder}</span>`}</span><span class="hint" dir="auto">${one.text}</span></span>`,
  });
}

const isOf = ({ team_ids: teams }, { team_id: team }) => !teams?.length || teams.includes(team);

// Colleagues named in a note: an `@`, then their name. Who is named hears of it, wherever they are.
import { t } from "language";
import { html, useInbox, useStore } from "./lib.js";
import { Avatar } from "./parts.js";
import { useSuggest } from "./suggest.js";
import { presenceName } from "./words.js";

export function useMention(conversation, field, setText) {
  const { ui } = useInbox();
  const [agents, me] = useStore((s) => [s.agents, s.me]);
  const others = agents.filter((agent) => agent.id !== me.id);
  return useSuggest({
    id: conversation.id, name: "mention", label: t("Colleagues"), typed: /(?:^|\s)@([\p{L}\d._-]*)$/u, field, setText,
    say: (...words) => ui.say(...words),
    load: () => Promise.resolve(others),
    matches: ({ name }, query) => name.toLowerCase().split(/\s+/).some((part) => part.startsWith(query)),
    textOf: ({ name }) => Promise.resolve(`@${name} `),
    row: ({ name, presence }) => html`<${Avatar} name=${name} presence=${presence} /><span class="grow">${name}</span><span class="hint">${presenceName(presence)}</span>`,
  });
}

/** Ids of those whose whole name stands after an `@` in the text. */
export const namedIn = (text, agents) => agents.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id);

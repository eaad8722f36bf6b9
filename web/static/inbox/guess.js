// What will come of a deed, as far as it is known before the server has said so: shown at the click.

const away = { resolved_at: null, snoozed_until: null };

const GUESSES = {
  resolve: () => ({ ...away, status: "resolved", unread_count: 0, waiting_since: null }),
  reopen: ({ me }) => ({ ...away, status: "open", assignee_id: me.id, speaker: as(me) }),
  snooze: (_, { until }) => ({ ...away, status: "snoozed", snoozed_until: until && new Date(until).toISOString(), unread_count: 0 }),
  priority: (_, { priority }) => ({ priority }),
  team: (_, { team_id }) => ({ team_id }),
  labels: (_, { add = [], remove = [] }, { labels }) => ({ labels: [...new Set([...labels, ...add.map(plain)])].filter((label) => !remove.includes(label)) }),
  assign({ me, agents }, { agent_id: id }, { speaker }) {
    const agent = id === me.id ? me : agents.find((one) => one.id === id);
    if (speaker.kind === "bot") return { assignee_id: id };
    return { assignee_id: id, speaker: { ...speaker, ...(agent ? as(agent) : { kind: "nobody", id: null, name: null }) } };
  },
};

const as = ({ id, name }) => ({ kind: "agent", id, name });
const plain = (label) => label.trim().toLowerCase();

/** The fields of a conversation that a deed will change; null where only the server can tell. */
export function guessed(state, id, verb, body) {
  const conversation = state.conversations.get(id);
  return conversation && Object.hasOwn(GUESSES, verb) ? GUESSES[verb](state, body, conversation) : null;
}

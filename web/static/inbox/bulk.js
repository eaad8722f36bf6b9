// Many conversations at once: which are chosen, what can be done with them, and how to undo it.
import { n, t } from "language";
import { get } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox, useStore } from "./lib.js";
import { Menu } from "./parts.js";
import { rows } from "./store.js";
import { moments, snoozedUntil } from "./moments.js";
import { PRIORITIES, priorityName } from "./triage.js";
import { presenceName } from "./words.js";

const AT_ONCE = 4;
const MOST = 200;

/** Choose one, or no longer; with `through`, all between the last chosen one and this. */
export function choose(state, id, { through = false } = {}) {
  const chosen = new Set(state.chosen);
  const ids = rows(state).map((one) => one.id);
  const [from, to] = [ids.indexOf(state.lastChosen), ids.indexOf(id)];
  if (through && from >= 0 && to >= 0) for (const one of ids.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(one);
  else if (chosen.has(id)) chosen.delete(id);
  else chosen.add(id);
  state.chosen = new Set([...chosen].slice(0, MOST));
  state.lastChosen = id;
}

/** Each deed: what it asks for one conversation, what it `leaves` there, and what undoes it for one that was `before` so. */
const WHOSE = ({ status, snoozed_until: until, assignee_id: assignee, speaker }) => [status, until, assignee, speaker.epoch];
const resolve = { leaves: WHOSE, said: t("Resolved"), runs: ({ status }) => status !== "resolved", verb: () => ["resolve", {}], undo: (before) => reopened(before) };
const snooze = (at) => ({ leaves: WHOSE, said: snoozedUntil(at), runs: ({ status }) => status !== "resolved", verb: () => ["snooze", { until: at }], undo: (before) => reopened(before) });
const assign = (agent) => ({ leaves: ({ assignee_id: id }) => [id], said: agent ? t("Assigned to {name}", { name: agent.name }) : t("Assigned to nobody"), runs: ({ assignee_id: id }) => id !== (agent?.id ?? null),
  verb: () => ["assign", { agent_id: agent?.id ?? null }], undo: (before) => [["assign", { agent_id: before.assignee_id }]] });
const prioritise = (priority) => ({ leaves: (one) => [one.priority], said: priorityName(priority), runs: (one) => one.priority !== priority, verb: () => ["priority", { priority }],
  undo: (before) => [["priority", { priority: before.priority }]] });
const label = (name) => ({ leaves: ({ labels }) => [labels.includes(name)], said: t("Labelled {name}", { name }), runs: ({ labels }) => !labels.includes(name), verb: () => ["labels", { add: [name] }], undo: () => [["labels", { remove: [name] }]] });

/** As it was: open, and with whom it was. */
function reopened({ speaker, assignee_id: assignee }) {
  const first = ["reopen", {}];
  if (speaker.kind === "bot") return [first, ["hand_back", { outcome: "unresolved", note: null }]];
  return [first, ["assign", { agent_id: speaker.kind === "agent" ? assignee ?? speaker.id : null }]];
}

/** Do it to all that are chosen, some at a time; says what came of it, with a way back. */
export async function doToAll(inbox, deed, chosen) {
  const { store, act, ui } = inbox;
  const before = [...chosen].map((id) => store.state.conversations.get(id)).filter((one) => one && deed.runs(one));
  store.change((s) => { s.chosen = new Set(); });
  if (!before.length) return ui.say(t("There was nothing to change."));
  const done = [];
  const failures = [];
  await each(before, async (one) => {
    const [verb, body] = deed.verb(one);
    try {
      done.push({ before: one, after: await act.tell(one.id, verb, body) });
    } catch (error) { failures.push(`${one.contact.name}: ${error.message}`); }
  });
  if (failures.length) ui.say(before.length === 1 ? failures[0] : n("{count} not changed. {why}", "{count} not changed. {why}", failures.length, { why: failures[0] }), "bad");
  if (!done.length) return null;
  const said = done.length === 1 ? `${deed.said}: ${done[0].before.contact.name}` : n("{said}: {count} conversation", "{said}: {count} conversations", done.length, { said: deed.said });
  return ui.say(said, "plain", { verb: t("Undo"), run: () => undo(inbox, deed, done) });
}

/** Only what is still as we left it: a colleague's work since then is not undone with ours. */
async function undo({ act, ui, store }, deed, done) {
  const failures = [];
  const isLeft = ({ before, after }) => {
    const now = store.state.conversations.get(before.id);
    return !now || now.rev <= after.rev || String(deed.leaves(now)) === String(deed.leaves(after));
  };
  await each([...done], async (one) => {
    const { before } = one;
    if (!isLeft(one)) return failures.push(t("{name}: it has been changed since", { name: before.contact.name }));
    try {
      for (const [verb, body] of deed.undo(before)) await act.tell(before.id, verb, body);
    } catch (error) {
      failures.push(`${before.contact.name}: ${error.message}`);
      await act.refresh(before.id);
    }
    return null;
  });
  if (failures.length) ui.say(done.length === 1 ? failures[0] : n("{count} not undone. {why}", "{count} not undone. {why}", failures.length, { why: failures[0] }), "bad");
  else ui.say(t("Undone"));
}

async function each(all, work) {
  const left = [...all];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { while (left.length) await work(left.shift()); }));
}

export const resolveOne = (inbox, conversation) => doToAll(inbox, resolve, [conversation.id]);
export const snoozeOne = (inbox, conversation, at) => doToAll(inbox, snooze(at), [conversation.id]);

export function BulkBar() {
  const inbox = useInbox();
  const { store, ui } = inbox;
  const [chosen, agents, me] = useStore((s) => [s.chosen, s.agents, s.me]);
  if (!chosen.size) return null;
  const run = (deed) => () => doToAll(inbox, deed, chosen);
  const people = [me, ...agents.filter((agent) => agent.id !== me.id)];
  const all = () => store.change((s) => { s.chosen = new Set(rows(s).slice(0, MOST).map((one) => one.id)); });
  const addLabel = async () => ui.ask("bulkLabel", { chosen, known: (await get("/labels").catch(() => ({ items: [] }))).items });
  return html`<div class="bulk" role="toolbar" aria-label=${t("What to do with those that are chosen")}>
    <span class="grow" role="status">${t("{count} chosen", { count: chosen.size })}</span>
    <button type="button" class="link" onClick=${all}>${t("All")}</button>
    <button type="button" class="btn" onClick=${run(resolve)}>${t("Resolve")}</button>
    <${Menu} label=${t("Assign those chosen")} title=${t("Assign")} cls="iconbtn" items=${[...people.map((one) => ({ label: one === me ? t("Me") : one.name, hint: presenceName(one.presence), run: run(assign(one)) })), null, { label: t("Nobody"), run: run(assign(null)) }]}><${Icon} name="person" /><//>
    <${Menu} label=${t("Snooze those chosen")} title=${t("Snooze")} cls="iconbtn" items=${[{ label: t("Until they write"), run: run(snooze(null)) }, ...moments(new Date()).map(({ label: words, hint, at }) => ({ label: words, hint, run: run(snooze(at)) }))]}><${Icon} name="clock" /><//>
    <${Menu} label=${t("More for those chosen")} title=${t("Priority and labels")} cls="iconbtn" items=${[{ label: t("Label…"), run: addLabel }, null, ...PRIORITIES.map((p) => ({ label: priorityName(p), run: run(prioritise(p)) }))]}><${Icon} name="flag" /><//>
    <button type="button" class="iconbtn" aria-label=${t("Choose none")} title=${t("Choose none (Esc)")} onClick=${() => store.change((s) => { s.chosen = new Set(); })}><${Icon} name="close" /></button></div>`;
}

export const labelAll = (inbox, name, chosen) => doToAll(inbox, label(name.trim().toLowerCase()), chosen);

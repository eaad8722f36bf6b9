// Above a thread: whom one talks to, who answers them, and what can be done.
import { n, t } from "language";
import { Icon } from "./icons.js";
import { isMuted, muteItem, unreadItem } from "./hush.js";
import { html, names, useInbox, usePref, useStore } from "./lib.js";
import { Macros } from "./macros.js";
import { Avatar, IconButton, Menu } from "./parts.js";
import { Promised } from "./promised.js";
import { resolveOne } from "./bulk.js";
import { snoozedUntil } from "./moments.js";
import { Snooze, snoozeItems } from "./snooze.js";
import { address, channelName, languageName, listed, presenceName, speakerName } from "./words.js";

export function Header({ conversation }) {
  const inbox = useInbox();
  const { act, ui, bus } = inbox;
  const me = useStore((s) => s.me);
  const [showDetails, setShowDetails] = usePref("showDetails");
  const { id, contact, status, speaker } = conversation;
  const isMine = speaker.kind === "agent" && speaker.id === me.id;
  const isOpen = status !== "resolved";
  const muted = useStore((s) => isMuted(s.wishes, id));
  const about = [channelName(conversation.channel_kind), address(contact.address), languageName(conversation.language)].filter(Boolean);
  return html`<header class="threadhead">
    <div class="phone"><${IconButton} icon="back" label=${t("Back to the list")} onClick=${() => { ui.show("list"); act.open(null); }} /></div>
    <${Avatar} name=${contact.name} channel=${conversation.channel_kind} />
    <div class="who"><h2><bdi>${contact.name}</bdi></h2>
      <div class="sub">${about.map((part, i) => html`${i > 0 && " · "}<bdi>${part}</bdi>`)}</div></div>
    <div class="acts">
      ${isOpen && !isMine && html`<button type="button" class=${names("btn", "desk", speaker.kind === "nobody" && "primary")} title=${t("Take over (T)")}
        onClick=${() => takeOver(conversation, inbox)}>${t("Take over")}</button>`}
      ${isOpen && speaker.kind !== "bot" && html`<button type="button" class="btn wide folds" title=${t("Hand to bot")} onClick=${() => ui.ask("handBack", { id })}><${Icon} name="bot" /><span>${t("Hand to bot")}</span></button>`}
      ${isOpen && html`<${Macros} conversation=${conversation} />`}
      ${isOpen && html`<${Assign} conversation=${conversation} /><${Snooze} conversation=${conversation} />`}
      ${isOpen ? html`<button type="button" class=${names("btn", "small", isMine && "primary")} title=${t("Resolve (E)")} onClick=${() => resolve(conversation, inbox)}><${Icon} name="check" /><span>${t("Resolve")}</span></button>`
        : html`<button type="button" class="btn primary" onClick=${(event) => isOneOfTwo(event) || act.reopen(id)}>${t("Reopen")}</button>`}
    </div>
    <div class="narrow"><${More} conversation=${conversation} /></div>
    <span class="detailtoggle"><${IconButton} icon="search" label=${t("Find in the conversation")} keys="F" onClick=${() => bus.dispatchEvent(new CustomEvent("find"))} /></span>
    <span class="detailtoggle"><${IconButton} icon="panel" label=${showDetails ? t("Hide details") : t("Show details")} aria-pressed=${String(showDetails)}
      onClick=${() => setShowDetails(!showDetails)} /></span>
    <span class="phone"><${IconButton} icon="person" label=${t("Details")} onClick=${() => ui.show("details")} /></span>
  </header>
  <div class="speaker" data-kind=${isOpen ? speaker.kind : "resolved"}><span class="pip"></span><span>${speakerLine(conversation, me)}</span>${isOpen && html`<${Promised} sla=${conversation.sla} always />`}${muted && html`<span class="chip">${t("Muted for you")}</span>`}<${Viewers} id=${id} /></div>`;
}

/** A double click on Resolve: its second half meets the button that has come there meanwhile, and is not meant for it. */
const isOneOfTwo = ({ detail }) => detail > 1;

function speakerLine({ status, speaker, snoozed_until: at }, me) {
  if (status === "resolved") return t("Resolved");
  if (status === "snoozed") return snoozedUntil(at);
  if (speaker.kind === "nobody") return t("In the queue: nobody answers yet");
  if (speaker.kind === "agent" && speaker.id === me.id) return t("You answer");
  return t("{name} answers", { name: speakerName(speaker, me) });
}

/** Becoming the speaker of what nobody has needs no question; otherwise one is asked once. */
export async function takeOver(conversation, { act, ui, bus }) {
  const { kind } = conversation.speaker;
  if (kind !== "nobody") return ui.ask("takeOver", { id: conversation.id });
  if (await act.attempt(() => act.takeOver(conversation.id))) bus.dispatchEvent(new CustomEvent("write", { detail: "reply" }));
  return null;
}

export const resolve = (conversation, inbox) => resolveOne(inbox, conversation);

function Viewers({ id }) {
  const [viewers, at] = useStore((s) => [s.viewing.get(id) ?? [], s.typing.get(id) ?? []]);
  if (!viewers.length) return null;
  const typing = viewers.filter((agent) => at.some((one) => one.kind === "agent" && one.id === agent.id));
  const said = typing.length ? n("{names} is typing", "{names} are typing", typing.length, { names: listed(typing.map((agent) => agent.name)) })
    : n("{names} is viewing", "{names} are viewing", viewers.length, { names: listed(viewers.map((agent) => agent.name)) });
  return html`<div class=${names("viewers", typing.length && "typing")} title=${said}>
    ${viewers.slice(0, 3).map((agent) => html`<${Avatar} key=${agent.id} name=${agent.name} />`)}
    <span role="status">${said}</span></div>`;
}

/** What is assigned to whom; ticks the present one. */
export function assignItems(conversation, agents, me, act) {
  const to = (id) => () => act.assign(conversation.id, id);
  const isChecked = (id) => conversation.assignee_id === id;
  const others = agents.filter((agent) => agent.id !== me.id)
    .sort((a, b) => (b.presence === "online") - (a.presence === "online") || a.name.localeCompare(b.name));
  return [
    { label: t("Me"), spelled: t("Assign to me"), hint: "A", checked: isChecked(me.id), run: to(me.id), mark: html`<${Avatar} name=${me.name} />` },
    ...others.map((agent) => ({ label: agent.name, hint: presenceName(agent.presence), checked: isChecked(agent.id),
                                run: to(agent.id), mark: html`<${Avatar} name=${agent.name} presence=${agent.presence} />` })),
    null,
    { label: t("Nobody"), spelled: t("Assign to nobody"), checked: isChecked(null), run: to(null), mark: html`<${Icon} name="people" />` },
  ];
}

function Assign({ conversation }) {
  const { act } = useInbox();
  const [agents, me] = useStore((s) => [s.agents, s.me]);
  const assignee = agents.find((agent) => agent.id === conversation.assignee_id);
  const isMine = conversation.assignee_id === me.id;
  const name = assignee?.name.split(" ")[0];
  return html`<${Menu} label=${isMine ? t("Assigned to you; change") : name ? t("Assigned to {name}; change", { name }) : t("Assign")} title=${t("Assign")} cls="btn wide" items=${assignItems(conversation, agents, me, act)}>
    ${isMine ? t("Assigned to you") : name ?? t("Assign")}<${Icon} name="caret" size=${15} /><//>`;
}

const spelledOut = (item) => item && { ...item, label: item.spelled ?? t("Assign to {name}", { name: item.label }) };

const lower = (text) => text[0].toLowerCase() + text.slice(1);

/** The same verbs where there is no room for buttons. */
function More({ conversation }) {
  const inbox = useInbox();
  const { act, ui } = inbox;
  const [agents, me] = useStore((s) => [s.agents, s.me]);
  if (conversation.status === "resolved") return null;
  const take = conversation.speaker.id !== me.id && [{ label: t("Take over"), run: () => takeOver(conversation, inbox), mark: html`<${Icon} name="person" />` }];
  const bot = conversation.speaker.kind !== "bot" && [{ label: t("Hand to bot"), run: () => ui.ask("handBack", { id: conversation.id }), mark: html`<${Icon} name="bot" />` }, null];
  const snooze = snoozeItems(conversation, inbox).filter(Boolean).map((item) => ({ ...item, label: t("Snooze: {until}", { until: lower(item.label) }) }));
  return html`<${Menu} label=${t("More")} fromTop cls="iconbtn" items=${[...(take || []), ...(bot || []), ...snooze, null, unreadItem(conversation, inbox), muteItem(conversation, inbox), null, ...assignItems(conversation, agents, me, act).map(spelledOut)]}>
    <${Icon} name="caret" /><//>`;
}

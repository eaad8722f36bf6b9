// Settings: who is invited, by a link that makes one account.
import { useEffect, useState } from "preact/hooks";
import { mix, n, p, t } from "language";
import { get, post, remove } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { until } from "../inbox/moments.js";
import { Ago } from "../inbox/parts.js";
import { Ticks, useSaving } from "./form.js";
import { Once } from "./once.js";
import { roleName } from "./roles.js";
import { Section, useDeed, useItems } from "./section.js";

const NEW = { email: "", role: "agent", team_ids: [], days: 7 };
const STATES = { open: ["accent", p("an invitation", "open")], used: ["good", t("used")], revoked: ["", t("taken back")], expired: ["warn", t("over")] };
const DAYS = [1, 3, 7, 14, 30];

export function Invitations() {
  const list = useItems("/invitations");
  const [known, setKnown] = useState({ roles: [], teams: [] });
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState(null);
  useEffect(() => {
    Promise.all([get("/roles"), get("/teams")]).then(([roles, teams]) => setKnown({ roles: roles.items, teams: teams.items }), () => {});
  }, []);
  const done = (answer) => {
    setNew(false);
    setMade(answer);
    list.reload();
  };
  return html`<${Section} id="invitations" title=${t("Invitations")} icon="people" list=${list} nothing=${t("Nobody is invited")}
      about=${t("Somebody new makes their own account by a link that you give them. It works once; Parley sends no mail.")}
      more=${html`<button type="button" class="btn primary" onClick=${() => { setMade(null); setNew(true); }}><${Icon} name="plus" size=${15} />${t("Invite somebody")}</button>`}
      above=${html`${made && html`<${Once} text=${made.link} onClose=${() => setMade(null)}
          about=${t("The link for {email}. It is shown this once: copy it now, and give it to nobody else.", { email: made.email })} />`}
        ${isNew && html`<${Editor} known=${known} onDone=${done} onCancel=${() => setNew(false)} />`}`}>
    <ul class="lines">${list.items?.map((one) => html`<${One} key=${one.id} one=${one} known=${known} reload=${list.reload} />`)}</ul><//>`;
}

function Editor({ known, onDone, onCancel }) {
  const [held, set] = useState(NEW);
  const [trouble, send] = useSaving(onDone);
  const save = (event) => {
    event.preventDefault();
    send(() => post("/invitations", { ...held, days: Number(held.days) }));
  };
  const typed = (name) => (event) => set({ ...held, [name]: event.target.value });
  return html`<form class="editor" onSubmit=${save} aria-label=${t("Invite somebody")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Email")}<input type="email" required autofocus dir="ltr" maxlength="254" autocomplete="off" value=${held.email} onInput=${typed("email")} /></label>
      <label>${t("Role")}<select value=${held.role} onChange=${typed("role")}>${known.roles.map((role) => html`<option value=${role.id} key=${role.id}>${roleName(role)}</option>`)}</select></label>
      <label>${t("The link works for")}<select value=${held.days} onChange=${typed("days")}>${DAYS.map((days) => html`<option value=${days} key=${days}>${n("{count} day", "{count} days", days)}</option>`)}</select></label></div>
    <${Ticks} legend=${t("In these teams")} all=${known.teams} chosen=${held.team_ids} onChange=${(chosen) => set({ ...held, team_ids: chosen })} />
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Make the link")}</button></div></form>`;
}

function One({ one, known, reload }) {
  const [busy, run] = useDeed(reload);
  const [tone, state] = STATES[one.state];
  const role = roleName(known.roles.find(({ id }) => id === one.role) ?? { id: one.role, name: one.role });
  const teams = known.teams.filter(({ id }) => one.team_ids.includes(id)).map(({ name }) => name);
  return html`<li><div class="line"><div class="grow"><b><bdi>${one.email}</bdi></b> <span class=${`chip ${tone}`}>${state}</span>
      <div class="fact">${[role, ...teams].map((name, i) => html`${i > 0 && " · "}<bdi>${name}</bdi>`)} · ${mix("invited by {name}, {when}", { name: html`<bdi>${one.invited_by}</bdi>`, when: html`<${Ago} at=${one.created_at} />` })}${one.state === "open" && ` · ${t("works until {when}", { when: until(one.expires_at) })}`}</div></div>
    ${one.state === "open" && html`<button type="button" class="btn danger" disabled=${busy} aria-label=${t("Take back the invitation of {email}", { email: one.email })}
      onClick=${() => run(() => remove(`/invitations/${one.id}`), t("The link works no more."))}>${t("Take back")}</button>`}</div></li>`;
}

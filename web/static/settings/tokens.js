// Settings: the keys of programs that use the API.
import { useState } from "preact/hooks";
import { mix, n, t } from "language";
import { post } from "../inbox/api.js";
import { Icon } from "../inbox/icons.js";
import { html } from "../inbox/lib.js";
import { until } from "../inbox/moments.js";
import { Ago } from "../inbox/parts.js";
import { Delete, Ticks, useSaving } from "./form.js";
import { Once } from "./once.js";
import { MEANINGS, meaning } from "./roles.js";
import { Section, useItems } from "./section.js";

const NEW = { name: "", scopes: ["conversations:read"], days: 365 };
const DAYS = [30, 90, 365, 730];
const SCOPES = Object.entries(MEANINGS).map(([id, name]) => ({ id, name }));

export function Tokens() {
  const list = useItems("/tokens");
  const [isNew, setNew] = useState(false);
  const [made, setMade] = useState(null);
  const done = (answer) => {
    setNew(false);
    setMade(answer);
    list.reload();
  };
  return html`<${Section} id="tokens" title=${t("Programs’ keys")} icon="lock" list=${list} nothing=${t("No program has a key")}
      about=${mix("With a key a program uses the {api}, for what you tick and no more. Nobody gives what they do not have.", { api: html`<a href="/docs/api">${t("API")}</a>` })}
      more=${html`<button type="button" class="btn primary" onClick=${() => { setMade(null); setNew(true); }}><${Icon} name="plus" size=${15} />${t("New key")}</button>`}
      above=${html`${made && html`<${Once} text=${made.token} onClose=${() => setMade(null)} about=${t("The key of {name}. It is shown this once: copy it now.", { name: made.name })} />`}
        ${isNew && html`<${Editor} onDone=${done} onCancel=${() => setNew(false)} />`}`}>
    <ul class="lines">${list.items?.map((token) => html`<${Token} key=${token.id} token=${token} reload=${list.reload} />`)}</ul><//>`;
}

function Editor({ onDone, onCancel }) {
  const [held, set] = useState(NEW);
  const [trouble, send] = useSaving(onDone);
  const save = (event) => {
    event.preventDefault();
    send(() => post("/tokens", { ...held, days: Number(held.days) || null }));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("New key")}>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name of the program")}<input required autofocus maxlength="80" dir="auto" value=${held.name} onInput=${(event) => set({ ...held, name: event.target.value })} /></label>
      <label>${t("It works for")}<select value=${held.days ?? ""} onChange=${(event) => set({ ...held, days: event.target.value })}>${DAYS.map((days) => html`<option value=${days} key=${days}>${n("{count} day", "{count} days", days)}</option>`)}<option value="">${t("ever")}</option></select></label></div>
    <${Ticks} legend=${t("It may")} all=${SCOPES} chosen=${held.scopes} onChange=${(scopes) => set({ ...held, scopes })} />
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button><button class="btn primary">${t("Make the key")}</button></div></form>`;
}

function Token({ token, reload }) {
  const used = token.used_at ? mix("last used {when}", { when: html`<${Ago} at=${token.used_at} />` }) : t("never used");
  const ends = token.expires_at ? t("works until {when}", { when: until(token.expires_at) }) : t("works for ever");
  return html`<li><div class="line"><div class="grow"><b dir="auto">${token.name}</b> <code dir="ltr">${token.id}</code>
      <div class="fact">${token.scopes.map(meaning).join(" · ")}</div>
      <div class="fact">${mix("made {when}", { when: html`<${Ago} at=${token.created_at} />` })} · ${used} · ${ends}</div></div>
    <${Delete} path=${`/tokens/${token.id}`} name=${token.name} onDone=${reload} /></div></li>`;
}

// The form of a channel, made of what its kind says of itself.
import { useState } from "preact/hooks";
import { t, told } from "language";
import { patch, post } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { putOver } from "./over.js";

const newId = (kind, taken) => {
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? kind : `${kind}-${n}`;
    if (!taken.includes(id)) return id;
  }
};

export function ChannelForm({ kind, channel, taken, onDone, onCancel }) {
  const { ui } = useInbox();
  const [id, setId] = useState(channel?.id ?? newId(kind.name, taken));
  const [name, setName] = useState(channel?.name ?? kind.title);
  const [rehearsal, setRehearsal] = useState(channel?.rehearsal ?? false);
  const [values, setValues] = useState({});
  const [check, setCheck] = useState(kind.name !== "webchat");
  const [trouble, setTrouble] = useState(null);
  const [busy, setBusy] = useState(false);
  const set = (field, value) => setValues({ ...values, [field]: value });
  const [basic, advanced] = [kind.settings.filter((s) => s.required || isPlain(kind)), kind.settings.filter((s) => !s.required && !isPlain(kind))];
  const save = async (event) => {
    event.preventDefault();
    setBusy(true);
    setTrouble(null);
    const body = { name, settings: values, rehearsal, check };
    try {
      await (channel ? putOver(`/channels/${channel.id}`, body, channel, { alone: true, by: patch }) : post("/channels", { ...body, kind: kind.name, id }));
      ui.say(channel ? t("Saved: {name}", { name }) : kind.name === "webchat" ? t("Added: {name}. Put its line on your pages.", { name }) : t("Added: {name}. Give its webhook address to the provider.", { name }));
      onDone();
    } catch (error) {
      setTrouble(error.message);
      setBusy(false);
    }
  };
  const field = (setting) => html`<${Field} key=${setting.name} setting=${setting} value=${values[setting.name] ?? channel?.settings[setting.name] ?? (setting.secret ? "" : setting.default ?? "")}
    isKept=${channel?.secrets_set.includes(setting.name)} onInput=${(value) => set(setting.name, value)} />`;
  return html`<form class="editor" onSubmit=${save} autocomplete="off" aria-label=${channel ? t("Settings of {name}", { name: channel.name }) : t("New channel: {title}", { title: kind.title })}>
    <h3>${channel ? t("Settings of {name}", { name: channel.name }) : t("New channel: {title}", { title: kind.title })}</h3>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}
    <div class="fields"><label>${t("Name")}<input required maxlength="100" value=${name} onInput=${(event) => setName(event.target.value)} /></label>
      ${!channel && html`<label>${t("Id, part of the webhook address")}<input required pattern="[a-z0-9][a-z0-9_\\-]{0,63}" value=${id} onInput=${(event) => setId(event.target.value)} /></label>`}</div>
    <div class="fields">${basic.map(field)}</div>
    ${advanced.length > 0 && html`<details><summary>${t("More settings ({count})", { count: advanced.length })}</summary><div class="fields">${advanced.map(field)}</div></details>`}
    ${kind.settings.some((setting) => setting.name === "api_base") && html`<label class="check"><input type="checkbox" checked=${rehearsal} onChange=${(event) => setRehearsal(event.target.checked)} />
        <span>${t("Rehearsal: talk to the stand-in on this machine, not to the provider")}</span></label>`}
    ${kind.name !== "webchat" && html`<label class="check"><input type="checkbox" checked=${check} onChange=${(event) => setCheck(event.target.checked)} />
        <span>${t("Ask the provider whether the credentials are good before saving")}</span></label>`}
    <div class="buttons"><button type="button" class="btn" onClick=${onCancel}>${t("Cancel")}</button>
      <button class="btn primary" disabled=${busy}>${busy ? t("Checking…") : channel ? t("Save") : t("Add")}</button></div></form>`;
}

/** Kinds with a few settings that all have a default show them all. */
const isPlain = (kind) => kind.settings.every((setting) => !setting.required);

function Field({ setting, value, isKept, onInput }) {
  const [shown, setShown] = useState(false);
  const about = `about-${setting.name}`;
  const more = { name: `parley-${setting.name}`, required: setting.required && !isKept, "aria-describedby": about, value, autocomplete: "off", spellcheck: false,
                 placeholder: isKept ? t("Kept. Fill in to replace it.") : setting.example, onInput: (event) => onInput(event.target.value) };
  const make = () => { setShown(true); onInput(Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => "abcdefghijkmnpqrstuvwxyz23456789"[byte % 32]).join("")); };
  return html`<div class="field"><label>${told(setting.label)}${setting.lines > 1 ? html`<textarea rows=${setting.lines} ...${more}></textarea>`
      : html`<input type=${setting.secret && !shown ? "password" : "text"} ...${more} autocomplete=${setting.secret ? "new-password" : "off"} />`}</label>
    <span class="quiet" id=${about}>${told(setting.help)}${setting.ours && html`. <button type="button" class="link" onClick=${make}>${t("Make one up")}</button>`}</span></div>`;
}

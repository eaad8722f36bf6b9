// Settings: when a machine may not begin to write to somebody, by the clock where they are.
import { useState } from "preact/hooks";
import { t } from "language";
import { put } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { useSaving } from "./form.js";
import { Section, useItems } from "./section.js";

const USUAL = "21:00-08:00";

export function QuietHours() {
  const list = useItems("/quiet_hours");
  return html`<${Section} id="quiet-hours" title=${t("Quiet hours")} icon="clock" list=${list} nothing=${t("No channels yet")}
      about=${t("What rules, macros and programs say, surveys, and what was written to be said later wait for their recipient’s morning. An agent’s and the bot’s own answers never wait, nor does what is said within half an hour of the customer’s last message. Where somebody is, their contact’s time zone tells, else their number’s country.")}>
    <ul class="lines">${list.items?.map((one) => html`<${One} key=${`${one.channel_id} ${one.quiet_hours}`} one=${one} reload=${list.reload} />`)}</ul><//>`;
}

function One({ one, reload }) {
  const isOn = one.quiet_hours !== "off";
  const [from, until] = (isOn ? one.quiet_hours : USUAL).split(/\s*[-–]\s*/);
  const [held, set] = useState({ isOn, from, until });
  const [trouble, send] = useSaving(reload);
  const wanted = held.isOn ? `${held.from}-${held.until}` : "off";
  const save = (event) => {
    event.preventDefault();
    send(() => put(`/channels/${encodeURIComponent(one.channel_id)}/quiet_hours`, { quiet_hours: wanted }), t("Saved: {name}", { name: one.name }));
  };
  return html`<li><form class="quietrow" onSubmit=${save} aria-label=${t("Quiet hours of {name}", { name: one.name })}>
    <b class="grow"><bdi>${one.name}</bdi></b>
    <label class="check"><input type="checkbox" checked=${held.isOn} onChange=${(event) => set({ ...held, isOn: event.target.checked })} /><span>${t("Quiet")}</span></label>
    <label>${t("from")}<input type="time" required disabled=${!held.isOn} value=${held.from} onInput=${(event) => set({ ...held, from: event.target.value })} /></label>
    <label>${t("until")}<input type="time" required disabled=${!held.isOn} value=${held.until} onInput=${(event) => set({ ...held, until: event.target.value })} /></label>
    <button class="btn" disabled=${wanted === one.quiet_hours}>${t("Save")}</button>
    ${trouble && html`<p class="problem" role="alert">${trouble}</p>`}</form></li>`;
}

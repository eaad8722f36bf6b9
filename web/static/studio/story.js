// A conversation that was tried, kept as a test story: what it would write is shown first.
import { useState } from "preact/hooks";
import { t } from "language";
import { post } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Diff } from "./diffs.js";

export function KeepStory({ said, lanes, channel, conversation, ui }) {
  const [name, setName] = useState("");
  const [lane, setLane] = useState(lanes[0].id);
  const [held, set] = useState({ files: null, trouble: null, busy: false });
  const model = (lanes.find(({ id }) => id === lane) ?? lanes[0]).model;
  const send = async (preview) => {
    set({ ...held, busy: true });
    try {
      const made = await post("/studio/try/story", { conversation, said, model_id: model, channel_id: channel, name: name.trim(), preview });
      if (preview) return set({ files: made.files, trouble: null, busy: false });
      ui.say(made.words);
      return set({ files: null, trouble: null, busy: false });
    } catch (error) {
      return set({ files: null, trouble: error.message, busy: false });
    }
  };
  const change = (next) => { setName(next); set({ files: null, trouble: null, busy: false }); };
  return html`<details class="sheet keepstory"><summary>${t("Keep it as a test story")}</summary>
    <p class="quiet">${t("Every model can be held to it from then on. It says what this model did, so keep what is right.")}</p>
    <form class="trybar" onSubmit=${(event) => { event.preventDefault(); send(true); }}><label>${t("Name of the story")}<input type="text" required maxlength="200" value=${name} onInput=${(event) => change(event.target.value)} /></label>
      ${lanes.length > 1 && html`<label>${t("As answered by")}<select value=${lane} onChange=${(event) => { setLane(event.target.value); change(name); }}>${lanes.map(({ id, name: words }) => html`<option key=${id} value=${id}>${words}</option>`)}</select></label>`}
      <button class="btn" disabled=${held.busy || !name.trim()}>${t("Show what it writes")}</button></form>
    ${held.trouble && html`<p class="problem" role="alert">${held.trouble}</p>`}
    ${held.files && html`<div role="region" aria-label=${t("What would be written")}><${Diff} files=${held.files} /><div class="buttons"><button type="button" class="btn primary" disabled=${held.busy} onClick=${() => send(false)}>${t("Save the story")}</button></div></div>`}</details>`;
}

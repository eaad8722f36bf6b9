// Links by which guests try a model. Whoever has one sees what the bot says, and nothing else.
import { useState } from "preact/hooks";
import { post, remove } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { Sure } from "./editing.js";
import { useData } from "./loading.js";

export function Shares({ candidate, channel, models }) {
  const { ui } = useInbox();
  const { data, reload } = useData("/shares");
  const [days, setDays] = useState(7);
  const [fresh, setFresh] = useState(null);
  const make = async (event) => {
    event.preventDefault();
    try {
      setFresh(await post("/studio/shares", { model_id: candidate, channel_id: channel, days }));
      await reload();
    } catch (error) {
      ui.say(error.message, "bad");
    }
  };
  const drop = async (id) => {
    try {
      await remove(`/studio/shares/${id}`);
    } catch (error) {
      ui.say(error.message, "bad");
    }
    if (fresh?.id === id) setFresh(null);
    await reload();
  };
  const copy = () => navigator.clipboard.writeText(fresh.url).then(() => ui.say("Copied"), () => ui.say("Select the address and copy it.", "bad"));
  const name = (id) => (id ? models.find((model) => model.id === id)?.revision.slice(0, 8) ?? "a model that is gone" : "the live model");
  return html`<details class="sheet keepstory" open=${fresh !== null}><summary>Let guests try it${data?.items.length ? ` (${data.items.length} open)` : ""}</summary>
    <p class="quiet">Whoever has the link may write to ${candidate ? "the candidate" : "the live model"} and sees its answers. No account is needed, nothing else can be seen, and nothing is stored.</p>
    <form class="trybar" onSubmit=${make}><label>Ends after<select value=${days} onChange=${(event) => setDays(Number(event.target.value))}>${[1, 7, 30].map((count) => html`<option key=${count} value=${count}>${count === 1 ? "one day" : `${count} days`}</option>`)}</select></label><button class="btn">Make a link</button></form>
    ${fresh && html`<p class="freshlink"><label>The link, shown this once<input type="text" readonly value=${fresh.url} onFocus=${(event) => event.target.select()} /></label><button type="button" class="btn" onClick=${copy}>Copy</button></p>`}
    ${data?.items.length > 0 && html`<ul class="deeds">${data.items.map((one) => html`<li key=${one.id}>${name(one.model_id)}, by ${one.by.name}, until ${new Date(one.expires_at).toLocaleString()} <${Sure} question="Take it back?" onSure=${() => drop(one.id)}>Take back<//></li>`)}</ul>`}</details>`;
}

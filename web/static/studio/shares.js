// Links by which guests try a model. Whoever has one sees what the bot says, and nothing else.
import { useState } from "preact/hooks";
import { LOCALE, t } from "language";
import { post, remove } from "../inbox/api.js";
import { html, useInbox } from "../inbox/lib.js";
import { Sure } from "./editing.js";
import { useData } from "./loading.js";
import { nameOf } from "./naming.js";

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
  const copy = () => navigator.clipboard.writeText(fresh.url).then(() => ui.say(t("Copied")), () => ui.say(t("Select the address and copy it."), "bad"));
  const led = (id) => models.find((model) => model.id === id);
  const name = (id) => (!id ? t("the live model") : led(id) ? nameOf(led(id)) : t("a model that is gone"));
  return html`<details class="sheet keepstory" open=${fresh !== null}><summary>${data?.items.length ? t("Let guests try it ({count} open)", { count: data.items.length }) : t("Let guests try it")}</summary>
    <p class="quiet">${candidate ? t("Whoever has the link may write to the candidate and sees its answers. No account is needed, nothing else can be seen, and nothing is stored.") : t("Whoever has the link may write to the live model and sees its answers. No account is needed, nothing else can be seen, and nothing is stored.")}</p>
    <form class="trybar" onSubmit=${make}><label>${t("Ends after")}<select value=${days} onChange=${(event) => setDays(Number(event.target.value))}>${[1, 7, 30].map((count) => html`<option key=${count} value=${count}>${count === 1 ? t("one day") : t("{count} days", { count })}</option>`)}</select></label><button class="btn">${t("Make a link")}</button></form>
    ${fresh && html`<p class="freshlink"><label>${t("The link, shown this once")}<input type="text" readonly value=${fresh.url} onFocus=${(event) => event.target.select()} /></label><button type="button" class="btn" onClick=${copy}>${t("Copy")}</button></p>`}
    ${data?.items.length > 0 && html`<ul class="deeds">${data.items.map((one) => html`<li key=${one.id}>${t("{model}, by {name}, until {when}", { model: name(one.model_id), name: one.by.name, when: new Date(one.expires_at).toLocaleString(LOCALE) })} <${Sure} question=${t("Take it back?")} onSure=${() => drop(one.id)}>${t("Take back")}<//></li>`)}</ul>`}</details>`;
}

// What failed for a reason of ours: set aside, so that everything behind it went on.
import { mix, t } from "language";
import { post, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "./section.js";

const DUTIES = {
  rules: t("Rules for a line of a conversation"), routing: t("Giving a conversation to somebody"), findings: t("Making a message findable"),
  sla: t("Service levels"), survey: t("Asking how it was"), fallback: t("Another channel for a message"), turn: t("The bot’s turn"),
  delivery: t("Sending"), later: t("A message for later"), snooze: t("Waking a conversation"), silence: t("Resolving after silence"),
};

export function SetAside() {
  const list = useItems("/setbacks");
  return html`<${Section} id="set-aside" title=${t("Set aside")} icon="history" list=${list} nothing=${t("Nothing was set aside")} calm
      about=${t("What failed inside Parley itself. It is tried again after half a minute, five minutes, an hour and six hours; everything behind it goes on.")}>
    <ul class="lines">${list.items?.map((item) => html`<${One} key=${item.id} item=${item} reload=${list.reload} />`)}</ul><//>`;
}

function One({ item, reload }) {
  const [busy, run] = useDeed(reload);
  const at = `/setbacks/${encodeURIComponent(item.id)}`;
  return html`<li><div class="line"><div class="grow"><b>${DUTIES[item.duty] ?? item.duty}</b>
      <div class="fact badtext"><code dir="ltr">${item.why}</code></div>
      <div class="fact">${(item.attempts === 1 ? mix("Failed once, last {when}", { when: html`<${Ago} at=${item.last_at} />` }) : mix("Failed {count} times, last {when}", { count: item.attempts, when: html`<${Ago} at=${item.last_at} />` }))} · ${item.retry_at ? t("It is tried again.") : t("Given up.")} ·
        <a href=${`/?c=${encodeURIComponent(item.conversation_id)}`}>${t("Open the conversation")}</a></div></div>
    <button type="button" class="btn" disabled=${busy} onClick=${() => run(() => post(`${at}/retry`), t("It is tried again."))}>${t("Retry")}</button>
    <button type="button" class="btn danger" disabled=${busy} onClick=${() => run(() => remove(at), t("Given up."))}>${t("Give up")}</button></div></li>`;
}

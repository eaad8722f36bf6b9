// What failed for a reason of ours: set aside, so that everything behind it went on.
import { post, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed, useItems } from "./section.js";

const DUTIES = {
  rules: "Rules for a line of a conversation", routing: "Giving a conversation to somebody", findings: "Making a message findable",
  sla: "Service levels", survey: "Asking how it was", fallback: "Another channel for a message", turn: "The bot’s turn",
  delivery: "Sending", later: "A message for later", snooze: "Waking a conversation",
};

export function SetAside() {
  const list = useItems("/setbacks");
  return html`<${Section} id="set-aside" title="Set aside" icon="history" list=${list} nothing="Nothing was set aside" calm
      about="What failed inside Parley itself. It is tried again after half a minute, five minutes, an hour and six hours; everything behind it goes on.">
    <ul class="lines">${list.items?.map((item) => html`<${One} key=${item.id} item=${item} reload=${list.reload} />`)}</ul><//>`;
}

function One({ item, reload }) {
  const [busy, run] = useDeed(reload);
  const at = `/setbacks/${encodeURIComponent(item.id)}`;
  return html`<li><div class="line"><div class="grow"><b>${DUTIES[item.duty] ?? item.duty}</b>
      <div class="fact badtext"><code>${item.why}</code></div>
      <div class="fact">${item.attempts === 1 ? "Failed once" : `Failed ${item.attempts} times`}, last <${Ago} at=${item.last_at} /> · ${item.retry_at ? "It is tried again." : "Given up."} ·
        <a href=${`/?c=${encodeURIComponent(item.conversation_id)}`}>Open the conversation</a></div></div>
    <button type="button" class="btn" disabled=${busy} onClick=${() => run(() => post(`${at}/retry`), "It is tried again.")}>Retry</button>
    <button type="button" class="btn danger" disabled=${busy} onClick=${() => run(() => remove(at), "Given up.")}>Give up</button></div></li>`;
}

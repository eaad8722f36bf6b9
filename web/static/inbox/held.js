// What was just sent and still waits, so that its author can take it back.
import { useEffect, useState } from "preact/hooks";
import { t } from "language";
import { html, useInbox } from "./lib.js";

/** Seconds until it goes; 0 once it may have gone. By the server's clock as far as it is known here. */
const left = (message, skew) => Math.max(0, Math.ceil((new Date(message.held_until) - Date.now() - skew) / 1000));

/** How far this computer's clock is behind the server's: what was created just now tells, at most a minute. */
const skewOf = (message) => Math.max(-60_000, Math.min(60_000, new Date(message.created_at) - (heldSince.get(message.id) ?? Date.now())));
const heldSince = new Map();

export function Held({ message }) {
  const { act } = useInbox();
  if (!heldSince.has(message.id)) heldSince.set(message.id, Date.now());
  const skew = skewOf(message);
  const [seconds, set] = useState(left(message, skew));
  useEffect(() => {
    const timer = setInterval(() => set(left(message, skew)), 250);
    return () => { clearInterval(timer); heldSince.delete(message.id); };
  }, [message.id]);
  if (!seconds) return null;
  return html`<div class="held"><span>${t("Goes in {seconds} s", { seconds })}</span>
    <button type="button" class="link" title=${t("Undo (Z)")} onClick=${() => act.takeBack(message)}>${t("Undo")}</button>
    <button type="button" class="link" onClick=${() => act.sendNow(message)}>${t("Send now")}</button></div>`;
}

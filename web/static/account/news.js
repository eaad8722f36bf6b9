// News on this device while no page is open: turn it on, see one's devices, quiet hours.
import { useEffect, useState } from "preact/hooks";
import { mix, t } from "language";
import { get, post, put, remove } from "../inbox/api.js";
import { html } from "../inbox/lib.js";
import { Ago } from "../inbox/parts.js";
import { Section, useDeed } from "../settings/section.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const canPush = "serviceWorker" in navigator && "PushManager" in window;

/** Ask the browser for a subscription and give it to the server. */
async function turnOn(key) {
  if ((await Notification.requestPermission()) !== "granted") throw new Error("The browser does not let us show notifications. Allow them for this site first.");
  const registration = await navigator.serviceWorker.register("/push-worker.js");
  await navigator.serviceWorker.ready;
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await post("/me/push", { endpoint: made.endpoint, p256dh: text(made.getKey("p256dh")), auth: text(made.getKey("auth")), device: deviceName() });
}

const deviceName = () => {
  const { brands, platform, mobile } = navigator.userAgentData ?? {};
  const brand = brands?.findLast?.((one) => !/not/i.test(one.brand))?.brand ?? t("Browser");
  return `${t("{browser} on {platform}", { browser: brand, platform: platform ?? navigator.platform })}${mobile ? ` ${t("(phone)")}` : ""}`;
};

export function News() {
  const [held, set] = useState({ items: null, error: null });
  const reload = () => get("/me/push").then((found) => set({ ...found, error: null }), (error) => set({ items: null, error }));
  useEffect(() => { reload(); }, []);
  const [busy, run] = useDeed(reload);
  return html`<${Section} id="news" title=${t("News while no page is open")} icon="phone" list=${{ ...held, reload }} nothing=${t("No device gets your news")}
      about=${t("A customer writes to you, a conversation is given to you, a colleague names you: this device tells, unless a page of yours is open.")}
      more=${canPush && held.key && html`<button type="button" class="btn primary" disabled=${busy} onClick=${() => run(() => turnOn(held.key), t("This device tells you now."))}>${t("Tell me on this device")}</button>`}
      above=${held.wishes && html`<${Quiet} key=${JSON.stringify(held.wishes)} wishes=${held.wishes} busy=${busy} run=${run} />`}>
    <ul class="lines">${held.items?.map((one) => html`<li key=${one.id}><div class="line"><div class="grow"><b>${one.device}</b><div class="fact">${mix("Since {ago}", { ago: html`<${Ago} at=${one.created_at} />` })}</div></div>
      <button type="button" class="btn danger" disabled=${busy} aria-label=${t("Stop news: {device}", { device: one.device })} onClick=${() => run(() => remove(`/me/push/${one.id}`), t("That device is told nothing any more."))}>${t("Stop")}</button></div></li>`)}</ul><//>`;
}

function Quiet({ wishes, busy, run }) {
  const [held, set] = useState({ from: wishes.quiet_from ?? "", until: wishes.quiet_until ?? "", words: wishes.shows_words });
  const save = (event) => {
    event.preventDefault();
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    run(() => put("/me/push/wishes", { quiet_from: held.from || null, quiet_until: held.until || null, zone: timeZone, shows_words: held.words }), t("Saved."));
  };
  return html`<form class="editor" onSubmit=${save} aria-label=${t("Quiet hours")}><div class="fields">
      <label>${t("Quiet from")}<input type="time" value=${held.from} onInput=${(event) => set({ ...held, from: event.target.value })} /></label>
      <label>${t("until")}<input type="time" value=${held.until} onInput=${(event) => set({ ...held, until: event.target.value })} /></label></div>
    <label class="check"><input type="checkbox" checked=${held.words} onChange=${(event) => set({ ...held, words: event.target.checked })} /><span>${t("Show the customer’s name and words, also on a locked screen")}</span></label>
    <div class="buttons"><button class="btn" disabled=${busy}>${t("Save")}</button></div></form>`;
}

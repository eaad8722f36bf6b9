// The narrow bar on the side (on a phone, below): where one can go, and oneself.
import { useEffect, useState } from "preact/hooks";
import { LANGUAGE, LANGUAGES, t } from "language";
import { get, post, put } from "./api.js";
import { Icon } from "./icons.js";
import { html, useInbox, usePref } from "./lib.js";
import { Notifier } from "./notify.js";
import { Avatar, IconButton, Menu } from "./parts.js";

/** Address, icon, name, and the permission that it takes. */
const LINKS = [["/", "inbox", t("Inbox"), "conversations:read"], ["/contacts", "people", t("Contacts"), "conversations:read"],
  ["/campaigns", "megaphone", t("Campaigns"), "campaigns"], ["/reports", "chart", t("Reports"), "conversations:read"], ["/studio", "bot", t("Studio"), "studio"], ["/settings", "settings", t("Settings"), "admin"], ["/settings/audit", "history", t("Audit"), "audit:read"]];
const THEMES = { system: t("System theme"), light: t("Light theme"), dark: t("Dark theme") };

export function Rail({ user, page, rehearsal }) {
  const may = (permission) => user.permissions.includes(permission);
  const links = LINKS.filter(([, icon, , permission]) => may(permission) && (icon !== "history" || !may("admin")));
  return html`<nav class="rail" aria-label=${t("Main")}>
    <div class="logo" aria-hidden="true">P</div>
    ${links.map(([href, icon, label]) => html`<a key=${href} href=${href} class="raillink" aria-current=${page === icon ? "page" : undefined} title=${label}>
      <${Icon} name=${icon} size=${20} /><span class="railname">${label}</span></a>`)}
    <span class="grow"></span>
    ${page === "inbox" && html`<${ShowList} /><${KeysButton} />`}
    ${rehearsal && html`<${Try} />`}
    <${Me} user=${user} page=${page} />
  </nav>`;
}

/** Where one can play the customer, while the providers are rehearsed. */
function Try() {
  const go = (path) => () => window.open(path, "_blank", "noopener");
  return html`<${Menu} label=${t("Try as a customer")} cls="raillink" up items=${[
    { label: t("Demo shop with web chat"), run: go("/demo") }, { label: t("Rehearsal phone"), run: go("/rehearsal") }]}><${Icon} name="phone" size=${20} /><span class="railname">${t("Try")}</span><//>`;
}

function ShowList() {
  const [shown, setShown] = usePref("showList");
  return !shown && html`<span class="desk"><${IconButton} icon="sidebar" label=${t("Show the list")} onClick=${() => setShown(true)} /></span>`;
}

function KeysButton() {
  const { ui } = useInbox();
  return html`<span class="desk"><${IconButton} icon="keyboard" label=${t("Keys")} keys="?" onClick=${() => ui.ask("keys")} /></span>`;
}

function Me({ user, page }) {
  const { prefs, ui } = useInbox();
  const [theme, setTheme] = usePref("theme");
  const [sound, setSound] = usePref("sound");
  const [notifications, setNotifications] = usePref("notifications");
  const [enterSends, setEnterSends] = usePref("enterSends");
  const [undoSend, setUndoSend] = usePref("undoSend");
  const [singleKeys, setSingleKeys] = usePref("singleKeys");
  const notify = async () => {
    const wanted = !notifications && await Notifier.permission();
    if (!notifications && !wanted) ui.say(t("The browser does not allow notifications from this page."), "bad");
    setNotifications(wanted);
  };
  const presence = useMyPresence(user, page);
  const items = [
    ...(page === "inbox" ? [...presenceItems(ui, presence), null] : []),
    ...["system", "light", "dark"].map((name) => ({ label: THEMES[name], checked: theme === name, run: () => setTheme(name) })),
    null,
    ...Object.entries(LANGUAGES).map(([tag, name]) => ({ label: name, checked: tag === LANGUAGE, run: () => speak(tag, ui) })),
    ...(page === "inbox" ? [null,
      { label: t("Sound"), checked: sound, run: () => setSound(!sound) },
      { label: t("Desktop notifications"), checked: notifications, run: notify },
      { label: t("Enter sends"), checked: enterSends, run: () => setEnterSends(!enterSends) },
      { label: t("Undo sending for 5 seconds"), checked: undoSend, run: () => setUndoSend(!undoSend) },
      { label: t("Single-key shortcuts"), checked: singleKeys, run: () => setSingleKeys(!singleKeys) }] : []),
    null,
    { label: t("Your account"), run: () => location.assign("/account") },
    { label: t("Sign out"), run: signOut },
  ];
  return html`<${Menu} label=${t("{name}: preferences", { name: user.name })} title=${user.name} cls="mebtn" up items=${items}>
    <${Avatar} name=${user.name} presence=${presence} /><//>`;
}

/** As the colleagues see one. Where there is no live line, asked for once. */
function useMyPresence(user, page) {
  const isAgent = user.permissions.includes("conversations:read");
  const { store } = useInbox();
  const read = () => store?.state.connection === "live" ? store.state.agents.find((one) => one.id === user.id)?.presence ?? "online" : "offline";
  const [presence, setPresence] = useState(read);
  useEffect(() => {
    if (page === "inbox") return store.subscribe(() => setPresence(read()));
    if (!isAgent) return undefined;  // who is no agent has no presence, and may not ask for it
    get("/agents").then(({ items }) => setPresence(items.find((one) => one.id === user.id)?.presence ?? "offline"), () => {});
    return undefined;
  }, [user.id, page]);
  return isAgent ? presence : undefined;
}

/** Who is busy is given nothing by routing, and sees everything all the same. */
function presenceItems(ui, presence) {
  const be = (busy) => () => post("/me/presence", { busy }).catch((error) => ui.say(error.message, "bad"));
  return [{ label: t("Online"), checked: presence === "online", run: be(false) }, { label: t("Busy: give me nothing new"), checked: presence === "busy", run: be(true) }];
}

/** Have the pages in another language: kept with the user, and the page is drawn anew. */
async function speak(language, ui) {
  try {
    await put("/me/language", { language });
    location.reload();
  } catch (error) {
    ui.say(error.message, "bad");
  }
}

/** A form, because signing out changes something: a mere link could be followed by a program. */
export function signOut() {
  const form = Object.assign(document.createElement("form"), { method: "post", action: "/logout" });
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf_token",
    value: document.querySelector('meta[name="csrf-token"]').content }));
  document.body.append(form);
  form.submit();
}

// The contacts page: a list by words, and one contact's profile. The address says which: `/contacts?id=…`.
import { render } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { t } from "language";
import { get } from "./api.js";
import { Import } from "./contact_import.js";
import { ContactList } from "./contact_list.js";
import { Icon } from "./icons.js";
import { html, Inbox, names } from "./lib.js";
import { Empty } from "./parts.js";
import { Prefs } from "./prefs.js";
import { Profile } from "./profile.js";
import { Rail } from "./rail.js";
import { Ui } from "./ui.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);
const ui = new Ui();

const idInAddress = () => new URLSearchParams(location.search).get("id");

/** The contact in the address, and a way to another one that Back leads back from. */
function useShown() {
  const [id, set] = useState(idInAddress);
  useEffect(() => {
    const moved = () => set(idInAddress());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const show = useCallback((next) => {
    if (next === idInAddress()) return;
    history.pushState(null, "", next ? `/contacts?id=${encodeURIComponent(next)}` : "/contacts");
    set(next);
  }, []);
  return [id, show];
}

function Contacts() {
  const [id, show] = useShown();
  const [attributes, setAttributes] = useState([]);
  const [changed, setChanged] = useState(null);
  useEffect(() => { get("/contact_attributes").then(({ items }) => setAttributes(items), (error) => ui.say(error.message, "bad")); }, []);
  return html`<div class=${names("people", id ? "shows-one" : "shows-list")}><${Rail} user=${user} page="people" rehearsal=${root.dataset.rehearsal === "yes"} />
    <${ContactList} openId=${id} changed=${changed} onOpen=${show} more=${user.permissions.includes("admin") && html`<${Import} onDone=${() => setChanged(Date.now())} /><${Export} />`} />
    <main class="person" id="person">${id ? html`<${Profile} key=${id} id=${id} user=${user} attributes=${attributes} onShow=${show} onChange=${setChanged} />`
      : html`<${Empty} icon="people" title=${t("Choose a contact")} />`}</main></div><${Toasts} />`;
}

/** A link, so that the browser keeps the file while it comes. */
const Export = () => html`<a class="btn" href="/api/v1/contact_export" download title=${t("All contacts as a file for spreadsheets (CSV)")}><${Icon} name="download" size=${15} />${t("Export")}</a>`;

function Toasts() {
  const [{ toasts }, set] = useState(ui.state);
  useEffect(() => ui.subscribe(set), []);
  return html`<div class="toasts" role="status" aria-live="polite">${toasts.map((toast) => html`<div key=${toast.id} class=${names("toast", toast.tone)}>
    <${Icon} name=${toast.tone === "bad" ? "alert" : "check"} size=${16} /><span>${toast.text}</span></div>`)}</div>`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui }}><${Contacts} /><//>`, root);

// One's own account: what one signs in with, and where one is signed in.
import { render } from "preact";
import { t } from "language";
import { html, Inbox } from "../inbox/lib.js";
import { Prefs } from "../inbox/prefs.js";
import { Rail, signOut } from "../inbox/rail.js";
import { Ui } from "../inbox/ui.js";
import { Toasts } from "../settings/section.js";
import { News } from "./news.js";
import { Passkeys } from "./passkeys.js";
import { Password } from "./password.js";
import "./prove.js";
import { SecondStep } from "./second_step.js";
import { Sessions } from "./sessions.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);

function Account() {
  const limited = root.dataset.limited === "yes";
  return html`<div class=${limited ? "accountalone" : "adminframe"}>${!limited && html`<${Rail} user=${user} page="account" rehearsal=${root.dataset.rehearsal === "yes"} />`}
    <main class="admin"><div><h1>${t("Your account")}</h1><p class="quiet"><bdi>${user.name}</bdi> · ${user.email}</p>
        ${limited && html`<p class="problem" role="status">${t("Everybody with your role signs in with a second step. Set it up here; then you can go on.")}</p>`}</div>
      ${!limited && html`<${Password} user=${user} />`}<${SecondStep} limited=${limited} /><${Passkeys} limited=${limited} />
      ${limited ? html`<div><button type="button" class="btn" onClick=${signOut}>${t("Sign out")}</button></div>` : html`<${Sessions} /><${News} />`}</main></div><${Toasts} />`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui: new Ui() }}><${Account} /><//>`, root);

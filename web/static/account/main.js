// One's own account: the password, and where one is signed in.
import { render } from "preact";
import { html, Inbox } from "../inbox/lib.js";
import { Prefs } from "../inbox/prefs.js";
import { Rail } from "../inbox/rail.js";
import { Ui } from "../inbox/ui.js";
import { Toasts } from "../settings/section.js";
import { Password } from "./password.js";
import { Sessions } from "./sessions.js";

const root = document.getElementById("app");
const user = JSON.parse(root.dataset.user);

function Account() {
  return html`<div class="adminframe"><${Rail} user=${user} page="account" rehearsal=${root.dataset.rehearsal === "yes"} />
    <main class="admin"><div><h1>Your account</h1><p class="quiet"><bdi>${user.name}</bdi> · ${user.email}</p></div>
      <${Password} user=${user} /><${Sessions} /></main></div><${Toasts} />`;
}

root.replaceChildren();
render(html`<${Inbox.Provider} value=${{ prefs: new Prefs(), ui: new Ui() }}><${Account} /><//>`, root);

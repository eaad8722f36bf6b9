// The page to sign in: by a passkey, where the browser can.
import { t } from "language";
const place = document.getElementById("passkey");
const problem = document.getElementById("passkey-problem");

const post = (path, body) => fetch(path, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

async function signIn() {
  problem.hidden = true;
  try {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await (await post("/login/passkey/options", {})).json());
    const credential = await navigator.credentials.get({ publicKey });
    const answer = await post("/login/passkey", { credential: credential.toJSON(), next: document.querySelector('input[name="next"]').value });
    const said = await answer.json();
    if (!answer.ok) throw new Error(said.detail);
    location.assign(said.next);
  } catch (error) {
    problem.textContent = error.name === "NotAllowedError" ? t("No passkey was used. You can try again, or sign in by your password.") : error.message;
    problem.hidden = false;
  }
}

if (window.PublicKeyCredential?.parseRequestOptionsFromJSON) {
  place.hidden = false;
  document.getElementById("passkey-button").addEventListener("click", signIn);
}

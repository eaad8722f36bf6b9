/** The rehearsal's small API. Every call gives the parsed answer or throws an Error with words to show. */
const BASE = "/rehearsal/api";

async function ask(method, path, body, headers = {}) {
  const isJson = body !== undefined && !(body instanceof Blob);
  const response = await fetch(BASE + path, {
    method,
    headers: isJson ? { "Content-Type": "application/json", ...headers } : headers,
    body: isJson ? JSON.stringify(body) : body,
  });
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(said.detail || `The rehearsal answered ${response.status}.`);
  return said;
}

const at = (channel) => `/phones/${encodeURIComponent(channel)}`;

export const phones = () => ask("GET", "/phones").then((said) => said.phones);
export const phone = (channel, wire) => ask("GET", at(channel) + (wire ? "?wire" : ""));
export const send = (channel, action) => ask("POST", `${at(channel)}/send`, action);
export const addCustomer = (channel, asked) => ask("POST", `${at(channel)}/customers`, asked);
export const setTrouble = (channel, trouble) => ask("PUT", `${at(channel)}/trouble`, trouble);
export const fileUrl = (id) => `${BASE}/files/${encodeURIComponent(id)}`;

/** Keep a file of this computer with the stand-in; gives its id. */
export async function addFile(file) {
  const name = file.name.replace(/[^\x20-\x7e]/g, "_");
  const said = await ask("POST", "/files", file, {
    "Content-Type": file.type || "application/octet-stream",
    "X-Filename": name,
  });
  return said.file.id;
}

/** Call `changed(channel)` when something changes, and with null after each new connection. */
export function watch(changed, online) {
  const source = new EventSource(`${BASE}/live`);
  source.onopen = () => (online(true), changed(null));
  source.onerror = () => online(false);
  source.onmessage = (event) => changed(JSON.parse(event.data));
}

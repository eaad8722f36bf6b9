// JSON over HTTP. What the server refuses becomes a `Problem` whose message is fit for a person.
import { t, told } from "language";

export class Problem extends Error {
  constructor({ title, detail, status = 0, code = null, ...rest }) {
    super(told(detail) || told(title) || t("Something went wrong."));
    Object.assign(this, { title, status, code, rest });
  }

  /** Whether the same again may well succeed: the server or the network was in trouble, not the request wrong. */
  get passes() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

/** `prove()`, where a page can ask for it: shows again who one is, and says whether that was done. `about(path)`: the path
    of a page that is about one thing of several. */
export const doors = { prove: null, about: (path) => path };

/** Of what was read: by which tag it can be told from what others put there since. */
const tags = new WeakMap();

export async function call(method, path, body, headers = {}) {
  try {
    return await callOnce(method, path, body, headers);
  } catch (problem) {
    if (problem.code !== "proof_needed" || !doors.prove || !await doors.prove()) throw problem;
    return callOnce(method, path, body, headers);
  }
}

async function callOnce(method, path, body, given) {
  const headers = { Accept: "application/json", ...given };
  if (method !== "GET") headers["X-CSRF-Token"] = csrfToken();
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/v1${doors.about(path)}`, { method, headers, body: body && JSON.stringify(body), credentials: "same-origin" });
  } catch {
    throw new Problem({ title: t("No connection"), detail: t("The server cannot be reached. Check the connection and try again.") });
  }
  if (answer.status === 401) signIn();
  if (answer.status === 204) return null;
  const json = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem({ title: answer.statusText, ...json, status: answer.status });
  if (answer.headers.has("ETag")) tags.set(json, answer.headers.get("ETag"));
  return json;
}

export const get = (path, query = {}) => call("GET", path + search(query));
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body = {}) => call("PUT", path, body);
/** Put it in the place of what was read, and of nothing else: a `Problem` with status 412 if that is not there any more. */
export const replace = (path, body, read) => call("PUT", path, body, tags.has(read) ? { "If-Match": tags.get(read) } : {});
export const patch = (path, body = {}) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);

/** Bring a file. `stop()` ends it; `done` gives what the server calls it; `onPart` hears how much of it is there. */
export function upload(file, onPart) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.open("POST", "/api/v1/files");
    request.responseType = "json";
    request.setRequestHeader("X-CSRF-Token", csrfToken());
    request.setRequestHeader("X-Filename", encodeURIComponent(file.name || ""));
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.upload.onprogress = ({ loaded, total }) => onPart(total ? loaded / total : 0);
    request.onerror = () => reject(new Problem({ title: t("No connection"), detail: t("The file did not get through.") }));
    request.onabort = () => reject(new Problem({ title: t("Stopped") }));
    request.onload = () => {
      if (request.status === 401) signIn();
      if (request.status === 201) resolve(request.response);
      else reject(new Problem({ title: request.statusText, ...request.response, status: request.status }));
    };
    request.send(file);
  });
  return { stop: () => request.abort(), done };
}

/** Where to go when nobody is signed in, and back again afterwards. */
export function signIn() {
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function search(query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

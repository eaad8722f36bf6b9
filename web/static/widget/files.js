// Files a visitor sends: chosen, dropped or pasted. Each is brought to the server with its progress above the field,
// and is sent as a message of its own as soon as it is there.

import { element, icon } from "./element.js";

/**
 * `act`: `{sent(file)}`, where `file` is what the server calls it.
 * @returns `{allow(files)}`: `files` is the welcome's `{to, types, largest}`, or nothing where no files may be sent.
 */
export function newFiles({ list, button, input, places, say, act }) {
  let rules = null;

  function allow(files) {
    rules = files?.types?.length ? files : null;
    button.hidden = !rules;
    input.accept = rules ? rules.types.join(",") : "";
  }

  function take(files) {
    for (const file of rules ? files : []) bring(file);
  }

  function bring(file) {
    const bar = element("progress", { max: "1", value: "0", "aria-label": say("uploading", { name: file.name }) });
    const words = element("small", {}, bar);
    const end = element("button", { type: "button", class: "plain", on: { click: stop } }, say("remove"));
    const again = element("button", { type: "button", class: "plain", hidden: true, on: { click: start } }, say("retry"));
    const row = element("li", {}, element("span", { class: "about" }, element("b", { dir: "auto" }, file.name || say("photo")), words), again, end);
    let request = null;
    list.append(row);

    function start() {
      again.hidden = true;
      row.classList.remove("bad");
      if (file.size > rules.largest) return fail(say("tooLarge", { n: String(Math.floor(rules.largest / 1048576)) }), false);
      words.replaceChildren(bar);
      request = new XMLHttpRequest();
      request.open("POST", rules.to);
      request.responseType = "json";
      request.setRequestHeader("X-Filename", encodeURIComponent(file.name || ""));
      request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
      request.upload.onprogress = ({ loaded, total }) => { bar.value = total ? loaded / total : 0; };
      request.onerror = () => fail(say("uploadFailed"), true);
      request.onload = () => {
        const { status, response } = request;
        if (status !== 201) return fail(status === 415 ? say("typeRefused") : say("uploadFailed"), status !== 415 && status !== 413);
        row.remove();
        act.sent(response);
        return null;
      };
      request.send(file);
      return null;
    }

    function stop() {
      request?.abort();
      row.remove();
    }

    function fail(why, mayHelp) {
      words.replaceChildren(icon("alert"), why);
      row.classList.add("bad");
      again.hidden = !mayHelp;
    }

    start();
  }

  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  for (const place of places) {
    place.addEventListener("dragover", (event) => rules && event.dataTransfer.types.includes("Files") && event.preventDefault());
    place.addEventListener("drop", (event) => {
      if (!rules || !event.dataTransfer.files.length) return;
      event.preventDefault();
      take([...event.dataTransfer.files]);
    });
    place.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (!rules || !files.length) return;
      event.preventDefault();
      take(files);
    });
  }
  return { allow };
}

// A form that we ask the visitor to fill in: opened by an answer, drawn above the composer.

import { element } from "./element.js";

const TYPES = { email: "email", phone: "tel", number: "number", date: "date" };

/** @returns `{open(form, title, done), close()}`; `done(values)` is called once with what was filled in. */
export function newForm({ place, say }) {
  let back = null;

  function close() {
    place.hidden = true;
    place.replaceChildren();
    back?.focus?.();
    back = null;
  }

  function control(field) {
    const shared = { id: `form-${field.name}`, name: field.name, required: field.required !== false, dir: "auto" };
    if (field.kind === "choice") {
      return element("select", shared, element("option", { value: "" }, ""), (field.choices ?? []).map((choice) => element("option", { value: choice }, choice)));
    }
    if (field.kind === "long") return element("textarea", { ...shared, rows: 3, maxlength: 2000 });
    return element("input", { ...shared, type: TYPES[field.kind] ?? "text", maxlength: 2000, ...(field.kind === "number" && { step: "any" }) });
  }

  function open(form, title, done) {
    back = document.activeElement;
    const controls = form.fields.map(control);
    const drawn = element("form", { class: "ask", "aria-label": title, on: {
      submit: (event) => {
        event.preventDefault();
        const values = Object.fromEntries(controls.filter((each) => each.value.trim()).map((each) => [each.name, each.value.trim()]));
        back = null;
        close();
        done(values);
      },
      keydown: (event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      },
    } },
      element("p", { dir: "auto" }, title),
      controls.map((each, i) => element("label", { for: each.id },
        element("span", { dir: "auto" }, form.fields[i].label, form.fields[i].required === false ? element("small", {}, ` ${say("optional")}`) : null), each)),
      element("div", { class: "formend" },
        element("button", { class: "button", type: "button", on: { click: close } }, say("later")),
        element("button", { class: "button primary", type: "submit" }, say("send"))));
    place.replaceChildren(drawn);
    place.hidden = false;
    controls[0]?.focus();
  }

  return { open, close };
}

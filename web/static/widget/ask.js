// What is asked before the first message: a name, an address, a number.

import { element } from "./element.js";

const TYPES = { name: "text", email: "email", phone: "tel" };
const FILLED = { name: "name", email: "email", phone: "tel" };

/** @returns `{show(fields)}`; `done(values)` is called once with what was filled in. */
export function newAsk({ place, say, done }) {
  let drawn = "";

  function draw(fields) {
    const inputs = fields.map(({ name, required }) =>
      element("input", { id: `ask-${name}`, name, type: TYPES[name], autocomplete: FILLED[name], required, maxlength: 200, dir: "auto",
        ...(name === "phone" && { placeholder: "+…", pattern: "\\+[\\d \\(\\).\\-]{6,24}", title: say("phoneHint") }) }));
    const form = element("form", { class: "ask", on: { submit: (event) => {
      event.preventDefault();
      done(Object.fromEntries(inputs.filter((input) => input.value.trim()).map((input) => [input.name, input.value.trim()])));
    } } },
      element("p", {}, say("askFirst")),
      ...inputs.map((input, i) => element("label", { for: input.id }, element("span", {}, say(`ask_${input.name}`), fields[i].required ? null : element("small", {}, ` ${say("optional")}`)), input)),
      element("button", { class: "button primary", type: "submit" }, say(fields.some((field) => field.required) ? "startChat" : "keep")));
    place.replaceChildren(form);
  }

  return {
    show(fields) {
      const wanted = JSON.stringify(fields);
      if (wanted === drawn) return;
      drawn = wanted;
      place.hidden = fields.length === 0;
      if (fields.length) draw(fields);
      else place.replaceChildren();
    },
  };
}

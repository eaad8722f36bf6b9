/** The switches that make a provider misbehave. */
import * as api from "./api.js";
import { h } from "./dom.js";

const CODES = {
  0: "Nothing", 130429: "130429 · throughput reached", 131056: "131056 · too many to one customer",
  131000: "131000 · something went wrong", 190: "190 · token no longer valid", 131009: "131009 · bad parameter",
  368: "368 · blocked for policy", 131026: "131026 · undeliverable (later)", 131047: "131047 · 24 hours over (later)",
  131049: "131049 · held back (later)", 131050: "131050 · customer opted out (later)",
};
const SWITCHES = {
  duplicate: "Deliver every webhook twice", reorder: "Deliver in another order", drop_signature: "Leave the signature out",
  broken: "Answer every call with 503", unread: "Customer does not look at the phone",
};
const NUMBERS = {
  batch: ["Hold webhooks, then send this many as one", 0, 1000], delay: ["Deliver webhooks late by seconds", 0, 3600],
  hang: ["Take messages but drop the line after seconds", 0, 600],
};

export function troublePanel(channel) {
  const fields = {};
  const problem = h("p.problem", { role: "alert", hidden: true });
  const change = async () => {
    const switches = Object.keys(SWITCHES).map((name) => [name, fields[name].checked]);
    const numbers = [...Object.keys(NUMBERS), "fail"].map((name) => [name, Number(fields[name].value) || 0]);
    try {
      await api.setTrouble(channel, Object.fromEntries([...switches, ...numbers]));
      problem.hidden = true;
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    }
  };
  const field = (name, attributes) => (fields[name] = h("input", { ...attributes, onchange: change }));
  const count = h("span.count", { hidden: true });
  fields.fail = h("select", { onchange: change },
    Object.entries(CODES).map(([code, words]) => h("option", { value: code }, words)));
  const element = h("details.panel.trouble", [
    h("summary", [h("h3", "Trouble"), count]),
    Object.entries(SWITCHES).map(([name, words]) =>
      h("label.switch", [field(name, { type: "checkbox", role: "switch" }), h("span", words)])),
    h("label.field", ["Fail every message with", fields.fail]),
    Object.entries(NUMBERS).map(([name, [words, min, max]]) =>
      h("label.field", [words, field(name, { type: "number", min, max, step: name === "batch" ? 1 : 0.5, inputmode: "decimal" })])),
    problem,
  ]);
  let offered = CODES;
  const draw = (trouble, codes) => {
    const named = Object.keys(codes || {}).length ? { 0: "Nothing", ...codes } : CODES;
    if (JSON.stringify(named) !== JSON.stringify(offered)) {
      offered = named;
      fields.fail.replaceChildren(...Object.entries(named).map(([code, words]) => h("option", { value: code }, words)));
    }
    for (const [name, input] of Object.entries(fields)) {
      if (input === document.activeElement) continue;
      if (input.type === "checkbox") input.checked = trouble[name];
      else {
        const value = String(trouble[name]);
        if (name === "fail" && !(value in offered)) input.append(h("option", { value }, value));
        input.value = value;
      }
    }
    const on = Object.values(trouble).filter(Boolean).length;
    count.hidden = !on;
    count.textContent = `${on} on`;
  };
  return { element, draw };
}

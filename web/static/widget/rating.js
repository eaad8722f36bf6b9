// How it was: asked once, when the conversation is closed.

import { element } from "./element.js";

const FACES = ["😞", "🙁", "😐", "🙂", "😀"];

/** @returns `{show(isAsked)}`; `rate(score, comment)` resolves to whether it was kept, `shown()` is told when it appears. */
export function newRating({ place, say, rate, shown }) {
  let isShown = false;
  let isThanked = false;

  function draw() {
    const words = element("textarea", { rows: 2, maxlength: 2000, dir: "auto", "aria-label": say("rateWhy"), placeholder: say("rateWhy") });
    const trouble = element("p", { class: "bad", role: "alert", hidden: true }, say("failed"));
    const radios = FACES.map((face, i) => element("label", { class: "score" },
      element("input", { type: "radio", name: "score", value: i + 1, required: true, "aria-label": say("rateOf", { n: i + 1 }) }),
      element("span", { "aria-hidden": "true" }, face)));
    const form = element("form", { class: "rate", on: { submit: async (event) => {
      event.preventDefault();
      const score = Number(new FormData(form).get("score"));
      trouble.hidden = await rate(score, words.value.trim());
      if (trouble.hidden) thank();
    } } },
      element("fieldset", {}, element("legend", {}, say("rateAsk")), element("div", { class: "scores" }, ...radios)),
      words, trouble, element("button", { class: "button primary", type: "submit" }, say("send")));
    place.replaceChildren(form);
  }

  function thank() {
    isThanked = true;
    place.replaceChildren(element("p", { class: "thanks", role: "status" }, say("rateThanks")));
  }

  return {
    show(isAsked) {
      if (isThanked && !isAsked) return;  // the thanks stay until the next time
      if (isAsked === isShown && !isThanked) return;
      isShown = isAsked;
      isThanked = false;
      place.hidden = !isAsked;
      if (!isAsked) return place.replaceChildren();
      draw();
      shown();
      return null;
    },
  };
}

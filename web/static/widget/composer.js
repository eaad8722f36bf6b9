// Where the visitor writes: grows with the text, Enter sends, Shift+Enter breaks the line.

const TYPING_AGAIN = 3000;
const TYPING_OVER = 5000;

/** `act`: `{send(text), typing(on)}`; the draft outlives a reload. */
export function newComposer({ form, input, button, counter, words, storage, act }) {
  let limit = 8000;
  let saidTyping = 0;
  let over = null;

  function grow() {
    input.style.height = "auto";
    input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
    input.classList.toggle("scrolls", input.scrollHeight > 132);
  }

  function check() {
    // Empty, `auto` would set the placeholder left to right in every language.
    input.dir = input.value ? "auto" : document.documentElement.dir;
    const left = limit - input.value.length;
    button.disabled = !input.value.trim() || left < 0;
    counter.hidden = left > limit / 10;
    counter.classList.toggle("bad", left < 0);
    counter.textContent = counter.hidden ? "" : words.say(left < 0 ? "tooLong" : "left", { n: String(Math.abs(left)) });
  }

  function stopTyping() {
    clearTimeout(over);
    if (saidTyping) act.typing(false);
    saidTyping = 0;
  }

  function tellTyping() {
    if (!input.value.trim()) return stopTyping();
    if (Date.now() - saidTyping > TYPING_AGAIN) {
      saidTyping = Date.now();
      act.typing(true);
    }
    clearTimeout(over);
    over = setTimeout(stopTyping, TYPING_OVER);
  }

  function set(text) {
    input.value = text;
    storage.set("draft", text);
    grow();
    check();
  }

  function send() {
    const text = input.value.trim();
    if (!text || text.length > limit) return;
    stopTyping();
    set("");
    act.send(text);
  }

  input.addEventListener("input", () => {
    storage.set("draft", input.value);
    grow();
    check();
    tellTyping();
  });
  input.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word (Safari tells so only by the key code 229).
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    send();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
    input.focus();
  });
  input.addEventListener("blur", stopTyping);
  set(storage.get("draft") ?? "");

  return {
    setLimit(characters) {
      limit = characters;
      check();
    },
    clear: () => set(""),
    focus: () => input.focus({ preventScroll: true }),
    grow,
  };
}

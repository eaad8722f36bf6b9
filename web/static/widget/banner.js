// Says when the line is down, and clears by itself when it is back.

const PATIENCE = 1500;
const FAREWELL = 2500;

/** @returns `{up(), down(), refused(code)}` for the element; a short break is not worth a word. */
export function newBanner(place, say) {
  let timer = null;
  let wasUp = false;

  function show(tone, text) {
    place.className = tone;
    place.textContent = text;
    place.hidden = false;
  }

  const complain = () => show("warn", navigator.onLine === false ? say("offline") : say(wasUp ? "reconnecting" : "connecting"));

  return {
    up() {
      clearTimeout(timer);
      wasUp = true;
      if (place.hidden) return;
      show("good", say("back"));
      timer = setTimeout(() => { place.hidden = true; }, FAREWELL);
    },
    down() {
      clearTimeout(timer);
      if (navigator.onLine === false || !place.hidden) complain();
      else timer = setTimeout(complain, PATIENCE);
    },
    refused(code) {
      clearTimeout(timer);
      if (code === "too_many") show("warn", say("busy"));
      else show("bad", say("refused"));
    },
  };
}

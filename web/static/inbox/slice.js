// Of a long list only what can be seen is drawn. All rows are of one height, which the style sheet gives.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const MARGIN = 8;
const SHORT = 60;

const heightOf = (pane) => parseFloat(getComputedStyle(pane).getPropertyValue("--row")) || 84;

/** `{from, to, style, ul, look}`: which rows to draw, and the room that the others would take. `reset` goes to the top. */
export function useSlice(pane, count, reset) {
  const [[from, to], set] = useState([0, SHORT]);
  const ul = useRef();
  const size = useRef({ height: 84, room: 0 }).current;  // asked for when it changes: to ask makes the browser lay out
  const look = () => {
    const first = Math.max(0, Math.floor(pane.current.scrollTop / size.height) - MARGIN);
    const last = Math.ceil((pane.current.scrollTop + size.room) / size.height) + MARGIN;
    set((held) => (first === held[0] && last === held[1] ? held : [first, last]));
  };
  const measure = () => {
    size.height = heightOf(pane.current);
    size.room = pane.current.clientHeight;
    look();
  };
  useLayoutEffect(() => { pane.current.scrollTop = 0; measure(); }, [reset]);
  useEffect(() => {
    const watcher = new ResizeObserver(measure);
    watcher.observe(pane.current);
    return () => watcher.disconnect();
  }, []);
  const isShort = count <= SHORT;
  const [a, b] = isShort ? [0, count] : [Math.min(from, count), Math.min(to, count)];
  const style = isShort ? {} : { paddingBlockStart: `${a * size.height}px`, paddingBlockEnd: `${(count - b) * size.height}px` };
  return { from: a, to: b, style, ul, look };
}

/** Scroll the list so that its row at this place can be seen. */
export function bringIntoView(place) {
  const pane = document.getElementById("rows");
  if (!pane) return;
  const row = heightOf(pane);
  const top = place * row;
  if (top < pane.scrollTop) pane.scrollTop = top;
  else if (top + row > pane.scrollTop + pane.clientHeight) pane.scrollTop = top + row - pane.clientHeight;
}

// Of a long list only what can be seen is drawn. All rows are of one height, which the style sheet gives.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const MARGIN = 8;
const SHORT = 60;

const heightOf = (pane) => parseFloat(getComputedStyle(pane).getPropertyValue("--row")) || 84;

/** `{from, to, style, ul, look}`: which rows to draw, and the room that the others would take. `reset` goes to the top. */
export function useSlice(pane, count, reset) {
  const [[from, to], set] = useState([0, SHORT]);
  const ul = useRef();
  const height = pane.current ? heightOf(pane.current) : 84;
  const look = () => {
    const { scrollTop, clientHeight } = pane.current;
    const row = heightOf(pane.current);
    const first = Math.max(0, Math.floor(scrollTop / row) - MARGIN);
    const last = Math.ceil((scrollTop + clientHeight) / row) + MARGIN;
    if (first !== from || last !== to) set([first, last]);
  };
  useLayoutEffect(() => { pane.current.scrollTop = 0; look(); }, [reset]);
  useEffect(() => {
    const watcher = new ResizeObserver(look);
    watcher.observe(pane.current);
    return () => watcher.disconnect();
  });
  const isShort = count <= SHORT;
  const [a, b] = isShort ? [0, count] : [Math.min(from, count), Math.min(to, count)];
  const style = isShort ? {} : { paddingBlockStart: `${a * height}px`, paddingBlockEnd: `${(count - b) * height}px` };
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

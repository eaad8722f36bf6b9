// Where the words that were looked for stand in the messages that are drawn. The browser paints them; nothing of
// the page changes, so that what is drawn anew meanwhile stays right.

const NAME = "found";
const MOST = 500;

/** Paint every word of `words` where it stands below `box`; none, and nothing is painted any more. */
export function glow(box, words) {
  if (!globalThis.CSS?.highlights) return;  // an older browser shows the frame around the message alone
  CSS.highlights.delete(NAME);
  const wanted = [...new Set((words ?? "").toLowerCase().split(/[\s,.;:!?"“”]+/u).filter((word) => word.length > 1))];
  if (!box || !wanted.length) return;
  const found = [];
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node && found.length < MOST; node = texts.nextNode()) found.push(...rangesOf(node, wanted));
  CSS.highlights.set(NAME, new Highlight(...found));
}

function rangesOf(node, wanted) {
  const text = node.data.toLowerCase();
  if (text.length !== node.data.length) return [];  // letters that grow when made small: places would be wrong
  const all = [];
  for (const word of wanted) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
      const range = new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + word.length });
      all.push(range);
    }
  }
  return all;
}

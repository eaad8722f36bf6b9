// Where one is in the studio: `/studio/<tab>/<path>…`. Back and forward work; a link can be sent to a colleague.
import { useCallback, useEffect, useState } from "preact/hooks";
import { chosen, elsewhere } from "./edition.js";

const parts = () => location.pathname.split("/").slice(2).filter(Boolean).map(safely);

/** A part of an address as it was meant; what is no proper code stays as it is. */
function safely(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export const address = (...to) => elsewhere(chosen, `/studio/${to.map(encodeURIComponent).join("/")}`);

/** `[tab, path, go]`. `go(tab, ...path)` shows something else; `useRoute` draws again. */
export function useRoute(first) {
  const [at, set] = useState(parts);
  useEffect(() => {
    const moved = () => set(parts());
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);
  const go = useCallback((...to) => {
    if (address(...to) === location.pathname + location.search) return;
    history.pushState(null, "", address(...to));
    set(parts());
  }, []);
  return [at[0] ?? first, at.slice(1), go];
}

/** A link within the studio: a click stays on the page, a middle click opens another one. */
export function onLink(go, ...to) {
  return (event) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(...to);
  };
}

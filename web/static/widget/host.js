// The page that embeds the chat. Both sides check where a message comes from and name whom it is for.

/**
 * @param heard listeners by message: `{init, open, close, reset}`.
 * @returns `{isEmbedded, tell(type, detail)}`
 */
export function connectHost(heard) {
  const origin = hostOrigin();
  if (window.parent === window || !origin) return { isEmbedded: false, tell() {} };

  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const type = event.data?.parley;
    if (typeof type === "string" && Object.hasOwn(heard, type)) heard[type](event.data);
  });
  return { isEmbedded: true, tell: (type, detail = {}) => window.parent.postMessage({ parley: type, ...detail }, origin) };
}

// The browser's own word where it gives one (Chromium, Safari), else what the loader wrote behind the #. A page
// that lies there only keeps our messages from reaching it; who may embed us is decided by frame-ancestors.
function hostOrigin() {
  const told = location.ancestorOrigins?.[0] ?? decodeURIComponent(location.hash.slice(1));
  return /^https?:\/\/[^/]+$/.test(told) ? told : null;
}

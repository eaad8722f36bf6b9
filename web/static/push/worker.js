// The service worker: shows news that comes while no page is open, and opens the conversation when it is pressed.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

addEventListener("push", (event) => {
  let news = {};
  try {
    news = event.data?.json() ?? {};
  } catch { /* nothing of ours: say that there is something */ }
  event.waitUntil(registration.showNotification(news.title || "Parley", { body: news.body ?? "", tag: news.id, data: { id: news.id } }));
});

/** In the page that is there, else in a new one. */
async function show(address) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const inbox = pages.find((page) => new URL(page.url).pathname === "/");
  try {
    const shown = await inbox?.navigate(address);
    if (shown) return shown.focus();
  } catch { /* a page that is not ours to lead: a new one, then */ }
  return clients.openWindow(address);
}

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { id } = event.notification.data ?? {};
  event.waitUntil(show(id ? `/?c=${encodeURIComponent(id)}` : "/"));
});

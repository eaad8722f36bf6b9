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

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { id } = event.notification.data ?? {};
  event.waitUntil(clients.openWindow(id ? `/?c=${encodeURIComponent(id)}` : "/"));
});

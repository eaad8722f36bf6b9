// What the visitor wrote and the server has not confirmed yet. One stored value per message, so that tabs never
// overwrite each other's; sent one after another, oldest first, with the client_id that it was born with.

const PREFIX = "outbox.";
const ATTEMPTS = 5;
const PASSING = new Set(["unavailable", "too_fast", "timeout"]);

/** An entry as it is kept: `{client_id, text | choice | form, reply_to, at, order, state: "pending"|"failed", error}`. */
export function newEntry(said) {
  return { client_id: newId(), ...said, at: Date.now(), order: counter++, state: "pending", error: null };
}
let counter = 0;

export const storedEntries = (storage) =>
  storage.names().filter((name) => name.startsWith(PREFIX)).map((name) => storage.get(name)).filter((entry) => entry?.client_id);
export const keep = (storage, entry) => storage.set(PREFIX + entry.client_id, entry);
export const discard = (storage, clientId) => storage.remove(PREFIX + clientId);
export const isEntryName = (name) => name.startsWith(PREFIX);

/**
 * Sends what is pending, in order, while the line is up.
 * `next()` gives the oldest pending entry or null; `deliver(entry)` resolves to the server's answer, or rejects when
 * the line broke or nothing came in time; `isUp()` tells whether the line is up.
 */
export function newSender({ next, deliver, isUp, onSent, onFailed }) {
  let running = false;

  async function attempt(entry) {
    for (let tries = 1; isUp(); tries += 1) {
      const answer = await deliver(entry).catch(() => ({ error: { code: "timeout" } }));
      if (answer?.message) return onSent(entry, answer.message);
      if (!isUp()) return null;
      const error = answer?.error ?? { code: "unavailable" };
      if (!PASSING.has(error.code) || tries >= ATTEMPTS) return onFailed(entry, error);
      await pause(500 * 2 ** tries * (0.75 + Math.random() / 2));
    }
    return null;
  }

  return async function flush() {
    if (running) return;
    running = true;
    try {
      for (let entry = next(); entry && isUp(); entry = next()) await attempt(entry);
    } finally {
      running = false;
    }
  };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function newId() {
  // randomUUID is missing where the page is not served by https.
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What this browser keeps for a channel. A browser that blocks third parties' data denies an embedded page its
// storage: then the embedding page keeps it for the tab, and where nobody can, it lasts as long as the page.

/**
 * @param kept what the embedding page kept for us, by name; `keep(name, value)` asks it to, null to forget.
 * @returns a small store of JSON values under `parley.{channel}.`, shared by all tabs where the browser allows it.
 */
export function openStorage(channel, { kept = {}, keep = () => {} } = {}) {
  const prefix = `parley.${channel}.`;
  const backing = browserStorage() ?? borrowedStorage(kept, keep);
  const names = () => backing.names().filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  return {
    names,
    get(name) {
      try {
        return JSON.parse(backing.getItem(prefix + name));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        backing.setItem(prefix + name, JSON.stringify(value));
      } catch {
        // Full: the page goes on with what it has in memory.
      }
    },
    remove: (name) => backing.removeItem(prefix + name),
    clear() {
      for (const name of names()) backing.removeItem(prefix + name);
    },
    /** Calls `listener(name)` when another tab changed a value. */
    onChange(listener) {
      addEventListener("storage", (event) => {
        if (event.key === null) listener(null);
        else if (event.key.startsWith(prefix)) listener(event.key.slice(prefix.length));
      });
    },
  };
}

function browserStorage() {
  try {
    const storage = window.localStorage;
    storage.setItem("parley.probe", "1");
    storage.removeItem("parley.probe");
    return {
      getItem: (name) => storage.getItem(name),
      setItem: (name, value) => storage.setItem(name, value),
      removeItem: (name) => storage.removeItem(name),
      names: () => Object.keys(storage),
    };
  } catch {
    return null;
  }
}

function borrowedStorage(kept, keep) {
  const values = new Map(Object.entries(kept));
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem(name, value) {
      values.set(name, value);
      keep(name, value);
    },
    removeItem(name) {
      if (values.delete(name)) keep(name, null);
    },
    names: () => [...values.keys()],
  };
}

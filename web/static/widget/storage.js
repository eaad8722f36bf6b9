// What this browser keeps for a channel. Where storage is blocked, it lasts as long as the page.

/** @returns a small store of JSON values under `parley.{channel}.`, shared by all tabs where the browser allows it. */
export function openStorage(channel) {
  const prefix = `parley.${channel}.`;
  const backing = browserStorage() ?? memoryStorage();
  return {
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
    names: () => backing.names().filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
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

function memoryStorage() {
  const values = new Map();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => values.set(name, value),
    removeItem: (name) => values.delete(name),
    names: () => [...values.keys()],
  };
}

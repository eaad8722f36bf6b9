// Who draws the state hears when it changed: of what is done here at once, of what pours in now and then.

/** Keeps a state and tells subscribers: what is done here at once, what others did when `later` calls what it is given. */
export class Store {
  constructor(state, later = queueMicrotask) {
    this.state = state;
    this.later = later;
    this.subscribers = new Set();
    this.isDue = this.isAwaited = false;
  }

  subscribe(listener) {
    this.subscribers.add(listener);
    return () => this.subscribers.delete(listener);
  }

  /** Run `change(state)`; its result is handed back. Told at most once per microtask. */
  change(change) {
    if (!this.isDue) {
      this.isDue = true;
      queueMicrotask(() => this.tell());
    }
    return change(this.state);
  }

  /** The same for what the server says: events that pour in are told together. */
  hear(change) {
    if (!this.isDue && !this.isAwaited) {
      this.isAwaited = true;
      this.later(() => this.isAwaited && this.tell());
    }
    return change(this.state);
  }

  tell() {
    this.isDue = this.isAwaited = false;
    for (const listener of [...this.subscribers]) listener();
  }
}

/** A `later` that tells at once, but not again before so much time has passed. */
export function paced(every, clock = () => performance.now()) {
  let next = 0;
  return (tell) => {
    const wait = next - clock();
    const run = () => { next = clock() + every; tell(); };
    if (wait > 0) setTimeout(run, wait);
    else queueMicrotask(run);
  };
}

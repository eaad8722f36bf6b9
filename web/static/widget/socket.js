// The line to the server: Socket.IO /visitors, as docs/live-protocol.md has it. Knows nothing of what is drawn.

import { io } from "../vendor/socket.io.mjs";

const ANSWER_WITHIN = 8000;
const FINAL = new Set(["unknown_channel", "origin_refused"]);

/**
 * @param auth a function that gives what to connect with, asked again for each connection.
 * @param on `{welcome, messages, typing, up(), down(), refused(code)}`
 */
export function openLine({ auth, on }) {
  const socket = io("/visitors", {
    auth: (give) => give(auth()),
    transports: ["websocket", "polling"],
    tryAllTransports: true,
    reconnectionDelay: 500,
    reconnectionDelayMax: 8000,
    autoConnect: false,
    forceNew: true,
  });
  let retry = null;
  const reconnectIn = (ms) => {
    clearTimeout(retry);
    retry = setTimeout(() => socket.connect(), ms * (0.75 + Math.random() / 2));
  };

  socket.on("welcome", on.welcome);
  socket.on("messages", on.messages);
  socket.on("typing", on.typing);
  socket.on("connect", on.up);
  socket.on("disconnect", (reason) => {
    on.down();
    if (reason === "io server disconnect") reconnectIn(2000);
  });
  socket.on("connect_error", (error) => {
    on.down();
    if (socket.active) return;
    on.refused(error.message);
    if (!FINAL.has(error.message)) reconnectIn(15000);
  });

  const restart = () => {
    clearTimeout(retry);
    socket.disconnect();
    socket.connect();
  };
  // The browser's word is only a hint (a page served from this machine works without a network), so both
  // events lead to the same thing: a new connection, tried until it stands.
  addEventListener("offline", restart);
  addEventListener("online", () => {
    if (!socket.connected) restart();
  });

  return {
    connect: () => socket.connect(),
    restart,
    close() {
      clearTimeout(retry);
      socket.disconnect();
    },
    isUp: () => socket.connected,
    /** Resolves to the server's answer; rejects when the line breaks or nothing comes in time. */
    ask: (event, detail) => socket.timeout(ANSWER_WITHIN).emitWithAck(event, detail),
    /** Says it if the line is up, and expects nothing back. */
    tell(event, detail) {
      if (socket.connected) socket.volatile.emit(event, detail);
    },
  };
}

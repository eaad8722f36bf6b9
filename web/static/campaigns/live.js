// Hears which campaigns have moved. A hint: the page asks what became of them.
import { io } from "socket.io-client";

const SWEEP_MS = 60_000;
const heard = new Set();
const tell = (id) => heard.forEach((each) => each(id));

/** Call `listener` with the id of each campaign that moves, with null when any may have. Ends by calling what comes back. */
export function whenMoved(listener) {
  heard.add(listener);
  return () => heard.delete(listener);
}

const socket = io("/agents", { transports: ["websocket", "polling"], tryAllTransports: true, auth: { shows: "campaigns" } });
socket.on("connect", () => tell(null));
socket.on("disconnect", (reason) => reason === "io server disconnect" && setTimeout(() => socket.connect(), 1000));
socket.on("connect_error", () => socket.active || setTimeout(() => socket.connect(), 3000));
socket.on("campaign", ({ id }) => tell(id));
setInterval(() => document.hidden || tell(null), SWEEP_MS);

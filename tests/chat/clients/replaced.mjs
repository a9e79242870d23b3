// Two unmodified socket.io-clients of one user, who may have one socket. Prints one JSON object.
//
//     node replaced.mjs http://127.0.0.1:3000 TOKEN polling,websocket
//
import { io } from "socket.io-client";

const [url, token, transports] = process.argv.slice(2);
const options = { transports: transports.split(","), auth: { token }, reconnectionDelay: 20, reconnectionDelayMax: 40 };

const TIMEOUT_MS = 120_000;
setTimeout(() => {
  console.error("it took too long", JSON.stringify(told));
  process.exit(1);
}, TIMEOUT_MS);

const told = { joins: 0 };
const heard = (emitter, event) => new Promise((resolve) => emitter.once(event, resolve));
const connected = () => {
  const socket = io(url, { ...options, forceNew: true });
  socket.on("connect", () => (told.joins += 1));
  return socket;
};

const first = connected();
await heard(first, "connect");
const receives = heard(first, "replaced");
const leaves = heard(first, "disconnect");
const second = connected();
told.first = [await receives, await leaves];
told.comesBack = first.active;

// Both now do what clients of before do: they come back at once after a DISCONNECT. Until newcomers are closed instead.
let closed = 0;
const closedThrice = new Promise((resolve) => {
  for (const { io: manager } of [first, second]) {
    manager.on("close", (reason) => reason === "transport close" && (closed += 1) === 3 && resolve());
  }
});
for (const socket of [first, second]) socket.on("disconnect", (reason) => reason === "io server disconnect" && socket.connect());
first.connect();
await closedThrice;
told.online = [first, second].filter((socket) => socket.connected).length;
console.log(JSON.stringify(told));
process.exit();

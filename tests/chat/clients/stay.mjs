// People on the unmodified socket.io-client, who go on whatever happens to what they are connected to. Each sends a
// message every 50 ms, again with the same clientId until it is acknowledged. A line on stdin ends it: what is under
// way is finished, and everything that happened is printed as one JSON object.
//
//     node stay.mjs http://127.0.0.1:3000 '[{"token": "…", "room": "…", "transports": ["websocket"]}]'
//
import { io } from "socket.io-client";

const [url, told] = process.argv.slice(2);
const began = Date.now();
let goesOn = true;
process.stdin.once("data", () => (goesOn = false));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function person({ token, room, transports }, number) {
  // Cookies are kept in node only with credentials; a browser keeps them by itself.
  const back = { reconnectionDelay: 200, reconnectionDelayMax: 1000, withCredentials: true, forceNew: true };
  const socket = io(url, { transports, auth: { token }, ...back });
  const happened = [];
  const note = (what, more = {}) => happened.push({ at: Date.now() - began, what, ...more });
  socket.on("connect", () => note("connect"));
  socket.on("disconnect", (reason) => note("disconnect", { reason }));
  socket.on("connect_error", (error) => note("refused", { reason: error.message }));
  socket.on("draining", (told) => note("draining", told));
  socket.on("message", ({ seq, clientId }) => note("heard", { seq, clientId }));
  const acknowledged = async (clientId) => {
    for (;;) {
      try {
        const answer = await socket.timeout(2000).emitWithAck("message", { conversationId: room, clientId, body: "hello" });
        if (!answer.error) return note("acknowledged", { seq: answer.seq, clientId });
        if (!answer.error.retry) throw new Error(JSON.stringify(answer));
      } catch (error) {
        if (!String(error).includes("timed out") && !String(error).includes("disconnected")) throw error;
      }
      await pause(100);
    }
  };
  const sent = [];
  for (let at = 0; goesOn; at += 1) {
    sent.push(acknowledged(`p${number}-${at}`));
    await pause(50);
  }
  await Promise.all(sent);
  await pause(500);
  socket.disconnect();
  return happened;
}

const everybody = await Promise.all(JSON.parse(told).map(person));
process.stdout.write(JSON.stringify(everybody), () => process.exit(0));

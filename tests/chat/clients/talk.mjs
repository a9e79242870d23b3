// The unmodified socket.io-client, speaking to the server whose address it is given. Prints one JSON object.
//
//     node talk.mjs http://127.0.0.1:3000 polling,websocket
//
import { io } from "socket.io-client";

const [url, transports] = process.argv.slice(2);
const options = { transports: transports.split(","), forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 40 };
const told = {};

function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not come in time`)), 60_000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

const heard = (emitter, event) => within(new Promise((resolve) => emitter.once(event, (...all) => resolve(all))), event);
const acknowledged = (socket, ...all) =>
  within(new Promise((resolve) => socket.emit(...all, (...answer) => resolve(answer))), "the acknowledgement");

// Buffers print as their bytes.
const plain = (value) =>
  JSON.parse(JSON.stringify(value, (_, item) => (item && item.type === "Buffer" ? { bytes: item.data } : item)));

try {
  const socket = io(url, { ...options, auth: { token: "123" } });
  told.auth = (await heard(socket, "auth"))[0];
  if (transports === "polling,websocket" && socket.io.engine.transport.name !== "websocket") {
    await heard(socket.io.engine, "upgrade");
  }
  told.transport = socket.io.engine.transport.name;

  const back = heard(socket, "message-back");
  socket.emit("message", 1, "안녕 🌱", { 3: [true, null] }, Buffer.from([1, 2, 3]));
  told.back = plain(await back);
  told.acknowledged = plain(await acknowledged(socket, "message-with-ack", Buffer.from([4, 5]), "x", [Buffer.from([])]));

  const order = [];
  socket.on("message-back", (at) => order.push(at));
  for (let at = 0; at < 200; at += 1) socket.emit("message", at);
  await acknowledged(socket, "message-with-ack");
  socket.off("message-back");
  told.inOrder = order.length === 200 && order.every((value, at) => value === at);

  const custom = io(`${url}/custom`, { ...options, auth: { abc: 1 } });
  told.custom = (await heard(custom, "auth"))[0];
  const unknown = io(`${url}/unknown`, options);
  told.unknown = (await heard(unknown, "connect_error"))[0].message;

  // The server sends a ping only after the last one was answered.
  let lost = null;
  custom.on("disconnect", (reason) => (lost = reason));
  const last = custom.io.engine;
  for (let pings = 0; pings < 3; pings += 1) await heard(last, "ping");
  told.lost = lost;

  const first = socket.id;
  const gone = heard(socket, "disconnect");
  const again = heard(socket, "connect");
  const cutting = heard(socket, "cutting");
  socket.emit("cut");
  await cutting;
  told.cut = (await gone)[0];
  await again;
  told.another = socket.id !== first;
  told.after = await acknowledged(socket, "message-with-ack", "after the cut");

  for (const each of [socket, custom, unknown]) each.disconnect();
  console.log(JSON.stringify(told));
} catch (error) {
  console.error(error.message, JSON.stringify(told));
  process.exitCode = 1;
}
process.exit();

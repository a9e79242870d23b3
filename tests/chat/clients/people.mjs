// People on the unmodified socket.io-client, who go on whatever happens to what they are connected to. Each sends,
// reads, deletes and makes conversations as a seed says, sends again with the same clientId until it is acknowledged,
// and asks for what it missed whenever it is connected. "also" is a second address at which the same person is, and
// through which it sends every message at the same moment.
//
// Told on stdin, one JSON line each: {"people": [{name, token, url, also, transports, others, seed, pauseMs}]} and,
// some time later, {"stop": true, settleMs}: what is under way is finished, late events are waited for, everybody
// fetches everything anew, and it ends. Who
// has no "pauseMs" is silent, and only comes back.
// On stdout, one JSON line for whatever a person sees: {p: name, at: ms, what, …}.
//
import { createInterface } from "node:readline";
import { io } from "socket.io-client";

const BACK = { reconnectionDelay: 300, reconnectionDelayMax: 1500, withCredentials: true, forceNew: true };
const ACK_MS = 3000;
const HEARD = ["message", "deleted", "conversation", "read", "presence", "draining"];

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let goesOn = true;

function chances(seed) {
  // mulberry32
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Person {
  constructor({ name, token, url, also, transports, others, seed, pauseMs }) {
    Object.assign(this, { name, token, url, transports, others, pauseMs });
    this.chance = chances(seed);
    this.known = new Map(); // conversation → the seqs that are known
    this.cursors = new Map(); // conversation → up to where without a gap
    this.sockets = [url, ...(also ? [also] : [])].map((each, place) => this.connected(each, place));
  }

  note(what, more = {}) {
    process.stdout.write(JSON.stringify({ p: this.name, at: Date.now(), what, ...more }) + "\n");
  }

  connected(url, s) {
    const socket = io(url, { transports: this.transports, auth: { token: this.token }, ...BACK });
    socket.on("connect", () => {
      this.note("connect", { s, url, transport: socket.io.engine.transport.name });
      void this.sync(socket, s);
    });
    socket.on("disconnect", (reason) => this.note("disconnect", { s, reason }));
    socket.on("connect_error", (error) => this.note("refused", { s, reason: error.message }));
    for (const name of HEARD)
      socket.on(name, (data) => {
        this.note("heard", { s, name, data });
        if (name === "message" || name === "deleted") this.learn(data.conversationId, data.seq);
        if (name === "conversation") this.learn(data.id, data.lastSeq);
      });
    return socket;
  }

  learn(conversation, seq) {
    const seqs = this.known.get(conversation) ?? this.known.set(conversation, new Set([0])).get(conversation);
    seqs.add(seq);
    let cursor = this.cursors.get(conversation) ?? 0;
    while (seqs.has(cursor + 1)) cursor += 1;
    this.cursors.set(conversation, cursor);
  }

  async sync(socket, s) {
    for (let more = true; more && socket.connected; ) {
      const cursors = Object.fromEntries(this.cursors);
      const answer = await this.asked(socket, "sync", { cursors });
      if (!answer || answer.error) {
        await pause(200);
        continue;
      }
      this.note("synced", { s, cursors, answer });
      for (const { id } of answer.conversations) this.learn(id, 0);
      for (const { conversationId, seq } of answer.messages) this.learn(conversationId, seq);
      more = answer.more;
    }
  }

  async asked(socket, name, body) {
    try {
      return await socket.timeout(ACK_MS).emitWithAck(name, body);
    } catch (error) {
      return null; // no answer: timed out, or disconnected
    }
  }

  async rest(method, path, body) {
    while (true) {
      try {
        const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
        const signal = AbortSignal.timeout(ACK_MS);
        const answer = await fetch(this.url + path, { method, headers, signal, body: body && JSON.stringify(body) });
        if (answer.status < 500) return await answer.json();
      } catch (error) {
        // The network, or nobody who answers: again.
      }
      await pause(200);
    }
  }

  async sent(conversationId, clientId) {
    const body = `${this.name} says ${clientId}`;
    this.note("sent", { conversationId, clientId, body });
    for (let isDone = false; !isDone; ) {
      const answers = await Promise.all(
        this.sockets.map(async (socket, s) => {
          const answer = await this.asked(socket, "message", { conversationId, clientId, body });
          if (!answer || answer.error?.retry) return false;
          this.note(answer.error ? "failed" : "acknowledged", { s, conversationId, clientId, answer });
          return true;
        }),
      );
      isDone = answers.some(Boolean);
      if (!isDone) await pause(100);
    }
  }

  async oneThing(number) {
    const any = (list) => list[Math.floor(this.chance() * list.length)];
    const chance = this.chance();
    const conversationId = any([...this.cursors.keys()]);
    if (!conversationId) return;
    const cursor = this.cursors.get(conversationId);
    if (chance < 0.12 && cursor) await this.asked(this.sockets[0], "read", { conversationId, seq: cursor });
    else if (chance < 0.14 && cursor) {
      const seq = 1 + Math.floor(this.chance() * cursor);
      await this.rest("DELETE", `/conversations/${conversationId}/messages/${seq}`);
    } else if (chance < 0.145) {
      await this.rest("POST", "/conversations", { memberIds: [any(this.others), any(this.others)] });
    } else await this.sent(conversationId, `${this.name}-${number}`);
  }

  async live() {
    const things = [];
    for (let number = 0; goesOn; number += 1) {
      if (this.pauseMs) things.push(this.oneThing(number));
      await pause(this.pauseMs || 100);
    }
    await Promise.all(things);
    await Promise.all(this.sockets.map((socket) => this.isBack(socket)));
  }

  leave() {
    this.note("left");
    this.sockets.forEach((socket) => socket.disconnect());
  }

  isBack(socket) {
    return socket.connected ? null : new Promise((resolve) => socket.once("connect", resolve));
  }

  async fetchAnew() {
    const socket = io(this.url, { transports: ["websocket"], auth: { token: this.token }, ...BACK });
    const cursors = {};
    for (let more = true; more; ) {
      await this.isBack(socket);
      const answer = await this.asked(socket, "sync", { cursors });
      if (!answer || answer.error) continue;
      this.note("fresh", { answer });
      for (const { id } of answer.conversations) cursors[id] ??= 0;
      for (const { conversationId, seq } of answer.messages) cursors[conversationId] = seq;
      more = answer.more;
    }
    socket.disconnect();
  }
}

const everybody = [];
const lives = [];
let settleMs = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const told = JSON.parse(line);
  if (told.stop) {
    settleMs = told.settleMs;
    break;
  }
  for (const each of told.people) {
    everybody.push(new Person(each));
    lives.push(everybody.at(-1).live());
  }
}
goesOn = false;
await Promise.all(lives);
await pause(settleMs);
everybody.forEach((person) => person.leave());
await Promise.all(everybody.filter(({ pauseMs }) => pauseMs).map((person) => person.fetchAnew()));
process.stdout.write("", () => process.exit(0));

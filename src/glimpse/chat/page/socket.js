// The live connection: Socket.IO 5 over Engine.IO 4, WebSocket only, text packets of the namespace `/` only.
// It reconnects by itself, and it sends a message again until the server acknowledges it.

import { localRefusal, Refusal } from "./client/refusal.js";
import { backoffMs, systemRuntime } from "./client/retry.js";
import { currentLanguage } from "./words.js";

const OPEN_TIMEOUT_MS = 10_000;
/** The service gives up a statement after 5 s, so it always answers sooner. */
const ACKNOWLEDGEMENT_TIMEOUT_MS = 10_000;
/** Asks for nothing: the answer alone counts. */
const PROBE = { cursors: {}, only: [] };

export class Socket {
  #ws = null;
  #isJoined = false;
  #isStopped = false;
  #isReplaced = false;
  #failures = 0;
  #silenceTimer = null;
  #maxSilenceMs = OPEN_TIMEOUT_MS;
  #reconnectTimer = null;
  #requests = new Map();
  #lastId = 0;
  #queue = [];
  #isSending = false;
  #isProbing = false;

  /** `listener`: onOnline(), onOffline(), onReplaced(), onEvent(name, data), onRefused(code). `token()` is awaited at each CONNECT. */
  constructor(url, token, listener) {
    this.url = url;
    this.token = token;
    this.listener = listener;
  }

  get isOnline() {
    return this.#isJoined;
  }

  open() {
    clearTimeout(this.#reconnectTimer);
    if (this.#ws || this.#isStopped || this.#isReplaced) return;
    const ws = new WebSocket(this.url);
    this.#ws = ws;
    this.#maxSilenceMs = OPEN_TIMEOUT_MS;
    this.#restartSilenceTimer();
    ws.onmessage = ({ data }) => ws === this.#ws && this.#onPacket(data);
    ws.onclose = () => ws === this.#ws && this.#close();
  }

  /** After `onReplaced`: connects again. */
  useHere() {
    this.#isReplaced = false;
    this.open();
  }

  /** There is no network: a connection would not notice it for the time of a ping. */
  onNoNetwork() {
    if (this.#ws) this.#close();
  }

  /** A connection that does not answer is closed; where there is none, it is opened at once. */
  async check() {
    if (!this.#isJoined) return this.open();
    if (this.#isProbing) return;
    this.#isProbing = true;
    await this.request("sync", PROBE).catch(() => null);
    this.#isProbing = false;
  }

  /** Closes the connection and does not reconnect. */
  stop() {
    this.#isStopped = true;
    this.#close();
  }

  emit(name, data) {
    if (this.#isJoined) this.#ws.send(`42${JSON.stringify([name, data])}`);
  }

  /** The acknowledgement. Rejects with Refusal: the server's, or `offline` where none came; then the connection is closed. */
  request(name, data) {
    return new Promise((resolve, reject) => {
      if (!this.#isJoined) return reject(noAnswer());
      const id = ++this.#lastId;
      const timer = setTimeout(() => this.#close(), ACKNOWLEDGEMENT_TIMEOUT_MS);
      this.#requests.set(id, { resolve, reject, timer });
      this.#ws.send(`42${id}${JSON.stringify([name, data])}`);
    });
  }

  /** Like `request`, but repeated until a retry cannot change the answer. */
  deliver(name, data) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ name, data, resolve, reject, failures: 0 });
      this.#sendQueue();
    });
  }

  /** One message at a time, so that a retry cannot overtake: they are stored in the order in which they were written. */
  async #sendQueue() {
    if (this.#isSending || !this.#isJoined || !this.#queue.length) return;
    this.#isSending = true;
    const first = this.#queue[0];
    try {
      first.resolve(await this.request(first.name, first.data));
      this.#queue.shift();
    } catch (refusal) {
      if (refusal.retry) await this.#pause(first);
      else this.#queue.shift().reject(refusal);
    }
    this.#isSending = false;
    this.#sendQueue();
  }

  /** Only while connected: without a connection, joining sends the queue again. */
  #pause(item) {
    return this.#isJoined && systemRuntime.pause(backoffMs(item.failures++, Math.random));
  }

  #onPacket(packet) {
    this.#restartSilenceTimer();
    if (packet[0] === "0") this.#onOpen(JSON.parse(packet.slice(1)));
    else if (packet[0] === "2") this.#ws.send("3");
    else if (packet[0] === "1" || packet.startsWith("41")) this.#close();
    else if (packet.startsWith("40")) this.#onJoined();
    else if (packet.startsWith("44")) this.#onConnectError(JSON.parse(packet.slice(2)));
    else if (packet.startsWith("43")) this.#onAcknowledgement(packet.slice(2));
    else if (packet.startsWith("42")) this.#onEvent(...JSON.parse(packet.slice(2)));
  }

  async #onOpen({ pingInterval, pingTimeout }) {
    const ws = this.#ws;
    this.#maxSilenceMs = pingInterval + pingTimeout;
    const token = await this.token();
    if (ws === this.#ws) ws.send(`40${JSON.stringify({ token, language: currentLanguage() })}`);
  }

  #onJoined() {
    this.#isJoined = true;
    this.#failures = 0;
    this.listener.onOnline();
    this.#sendQueue();
  }

  /** The server refuses the token, so reconnecting with it would not help. */
  #onConnectError({ message, data }) {
    this.stop();
    this.listener.onRefused(data?.code ?? message);
  }

  #onAcknowledgement(text) {
    const start = text.indexOf("[");
    const [answer] = JSON.parse(text.slice(start));
    this.#settle(Number(text.slice(0, start)), ({ resolve, reject }) => {
      if (answer?.error) reject(new Refusal(answer.error.code, answer.error.message, answer.error.retry));
      else resolve(answer);
    });
  }

  #settle(id, settle) {
    const request = this.#requests.get(id);
    if (!request) return;
    this.#requests.delete(id);
    clearTimeout(request.timer);
    settle(request);
  }

  #onEvent(name, data) {
    // The task is about to stop. It names another moment to each client, so that the next task is not overrun.
    if (name === "draining") setTimeout((ws) => ws === this.#ws && this.#close(0), data.reconnectInMs, this.#ws);
    else if (name === "replaced") this.#onReplaced();
    else this.listener.onEvent(name, data);
  }

  /** The user opened the chat in too many places. Reconnecting would replace another page, which would reconnect, too. */
  #onReplaced() {
    this.#isReplaced = true;
    this.#close();
  }

  /** A dead network raises no event: a server that missed its own ping counts as gone. */
  #restartSilenceTimer() {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => this.#close(), this.#maxSilenceMs);
  }

  #close(reconnectInMs = backoffMs(this.#failures++, Math.random)) {
    clearTimeout(this.#silenceTimer);
    const ws = this.#ws;
    this.#ws = null;
    this.#isJoined = false;
    // Not awaited: closing a connection whose network is gone takes minutes.
    ws?.close();
    for (const id of [...this.#requests.keys()]) this.#settle(id, ({ reject }) => reject(noAnswer()));
    clearTimeout(this.#reconnectTimer);
    if (this.#isStopped) return;
    if (this.#isReplaced) return this.listener.onReplaced();
    this.listener.onOffline();
    this.#reconnectTimer = setTimeout(() => this.open(), reconnectInMs);
  }
}

/** The refusal of a request without an answer. */
export function noAnswer() {
  return localRefusal("offline", currentLanguage(), { retry: true });
}

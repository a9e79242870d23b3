// The live connection: Socket.IO 5 over Engine.IO 4, WebSocket only, text packets of the namespace `/` only.
// It comes back by itself, and it keeps what must arrive until the server says that it has it.

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 10_000;
const OPENING_MS = 10_000;
const ANSWER_MS = 10_000;

/** Grows, and differs for each client: after a restart they must not all come back in the same moment. */
export function delayAfter(failures, random = Math.random) {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
  return delay * (0.5 + random() / 2);
}

/** Rejects requests: `code` is the server's, or `lost` where no answer came. */
export class Refused extends Error {
  constructor({ code, retry = false }) {
    super(code);
    this.code = code;
    this.retry = retry;
  }
}

export class Socket {
  #ws = null;
  #joined = false;
  #stopped = false;
  #failures = 0;
  #alive = null;
  #silenceMs = OPENING_MS;
  #comeback = null;
  #answers = new Map();
  #lastId = 0;
  #queue = [];
  #delivering = false;

  /** `listener`: onOnline(), onOffline(), onEvent(name, data), onRefused(code). `token()` is asked at each joining. */
  constructor(url, token, listener) {
    this.url = url;
    this.token = token;
    this.listener = listener;
  }

  get isOnline() {
    return this.#joined;
  }

  open() {
    clearTimeout(this.#comeback);
    if (this.#ws || this.#stopped) return;
    const ws = new WebSocket(this.url);
    this.#ws = ws;
    this.#silenceMs = OPENING_MS;
    this.#heard();
    ws.onmessage = ({ data }) => ws === this.#ws && this.#received(data);
    ws.onclose = () => ws === this.#ws && this.#lost();
  }

  /** For good. */
  stop() {
    this.#stopped = true;
    this.#lost();
  }

  emit(name, data) {
    if (this.#joined) this.#ws.send(`42${JSON.stringify([name, data])}`);
  }

  /** The server's answer. Rejects with Refused. */
  request(name, data) {
    return new Promise((resolve, reject) => {
      if (!this.#joined) return reject(new Refused({ code: "lost", retry: true }));
      const id = ++this.#lastId;
      const late = setTimeout(() => this.#answered(id, { error: { code: "lost", retry: true } }), ANSWER_MS);
      this.#answers.set(id, { resolve, reject, late });
      this.#ws.send(`42${id}${JSON.stringify([name, data])}`);
    });
  }

  /** Like request, but repeated until there is an answer that repeating cannot change. */
  deliver(name, data) {
    return new Promise((resolve, reject) => {
      this.#queue.push({ name, data, resolve, reject, failures: 0 });
      this.#pump();
    });
  }

  /** One after the other, so that a repeat never overtakes: what was written first arrives first. */
  async #pump() {
    if (this.#delivering || !this.#joined || !this.#queue.length) return;
    this.#delivering = true;
    const first = this.#queue[0];
    try {
      first.resolve(await this.request(first.name, first.data));
      this.#queue.shift();
    } catch (refused) {
      if (refused.retry) await this.#pause(first);
      else this.#queue.shift().reject(refused);
    }
    this.#delivering = false;
    this.#pump();
  }

  /** A lost connection is waited for elsewhere; an unwell server is given time here. */
  #pause(item) {
    return this.#joined && new Promise((go) => setTimeout(go, delayAfter(item.failures++)));
  }

  #received(packet) {
    this.#heard();
    if (packet[0] === "0") this.#opened(JSON.parse(packet.slice(1)));
    else if (packet[0] === "2") this.#ws.send("3");
    else if (packet[0] === "1" || packet.startsWith("41")) this.#lost();
    else if (packet.startsWith("40")) this.#online();
    else if (packet.startsWith("44")) this.#refused(JSON.parse(packet.slice(2)));
    else if (packet.startsWith("43")) this.#acknowledged(packet.slice(2));
    else if (packet.startsWith("42")) this.#happened(...JSON.parse(packet.slice(2)));
  }

  #opened({ pingInterval, pingTimeout }) {
    this.#silenceMs = pingInterval + pingTimeout;
    this.#ws.send(`40${JSON.stringify({ token: this.token() })}`);
  }

  #online() {
    this.#joined = true;
    this.#failures = 0;
    this.listener.onOnline();
    this.#pump();
  }

  /** A token that the server does not take: coming back would not help. */
  #refused({ message, data }) {
    this.stop();
    this.listener.onRefused(data?.code ?? message);
  }

  #acknowledged(text) {
    const start = text.indexOf("[");
    this.#answered(Number(text.slice(0, start)), JSON.parse(text.slice(start))[0]);
  }

  #answered(id, answer) {
    const waiting = this.#answers.get(id);
    if (!waiting) return;
    this.#answers.delete(id);
    clearTimeout(waiting.late);
    if (answer?.error) waiting.reject(new Refused(answer.error));
    else waiting.resolve(answer);
  }

  #happened(name, data) {
    // This task goes away: each client is told another moment, so that the next one is not overrun.
    if (name === "draining") setTimeout((ws) => ws === this.#ws && this.#lost(0), data.reconnectInMs, this.#ws);
    else this.listener.onEvent(name, data);
  }

  /** A dead network says nothing: a server that missed its own ping counts as gone. */
  #heard() {
    clearTimeout(this.#alive);
    this.#alive = setTimeout(() => this.#lost(), this.#silenceMs);
  }

  #lost(delay = delayAfter(this.#failures++)) {
    clearTimeout(this.#alive);
    const ws = this.#ws;
    this.#ws = null;
    this.#joined = false;
    // Not waited for: closing a connection whose network is gone takes minutes.
    ws?.close();
    for (const id of [...this.#answers.keys()]) this.#answered(id, { error: { code: "lost", retry: true } });
    clearTimeout(this.#comeback);
    if (this.#stopped) return;
    this.listener.onOffline();
    this.#comeback = setTimeout(() => this.open(), delay);
  }
}

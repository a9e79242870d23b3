// The chat, around the unmodified socket.io-client: what was missed is asked for, what was written arrives once.
//
//     const chat = new Chat({ url, token: session.token });
//     chat.on("change", (conversationId) => show(chat.conversations.get(conversationId)));
//     await chat.send(conversationId, { body: "안녕" });

import { io, type Socket } from "socket.io-client";
import { Known, type Conversation, type Entry, type Message, type Pending, type Synced } from "./known.js";
import { locally, Refused, type Language } from "./refused.js";
import { delayAfter, world, type Surroundings } from "./retry.js";

export interface ChatOptions {
  readonly url: string;
  /** Asked at each connect, and now and then while connected: a token that is new renews the living socket. */
  readonly token: () => string | Promise<string>;
  readonly language?: Language;
}

export interface Happenings {
  /** Something of a conversation is new, also what is pending. */
  change: (conversationId: string) => void;
  /** `ended`: the token is not taken. It comes back by itself when `token()` gives another one. */
  status: (status: "online" | "offline" | "ended") => void;
  presence: (userId: string, online: boolean) => void;
  typing: (conversationId: string, userId: string) => void;
}

/** Of the server; `retry` says whether the same may be sent again. */
interface Failure {
  readonly error: { readonly code: string; readonly message: string; readonly retry: boolean };
}

interface Waiting extends Pending {
  readonly resolve: (message: Stored) => void;
  readonly reject: (refused: Refused) => void;
}

/** What an acknowledgement says: it is durable. */
export interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly createdAt: string;
}

const ACK_MS = 10_000;
const LOOK_AT_TOKEN_MS = 30_000;
/** Nothing that repeating can change. */
const REFUSING = new Set(["unauthorized", "token_expired"]);

export class Chat {
  readonly #known = new Known();
  readonly #waiting: Waiting[] = [];
  readonly #listeners: { [Name in keyof Happenings]: Set<Happenings[Name]> } = {
    change: new Set(),
    status: new Set(),
    presence: new Set(),
    typing: new Set(),
  };
  readonly #socket: Socket;
  #token = "";
  #isDelivering = false;
  #catchingUp: { again: boolean } | null = null;
  #isClosed = false;
  #hasAskedAnew = false;
  /** The token that was not taken, once the chat has ended for it. */
  #refused: string | null = null;
  readonly #looking: ReturnType<typeof setInterval>;

  constructor(
    private readonly options: ChatOptions,
    private readonly around: Surroundings = world,
    connect: typeof io = io,
    lookAtTokenMs = LOOK_AT_TOKEN_MS,
  ) {
    this.#socket = connect(options.url, {
      // A WebSocket needs no stickiness, and no second request.
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      auth: (give) => void this.#freshToken().then((token) => give({ token })),
    });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.on("connect_error", (error) => void this.#notConnected(error));
    this.#socket.on("message", (entry) => this.#heard({ ...entry, type: "message" }));
    this.#socket.on("deleted", (entry) => this.#heard({ ...entry, type: "deleted" }));
    this.#socket.on("conversation", ({ id, memberIds, lastSeq }) => this.#changed(id, memberIds, lastSeq));
    this.#socket.on("read", ({ conversationId, userId, seq }) => {
      this.#known.read(conversationId, userId, seq);
      this.#tell("change", conversationId);
    });
    this.#socket.on("presence", ({ userId, online }) => this.#tell("presence", userId, online));
    this.#socket.on("typing", ({ conversationId, userId }) => this.#tell("typing", conversationId, userId));
    this.#socket.on("draining", ({ reconnectInMs }) => void this.#leave(reconnectInMs));
    this.#looking = setInterval(() => void this.#renew(), lookAtTokenMs);
  }

  /** By their ids. Values are never changed, only replaced. */
  get conversations(): ReadonlyMap<string, Conversation> {
    return this.#known.conversations;
  }

  /** What was written here and is not acknowledged yet, in the order in which it will arrive. */
  get pending(): readonly Pending[] {
    return this.#waiting;
  }

  get isOnline(): boolean {
    return this.#socket.connected;
  }

  /** Returns what takes the listener away again. */
  on<Name extends keyof Happenings>(name: Name, listener: Happenings[Name]): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  /**
   * Resolves when the message is durable, however often it has to be sent: with the same clientId it is stored once.
   * Hand in the clientId of a message that outlived the app. Rejects with Refused where repeating cannot help.
   */
  send(
    conversationId: string,
    { body, fileId, clientId = newId() }: { body: string; fileId?: string; clientId?: string },
  ): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ conversationId, clientId, body, ...(fileId && { fileId }), resolve, reject });
      this.#tell("change", conversationId);
      void this.#deliver();
    });
  }

  /** How far is read; told when the connection is back, where it is away. */
  read(conversationId: string, seq: number): void {
    this.#socket.emit("read", { conversationId, seq }, () => undefined);
  }

  typing(conversationId: string): void {
    if (this.#socket.connected) this.#socket.emit("typing", { conversationId });
  }

  /** For good; what is pending is rejected as cancelled. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#looking);
    this.#socket.disconnect();
    for (const { reject } of this.#waiting.splice(0)) reject(locally("cancelled", this.options.language ?? "en"));
  }

  // ---- The connection

  #connected(): void {
    this.#hasAskedAnew = false;
    this.#tell("status", "online");
    void this.#catchUp();
    void this.#deliver();
  }

  #disconnected(reason: string): void {
    if (this.#isClosed) return;
    this.#tell("status", "offline");
    // The one way of going after which the library stays away.
    if (reason === "io server disconnect") this.#socket.connect();
  }

  /** After a refusal the library stays away; another token may be taken. */
  async #notConnected(error: Error & { data?: { code?: string } }): Promise<void> {
    if (this.#isClosed || !REFUSING.has(error.data?.code ?? error.message)) return;
    const refused = this.#token;
    if (!this.#hasAskedAnew && (await this.#freshToken()) !== refused) {
      this.#hasAskedAnew = true;
      this.#socket.connect();
    } else {
      this.#refused = refused;
      this.#tell("status", "ended");
    }
  }

  async #freshToken(): Promise<string> {
    this.#token = await this.#tokenNow();
    return this.#token;
  }

  /** The last one where there is no other: it serves as long as it can. */
  #tokenNow(): Promise<string> {
    return Promise.resolve()
      .then(() => this.options.token())
      .catch(() => this.#token);
  }

  async #renew(): Promise<void> {
    const before = this.#token;
    const token = await this.#tokenNow();
    if (this.#refused !== null && token !== this.#refused) {
      this.#refused = null;
      this.#socket.connect();
    }
    if (token === before || !this.#socket.connected) return;
    const answer = await this.#asked<object>("auth", { token });
    if (answer && !("error" in answer)) this.#token = token;
  }

  /** The task goes away, and told each client another moment. Not `disconnect`: after that the library stays away. */
  async #leave(afterMs: number): Promise<void> {
    const engine = this.#socket.io.engine;
    await this.around.pause(afterMs);
    if (engine === this.#socket.io.engine) engine.close();
  }

  /** The answer, a Failure, or null where none came. */
  async #asked<T>(name: string, body: object): Promise<T | Failure | null> {
    try {
      return (await this.#socket.timeout(ACK_MS).emitWithAck(name, body)) as T | Failure;
    } catch {
      return null;
    }
  }

  // ---- What is heard

  #heard(entry: Entry): void {
    if (!this.#known.hear(entry)) void this.#catchUp();
    this.#tell("change", entry.conversationId);
  }

  #changed(id: string, memberIds: readonly string[], lastSeq: number): void {
    if (!this.#known.hearOf(id, memberIds, lastSeq)) void this.#catchUp();
    this.#tell("change", id);
  }

  /** One at a time; what asks meanwhile is served by one more round. */
  async #catchUp(): Promise<void> {
    if (this.#catchingUp) {
      this.#catchingUp.again = true;
      return;
    }
    const mine: { again: boolean } = { again: true };
    this.#catchingUp = mine;
    for (let failures = 0; mine.again && this.#socket.connected; ) {
      mine.again = false;
      const synced = await this.#asked<Synced>("sync", { cursors: this.#known.cursors() });
      if (synced && !("error" in synced)) {
        this.#known.learn(synced);
        mine.again ||= synced.more || synced.reset.length > 0;
        const told = [...synced.conversations.map(({ id }) => id), ...synced.gone, ...synced.reset];
        for (const id of told) this.#tell("change", id);
      } else {
        // Not answered: the connection may be about to go, and the next one asks anew.
        mine.again = true;
        await this.around.pause(delayAfter(failures++, this.around.random));
      }
    }
    this.#catchingUp = null;
  }

  // ---- What is written

  /** One after the other, so that a repeat never overtakes: what was written first arrives first. */
  async #deliver(): Promise<void> {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    let failures = 0;
    for (let first = this.#waiting[0]; first && this.#socket.connected; first = this.#waiting[0]) {
      const { resolve, reject, ...message } = first;
      const answer = await this.#asked<Stored>("message", message);
      if (answer && !("error" in answer)) {
        failures = 0;
        this.#settled(first);
        resolve(answer);
      } else if (answer && "error" in answer && !answer.error.retry) {
        this.#settled(first);
        reject(new Refused(answer.error.code, answer.error.message));
      } else if (answer) await this.around.pause(delayAfter(failures++, this.around.random));
    }
    this.#isDelivering = false;
  }

  #settled(first: Waiting): void {
    const at = this.#waiting.indexOf(first);
    if (at >= 0) this.#waiting.splice(at, 1);
    this.#tell("change", first.conversationId);
  }

  #tell<Name extends keyof Happenings>(name: Name, ...told: Parameters<Happenings[Name]>): void {
    for (const listener of this.#listeners[name]) {
      try {
        (listener as (...told: unknown[]) => void)(...told);
      } catch (error) {
        // The app's own, and reported as such; what is under way here goes on.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** React Native has no randomUUID, and a page without TLS does not either; 122 bits are what a UUID has. */
function newId(): string {
  if (globalThis.crypto?.randomUUID) return globalThis.crypto.randomUUID();
  const part = (): string => Math.random().toString(36).slice(2, 12);
  return `${Date.now().toString(36)}-${part()}-${part()}-${part()}`;
}

export type { Conversation, Entry, Message, Pending };

// The chat over the unmodified socket.io-client: it fetches what was missed, and sends each message until it is stored.
//
//     const chat = new Chat({ url, token: session.token });
//     chat.on("change", (conversationId) => show(chat.conversations.get(conversationId)));
//     await chat.send(conversationId, { body: "안녕" });

import { io, type Socket } from "socket.io-client";
import { localRefusal, Refusal, type Language } from "./refusal.js";
import { backoffMs, systemRuntime, type Runtime } from "./retry.js";
import { ChatState, type Conversation, type Entry, type Message, type PendingMessage, type SyncResponse } from "./state.js";

export interface ChatOptions {
  /** The service's URL. */
  readonly url: string;
  /** Called at each connect and every 30 s while connected; a new token renews the connected socket. */
  readonly token: () => string | Promise<string>;
  /** The language of refusals; English by default. */
  readonly language?: Language;
}

export interface ChatEvents {
  /** A conversation or its pending messages changed. */
  change: (conversationId: string) => void;
  /**
   * `ended`: the service refuses the token. The chat reconnects once `token()` returns another one.
   * `replaced`: the user opened the chat in too many places, and this one stopped; see `useHere`.
   */
  status: (status: "online" | "offline" | "ended" | "replaced") => void;
  presence: (userId: string, online: boolean) => void;
  typing: (conversationId: string, userId: string) => void;
}

/** The service's error acknowledgement; `retry` says whether the same event may be sent again. */
interface ErrorResponse {
  readonly error: { readonly code: string; readonly message: string; readonly retry: boolean };
}

interface QueuedMessage extends PendingMessage {
  readonly resolve: (acknowledgement: Acknowledgement) => void;
  readonly reject: (refusal: Refusal) => void;
}

/** The message is stored durably. */
export interface Acknowledgement {
  readonly id: string;
  readonly seq: number;
  readonly createdAt: string;
}

const ACKNOWLEDGEMENT_TIMEOUT_MS = 10_000;
const TOKEN_CHECK_MS = 30_000;
/** Refusals of a connection that only another token can change. */
const TOKEN_REFUSALS = new Set(["unauthorized", "token_expired"]);

export class Chat {
  readonly #state = new ChatState();
  readonly #queue: QueuedMessage[] = [];
  readonly #listeners: { [Name in keyof ChatEvents]: Set<ChatEvents[Name]> } = {
    change: new Set(),
    status: new Set(),
    presence: new Set(),
    typing: new Set(),
  };
  readonly #socket: Socket;
  readonly #language: Language;
  #token = "";
  #isSending = false;
  #catchUpInProgress: { again: boolean } | null = null;
  #isClosed = false;
  #isReplaced = false;
  #hasRetriedToken = false;
  /** The refused token, while the chat has ended because of it. */
  #refusedToken: string | null = null;
  readonly #tokenTimer: ReturnType<typeof setInterval>;

  constructor(
    private readonly options: ChatOptions,
    private readonly runtime: Runtime = systemRuntime,
    connect: typeof io = io,
    tokenCheckMs = TOKEN_CHECK_MS,
  ) {
    this.#language = options.language ?? "en";
    this.#socket = connect(options.url, {
      // A WebSocket needs no sticky sessions and no second request.
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      auth: (send) => void this.#loadToken().then((token) => send({ token, language: this.#language })),
    });
    this.#socket.on("connect", () => this.#onConnect());
    this.#socket.on("disconnect", (reason) => this.#onDisconnect(reason));
    this.#socket.on("connect_error", (error) => void this.#onConnectError(error));
    this.#socket.on("message", (entry) => this.#onEntry({ ...entry, type: "message" }));
    this.#socket.on("deleted", (entry) => this.#onEntry({ ...entry, type: "deleted" }));
    this.#socket.on("conversation", ({ id, memberIds, lastSeq }) => this.#onConversation(id, memberIds, lastSeq));
    this.#socket.on("read", ({ conversationId, userId, seq }) => {
      this.#state.addReceipt(conversationId, userId, seq);
      this.#emit("change", conversationId);
    });
    this.#socket.on("presence", ({ userId, online }) => this.#emit("presence", userId, online));
    this.#socket.on("typing", ({ conversationId, userId }) => this.#emit("typing", conversationId, userId));
    this.#socket.on("replaced", () => this.#onReplaced());
    this.#socket.on("draining", ({ reconnectInMs }) => void this.#reconnectAfter(reconnectInMs));
    this.#tokenTimer = setInterval(() => void this.#checkToken(), tokenCheckMs);
  }

  /** By id. Values are never changed, only replaced. */
  get conversations(): ReadonlyMap<string, Conversation> {
    return this.#state.conversations;
  }

  /** The messages of this client that are not acknowledged yet, in the order in which they are sent. */
  get pending(): readonly PendingMessage[] {
    return this.#queue;
  }

  get isOnline(): boolean {
    return this.#socket.connected;
  }

  /** Returns a function that removes the listener. */
  on<Name extends keyof ChatEvents>(name: Name, listener: ChatEvents[Name]): () => void {
    this.#listeners[name].add(listener);
    return () => void this.#listeners[name].delete(listener);
  }

  /**
   * Sends a message until the service has stored it. However often it is sent, one clientId is stored once: an app that
   * kept a pending message passes its clientId again. Rejects with Refusal where a retry cannot succeed.
   */
  send(
    conversationId: string,
    { body, fileId, clientId = newClientId() }: { body: string; fileId?: string; clientId?: string },
  ): Promise<Acknowledgement> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ conversationId, clientId, body, ...(fileId && { fileId }), resolve, reject });
      this.#emit("change", conversationId);
      void this.#sendQueue();
    });
  }

  /** Marks a conversation as read up to `seq`; while offline, socket.io-client keeps the event and sends it later. */
  read(conversationId: string, seq: number): void {
    this.#socket.emit("read", { conversationId, seq }, () => undefined);
  }

  typing(conversationId: string): void {
    if (this.#socket.connected) this.#socket.emit("typing", { conversationId });
  }

  /** After the status `replaced`: reconnects, sends what is pending, and replaces the oldest of the other places. */
  useHere(): void {
    if (!this.#isReplaced || this.#isClosed) return;
    this.#isReplaced = false;
    this.#emit("status", "offline");
    this.#socket.connect();
  }

  /** Disconnects and does not reconnect. Pending messages reject with the code `cancelled`. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#tokenTimer);
    this.#socket.disconnect();
    for (const { reject } of this.#queue.splice(0)) reject(localRefusal("cancelled", this.#language));
  }

  // ---- Connection

  #onConnect(): void {
    this.#hasRetriedToken = false;
    this.#emit("status", "online");
    void this.#catchUp();
    void this.#sendQueue();
  }

  #onDisconnect(reason: string): void {
    if (this.#isClosed || this.#isReplaced) return;
    this.#emit("status", "offline");
    // The only reason after which socket.io-client does not reconnect by itself.
    if (reason === "io server disconnect") this.#socket.connect();
  }

  /** Reconnecting would replace another client of the user, which would reconnect, too. */
  #onReplaced(): void {
    this.#isReplaced = true;
    // Not left to the server: a connection that is lost before its DISCONNECT arrives would reconnect by itself.
    this.#socket.disconnect();
    this.#emit("status", "replaced");
  }

  /** socket.io-client does not reconnect after a refusal; this does, where there is another token. */
  async #onConnectError(error: Error & { data?: { code?: string } }): Promise<void> {
    if (this.#isClosed || !TOKEN_REFUSALS.has(error.data?.code ?? error.message)) return;
    const refused = this.#token;
    if (!this.#hasRetriedToken && (await this.#loadToken()) !== refused) {
      this.#hasRetriedToken = true;
      this.#socket.connect();
    } else {
      this.#refusedToken = refused;
      this.#emit("status", "ended");
    }
  }

  async #loadToken(): Promise<string> {
    this.#token = await this.#currentToken();
    return this.#token;
  }

  /** The last token where `token()` fails: it may still be valid. */
  #currentToken(): Promise<string> {
    return Promise.resolve()
      .then(() => this.options.token())
      .catch(() => this.#token);
  }

  async #checkToken(): Promise<void> {
    const before = this.#token;
    const token = await this.#currentToken();
    if (this.#refusedToken !== null && token !== this.#refusedToken) {
      this.#refusedToken = null;
      this.#socket.connect();
    }
    if (token === before || !this.#socket.connected) return;
    const response = await this.#request<object>("auth", { token });
    if (response && !("error" in response)) this.#token = token;
  }

  /** The task is about to stop. Not `disconnect()`, after which socket.io-client does not reconnect. */
  async #reconnectAfter(delayMs: number): Promise<void> {
    const engine = this.#socket.io.engine;
    await this.runtime.pause(delayMs);
    if (engine === this.#socket.io.engine) engine.close();
  }

  /**
   * The acknowledgement, or null where the connection closed. A connection without one in time is dead, and is closed:
   * the service waits at most 7 s for its database, but Engine.IO would wait up to 45 s for a ping.
   */
  async #request<T>(name: string, body: object): Promise<T | ErrorResponse | null> {
    const engine = this.#socket.io.engine;
    try {
      return (await this.#socket.timeout(ACKNOWLEDGEMENT_TIMEOUT_MS).emitWithAck(name, body)) as T | ErrorResponse;
    } catch {
      if (engine === this.#socket.io.engine) engine.close();
      return null;
    }
  }

  // ---- Receiving

  #onEntry(entry: Entry): void {
    if (!this.#state.addEntry(entry)) void this.#catchUp();
    this.#emit("change", entry.conversationId);
  }

  #onConversation(id: string, memberIds: readonly string[], lastSeq: number): void {
    if (!this.#state.setMembers(id, memberIds, lastSeq)) void this.#catchUp();
    this.#emit("change", id);
  }

  /** Syncs until nothing is missing. One at a time: a call during a catch-up makes it sync once more. */
  async #catchUp(): Promise<void> {
    if (this.#catchUpInProgress) {
      this.#catchUpInProgress.again = true;
      return;
    }
    const current: { again: boolean } = { again: true };
    this.#catchUpInProgress = current;
    for (let failures = 0; current.again && this.#socket.connected; ) {
      current.again = false;
      const response = await this.#request<SyncResponse>("sync", this.#state.syncRequest());
      if (response && !("error" in response)) {
        this.#state.applySync(response);
        current.again ||= response.more || response.reset.length > 0;
        const changed = [...response.conversations.map(({ id }) => id), ...response.gone, ...response.reset];
        for (const id of changed) this.#emit("change", id);
      } else {
        // Where the connection is about to close, the next one catches up instead.
        current.again = true;
        await this.runtime.pause(backoffMs(failures++, this.runtime.random));
      }
    }
    this.#catchUpInProgress = null;
  }

  // ---- Sending

  /** One message at a time, so that a retry cannot overtake: they are stored in the order in which they were written. */
  async #sendQueue(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    let failures = 0;
    for (let first = this.#queue[0]; first && this.#socket.connected; first = this.#queue[0]) {
      const { resolve, reject, ...message } = first;
      const response = await this.#request<Acknowledgement>("message", message);
      if (response && !("error" in response)) {
        failures = 0;
        this.#removeFromQueue(first);
        resolve(response);
      } else if (response && "error" in response && !response.error.retry) {
        this.#removeFromQueue(first);
        reject(new Refusal(response.error.code, response.error.message));
      } else if (response) await this.runtime.pause(backoffMs(failures++, this.runtime.random));
    }
    this.#isSending = false;
  }

  #removeFromQueue(message: QueuedMessage): void {
    const index = this.#queue.indexOf(message);
    if (index >= 0) this.#queue.splice(index, 1);
    this.#emit("change", message.conversationId);
  }

  #emit<Name extends keyof ChatEvents>(name: Name, ...values: Parameters<ChatEvents[Name]>): void {
    for (const listener of this.#listeners[name]) {
      try {
        (listener as (...values: unknown[]) => void)(...values);
      } catch (error) {
        // The app's own error: reported as uncaught, without stopping the chat.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}

/** React Native and pages without TLS have no randomUUID; three parts of about 50 random bits exceed its 122. */
function newClientId(): string {
  if (globalThis.crypto?.randomUUID) return globalThis.crypto.randomUUID();
  const part = (): string => Math.random().toString(36).slice(2, 12);
  return `${Date.now().toString(36)}-${part()}-${part()}-${part()}`;
}

export type { Conversation, Entry, Message, PendingMessage };

// What a client knows of its conversations. Pure: no request, no clock.
//
// The service numbers the entries of a conversation 1, 2, 3 … without gaps; `cursor` is the number up to which this
// client knows them. An entry that does not follow the cursor shows that one was missed, and `sync` returns exactly
// the missed ones. The functions are generic, because the chat page keeps more about a conversation.

export interface EntryFields {
  readonly id: string;
  readonly seq: number;
  readonly conversationId: string;
  readonly senderId: string;
  readonly createdAt: string;
}

export interface Message extends EntryFields {
  readonly type: "message";
  readonly clientId: string;
  /** Null once the message was deleted. */
  readonly body: string | null;
  readonly fileId?: string;
}

export interface Deletion extends EntryFields {
  readonly type: "deleted";
  /** The number of the deleted message. */
  readonly of: number;
}

export interface MembershipChange extends EntryFields {
  readonly type: "members";
  /** The members from here on. */
  readonly memberIds: readonly string[];
}

export type Entry = Message | Deletion | MembershipChange;

const ENTRY_TYPES: ReadonlySet<string> = new Set<Entry["type"]>(["message", "deleted", "members"]);

/** The acknowledgement of `sync`. */
export interface SyncResponse {
  readonly conversations: readonly {
    readonly id: string;
    readonly memberIds: readonly string[];
    readonly lastSeq: number;
    readonly reads: Readonly<Record<string, number>>;
  }[];
  readonly gone: readonly string[];
  readonly reset: readonly string[];
  readonly messages: readonly Entry[];
  readonly more: boolean;
  /** The `since` of the next `sync`; missing from a service of an earlier release. */
  readonly at?: string;
}

/** The request of `sync`. With `since` the service also returns the conversations whose receipts moved since then. */
export interface SyncRequest {
  readonly cursors: Readonly<Record<string, number>>;
  readonly since?: string;
}

export interface Conversation {
  readonly id: string;
  readonly memberIds: readonly string[];
  /** In the order of `seq`, none above `cursor`. A type that a later release introduced is left out. */
  readonly entries: readonly Entry[];
  readonly cursor: number;
  /** How far each member has read. */
  readonly reads: Readonly<Record<string, number>>;
}

/** A message of this client that the service has not acknowledged yet. */
export interface PendingMessage {
  readonly conversationId: string;
  readonly clientId: string;
  readonly body: string;
  readonly fileId?: string;
}

/** The conversation after one more entry, or the same one where the entry was known. Null where one was missed before it. */
export function withEntry<C extends Conversation>(conversation: C, entry: Entry): C | null {
  if (entry.seq <= conversation.cursor) return conversation;
  if (entry.seq > conversation.cursor + 1) return null;
  const next = { ...conversation, cursor: entry.seq };
  // A later release may introduce types. Their numbers count as known; else `sync` would return them for ever.
  if (!ENTRY_TYPES.has(entry.type)) return next;
  const entries = entry.type === "deleted" ? withoutBodies(next.entries, new Set([entry.of])) : next.entries;
  const memberIds = entry.type === "members" ? entry.memberIds : next.memberIds;
  return { ...next, memberIds, entries: [...entries, entry] };
}

/** The conversation with a page of its history. Entries above the cursor are left to `sync`, which returns them in order. */
export function withHistory<C extends Conversation>(conversation: C, history: readonly Entry[]): C {
  const known = history.filter(({ seq, type }) => seq <= conversation.cursor && ENTRY_TYPES.has(type));
  const bySeq = new Map([...conversation.entries, ...known].map((entry) => [entry.seq, entry]));
  const entries = [...bySeq.values()].sort((one, other) => one.seq - other.seq);
  // The page may have been read before a deletion that was heard since.
  const deleted = new Set(entries.flatMap((entry) => (entry.type === "deleted" ? [entry.of] : [])));
  return { ...conversation, entries: withoutBodies(entries, deleted) };
}

/** The conversation after a read receipt, which only moves forward. */
export function withReceipt<C extends Conversation>(conversation: C, userId: string, seq: number): C {
  if ((conversation.reads[userId] ?? 0) >= seq) return conversation;
  return { ...conversation, reads: { ...conversation.reads, [userId]: seq } };
}

function withoutBodies(entries: readonly Entry[], deleted: ReadonlySet<number>): readonly Entry[] {
  return entries.map((entry) => {
    if (!deleted.has(entry.seq) || entry.type !== "message") return entry;
    const { fileId: _, ...rest } = entry;
    return { ...rest, body: null };
  });
}

/** The conversations of one client, by id. Values are never changed, only replaced. */
export class ChatState {
  readonly conversations = new Map<string, Conversation>();
  #since: string | undefined;
  /** The receipts that were heard since `sync` was asked, whose answer may be older. Null while no answer is awaited. */
  #heard: { readonly id: string; readonly userId: string; readonly seq: number }[] | null = null;

  syncRequest(): SyncRequest {
    this.#heard = [];
    const cursors = Object.fromEntries([...this.conversations.values()].map(({ id, cursor }) => [id, cursor]));
    return { cursors, ...(this.#since !== undefined && { since: this.#since }) };
  }

  /** Returns false where an entry was missed before this one. */
  addEntry(entry: Entry): boolean {
    const before = this.conversations.get(entry.conversationId);
    const after = before && withEntry(before, entry);
    if (after) this.conversations.set(after.id, after);
    return Boolean(after);
  }

  /** After a `conversation` event, which may be late and older than what is known. Returns false where an entry was missed. */
  setMembers(id: string, memberIds: readonly string[], lastSeq: number): boolean {
    const before = this.#get(id);
    if (lastSeq >= before.cursor) this.conversations.set(id, { ...before, memberIds });
    return lastSeq <= before.cursor;
  }

  addReceipt(id: string, userId: string, seq: number): void {
    this.#heard?.push({ id, userId, seq });
    const before = this.conversations.get(id);
    if (before) this.conversations.set(id, withReceipt(before, userId, seq));
  }

  applySync({ gone, reset, conversations, messages, at }: SyncResponse): void {
    const heard = this.#heard ?? [];
    this.#heard = null;
    this.#since = at ?? this.#since;
    for (const id of [...gone, ...reset]) this.conversations.delete(id);
    // Replaced and not moved forward: a block hides receipts, and who left and came back has read nothing.
    for (const { id, reads } of conversations) this.conversations.set(id, { ...this.#get(id), reads });
    for (const { id, userId, seq } of heard) this.addReceipt(id, userId, seq);
    for (const entry of messages) this.addEntry(entry);
    // Last: where more is to come, `memberIds` are ahead of the membership changes among the entries.
    for (const { id, memberIds } of conversations) this.conversations.set(id, { ...this.#get(id), memberIds });
  }

  #get(id: string): Conversation {
    return this.conversations.get(id) ?? { id, memberIds: [], entries: [], cursor: 0, reads: {} };
  }
}

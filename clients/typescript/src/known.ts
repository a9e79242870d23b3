// What this client knows of its conversations. Pure: what the server says changes it, nothing here asks.
//
// Entries of a conversation are numbered 1, 2, 3 … without gaps; `cursor` is up to where everything is known. So an
// entry that does not follow says that something was missed, and `sync` gives exactly that.

export interface Numbered {
  readonly id: string;
  readonly seq: number;
  readonly conversationId: string;
  readonly senderId: string;
  readonly createdAt: string;
}

export interface Message extends Numbered {
  readonly type: "message";
  readonly clientId: string;
  /** Null once it was deleted. */
  readonly body: string | null;
  readonly fileId?: string;
}

export interface Deletion extends Numbered {
  readonly type: "deleted";
  readonly of: number;
}

export interface MembersChange extends Numbered {
  readonly type: "members";
  readonly memberIds: readonly string[];
}

export type Entry = Message | Deletion | MembersChange;

/** What `sync` answers. */
export interface Synced {
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
}

export interface Conversation {
  readonly id: string;
  readonly memberIds: readonly string[];
  /** In the order of their numbers, all up to `cursor`. */
  readonly entries: readonly Entry[];
  readonly cursor: number;
  /** How far each member has read. */
  readonly reads: Readonly<Record<string, number>>;
}

/** Written here, and not stored yet as far as anybody knows. */
export interface Pending {
  readonly conversationId: string;
  readonly clientId: string;
  readonly body: string;
  readonly fileId?: string;
}

export class Known {
  readonly conversations = new Map<string, Conversation>();

  /** For `sync`. */
  cursors(): Record<string, number> {
    return Object.fromEntries([...this.conversations.values()].map(({ id, cursor }) => [id, cursor]));
  }

  /** Whether it is what comes next, or was known; else something was missed before it. */
  hear(entry: Entry): boolean {
    const before = this.conversations.get(entry.conversationId);
    if (!before) return false;
    if (entry.seq <= before.cursor) return true;
    if (entry.seq > before.cursor + 1) return false;
    const entries = entry.type === "deleted" ? emptied(before.entries, entry.of) : before.entries;
    const memberIds = entry.type === "members" ? entry.memberIds : before.memberIds;
    this.conversations.set(before.id, { ...before, memberIds, entries: [...entries, entry], cursor: entry.seq });
    return true;
  }

  /** It was made, or its members changed. Whether nothing was missed of it. */
  hearOf(id: string, memberIds: readonly string[], lastSeq: number): boolean {
    const before = this.#at(id);
    this.conversations.set(id, { ...before, memberIds });
    return lastSeq <= before.cursor;
  }

  read(id: string, userId: string, seq: number): void {
    const before = this.conversations.get(id);
    if (!before || (before.reads[userId] ?? 0) >= seq) return;
    this.conversations.set(id, { ...before, reads: { ...before.reads, [userId]: seq } });
  }

  forget(id: string): void {
    this.conversations.delete(id);
  }

  learn(synced: Synced): void {
    for (const id of [...synced.gone, ...synced.reset]) this.forget(id);
    for (const { id, memberIds, reads } of synced.conversations) {
      // While more is to come, `memberIds` are ahead of the entries; the entries that follow say the same.
      this.conversations.set(id, { ...this.#at(id), memberIds });
      for (const [userId, seq] of Object.entries(reads)) this.read(id, userId, seq);
    }
    for (const entry of synced.messages) this.hear(entry);
    for (const { id, memberIds } of synced.conversations) this.conversations.set(id, { ...this.#at(id), memberIds });
  }

  #at(id: string): Conversation {
    return this.conversations.get(id) ?? { id, memberIds: [], entries: [], cursor: 0, reads: {} };
  }
}

function emptied(entries: readonly Entry[], of: number): readonly Entry[] {
  return entries.map((entry) => {
    if (entry.seq !== of || entry.type !== "message") return entry;
    const { fileId: _, ...rest } = entry;
    return { ...rest, body: null };
  });
}

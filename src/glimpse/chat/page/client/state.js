// What a client knows of its conversations. Pure: no request, no clock.
//
// The service numbers the entries of a conversation 1, 2, 3 … without gaps; `cursor` is the number up to which this
// client knows them. An entry that does not follow the cursor shows that one was missed, and `sync` returns exactly
// the missed ones. The functions are generic, because the chat page keeps more about a conversation.
const ENTRY_TYPES = new Set(["message", "deleted", "members"]);
/** The conversation after one more entry, or the same one where the entry was known. Null where one was missed before it. */
export function withEntry(conversation, entry) {
    if (entry.seq <= conversation.cursor)
        return conversation;
    if (entry.seq > conversation.cursor + 1)
        return null;
    const next = { ...conversation, cursor: entry.seq };
    // A later release may introduce types. Their numbers count as known; else `sync` would return them for ever.
    if (!ENTRY_TYPES.has(entry.type))
        return next;
    const entries = entry.type === "deleted" ? withoutBodies(next.entries, new Set([entry.of])) : next.entries;
    const memberIds = entry.type === "members" ? entry.memberIds : next.memberIds;
    return { ...next, memberIds, entries: [...entries, entry] };
}
/** The conversation with a page of its history. Entries above the cursor are left to `sync`, which returns them in order. */
export function withHistory(conversation, history) {
    const known = history.filter(({ seq, type }) => seq <= conversation.cursor && ENTRY_TYPES.has(type));
    const bySeq = new Map([...conversation.entries, ...known].map((entry) => [entry.seq, entry]));
    const entries = [...bySeq.values()].sort((one, other) => one.seq - other.seq);
    // The page may have been read before a deletion that was heard since.
    const deleted = new Set(entries.flatMap((entry) => (entry.type === "deleted" ? [entry.of] : [])));
    return { ...conversation, entries: withoutBodies(entries, deleted) };
}
/** The conversation after a read receipt, which only moves forward. */
export function withReceipt(conversation, userId, seq) {
    if ((conversation.reads[userId] ?? 0) >= seq)
        return conversation;
    return { ...conversation, reads: { ...conversation.reads, [userId]: seq } };
}
function withoutBodies(entries, deleted) {
    return entries.map((entry) => {
        if (!deleted.has(entry.seq) || entry.type !== "message")
            return entry;
        const { fileId: _, ...rest } = entry;
        return { ...rest, body: null };
    });
}
/** The conversations of one client, by id. Values are never changed, only replaced. */
export class ChatState {
    conversations = new Map();
    #since;
    /** The receipts that were heard since `sync` was asked, whose answer may be older. Null while no answer is awaited. */
    #heard = null;
    syncRequest() {
        this.#heard = [];
        const cursors = Object.fromEntries([...this.conversations.values()].map(({ id, cursor }) => [id, cursor]));
        return { cursors, ...(this.#since !== undefined && { since: this.#since }) };
    }
    /** Returns false where an entry was missed before this one. */
    addEntry(entry) {
        const before = this.conversations.get(entry.conversationId);
        const after = before && withEntry(before, entry);
        if (after)
            this.conversations.set(after.id, after);
        return Boolean(after);
    }
    /** After a `conversation` event, which may be late and older than what is known. Returns false where an entry was missed. */
    setMembers(id, memberIds, lastSeq) {
        const before = this.#get(id);
        if (lastSeq >= before.cursor)
            this.conversations.set(id, { ...before, memberIds });
        return lastSeq <= before.cursor;
    }
    addReceipt(id, userId, seq) {
        this.#heard?.push({ id, userId, seq });
        const before = this.conversations.get(id);
        if (before)
            this.conversations.set(id, withReceipt(before, userId, seq));
    }
    applySync({ gone, reset, conversations, messages, at }) {
        const heard = this.#heard ?? [];
        this.#heard = null;
        this.#since = at ?? this.#since;
        for (const id of [...gone, ...reset])
            this.conversations.delete(id);
        // Replaced and not moved forward: a block hides receipts, and who left and came back has read nothing.
        for (const { id, reads } of conversations)
            this.conversations.set(id, { ...this.#get(id), reads });
        for (const { id, userId, seq } of heard)
            this.addReceipt(id, userId, seq);
        for (const entry of messages)
            this.addEntry(entry);
        // Last: where more is to come, `memberIds` are ahead of the membership changes among the entries.
        for (const { id, memberIds } of conversations)
            this.conversations.set(id, { ...this.#get(id), memberIds });
    }
    #get(id) {
        return this.conversations.get(id) ?? { id, memberIds: [], entries: [], cursor: 0, reads: {} };
    }
}

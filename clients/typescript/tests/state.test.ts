// What a client knew, plus the events it received, equals what it would fetch afresh, for any order of events and syncs.

import { expect, test } from "vitest";
import {
  ChatState, withEntry, withHistory,
  type Conversation, type Entry, type Message, type SyncRequest, type SyncResponse,
} from "../src/state.js";

/** mulberry32 */
function randomOf(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

class Server {
  entries: Entry[] = [];
  memberIds = ["ada", "bob", "cy"];
  reads: Record<string, number> = {};
  /** How often receipts moved. */
  receipts = 0;

  read(userId: string): number {
    this.receipts += 1;
    return (this.reads[userId] = this.entries.length);
  }

  add(chance: number): Entry {
    const seq = this.entries.length + 1;
    const common = { id: `id-${seq}`, seq, conversationId: "room", senderId: "ada", createdAt: "2026-11-27T00:00:00Z" };
    const last = [...this.entries].reverse().find((entry) => entry.type === "message" && entry.body !== null);
    if (chance < 0.15 && last) {
      this.entries = this.entries.map((entry) => {
        if (entry !== last || entry.type !== "message") return entry;
        const { fileId: _, ...rest } = entry;
        return { ...rest, body: null };
      });
      return this.#added({ ...common, type: "deleted", of: last.seq });
    }
    if (chance < 0.25) {
      this.memberIds = [...this.memberIds, `new-${seq}`];
      return this.#added({ ...common, type: "members", memberIds: this.memberIds });
    }
    return this.#added({ ...common, type: "message", clientId: `c${seq}`, body: `text ${seq}`, ...(chance < 0.4 && { fileId: `f${seq}` }) });
  }

  /** As a service before `since` where `isOld`. */
  sync({ cursors, since }: SyncRequest, most: number, isOld = false): SyncResponse {
    const cursor = cursors["room"];
    const after = cursor ?? 0;
    const missed = this.entries.slice(after);
    const hasMoved = !isOld && since !== undefined && Number(since) < this.receipts;
    const lags = cursor === undefined || missed.length > 0 || hasMoved;
    const conversations = lags ? [{ id: "room", memberIds: this.memberIds, lastSeq: this.entries.length, reads: this.reads }] : [];
    const at = isOld ? {} : { at: String(this.receipts) };
    return { conversations, gone: [], reset: [], messages: missed.slice(0, most), more: missed.length > most, ...at };
  }

  #added(entry: Entry): Entry {
    this.entries.push(entry);
    return entry;
  }
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))("seed %i", (seed) => {
  const random = randomOf(seed);
  const server = new Server();
  const state = new ChatState();
  let lags = true;
  const sync = (): void => {
    const response = server.sync(state.syncRequest(), 1 + Math.floor(random() * 4), random() < 0.1);
    state.applySync(response);
    lags = response.more;
  };
  const delayed: Entry[] = [];
  for (let step = 0; step < 60; step += 1) {
    const entry = server.add(random());
    if (random() < 0.2) {
      const seq = server.read("bob");
      if (random() < 0.5) state.addReceipt("room", "bob", seq);
    }
    const fate = random();
    if (fate < 0.2) continue; // lost
    if (fate < 0.3) delayed.push(entry);
    else if (!state.addEntry(entry)) lags = true;
    if (lags && random() < 0.7) sync();
    if (delayed.length && random() < 0.3) state.addEntry(delayed.splice(0, 1)[0]!);
    const seqs = state.conversations.get("room")?.entries.map((each) => each.seq) ?? [];
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  }
  server.add(0.9);
  do sync();
  while (lags);
  server.read("cy");
  state.applySync(server.sync(state.syncRequest(), 1));
  const { entries, memberIds, reads } = server;
  expect(state.conversations.get("room")).toMatchObject({ entries, memberIds, reads });
});

test("an event that comes late with older members changes nothing", () => {
  const state = new ChatState();
  const entry: Entry = { ...message(1), type: "members", memberIds: ["ada", "bob", "cy"] };
  const conversations = [{ id: "room", memberIds: ["ada", "bob", "cy"], lastSeq: 1, reads: {} }];
  state.applySync({ conversations, gone: [], reset: [], messages: [entry], more: false });
  expect(state.setMembers("room", ["ada", "bob"], 0)).toBe(true);
  expect(state.conversations.get("room")!.memberIds).toEqual(["ada", "bob", "cy"]);
});

test("a receipt only moves forward", () => {
  const state = new ChatState();
  state.setMembers("room", ["ada"], 0);
  state.addReceipt("room", "ada", 5);
  state.addReceipt("room", "ada", 3);
  expect(state.conversations.get("room")!.reads).toEqual({ ada: 5 });
});

test("the receipts of a sync replace the known ones, but not what was heard while it was asked", () => {
  const state = new ChatState();
  const synced = (reads: Record<string, number>): void => {
    const conversations = [{ id: "room", memberIds: ["ada", "bob", "cy"], lastSeq: 0, reads }];
    state.applySync({ conversations, gone: [], reset: [], messages: [], more: false });
  };
  state.syncRequest();
  synced({ ada: 7, bob: 9, cy: 3 });
  state.addReceipt("room", "cy", 4);
  state.syncRequest();
  state.addReceipt("room", "ada", 8);
  // Bob blocked this user; cy left and came back, and has read nothing since.
  synced({ ada: 7, cy: 0 });
  expect(state.conversations.get("room")!.reads).toEqual({ ada: 8, cy: 0 });
});

const message = (seq: number): Message => ({
  type: "message", id: `${seq}`, seq, conversationId: "room", senderId: "ada", clientId: `c${seq}`, body: `text ${seq}`, createdAt: "",
});
const deletion = (seq: number, of: number): Entry => ({ ...message(seq), type: "deleted", of });
/** As a release after this one may store it. */
const laterType = (seq: number): Entry => ({ ...message(seq), type: "reaction" }) as unknown as Entry;
const conversation = (cursor: number, entries: Entry[] = []): Conversation => ({ id: "room", memberIds: ["ada"], entries, cursor, reads: {} });
const seqs = ({ entries }: Conversation): number[] => entries.map(({ seq }) => seq);

test("the first message of an unknown conversation shows that something was missed", () => {
  expect(new ChatState().addEntry(message(1))).toBe(false);
});

test("an entry of a later release's type is skipped, and sync does not ask for it again", () => {
  const state = new ChatState();
  const { id, memberIds } = conversation(0);
  const conversations = [{ id, memberIds, lastSeq: 3, reads: {} }];
  state.applySync({ conversations, gone: [], reset: [], messages: [message(1), laterType(2), message(3)], more: false });
  expect(seqs(state.conversations.get("room")!)).toEqual([1, 3]);
  expect(state.syncRequest().cursors).toEqual({ room: 3 });
  expect(state.addEntry(laterType(4))).toBe(true);
  expect(state.syncRequest().cursors).toEqual({ room: 4 });
  expect(state.addEntry(message(5))).toBe(true);
});

test("a page of history joins what was heard since, without what sync brings and without later types", () => {
  const heard = withEntry(conversation(4), message(5))!;
  const whole = withHistory(heard, [laterType(2), message(3), message(4), message(5), message(6)]);
  expect(seqs(whole)).toEqual([3, 4, 5]);
  expect(whole.cursor).toBe(5);
});

test("a message stays deleted, though its history was read before the deletion", () => {
  const heard = withEntry(conversation(1), deletion(2, 1))!;
  expect(withHistory(heard, [message(1)]).entries[0]).toMatchObject({ seq: 1, body: null });
});

// What a client knew, plus what it heard, is what it would fetch afresh: for any order of hearing, missing and syncing.

import { expect, test } from "vitest";
import { Known, type Entry, type Synced } from "../src/known.js";

/** mulberry32 */
function chances(seed: number): () => number {
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

  add(chance: number): Entry {
    const seq = this.entries.length + 1;
    const common = { id: `id-${seq}`, seq, conversationId: "room", senderId: "ada", createdAt: "2026-11-27T00:00:00Z" };
    const said = [...this.entries].reverse().find((entry) => entry.type === "message" && entry.body !== null);
    if (chance < 0.15 && said) {
      this.entries = this.entries.map((entry) => {
        if (entry !== said || entry.type !== "message") return entry;
        const { fileId: _, ...rest } = entry;
        return { ...rest, body: null };
      });
      return this.#added({ ...common, type: "deleted", of: said.seq });
    }
    if (chance < 0.25) {
      this.memberIds = [...this.memberIds, `new-${seq}`];
      return this.#added({ ...common, type: "members", memberIds: this.memberIds });
    }
    return this.#added({ ...common, type: "message", clientId: `c${seq}`, body: `text ${seq}`, ...(chance < 0.4 && { fileId: `f${seq}` }) });
  }

  sync(cursors: Record<string, number>, most: number): Synced {
    const cursor = cursors["room"];
    const after = cursor ?? 0;
    const missed = this.entries.slice(after);
    const lags = cursor === undefined || missed.length > 0;
    const conversations = lags ? [{ id: "room", memberIds: this.memberIds, lastSeq: this.entries.length, reads: this.reads }] : [];
    return { conversations, gone: [], reset: [], messages: missed.slice(0, most), more: missed.length > most };
  }

  #added(entry: Entry): Entry {
    this.entries.push(entry);
    return entry;
  }
}

test.each(Array.from({ length: 200 }, (_, seed) => seed))("seed %i", (seed) => {
  const chance = chances(seed);
  const server = new Server();
  const known = new Known();
  let lags = true;
  const sync = (): void => {
    const synced = server.sync(known.cursors(), 1 + Math.floor(chance() * 4));
    known.learn(synced);
    lags = synced.more;
  };
  const late: Entry[] = [];
  for (let step = 0; step < 60; step += 1) {
    const entry = server.add(chance());
    const fate = chance();
    if (fate < 0.2) continue; // lost
    if (fate < 0.3) late.push(entry);
    else if (!known.hear(entry)) lags = true;
    if (lags && chance() < 0.7) sync();
    if (late.length && chance() < 0.3) known.hear(late.splice(0, 1)[0]!);
    const seqs = known.conversations.get("room")?.entries.map((each) => each.seq) ?? [];
    expect(seqs).toEqual(seqs.map((_, at) => at + 1));
  }
  server.add(0.9);
  do sync();
  while (lags);
  expect(known.conversations.get("room")).toMatchObject({ entries: server.entries, memberIds: server.memberIds });
});

test("a receipt only moves forward", () => {
  const known = new Known();
  known.hearOf("room", ["ada"], 0);
  known.read("room", "ada", 5);
  known.read("room", "ada", 3);
  expect(known.conversations.get("room")!.reads).toEqual({ ada: 5 });
});

test("the first message of a conversation that nobody told of says that something was missed", () => {
  const first: Entry = { type: "message", id: "1", seq: 1, conversationId: "new", senderId: "ada", clientId: "c", body: "hi", createdAt: "" };
  expect(new Known().hear(first)).toBe(false);
});

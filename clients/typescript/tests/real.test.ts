// Against the real service, its PostgreSQL and its object store, over connections that are cut.

import { io } from "socket.io-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chat } from "../src/chat.js";
import { Session } from "../src/session.js";
import { Files } from "../src/upload.js";
import { startServer, TcpProxy, type RunningServer } from "./server.js";

const WAIT = { timeout: 20_000, interval: 20 };
let server: RunningServer;
let proxy: TcpProxy;
let url: string;
let people = 0;
const open: Chat[] = [];

beforeAll(async () => {
  server = await startServer({ GLIMPSE_EVENTS_PER_SECOND: "10000", GLIMPSE_SOCKETS_PER_USER: "2" });
  proxy = await TcpProxy.before(server.port);
  url = `http://127.0.0.1:${proxy.port}`;
}, 60_000);
afterAll(async () => {
  open.forEach((chat) => chat.close());
  proxy?.close();
  await server?.stop();
});

async function newUser(): Promise<Session> {
  return Session.enter(url, "signup", { handle: `person${(people += 1)}`, password: "correct horse" });
}

function chatOf(session: Session): Chat {
  const chat = new Chat({ url, token: session.token });
  open.push(chat);
  return chat;
}

async function requestJson(session: Session, method: string, path: string, body?: object): Promise<any> {
  const headers = { authorization: `Bearer ${await session.token()}`, "content-type": "application/json" };
  const answer = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return answer.json();
}

async function pair(): Promise<{ ada: Session; bob: Session; room: string }> {
  const [ada, bob] = await Promise.all([newUser(), newUser()]);
  const { id } = await requestJson(ada, "POST", "/conversations", { memberIds: [bob.user.id] });
  return { ada, bob, room: id };
}

const bodies = (chat: Chat, room: string): (string | null)[] =>
  (chat.conversations.get(room)?.entries ?? []).flatMap((entry) => (entry.type === "message" ? [entry.body] : []));

test("what one writes the other has, in order, and the writer's own has a number", async () => {
  const { ada, bob, room } = await pair();
  const [hers, his] = [chatOf(ada), chatOf(bob)];
  const texts = Array.from({ length: 20 }, (_, at) => `안녕 ${at}`);
  const stored = await Promise.all(texts.map((body) => hers.send(room, { body })));
  expect(stored.map(({ seq }) => seq)).toEqual(texts.map((_, at) => at + 1));
  await expect.poll(() => bodies(his, room), WAIT).toEqual(texts);
  await expect.poll(() => bodies(hers, room), WAIT).toEqual(texts);
  expect(hers.pending).toEqual([]);
});

test("what was written while the network was away arrives once, and what was missed is there", async () => {
  const { ada, bob, room } = await pair();
  const [hers, his] = [chatOf(ada), chatOf(bob)];
  await hers.send(room, { body: "before" });
  await expect.poll(() => bodies(his, room), WAIT).toEqual(["before"]);
  proxy.isCut = true;
  proxy.cut();
  await expect.poll(() => hers.isOnline || his.isOnline, WAIT).toBe(false);
  const sending = ["one", "two", "three"].map((body) => hers.send(room, { body }));
  expect(hers.pending).toHaveLength(3);
  proxy.isCut = false;
  await Promise.all(sending);
  await expect.poll(() => bodies(his, room), WAIT).toEqual(["before", "one", "two", "three"]);
  await expect.poll(() => bodies(hers, room), WAIT).toEqual(["before", "one", "two", "three"]);
});

test("a connection that stays open without an answer is replaced, and what was sent on it arrives once", async () => {
  const { ada, bob, room } = await pair();
  // Engine.IO finds a dead connection after 45 s; the chat does once an answer does not come.
  let answersIn = 10_000;
  const connect = ((address: string, options: object) => {
    const socket = io(address, options);
    const timeout = socket.timeout.bind(socket);
    return Object.assign(socket, { timeout: () => timeout(answersIn) });
  }) as unknown as typeof io;
  // Its own: the other connections of these tests stay as they are.
  const line = await TcpProxy.before(server.port);
  const hers = new Chat({ url: `http://127.0.0.1:${line.port}`, token: ada.token }, undefined, connect);
  open.push(hers);
  const statuses: string[] = [];
  hers.on("status", (status) => statuses.push(status));
  await hers.send(room, { body: "before" });
  line.mute();
  answersIn = 100;
  const sending = hers.send(room, { body: "kept" });
  await expect.poll(() => statuses, WAIT).toContain("offline");
  answersIn = 10_000;
  await sending;
  const his = chatOf(bob);
  for (const chat of [hers, his]) await expect.poll(() => bodies(chat, room), WAIT).toEqual(["before", "kept"]);
  line.close();
});

test("a service that is killed and comes back loses nothing and stores nothing twice", async () => {
  const { ada, bob, room } = await pair();
  const [hers, his] = [chatOf(ada), chatOf(bob)];
  const texts = Array.from({ length: 30 }, (_, at) => String(at));
  const sending = texts.map((body) => hers.send(room, { body }));
  await sending[3];
  await server.kill();
  await server.start();
  await Promise.all(sending);
  await expect.poll(() => bodies(his, room), WAIT).toEqual(texts);
  await expect.poll(() => bodies(hers, room), WAIT).toEqual(texts);
});

test("a message that repeating cannot help is refused with its reason", async () => {
  const { ada, room } = await pair();
  const chat = chatOf(ada);
  await expect(chat.send("unknown", { body: "x" })).rejects.toMatchObject({ code: "not_found", retry: false });
  await expect(chat.send(room, { body: "x".repeat(4001) })).rejects.toMatchObject({ code: "invalid" });
  await expect(chat.send(room, { body: "" })).rejects.toMatchObject({ code: "invalid" });
  expect(chat.pending).toEqual([]);
});

test("a token that is not taken ends the chat, and says so", async () => {
  const chat = new Chat({ url, token: () => "not a token" });
  open.push(chat);
  const statuses: string[] = [];
  chat.on("status", (status) => statuses.push(status));
  await expect.poll(() => statuses, WAIT).toEqual(["ended"]);
});

test("a chat whose token was not taken is back as soon as there is another", async () => {
  const { ada, room } = await pair();
  let token = "not a token";
  const chat = new Chat({ url, token: () => token }, undefined, undefined, 100);
  open.push(chat);
  const statuses: string[] = [];
  chat.on("status", (status) => statuses.push(status));
  await expect.poll(() => statuses, WAIT).toEqual(["ended"]);
  const sending = chat.send(room, { body: "later" });
  token = await ada.token();
  expect((await sending).seq).toBe(1);
  expect(statuses.at(-1)).toBe("online");
});

test("a message that refers to a file that is not there is refused, and holds up nobody", async () => {
  const { ada, room } = await pair();
  const chat = chatOf(ada);
  const first = chat.send(room, { body: "", fileId: "unknown" });
  const second = chat.send(room, { body: "behind it" });
  await expect(first).rejects.toMatchObject({ code: "gone", retry: false });
  expect((await second).seq).toBe(1);
});

test("receipts, typing and presence are told", async () => {
  const { ada, bob, room } = await pair();
  const [hers, his] = [chatOf(ada), chatOf(bob)];
  const received: unknown[] = [];
  hers.on("typing", (conversationId, userId) => received.push([conversationId, userId]));
  hers.on("presence", (userId, online) => received.push([userId, online]));
  const { seq } = await hers.send(room, { body: "read me" });
  await expect.poll(() => bodies(his, room), WAIT).toEqual(["read me"]);
  his.read(room, seq);
  his.typing(room);
  await expect.poll(() => hers.conversations.get(room)?.reads[bob.user.id], WAIT).toBe(1);
  await expect.poll(() => received, WAIT).toContainEqual([room, bob.user.id]);
  expect(received).toContainEqual([bob.user.id, true]);
});

test("receipts that moved while the network was away are caught up", async () => {
  const { ada, bob, room } = await pair();
  const hers = chatOf(ada);
  const { seq } = await hers.send(room, { body: "read me later" });
  await expect.poll(() => bodies(hers, room), WAIT).toEqual(["read me later"]);
  proxy.isCut = true;
  proxy.cut();
  await expect.poll(() => hers.isOnline, WAIT).toBe(false);
  const his = new Chat({ url: server.url, token: bob.token });
  open.push(his);
  his.read(room, seq);
  await expect.poll(() => his.conversations.get(room)?.reads[bob.user.id], WAIT).toBe(seq);
  proxy.isCut = false;
  await expect.poll(() => hers.conversations.get(room)?.reads[bob.user.id], WAIT).toBe(seq);
});

test("a chat that was replaced stops, keeps what is pending, and sends it where it is used again", async () => {
  const { ada, room } = await pair();
  const statuses: string[] = [];
  const first = chatOf(ada);
  first.on("status", (status) => statuses.push(status));
  await first.send(room, { body: "before" });
  const second = chatOf(ada);
  await second.send(room, { body: "second" });
  const third = chatOf(ada);
  await third.send(room, { body: "third" });
  await expect.poll(() => statuses, WAIT).toEqual(["online", "replaced"]);
  const sending = first.send(room, { body: "kept" });
  await third.send(room, { body: "meanwhile" });
  expect([first.isOnline, first.pending.length, statuses.length]).toEqual([false, 1, 2]);
  first.useHere();
  await sending;
  await expect.poll(() => bodies(first, room), WAIT).toEqual(["before", "second", "third", "meanwhile", "kept"]);
  expect(statuses).toEqual(["online", "replaced", "offline", "online"]);
  await expect.poll(() => second.isOnline, WAIT).toBe(false);
  expect(third.isOnline).toBe(true);
});

test("a new password ends every other session, and the chat of this one goes on", async () => {
  const { ada, bob, room } = await pair();
  const elsewhere = await Session.enter(url, "login", { handle: ada.user.handle!, password: "correct horse" });
  const [hers, others, his] = [chatOf(ada), chatOf(elsewhere), chatOf(bob)];
  const statuses: string[] = [];
  others.on("status", (status) => statuses.push(status));
  await expect.poll(() => others.isOnline, WAIT).toBe(true);
  await expect(ada.changePassword("wrong", "battery staple")).rejects.toMatchObject({ code: "forbidden" });
  await ada.changePassword("correct horse", "battery staple");
  await expect.poll(() => statuses.at(-1), WAIT).toBe("ended");
  await hers.send(room, { body: "still here" });
  await expect.poll(() => bodies(his, room), WAIT).toEqual(["still here"]);
});

test("a deleted account is named so, and its sessions end", async () => {
  const { ada, bob } = await pair();
  const hers = chatOf(ada);
  const statuses: string[] = [];
  hers.on("status", (status) => statuses.push(status));
  await ada.deleteAccount("correct horse");
  await expect.poll(() => statuses.at(-1), WAIT).toBe("ended");
  const { conversations } = await requestJson(bob, "GET", "/conversations");
  expect(conversations[0].members).toContainEqual(
    expect.objectContaining({ id: ada.user.id, handle: null, deleted: true }),
  );
  await bob.logOutEverywhere();
  expect(await requestJson(bob, "GET", "/me")).toMatchObject({ error: { code: "unauthorized" } });
});

test("who leaves no longer has the conversation, on any client", async () => {
  const { ada, room } = await pair();
  const chat = chatOf(ada);
  await chat.send(room, { body: "bye" });
  await requestJson(ada, "POST", `/conversations/${room}/leave`);
  await expect.poll(() => chat.conversations.has(room), WAIT).toBe(false);
});

test("a picture is uploaded past the service, posted, seen by the other, and by nobody else", async () => {
  const { ada, bob, room } = await pair();
  const eve = await newUser();
  const [hers, his] = [chatOf(ada), chatOf(bob)];
  const bytes = new Uint8Array(300_000);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  const sha256 = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const told: number[] = [];
  const { fileId } = await new Files({ url, token: ada.token }).uploadFile(new File([bytes], "사진.png", { type: "image/png" }), {
    sha256,
    onProgress: ({ sent }) => told.push(sent),
  });
  expect(told).toEqual([0, bytes.length]);
  await hers.send(room, { body: "", fileId });
  await expect.poll(() => his.conversations.get(room)?.entries.at(-1), WAIT).toMatchObject({ fileId, body: "" });
  const found = await new Files({ url, token: bob.token }).fileAddress(fileId);
  expect(found).toMatchObject({ fileName: "사진.png", contentType: "image/png", size: bytes.length });
  expect(new Uint8Array(await (await fetch(found.url)).arrayBuffer())).toEqual(bytes);
  const [seen, unseen] = await Promise.all(
    [bob, eve].map(({ token }) => new Files({ url, token }).fileAddresses([fileId, "unknown"])),
  );
  expect([...seen!.keys(), ...unseen!.keys()]).toEqual([fileId]);
  expect(new Uint8Array(await (await fetch(seen!.get(fileId)!.url)).arrayBuffer())).toEqual(bytes);
  await expect(new Files({ url, token: eve.token }).fileAddress(fileId)).rejects.toMatchObject({ code: "not_found" });
});

test("a file that is not what it says is refused, in the language of who sends it", async () => {
  const ada = await newUser();
  const files = new Files({ url, token: ada.token, language: "ko" });
  const lie = new File(["<html>"], "x.png", { type: "image/png" });
  await expect(files.uploadFile(lie)).rejects.toMatchObject({ code: "file_type", message: "보낼 수 없는 파일 형식이거나, 내용이 파일 형식과 달라요" });
});

// The page comes to life: what happens changes the state, a changed state is shown, what people do goes to the server.

import * as chat from "./chat.js";
import { asked, byId } from "./dom.js";
import * as files from "./files.js";
import * as session from "./session.js";
import { Socket } from "./socket.js";
import { goToNewest, isAtNewest } from "./talk.js";
import { show, showWords } from "./view.js";
import { say, toggleLanguage } from "./words.js";

const TYPING_EVERY_MS = 1000;
const BACK_MS = 2500;
const MOST_CHARACTERS = 4000;
const NEAR_TOP_PIXELS = 120;
const MOST_LISTED = { pages: 5, each: 200 };

let state = null;
let socket = null;
let catchingUp = null;
let typedAt = 0;
let staysAtNewest = true;
const ui = { isSignUp: false, enterError: "", startError: "", pictureError: "", open: null, connection: "", isListed: false, isLoadingOlder: false };

function change(next) {
  if (!state || !next) return;
  if (next.pending !== state.pending) session.keepUnsent(next.pending);
  state = next;
  render();
  findFiles();
  if ((state.lagging || state.stale) && socket.isOnline) catchUp();
}

function render() {
  show(state, ui);
}

/** Where what is shown can be had: asked for once each, and shown when it is known. */
function findFiles() {
  for (const fileId of chat.unknownFiles(state, ui.open, Date.now())) {
    // What is shown stays until there is another address.
    state = chat.withFile(state, fileId, { ...state.files.get(fileId), until: Infinity });
    files.addressOf(fileId).then((address) => change(state && chat.withFile(state, fileId, address)));
  }
}

// ---- Coming and going

async function enter() {
  const go = byId("enter-go");
  go.disabled = true;
  try {
    await session.enter(ui.isSignUp, byId("handle").value.trim(), byId("password").value);
    ui.enterError = "";
    byId("password").value = "";
    begin();
  } catch (failed) {
    ui.enterError = failed.code ?? "other";
  }
  go.disabled = false;
  render();
}

function begin() {
  const { user } = session.current();
  state = chat.withBlocked(chat.empty(user), blockedKept(user.id));
  socket = new Socket(socketUrl(), session.token, { onOnline, onOffline, onEvent, onRefused: end });
  socket.open();
  render();
  // Written before the page was loaded anew, and perhaps stored already: the same clientId tells.
  for (const message of session.unsentKept()) {
    change(chat.withPending(state, message));
    if (message.code) change(chat.withFailed(state, message.clientId, message.code));
    else deliver(message);
  }
}

/** Back to the door; `why` is a code, empty where somebody wanted it. */
function end(why = "") {
  socket?.stop();
  files.cancelAll();
  session.forget();
  [state, socket, catchingUp] = [null, null, null];
  Object.assign(ui, { open: null, connection: "", isListed: false, isSignUp: false, enterError: why === "unauthorized" ? "ended" : why });
  render();
  byId("handle").focus();
}

function socketUrl() {
  const { protocol, host } = location;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/socket.io/?EIO=4&transport=websocket`;
}

async function keepToken() {
  try {
    const token = await session.refreshed();
    if (token && socket?.isOnline) await socket.request("auth", { token });
  } catch (failed) {
    // A network that is away comes back; a token that ended does not.
    if (["unauthorized", "token_expired"].includes(failed.code)) end(failed.code);
  }
}

// ---- What the connection tells

function onOnline() {
  const wasOffline = ui.connection === "offline";
  ui.connection = wasOffline ? "back" : "online";
  if (wasOffline) setTimeout(quietBanner, BACK_MS);
  change({ ...chat.withoutLost(chat.withoutPresence(state)), stale: false, lagging: false });
  catchUp(true);
}

function quietBanner() {
  if (ui.connection === "back") ui.connection = "online";
  render();
}

function onOffline() {
  ui.connection = "offline";
  change(chat.withoutPresence(state));
}

const HEARD = {
  message: (data) => chat.withEntry(state, { ...data, type: "message" }),
  deleted: (data) => chat.withEntry(state, { ...data, type: "deleted" }),
  conversation: (data) => chat.withChanged(state, data),
  read: (data) => chat.withRead(state, data),
  typing: (data) => chat.withTyping(state, data, Date.now()),
  presence: (data) => chat.withPresence(state, data),
};

function onEvent(name, data) {
  if (!HEARD[name]) return;
  change(HEARD[name](data));
  if (name === "message") markRead();
}

/** One at a time; what asks meanwhile is served by one more round. */
async function catchUp(isNewConnection = false) {
  if (catchingUp) {
    catchingUp.again = true;
    catchingUp.anew ||= isNewConnection;
    return;
  }
  const mine = (catchingUp = { again: true, anew: isNewConnection });
  try {
    while (mine.again && mine === catchingUp) await round(mine);
  } catch {
    // The connection is gone: the next one begins anew.
  }
  if (mine === catchingUp) catchingUp = null;
  if (mine.anew && socket?.isOnline) setTimeout(catchUp, 1000, true);
}

async function round(mine) {
  const isAnew = mine.anew;
  mine.again = false;
  if (isAnew || state.stale) await list();
  let withReads = isAnew;
  let synced;
  do {
    synced = await socket.request("sync", { cursors: chat.cursorsOf(state, withReads) });
    change(chat.withSynced(state, synced));
    withReads = false;
  } while (synced.more);
  mine.anew = false;
  // Whoever has more conversations than are listed would be asked to list for ever.
  if (state.conversations.size >= MOST_LISTED.pages * MOST_LISTED.each) state = { ...state, stale: false };
  const shown = state.conversations.get(ui.open);
  if (shown && !shown.isLoaded) await load(shown.id, "");
  if (isAnew) markRead(true);
}

/** What happened while the answer was under way stays: the state is looked at only when it is here. */
async function list() {
  const found = await listed();
  ui.isListed = true;
  change(state && chat.withListed(state, found));
}

async function listed() {
  const all = [];
  let cursor = "";
  for (let page = 0; page < MOST_LISTED.pages && cursor !== null; page += 1) {
    const query = new URLSearchParams({ limit: MOST_LISTED.each, ...(cursor && { cursor }) });
    const answer = await session.request("GET", `/conversations?${query}`);
    all.push(...answer.conversations);
    cursor = answer.cursor;
  }
  return all;
}

// ---- Conversations

async function open(id) {
  ui.open = id;
  byId("menu").open = false;
  render();
  byId("body").focus();
  if (id && !state.conversations.get(id)?.isLoaded) await load(id, "");
  goToNewest();
  markRead();
}

async function load(id, query) {
  try {
    const { messages } = await session.request("GET", `/conversations/${encodeURIComponent(id)}/messages${query}`);
    change(state && chat.withHistory(state, id, messages));
  } catch (failed) {
    if (failed.code === "offline") setTimeout(() => state && ui.open === id && load(id, query), 2000);
  }
}

async function loadOlder() {
  const conversation = state?.conversations.get(ui.open);
  if (!conversation || ui.isLoadingOlder || !chat.hasOlder(conversation)) return;
  ui.isLoadingOlder = true;
  render();
  await load(conversation.id, `?before=${conversation.entries[0].seq}`);
  ui.isLoadingOlder = false;
  render();
}

async function start(handle) {
  ui.startError = "";
  try {
    const user = await session.request("GET", `/users?handle=${encodeURIComponent(handle)}`);
    if (user.id === state.me.id) throw new session.Failed("self");
    const { id } = await session.request("POST", "/conversations", { memberIds: [user.id] });
    await list();
    byId("start-handle").value = "";
    await open(id);
  } catch (failed) {
    ui.startError = failed.code ?? "other";
  }
  render();
}

async function leave() {
  const id = ui.open;
  if (!(await asked(say("leaveAsk"), say("leaveDo")))) return;
  await session.request("POST", `/conversations/${encodeURIComponent(id)}/leave`).catch(() => null);
  ui.open = null;
  catchUp(true);
  render();
}

async function block() {
  const partner = chat.partnerIn(state, state.conversations.get(ui.open));
  const isBlocked = state.blocked.has(partner);
  byId("menu").open = false;
  await session.request(isBlocked ? "DELETE" : "PUT", `/users/${encodeURIComponent(partner)}/block`);
  const blocked = new Set(state.blocked);
  if (isBlocked) blocked.delete(partner);
  else blocked.add(partner);
  localStorage.setItem(blockedKey(state.me.id), JSON.stringify([...blocked]));
  change(chat.withBlocked(state, blocked));
}

/** The server does not tell whom somebody blocked, so this browser remembers. */
function blockedKept(userId) {
  return JSON.parse(localStorage.getItem(blockedKey(userId)) ?? "[]");
}

function blockedKey(userId) {
  return `glimpse.blocked ${userId}`;
}

// ---- Messages

function send() {
  const field = byId("body");
  const body = field.value.trim();
  if (!body || [...body].length > MOST_CHARACTERS || !ui.open) return;
  field.value = "";
  resized();
  const message = { conversationId: ui.open, clientId: crypto.randomUUID?.() ?? randomId(), body };
  change(chat.withPending(state, message));
  deliver(message);
}

/** Where a page came without TLS, browsers hide randomUUID. */
function randomId() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((number) => number.toString(36)).join("-");
}

/** A message for each file, as long as its conversation is open. */
function attach(chosen) {
  for (const file of ui.open ? chosen : []) {
    const clientId = crypto.randomUUID?.() ?? randomId();
    const message = { conversationId: ui.open, clientId, body: "", file: { name: file.name, size: file.size } };
    files.begin(clientId, file);
    change(chat.withPending(state, message));
    deliver(message);
  }
  goToNewest();
}

/** The file first, where there is one. */
async function deliver(message) {
  const { conversationId, clientId, body } = message;
  const fileId = message.fileId ?? (message.file && (await uploaded(clientId)));
  if (!state || (message.file && !fileId)) return;
  try {
    const stored = await socket.deliver("message", { conversationId, clientId, body, fileId });
    // A repeat is not told again: then the answer is all there is.
    change(state && chat.withEntry(state, { ...message, ...stored, fileId, type: "message", senderId: state.me.id }));
  } catch (refused) {
    change(state && chat.withFailed(state, clientId, refused.code === "not_found" ? "left" : refused.code));
  }
}

/** The id of a file that is in the bucket now; nothing where it could not get there. */
async function uploaded(clientId) {
  try {
    const { fileId } = await files.upload(clientId, ({ sent }) => change(state && chat.withSent(state, clientId, sent)));
    change(state && chat.withUploaded(state, clientId, fileId));
    return fileId;
  } catch (refused) {
    change(state && chat.withFailed(state, clientId, refused.code ?? "other"));
  }
}

function retry(clientId) {
  const message = state.pending.find((pending) => pending.clientId === clientId);
  change(chat.withFailed(state, clientId, null));
  deliver(message);
}

function discard(clientId) {
  files.cancel(clientId);
  change(chat.withoutPending(state, { conversationId: ui.open, senderId: state.me.id, clientId }));
}

async function remove(seq) {
  const id = ui.open;
  if (!(await asked(say("deleteAsk"), say("delete")))) return;
  await session.request("DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}`).catch(() => null);
}

async function changePicture(file) {
  ui.pictureError = "";
  render();
  try {
    const { fileId } = await files.uploadPicture(file);
    const user = await session.request("POST", "/profile", { profileImageId: fileId });
    // Somebody else may be here by now.
    if (user.id !== state?.me.id) return;
    session.changed(user);
    change(chat.withMe(state, user));
  } catch (failed) {
    ui.pictureError = failed.code === "cancelled" ? "" : failed.code ?? "other";
    render();
  }
}

/** An address ends after some minutes; who asks for a file then gets a new one. */
async function openFile(event, link) {
  event.preventDefault();
  const address = await files.addressOf(link.dataset.file);
  if (address) window.open(address.url, "_blank", "noopener");
}

/** Read is what is open, on a screen that is seen, down to its end. `again`: the server may have missed it. */
function markRead(again = false) {
  const conversation = state?.conversations.get(ui.open);
  if (!conversation?.isLoaded || document.hidden || !socket.isOnline || !isAtNewest()) return;
  const { id, cursor, reads } = conversation;
  if (cursor === 0 || (!again && reads.get(state.me.id) >= cursor)) return;
  change(chat.withRead(state, { conversationId: id, userId: state.me.id, seq: cursor }));
  socket.request("read", { conversationId: id, seq: cursor }).catch(() => null);
}

function typed() {
  resized();
  const now = Date.now();
  if (!byId("body").value || now - typedAt < TYPING_EVERY_MS) return;
  typedAt = now;
  socket.emit("typing", { conversationId: ui.open });
}

function resized() {
  const field = byId("body");
  const count = [...field.value].length;
  field.rows = Math.min(6, field.value.split("\n").length);
  byId("too-long").textContent = count > MOST_CHARACTERS ? say("tooLong", { count, most: MOST_CHARACTERS }) : "";
  byId("send").disabled = count > MOST_CHARACTERS;
}

// ---- What people do

function onSubmit(id, act) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

/** The same file may be chosen again afterwards. */
function onChosen(id, act) {
  byId(id).addEventListener("change", ({ target }) => {
    const chosen = [...target.files];
    target.value = "";
    if (chosen.length) act(chosen);
  });
}

function onClick(id, act) {
  byId(id).addEventListener("click", act);
}

/** Enter that ends the composition of a Korean syllable is not Enter; Safari says so with 229 only. */
function isSending(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

function listen() {
  onSubmit("enter", enter);
  onSubmit("start", () => start(byId("start-handle").value.trim()));
  onSubmit("compose", () => (send(), byId("body").focus()));
  onClick("enter-mode", () => (Object.assign(ui, { isSignUp: !ui.isSignUp, enterError: "" }), render()));
  onClick("log-out", () => end());
  onClick("back", () => open(null));
  onClick("block", () => block().catch(() => null));
  onClick("leave", leave);
  onClick("to-newest", () => (goToNewest(), markRead()));
  byId("conversations").addEventListener("click", ({ target }) => {
    const id = target.closest("[data-open]")?.dataset.open;
    if (id) open(id);
  });
  byId("messages").addEventListener("click", ({ target }) => {
    const { action } = target.dataset;
    const line = target.closest("li");
    if (action) ({ delete: () => remove(line.dataset.seq), retry: () => retry(line.dataset.client), discard: () => discard(line.dataset.client) })[action]();
  });
  byId("messages").addEventListener("click", (event) => {
    const link = event.target.closest("a.file[href]");
    if (link) openFile(event, link);
  });
  // Neither of the two bubbles. A picture that has come takes its room; what the browser cannot show is a file like any.
  byId("messages").addEventListener("load", () => staysAtNewest && goToNewest(), true);
  byId("messages").addEventListener("error", ({ target }) => {
    target.dataset.isBroken = "true";
    render();
  }, true);
  onChosen("attach", attach);
  onChosen("my-picture", ([file]) => changePicture(file));
  byId("talk").addEventListener("dragover", (event) => event.preventDefault());
  byId("talk").addEventListener("drop", (event) => {
    event.preventDefault();
    attach(event.dataTransfer.files);
  });
  byId("body").addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  });
  byId("body").addEventListener("input", typed);
  byId("body").addEventListener("keydown", (event) => {
    if (!isSending(event)) return;
    event.preventDefault();
    send();
  });
  byId("scroll").addEventListener("scroll", scrolled, { passive: true });
  // A keyboard that comes up, or a text that grows, takes room from the messages: the newest stays in sight.
  new ResizeObserver(() => staysAtNewest && goToNewest()).observe(byId("scroll"));
  for (const button of document.querySelectorAll(".language")) button.addEventListener("click", speakOther);
  document.addEventListener("visibilitychange", () => markRead());
  document.addEventListener("click", ({ target }) => target.closest("#menu") || (byId("menu").open = false));
  window.addEventListener("online", () => socket?.open());
}

function scrolled() {
  staysAtNewest = isAtNewest();
  if (byId("scroll").scrollTop < NEAR_TOP_PIXELS) loadOlder();
  if (!isAtNewest()) return;
  byId("to-newest").hidden = true;
  markRead();
}

function speakOther() {
  toggleLanguage();
  showWords();
  render();
}

showWords();
listen();
if (session.current()) begin();
else render();
setInterval(keepToken, 5000);
setInterval(() => change(state && chat.withTime(state, Date.now())), 500);

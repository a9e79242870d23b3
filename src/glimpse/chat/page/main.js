// The page: events change the state, the views show it, and what the user does goes to the server.

import * as chat from "./chat.js";
import { byId, confirmed, onSubmit } from "./dom.js";
import * as files from "./files.js";
import * as session from "./session.js";
import * as settings from "./settings.js";
import { Socket } from "./socket.js";
import { goToNewest, isAtNewest } from "./conversation.js";
import { titleOf } from "./names.js";
import { show, showWords } from "./view.js";
import { say, toggleLanguage } from "./words.js";

const TYPING_EVERY_MS = 1000;
const BACK_ONLINE_MS = 2500;
const MAX_CHARACTERS = 4000;
const NEAR_TOP_PIXELS = 120;
const MAX_LISTED = { pages: 5, each: 200 };

let state = null;
let socket = null;
let catchingUp = null;
let typedAt = 0;
let isFollowing = true;
const ui = {
  isSignUp: false, isSignUpOff: false, logInError: null, startError: null, pictureError: null,
  open: null, left: null, connection: "", isListed: false, isLoadingOlder: false,
};

function change(next) {
  if (!state || !next) return;
  if (next.pending !== state.pending) session.saveUnsent(next.pending);
  state = next;
  render();
  locateFiles();
  if ((state.lagging || state.stale) && socket.isOnline) catchUp();
}

function render() {
  show(state, ui);
}

/** Requests the signed URLs of files that are shown, each once. */
function locateFiles() {
  for (const fileId of chat.filesToLocate(state, ui.open, Date.now())) {
    // The old address stays shown until there is a new one.
    state = chat.withFile(state, fileId, { ...state.files.get(fileId), until: Infinity });
    files.addressOf(fileId).then((address) => change(state && chat.withFile(state, fileId, address)));
  }
}

// ---- Log-in

async function logIn() {
  const go = byId("log-in-go");
  go.disabled = true;
  try {
    await session.logIn(ui.isSignUp, byId("handle").value.trim(), byId("password").value);
    ui.logInError = null;
    byId("password").value = "";
    begin();
  } catch (error) {
    ui.logInError = inSituation(error, { unauthorized: "wrong_login", signup_off: "signup_off" });
    if (error.code === "signup_off") Object.assign(ui, { isSignUp: false, isSignUpOff: true });
  }
  go.disabled = false;
  render();
}

/** The page's own words where the server cannot know what its refusal means to the user: `words`, by the server's code. */
function inSituation(error, words) {
  const code = words[error.code];
  return code ? { code } : error;
}

function begin() {
  const { user } = session.current();
  state = chat.initialState(user);
  socket = new Socket(socketUrl(), session.connectionToken, { onOnline, onOffline, onReplaced, onEvent, onRefused: end });
  socket.open();
  render();
  // Written before the page was reloaded. One may be stored already: with the same clientId it is stored once.
  for (const message of session.loadUnsent()) {
    change(chat.withPending(state, message));
    if (message.error) change(chat.withError(state, message.clientId, message.error));
    else deliver(message);
  }
}

/** Back to log-in; `code`: why the server ended the session, empty where the user logged out. */
function end(code = "") {
  socket?.stop();
  files.cancelAll();
  settings.close();
  session.logOut();
  [state, socket, catchingUp] = [null, null, null];
  Object.assign(ui, { open: null, left: null, connection: "", isListed: false, isSignUp: false, logInError: code && { code: code === "unauthorized" ? "ended" : code } });
  render();
  byId("handle").focus();
}

function socketUrl() {
  const { protocol, host } = location;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/socket.io/?EIO=4&transport=websocket`;
}

async function keepToken() {
  try {
    const token = await session.renewToken();
    if (token && socket?.isOnline) await socket.request("auth", { token });
  } catch (error) {
    // After a network fault the next call tries again; a refused token stays refused.
    if (["unauthorized", "token_expired"].includes(error.code)) end(error.code);
  }
}

// ---- Connection

function onOnline() {
  const wasOffline = ui.connection === "offline";
  ui.connection = wasOffline ? "back" : "online";
  if (wasOffline) setTimeout(hideBanner, BACK_ONLINE_MS);
  change({ ...chat.withDoubtfulReads(chat.withoutMissingFiles(chat.withoutPresence(state))), stale: false, lagging: false });
  catchUp(true);
}

function hideBanner() {
  if (ui.connection === "back") ui.connection = "online";
  render();
}

function onOffline() {
  ui.connection = "offline";
  change(chat.withoutPresence(state));
}

function onReplaced() {
  ui.connection = "replaced";
  change(chat.withoutPresence(state));
}

function useHere() {
  onOffline();
  socket.useHere();
}

const EVENTS = {
  message: (data) => chat.withEntry(state, { ...data, type: "message" }),
  deleted: (data) => chat.withEntry(state, { ...data, type: "deleted" }),
  conversation: (data) => chat.withMembers(state, data),
  read: (data) => chat.withReceipt(state, data),
  typing: (data) => chat.withTyping(state, data, Date.now()),
  presence: (data) => chat.withPresence(state, data),
};

function onEvent(name, data) {
  if (!EVENTS[name]) return;
  change(EVENTS[name](data));
  if (name === "message") markRead();
}

/** One at a time: a call during a catch-up makes it run one more round. */
async function catchUp(isNewConnection = false) {
  if (catchingUp) {
    catchingUp.again = true;
    catchingUp.isNewConnection ||= isNewConnection;
    return;
  }
  const mine = (catchingUp = { again: true, isNewConnection });
  try {
    while (mine.again && mine === catchingUp) await round(mine);
  } catch {
    // The connection is gone: the next one catches up from the start.
  }
  if (mine === catchingUp) catchingUp = null;
  if (mine.isNewConnection && socket?.isOnline) setTimeout(catchUp, 1000, true);
}

async function round(mine) {
  const { isNewConnection } = mine;
  mine.again = false;
  if (isNewConnection || state.stale) await list();
  // A task of the release before has no such list.
  if (isNewConnection) await listBlocked().catch(() => null);
  let synced;
  do {
    const asked = state;
    synced = await socket.request("sync", chat.syncRequest(asked));
    change(chat.withSynced(state, synced, asked));
  } while (synced.more);
  mine.isNewConnection = false;
  // With more conversations than are listed, `stale` would stay set and list them for ever.
  if (state.conversations.size >= MAX_LISTED.pages * MAX_LISTED.each) state = { ...state, stale: false };
  const shown = state.conversations.get(ui.open);
  if (shown && !shown.isLoaded) await loadNewest(shown.id);
  if (isNewConnection) markRead(true);
}

/** Reads the state only after the response, so that events during the request are kept. */
async function list() {
  const found = await allOf("/conversations", "conversations");
  ui.isListed = true;
  change(state && chat.withListed(state, found));
}

async function listBlocked() {
  const found = await allOf("/users/blocked", "users");
  change(state && chat.withBlocked(state, found.map(({ id }) => id)));
}

/** The rows of a list that comes in pages; `name` is theirs in its JSON. */
async function allOf(path, name) {
  const all = [];
  let cursor = "";
  for (let page = 0; page < MAX_LISTED.pages && cursor !== null; page += 1) {
    const query = new URLSearchParams({ limit: MAX_LISTED.each, ...(cursor && { cursor }) });
    const answer = await session.request("GET", `${path}?${query}`);
    all.push(...answer[name]);
    cursor = answer.cursor;
  }
  return all;
}

// ---- Conversations

async function open(id) {
  Object.assign(ui, { open: id, left: null });
  byId("menu").open = false;
  render();
  byId("body").focus();
  if (id && !state.conversations.get(id)?.isLoaded) await loadNewest(id);
  goToNewest();
  markRead();
}

async function load(id, query) {
  try {
    const { messages, before } = await session.request("GET", `/conversations/${encodeURIComponent(id)}/messages${query}`);
    change(state && chat.withHistory(state, id, messages, before));
  } catch (error) {
    if (error.code === "offline") setTimeout(() => state && ui.open === id && load(id, query), 2000);
  }
}

async function loadNewest(id) {
  await load(id, "");
  fillScreen();
}

/** What is deleted fills no line, and a list that is shorter than the screen cannot be scrolled for more. */
function fillScreen() {
  const { scrollHeight, clientHeight } = byId("scroll");
  if (scrollHeight <= clientHeight) loadOlder();
}

async function loadOlder() {
  const conversation = state?.conversations.get(ui.open);
  if (!conversation || ui.isLoadingOlder || !chat.hasOlder(conversation)) return;
  const { id, oldest } = conversation;
  ui.isLoadingOlder = true;
  render();
  await load(id, `?before=${oldest}&type=message&deleted=skip`);
  ui.isLoadingOlder = false;
  render();
  if (state?.conversations.get(id)?.oldest < oldest) fillScreen();
}

async function start(handle) {
  ui.startError = null;
  try {
    const user = await session.request("GET", `/users?handle=${encodeURIComponent(handle)}`);
    if (user.id === state.me.id) ui.startError = { code: "self" };
    else await startWith(user);
  } catch (error) {
    ui.startError = inSituation(error, { not_found: "unknown_handle" });
  }
  render();
}

async function startWith(user) {
  const { id } = await session.request("POST", "/conversations", { memberIds: [user.id] });
  await list();
  byId("start-handle").value = "";
  await open(id);
}

async function leave() {
  const id = ui.open;
  if (!(await confirmed(say("leaveAsk"), say("leaveDo")))) return;
  const conversation = state.conversations.get(id);
  const isGroup = conversation && chat.othersIn(state, conversation).length > 1;
  const title = isGroup ? titleOf(state, conversation).name : "";
  const hasLeft = await session.request("POST", `/conversations/${encodeURIComponent(id)}/leave`).then(() => true, () => false);
  Object.assign(ui, { open: null, left: isGroup && hasLeft ? { id, title } : null });
  catchUp(true);
  render();
}

/** Who left a group returns only by themselves. */
async function returnToGroup() {
  const { id } = ui.left;
  try {
    await session.request("POST", `/conversations/${encodeURIComponent(id)}/join`);
    await list();
    await open(id);
  } catch (error) {
    ui.startError = error;
    render();
  }
}

async function block() {
  const partner = chat.partnerIn(state, state.conversations.get(ui.open));
  const isBlocked = state.blocked.has(partner);
  byId("menu").open = false;
  await session.request(isBlocked ? "DELETE" : "PUT", `/users/${encodeURIComponent(partner)}/block`);
  const blocked = new Set(state.blocked);
  if (isBlocked) blocked.delete(partner);
  else blocked.add(partner);
  change(chat.withBlocked(state, blocked));
}

// ---- Messages

function send() {
  const field = byId("body");
  const body = field.value.trim();
  if (!body || [...body].length > MAX_CHARACTERS || !ui.open) return;
  field.value = "";
  resizeField();
  const message = { conversationId: ui.open, clientId: crypto.randomUUID?.() ?? randomId(), body };
  change(chat.withPending(state, message));
  deliver(message);
}

/** Browsers have no randomUUID on a page without TLS. */
function randomId() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((number) => number.toString(36)).join("-");
}

/** Sends one message for each file to the open conversation. */
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

/** Uploads the file, where there is one, then sends the message. */
async function deliver(message) {
  const { conversationId, clientId, body } = message;
  const fileId = message.fileId ?? (message.file && (await uploaded(clientId)));
  if (!state || (message.file && !fileId)) return;
  try {
    const stored = await socket.deliver("message", { conversationId, clientId, body, fileId });
    // For a repeat there is no event, only this acknowledgement.
    change(state && chat.withEntry(state, { ...message, ...stored, fileId, type: "message", senderId: state.me.id }));
  } catch (error) {
    change(state && chat.withError(state, clientId, inSituation(error, { not_found: "left" })));
  }
}

/** The id of the uploaded file; undefined where the upload failed. */
async function uploaded(clientId) {
  try {
    const { fileId } = await files.upload(clientId, ({ sent }) => change(state && chat.withProgress(state, clientId, sent)));
    change(state && chat.withUploaded(state, clientId, fileId));
    return fileId;
  } catch (error) {
    change(state && chat.withError(state, clientId, error));
  }
}

function retry(clientId) {
  const message = state.pending.find((pending) => pending.clientId === clientId);
  change(chat.withError(state, clientId, null));
  deliver(message);
}

function discard(clientId) {
  files.cancel(clientId);
  change(chat.withoutPending(state, { conversationId: ui.open, senderId: state.me.id, clientId }));
}

async function remove(seq) {
  const id = ui.open;
  if (!(await confirmed(say("deleteAsk"), say("delete")))) return;
  await session.request("DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}`).catch(() => null);
}

function onProfile(user) {
  if (user.id === state?.me.id) change(chat.withMe(state, user));
}

async function changePicture(file) {
  ui.pictureError = null;
  render();
  try {
    const { fileId } = await files.uploadPicture(file);
    onProfile(await session.changeProfile({ profileImageId: fileId }));
  } catch (error) {
    ui.pictureError = error.code === "cancelled" ? null : error;
    render();
  }
}

/** A signed URL expires after some minutes, so a click requests a new one where needed. */
async function openFile(event, link) {
  event.preventDefault();
  const address = await files.addressOf(link.dataset.file);
  if (address) window.open(address.url, "_blank", "noopener");
}

/** Marks the open conversation as read where its end is visible. `again`: also where the server may have missed it. */
function markRead(again = false) {
  const conversation = state?.conversations.get(ui.open);
  if (!conversation?.isLoaded || document.hidden || !socket.isOnline || !isAtNewest()) return;
  const { id, cursor, reads } = conversation;
  if (cursor === 0 || (!again && reads[state.me.id] >= cursor)) return;
  change(chat.withReceipt(state, { conversationId: id, userId: state.me.id, seq: cursor }));
  socket.request("read", { conversationId: id, seq: cursor }).catch(() => null);
}

function onInput() {
  resizeField();
  const now = Date.now();
  if (!byId("body").value || now - typedAt < TYPING_EVERY_MS) return;
  typedAt = now;
  socket.emit("typing", { conversationId: ui.open });
}

function resizeField() {
  const field = byId("body");
  const count = [...field.value].length;
  field.rows = Math.min(6, field.value.split("\n").length);
  byId("too-long").textContent = count > MAX_CHARACTERS ? say("tooLong", { count, most: MAX_CHARACTERS }) : "";
  byId("send").disabled = count > MAX_CHARACTERS;
}

// ---- User input

/** Clears the input, so that the same file can be chosen again. */
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

/** Enter that ends the composition of a Korean syllable does not send; Safari marks it by keyCode 229 only. */
function isSending(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

function listen() {
  onSubmit("log-in", logIn);
  onSubmit("start", () => start(byId("start-handle").value.trim()));
  onSubmit("compose", () => (send(), byId("body").focus()));
  onClick("log-in-mode", () => (Object.assign(ui, { isSignUp: !ui.isSignUp, logInError: null }), render()));
  onClick("log-out", () => end());
  settings.listen(() => state.users.get(state.me.id), onProfile, end);
  onClick("back", () => open(null));
  onClick("block", () => block().catch(() => null));
  onClick("leave", leave);
  onClick("return", returnToGroup);
  onClick("use-here", useHere);
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
  // `load` and `error` do not bubble, so both are captured. A picture that the browser cannot show is shown as a file.
  byId("messages").addEventListener("load", () => isFollowing && goToNewest(), true);
  byId("messages").addEventListener("error", ({ target }) => {
    target.dataset.isBroken = "true";
    render();
  }, true);
  onChosen("attach", attach);
  onChosen("my-picture", ([file]) => changePicture(file));
  byId("conversation").addEventListener("dragover", (event) => event.preventDefault());
  byId("conversation").addEventListener("drop", (event) => {
    event.preventDefault();
    attach(event.dataTransfer.files);
  });
  byId("body").addEventListener("paste", (event) => {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    attach(event.clipboardData.files);
  });
  byId("body").addEventListener("input", onInput);
  byId("body").addEventListener("keydown", (event) => {
    if (!isSending(event)) return;
    event.preventDefault();
    send();
  });
  byId("scroll").addEventListener("scroll", onScroll, { passive: true });
  // The on-screen keyboard or a longer text shrinks the list of messages: the newest stays visible.
  new ResizeObserver(() => isFollowing && goToNewest()).observe(byId("scroll"));
  for (const button of document.querySelectorAll(".language")) button.addEventListener("click", switchLanguage);
  document.addEventListener("visibilitychange", () => markRead());
  document.addEventListener("click", ({ target }) => target.closest("#menu") || (byId("menu").open = false));
  window.addEventListener("online", () => socket?.open());
}

function onScroll() {
  isFollowing = isAtNewest();
  if (byId("scroll").scrollTop < NEAR_TOP_PIXELS) loadOlder();
  if (!isAtNewest()) return;
  byId("to-newest").hidden = true;
  markRead();
}

function switchLanguage() {
  toggleLanguage();
  showWords();
  render();
}

showWords();
listen();
if (session.current()) begin();
else render();
setInterval(keepToken, 5000);
setInterval(() => change(state && chat.withTypingExpired(state, Date.now())), 500);

// Shows the open conversation: its header, its messages in the order of `seq`, and who is typing.

import { hasOlder, isOnline, othersIn, partnerIn, pendingIn, pictureOf, readersOf, typingIn } from "./chat.js";
import { byId, element, fill, setAvatar, setName, setText } from "./dom.js";
import { previewOf } from "./files.js";
import { nameOf, personOf, titleOf } from "./names.js";
import { dayOf, say, sayError, sizeOf, timeOf } from "./words.js";

/** Within this distance from the bottom the newest message counts as seen. */
const NEAR_NEWEST_PIXELS = 80;
/** Messages of one sender within this time form one group. */
const GROUP_MS = 5 * 60_000;
let shownId = null;

export function isAtNewest() {
  const scroll = byId("scroll");
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_NEWEST_PIXELS;
}

export function goToNewest() {
  byId("scroll").scrollTop = byId("scroll").scrollHeight;
}

export function showConversation(state, conversation, ui) {
  byId("nothing-open").hidden = conversation !== null;
  byId("conversation").hidden = conversation === null;
  if (conversation) {
    showHeader(state, conversation, ui);
    showMessages(state, conversation, ui);
    showTyping(state, conversation);
  }
  shownId = conversation?.id ?? null;
}

function showHeader(state, conversation, ui) {
  const partner = partnerIn(state, conversation);
  const others = othersIn(state, conversation);
  const online = isOnline(state, partner);
  setName(byId("conversation-title"), titleOf(state, conversation));
  setAvatar(byId("conversation-avatar"), others[0] ?? conversation.id, personOf(state, others[0] ?? state.me.id).name, pictureOf(state, partner));
  byId("conversation-avatar").dataset.online = String(online);
  setText(byId("conversation-state"), ["offline", "replaced"].includes(ui.connection) ? "" : stateText(others.length, online));
  const isBlocked = partner !== null && state.blocked.has(partner);
  byId("block").hidden = partner === null;
  if (partner) setText(byId("block"), say(isBlocked ? "unblock" : "block", { name: nameOf(state, partner) }));
  byId("you-blocked").hidden = !isBlocked;
}

function stateText(count, online) {
  if (count === 0) return "";
  return count === 1 ? say(online ? "online" : "offline") : say("people", { count: count + 1 });
}

function showMessages(state, conversation, ui) {
  const scroll = byId("scroll");
  const isOther = shownId !== conversation.id;
  const stays = isOther || isAtNewest();
  const lines = linesOf(state, conversation);
  const newest = lines.at(-1)?.key;
  const isNews = !isOther && newest !== scroll.dataset.newest && !lines.at(-1)?.isMine;
  const fromEnd = scroll.scrollHeight - scroll.scrollTop;
  const prepended = !isOther && scroll.dataset.oldest !== undefined && scroll.dataset.oldest !== lines[0]?.key;
  byId("older").hidden = !ui.isLoadingOlder;
  byId("no-messages").hidden = !conversation.isLoaded || lines.length > 0;
  // A screen reader reads out new messages only.
  byId("messages").setAttribute("aria-live", isOther || prepended ? "off" : "polite");
  fill(byId("messages"), lines, (line) => line.key, makeLine, updateLine);
  if (stays || (newest !== scroll.dataset.newest && lines.at(-1)?.isMine)) goToNewest();
  else if (prepended) scroll.scrollTop = scroll.scrollHeight - fromEnd;
  if (stays || isAtNewest()) byId("to-newest").hidden = true;
  else if (isNews) byId("to-newest").hidden = false;
  scroll.dataset.newest = newest ?? "";
  scroll.dataset.oldest = lines[0]?.key ?? "";
  scroll.dataset.hasOlder = String(hasOlder(conversation));
}

function showTyping(state, conversation) {
  const typing = typingIn(state, conversation);
  const one = typing.length === 1 && say("typing", { name: nameOf(state, typing[0]) });
  setText(byId("typing"), one || (typing.length ? say("typingMany") : ""));
}

// ---- Lines

/** A line for each day, message, membership change and pending message. */
function linesOf(state, conversation) {
  if (!conversation.isLoaded) return [];
  const lines = [];
  let before = null;
  for (const entry of conversation.entries.filter(({ type }) => type === "message" || type === "members")) {
    const day = dayOf(entry.createdAt);
    if (!before || dayOf(before.createdAt) !== day) lines.push({ kind: "day", key: `day ${day}`, text: day });
    lines.push(entry.type === "message" ? messageLine(state, conversation, entry, before) : changeLine(state, entry));
    before = entry;
  }
  lines.forEach((line, at) => {
    if (line.time && lines[at + 1]?.follows && lines[at + 1].time === line.time) line.time = "";
  });
  const sent = lines.findLast((line) => line.isMine && !line.isDeleted);
  if (sent) sent.status = statusOf(state, conversation, sent.seq);
  return [...lines, ...pendingIn(state, conversation).map(pendingLine)];
}

function messageLine(state, conversation, entry, before) {
  const isMine = entry.senderId === state.me.id;
  const follows = before?.type === "message" && before.senderId === entry.senderId &&
    new Date(entry.createdAt) - new Date(before.createdAt) < GROUP_MS;
  return {
    // The key of an own message stays the same when it is stored, so that its element stays in place.
    kind: "message", key: isMine ? `mine ${entry.clientId}` : `seq ${entry.seq}`, seq: entry.seq, isMine, follows,
    isDeleted: entry.body === null, text: entry.body ?? say("deleted"), time: timeOf(entry.createdAt), status: "",
    name: !isMine && !follows && othersIn(state, conversation).length > 1 ? nameOf(state, entry.senderId) : "",
    canDelete: isMine && entry.body !== null, clientId: entry.clientId,
    file: entry.fileId && entry.body !== null ? fileOf(state, entry.fileId, isMine ? previewOf(entry.clientId) : "") : null,
  };
}

/** `preview`: the local URL of an own picture. */
function fileOf(state, id, preview) {
  const address = state.files.get(id);
  if (address === null) return { id, name: say("fileLost"), size: "", href: "", picture: preview };
  if (!address?.url) return { id, name: "", size: "", href: "", picture: preview };
  const { url, fileName, size, contentType } = address;
  return { id, name: fileName, size: sizeOf(size), href: url, picture: preview || (contentType.startsWith("image/") ? url : "") };
}

function changeLine(state, { seq, senderId, memberIds }) {
  const left = !memberIds.includes(senderId);
  return { kind: "change", key: `seq ${seq}`, text: left ? say("left", { name: nameOf(state, senderId) }) : say("joined") };
}

function pendingLine({ clientId, body, error, file, fileId, sent = 0 }) {
  const isUploading = Boolean(file) && !fileId && !error;
  const percent = file?.size ? Math.floor((100 * sent) / file.size) : 0;
  const sending = isUploading ? say("uploading", { percent }) : say("sending");
  return {
    kind: "message", key: `mine ${clientId}`, isMine: true, text: body, time: "", clientId, name: "",
    status: error ? sayError(error) : sending, hasFailed: Boolean(error), isPending: true, isUploading, percent,
    file: file ? { id: clientId, name: file.name, size: sizeOf(file.size), href: "", picture: previewOf(clientId) } : null,
  };
}

function statusOf(state, conversation, seq) {
  const readers = readersOf(state, conversation, seq);
  if (!readers) return say("sent");
  return othersIn(state, conversation).length === 1 ? say("read") : say("readBy", { count: readers });
}

// ---- Elements

function makeLine({ kind }) {
  const line = element("li", kind);
  if (kind !== "message") return line;
  const foot = element("span", "foot");
  foot.append(element("span", "status"), element("span", "time"));
  for (const action of ["delete", "retry", "discard"]) {
    const button = element("button", `quiet ${action}`);
    button.type = "button";
    button.dataset.action = action;
    button.dataset.word = action;
    foot.append(button);
  }
  line.append(element("span", "name"), element("span", "bubble"), foot);
  return line;
}

function makeFile() {
  const file = element("a", "file");
  file.target = "_blank";
  file.rel = "noopener";
  const progress = element("progress");
  progress.max = 100;
  file.append(element("img", "picture"), element("span", "file-name"), element("span", "file-size"), progress);
  return file;
}

/** A loaded picture keeps its URL, though the signed URL has been renewed since. */
function updateFile(item, { file, isUploading, percent, status }) {
  if (!file) {
    item.querySelector(".file")?.remove();
    return;
  }
  if (!item.querySelector(".file")) item.querySelector(".bubble").before(makeFile());
  const target = item.querySelector(".file");
  const picture = target.querySelector(".picture");
  if (file.picture && !picture.hasAttribute("src")) picture.src = file.picture;
  picture.alt = file.name;
  picture.hidden = !file.picture || picture.dataset.isBroken === "true";
  target.dataset.file = file.id;
  target.dataset.isPicture = String(!picture.hidden);
  if (file.href) target.href = file.href;
  setText(target.querySelector(".file-name"), file.name);
  setText(target.querySelector(".file-size"), file.size);
  const progress = target.querySelector("progress");
  progress.hidden = !isUploading;
  progress.value = percent ?? 0;
  progress.setAttribute("aria-label", status);
}

function updateLine(target, line) {
  if (line.kind !== "message") {
    setText(target, line.text);
    return;
  }
  const find = (name) => target.querySelector(`.${name}`);
  const is = { mine: line.isMine, follows: line.follows, deleted: line.isDeleted, failed: line.hasFailed, pending: line.isPending };
  for (const [name, on] of Object.entries(is)) target.classList.toggle(name, Boolean(on));
  target.dataset.seq = line.seq ?? "";
  target.dataset.client = line.clientId;
  for (const name of ["name", "time", "status"]) setText(find(name), line[name]);
  setText(find("bubble"), line.text);
  find("bubble").hidden = Boolean(line.file) && line.text === "";
  updateFile(target, line);
  // On a touch screen there is no hover: a tap on an own message shows its buttons.
  if (line.canDelete) find("bubble").tabIndex = -1;
  const can = { delete: line.canDelete, retry: line.hasFailed, discard: line.hasFailed || line.isUploading };
  for (const [action, yes] of Object.entries(can)) {
    find(action).hidden = !yes;
    setText(find(action), say(action === "discard" && line.isUploading ? "cancel" : action));
  }
}

// Shows the open conversation: its header, its messages in the order of `seq`, and who is typing.

import { hasOlder, isOnline, othersIn, partnerIn, pendingIn, pictureOf, readersOf, typingIn } from "./chat.js";
import { byId, element, fileIcon, fill, icon, setAvatar, setIcon, setName, setText } from "./dom.js";
import { previewOf } from "./files.js";
import { showMessageText } from "./message_text.js";
import { nameOf, personOf, shortNameOf, titleOf } from "./names.js";
import * as scrollPosition from "./scroll_position.js";
import { dayOf, say, sayError, sizeOf, timeOf } from "./words.js";

/** Messages of one sender within this time form one group. */
const GROUP_MS = 5 * 60_000;
/** Of a message, to name its buttons. */
const MAX_NAMED_CHARACTERS = 40;

/** What is shown: the conversation, and its first and last lines. */
let shown = { id: null };

export function showConversation(state, conversation, ui) {
  byId("nothing-open").hidden = conversation !== null;
  byId("conversation").hidden = conversation === null;
  if (!conversation) {
    shown = { id: null };
    return;
  }
  showHeader(state, conversation, ui);
  showMessages(state, conversation, ui);
  showTyping(state, conversation);
}

function showHeader(state, conversation, ui) {
  const partner = partnerIn(state, conversation);
  const others = othersIn(state, conversation);
  const online = isOnline(state, partner);
  setName(byId("conversation-title"), titleOf(state, conversation));
  setAvatar(byId("conversation-avatar"), avatarOf(state, conversation));
  byId("conversation-avatar").dataset.online = String(online);
  const isKnown = !["offline", "replaced"].includes(ui.connection);
  const isDeleted = Boolean(state.users.get(partner)?.deleted);
  setText(byId("conversation-state"), isKnown && !isDeleted ? stateText(conversation, others.length, online) : "");
  const isBlocked = partner !== null && state.blocked.has(partner);
  byId("block").hidden = partner === null;
  if (partner) setText(byId("block"), say(isBlocked ? "unblock" : "block", { name: nameOf(state, partner) }));
  byId("you-blocked").hidden = !isBlocked;
  byId("compose").hidden = isBlocked;
}

/** For `setAvatar`: of the other person, or of the group. */
export function avatarOf(state, conversation) {
  if (!conversation.isPair) return { id: conversation.id, name: "", isGroup: true };
  const partner = partnerIn(state, conversation);
  if (partner === null) return { id: conversation.id, name: personOf(state, state.me.id).name };
  return { id: partner, name: personOf(state, partner).name, picture: pictureOf(state, partner) };
}

function stateText({ isPair }, others, online) {
  if (others === 0) return "";
  return isPair ? say(online ? "online" : "offline") : say("people", { count: others + 1 });
}

function showMessages(state, conversation, ui) {
  const { id } = conversation;
  const lines = linesOf(state, conversation);
  const next = { id, oldest: conversation.oldest, newest: lines.at(-1)?.key };
  const isSame = shown.id === id;
  const error = ui.historyErrors.get(id);
  byId("older").hidden = !ui.loading.has(id);
  byId("load-older").hidden = !error;
  setText(byId("history-error"), error ? sayError(error) : "");
  byId("no-messages").hidden = !conversation.isLoaded || hasOlder(conversation) || lines.length > 0;
  // A screen reader reads out new messages only.
  byId("scroll").setAttribute("aria-live", isSame && shown.oldest === next.oldest ? "polite" : "off");
  fill(byId("messages"), lines, (line) => `${id} ${line.key}`, makeLine, updateLine);
  scrollPosition.keep();
  byId("to-newest").hidden = scrollPosition.isFollowing();
  const isNews = isSame && next.newest !== shown.newest && !lines.at(-1)?.isMine;
  next.hasNews = !scrollPosition.isFollowing() && (isNews || (isSame && shown.hasNews));
  setText(byId("to-newest-text"), say(next.hasNews ? "newMessages" : "toNewest"));
  shown = next;
}

function showTyping(state, conversation) {
  const typing = typingIn(state, conversation);
  const one = typing.length === 1 && say("typing", { name: shortNameOf(state, conversation, typing[0]) });
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
  if (sent) Object.assign(sent, { status: statusOf(state, conversation, sent.seq), isTabStop: true });
  return [...lines, ...pendingIn(state, conversation).map(pendingLine)];
}

function messageLine(state, conversation, entry, before) {
  const isMine = entry.senderId === state.me.id;
  const follows = before?.type === "message" && before.senderId === entry.senderId &&
    new Date(entry.createdAt) - new Date(before.createdAt) < GROUP_MS;
  const time = timeOf(entry.createdAt);
  const sender = isMine ? say("you") : nameOf(state, entry.senderId);
  return {
    // The key of an own message stays the same when it is stored, so that its element stays in place.
    kind: "message", key: isMine ? `mine ${entry.clientId}` : `seq ${entry.seq}`, seq: entry.seq, isMine, follows,
    isDeleted: entry.body === null, text: entry.body ?? say("deleted"), time, status: "",
    sender: `${sender}, ${time}:`, name: !isMine && !follows && !conversation.isPair ? sender : "",
    canDelete: isMine && entry.body !== null, clientId: entry.clientId,
    file: entry.fileId && entry.body !== null ? fileOf(state, entry.fileId, isMine ? previewOf(entry.clientId) : "") : null,
  };
}

/** `preview`: the local URL of an own picture. */
function fileOf(state, id, preview) {
  const address = state.files.get(id);
  if (address === null) return { id, name: say("fileLost"), size: "", href: "", picture: preview, icon: "file" };
  if (!address?.url) return { id, name: "", size: "", href: "", picture: preview, icon: "file" };
  const { url, fileName, size, contentType } = address;
  const picture = preview || (contentType.startsWith("image/") ? url : "");
  return { id, name: fileName, size: sizeOf(size), href: url, picture, icon: fileIcon(contentType) };
}

function changeLine(state, { seq, senderId, memberIds }) {
  const left = senderId === state.me.id ? "leftMine" : "left";
  const text = memberIds.includes(senderId) ? say("joined") : say(left, { name: nameOf(state, senderId) });
  return { kind: "change", key: `seq ${seq}`, text };
}

function pendingLine({ clientId, body, error, file, fileId, sent = 0 }) {
  const isUploading = Boolean(file) && !fileId && !error;
  const percent = file?.size ? Math.floor((100 * sent) / file.size) : 0;
  const sending = isUploading ? say("uploading", { percent }) : say("sending");
  return {
    kind: "message", key: `mine ${clientId}`, isMine: true, text: body, time: "", clientId,
    sender: `${say("you")}:`, name: "",
    status: error ? sayError(error) : sending, hasFailed: Boolean(error), isPending: true, isUploading, percent,
    file: file ? pendingFile(clientId, file) : null,
  };
}

function pendingFile(clientId, { name, size, type = "" }) {
  return { id: clientId, name, size: sizeOf(size), href: "", picture: previewOf(clientId), icon: fileIcon(type) };
}

function statusOf(state, conversation, seq) {
  const readers = readersOf(state, conversation, seq);
  if (!readers) return say("sent");
  return conversation.isPair ? say("read") : say("readBy", { count: readers });
}

// ---- Elements

/** By element: the line that it shows. */
const shownLines = new WeakMap();

function makeLine({ kind }) {
  const line = element("li", kind);
  if (kind !== "message") return line;
  const foot = element("div", "foot");
  foot.append(element("span", "status"), element("span", "time"));
  const actions = element("div", "actions");
  for (const action of ["delete", "retry", "discard"]) {
    const button = element("button", `icon-button ${action}`);
    button.type = "button";
    button.dataset.action = action;
    button.append(icon(action === "discard" ? "close" : action));
    if (action === "delete") button.setAttribute("aria-describedby", "delete-hint");
    actions.append(button);
  }
  const name = element("span", "name");
  // The hidden sender, which every message has, names the same person.
  name.setAttribute("aria-hidden", "true");
  const bubble = element("div", "bubble");
  bubble.dir = "auto";
  line.append(name, element("span", "sender visually-hidden"), bubble, foot, actions);
  return line;
}

function makeFile() {
  const file = element("a", "file");
  file.target = "_blank";
  file.rel = "noopener";
  const progress = element("progress");
  progress.max = 100;
  file.append(element("img", "picture"), icon("file"), element("span", "file-name"), element("span", "file-size"), progress);
  return file;
}

/** The browser could not show the picture; another URL of it is tried again. */
export function showBroken(picture) {
  picture.dataset.brokenSrc = picture.getAttribute("src");
  picture.hidden = true;
  picture.closest(".file").dataset.isPicture = "false";
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
  const isBroken = picture.dataset.brokenSrc === file.picture;
  if (file.picture && (!picture.hasAttribute("src") || picture.dataset.brokenSrc) && !isBroken) picture.src = file.picture;
  picture.alt = file.name;
  picture.hidden = !file.picture || isBroken;
  target.dataset.file = file.id;
  target.dataset.isPicture = String(!picture.hidden);
  if (file.href) target.href = file.href;
  setIcon(target.querySelector(".icon"), file.icon);
  setText(target.querySelector(".file-name"), file.name);
  setText(target.querySelector(".file-size"), file.size);
  const progress = target.querySelector("progress");
  progress.hidden = !isUploading;
  progress.value = percent ?? 0;
  progress.setAttribute("aria-label", status);
}

function updateLine(target, line) {
  const content = JSON.stringify(line);
  if (shownLines.get(target) === content) return;
  shownLines.set(target, content);
  if (line.kind !== "message") {
    setText(target, line.text);
    return;
  }
  const find = (name) => target.querySelector(`.${name}`);
  const is = { mine: line.isMine, follows: line.follows, deleted: line.isDeleted, failed: line.hasFailed, pending: line.isPending };
  for (const [name, on] of Object.entries(is)) target.classList.toggle(name, Boolean(on));
  target.dataset.seq = line.seq ?? "";
  target.dataset.client = line.clientId;
  for (const name of ["name", "sender", "time", "status"]) setText(find(name), line[name]);
  showMessageText(find("bubble"), line.text);
  find("bubble").hidden = Boolean(line.file) && line.text === "";
  updateFile(target, line);
  // Focus shows the buttons of an own message, since a touch screen has no hover.
  find("bubble").toggleAttribute("tabindex", line.canDelete === true);
  if (line.canDelete) find("bubble").tabIndex = -1;
  const can = { delete: line.canDelete, retry: line.hasFailed, discard: line.hasFailed || line.isUploading };
  const what = [...(line.text || line.file?.name || "")].slice(0, MAX_NAMED_CHARACTERS).join("");
  for (const [action, yes] of Object.entries(can)) {
    const button = find(action);
    button.hidden = !yes;
    button.title = say(action === "discard" && line.isUploading ? "cancel" : action);
    button.setAttribute("aria-label", `${button.title}: ${what}`);
  }
  // The arrow keys lead to the others: with many messages it would take as many tabs to the composer.
  find("delete").tabIndex = line.isTabStop ? 0 : -1;
}

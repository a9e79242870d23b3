// What the user writes: the draft of each conversation, messages on their way, and files.

import * as chat from "./chat.js";
import * as connection from "./connection.js";
import { byId, onChosen, onSubmit, setFieldError } from "./dom.js";
import { draftOf, keepDraft } from "./drafts.js";
import * as files from "./files.js";
import { goToNewest } from "./history.js";
import { change, current, ui } from "./page.js";
import * as session from "./session.js";
import { numberOf, say, withPageCode } from "./words.js";

const TYPING_EVERY_MS = 1000;
const MAX_CHARACTERS = 4000;
const MAX_ROWS = 6;

let typedAt = 0;

export function listen() {
  const field = byId("body");
  onSubmit("compose", () => (send(), field.focus()));
  onChosen("attach", attach);
  field.addEventListener("input", onInput);
  field.addEventListener("keydown", onKey);
  field.addEventListener("paste", (event) => attachFrom(event, event.clipboardData));
  // Beside the conversation, too: the browser would leave the page and show the file.
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => attachFrom(event, event.dataTransfer));
  // The browser asks whether to leave the page.
  window.addEventListener("beforeunload", (event) => {
    if (current()?.pending.some((message) => !session.survivesReload(message))) event.preventDefault();
  });
}

/** After another conversation was opened. */
export function showDraft() {
  byId("body").value = draftOf(ui.open);
  fitField();
}

/**
 * Sends what was not acknowledged before the page was reloaded. One may be stored already: with the same clientId it is
 * stored once.
 */
export function resume(messages) {
  for (const message of messages) {
    change(chat.withPending(current(), message));
    if (message.error) change(chat.withError(current(), message.clientId, message.error));
    else deliver(message);
  }
}

export function retry(clientId) {
  const message = pendingMessage(clientId);
  if (!message) return;
  change(chat.withError(current(), clientId, null));
  deliver(message);
}

export function discard(clientId) {
  files.cancel(clientId);
  const { conversationId } = pendingMessage(clientId) ?? {};
  change(chat.withoutPending(current(), { conversationId, senderId: current().me.id, clientId }));
}

/** What waits to be sent in a conversation that the user has left. */
export function discardAll(conversationId) {
  for (const pending of current()?.pending ?? []) if (pending.conversationId === conversationId) discard(pending.clientId);
}

function send() {
  // Leading spaces belong to the first line, which may be code.
  const body = byId("body").value.replace(/^\s*\n/, "").trimEnd();
  if (!body || isTooLong(body) || !ui.open) return;
  keepDraft(ui.open, "");
  showDraft();
  start({ conversationId: ui.open, clientId: newClientId(), body });
}

/** Sends one message for each file to the open conversation. */
function attach(chosen) {
  for (const file of chosen) {
    const clientId = newClientId();
    files.begin(clientId, file);
    start({ conversationId: ui.open, clientId, body: "", file: { name: file.name, size: file.size, type: file.type } });
  }
}

/** Spreadsheets and word processors add a picture of the text that was copied. */
function attachFrom(event, { files: dropped, types }) {
  if (!dropped.length || (types.includes("text/plain") && types.includes("text/html"))) return;
  event.preventDefault();
  if (byId("compose").checkVisibility() && !document.querySelector("dialog:modal")) attach(dropped);
}

function start(message) {
  change(chat.withPending(current(), message));
  goToNewest();
  deliver(message);
}

/** Uploads the file, where there is one, then sends the message. */
async function deliver(message) {
  const { conversationId, clientId, body } = message;
  const fileId = message.fileId ?? (message.file && (await uploaded(clientId)));
  // A message may have been discarded in the moment in which its upload ended.
  if (!pendingMessage(clientId) || (message.file && !fileId)) return;
  try {
    const stored = await connection.deliver("message", { conversationId, clientId, body, fileId });
    // For a repeat there is no event, only this acknowledgement.
    const entry = { ...message, ...stored, fileId, type: "message", senderId: current()?.me.id };
    change(current() && chat.withEntry(current(), entry));
  } catch (error) {
    change(current() && chat.withError(current(), clientId, withPageCode(error, { not_found: "left" })));
  }
}

/** The id of the uploaded file; undefined where the upload failed. */
async function uploaded(clientId) {
  try {
    const onProgress = ({ sent }) => change(current() && chat.withProgress(current(), clientId, sent));
    const { fileId } = await files.upload(clientId, onProgress);
    change(current() && chat.withUploaded(current(), clientId, fileId));
    return fileId;
  } catch (error) {
    change(current() && chat.withError(current(), clientId, error));
  }
}

function pendingMessage(clientId) {
  return current()?.pending.find((pending) => pending.clientId === clientId);
}

function onInput() {
  keepDraft(ui.open, byId("body").value);
  fitField();
  const now = Date.now();
  if (!byId("body").value || now - typedAt < TYPING_EVERY_MS) return;
  typedAt = now;
  connection.emit("typing", { conversationId: ui.open });
}

/** Enter that ends the composition of a Korean syllable does not send; Safari marks it by keyCode 229 only. */
function onKey(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  send();
}

function fitField() {
  const field = byId("body");
  const isLong = isTooLong(field.value);
  field.rows = Math.min(MAX_ROWS, field.value.split("\n").length);
  const [count, most] = [[...field.value].length, MAX_CHARACTERS].map(numberOf);
  setFieldError("body", isLong ? say("tooLong", { count, most }) : "");
  byId("send").disabled = isLong;
}

function isTooLong(text) {
  return [...text].length > MAX_CHARACTERS;
}

/** Browsers have no randomUUID on a page without TLS. */
function newClientId() {
  return crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint32Array(4))].map((number) => number.toString(36)).join("-");
}

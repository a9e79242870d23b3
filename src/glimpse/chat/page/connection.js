// The live connection of the user: its events change the state, and the banner tells whether it is there.

import * as chat from "./chat.js";
import { change, current, render, ui } from "./page.js";
import * as session from "./session.js";
import { noAnswer, Socket } from "./socket.js";

const BACK_ONLINE_MS = 2500;

/** The socket of nobody: before log-in. */
let socket = null;
let joinListener = () => undefined;

const EVENTS = {
  message: (state, data) => chat.withEntry(state, { ...data, type: "message" }),
  deleted: (state, data) => chat.withEntry(state, { ...data, type: "deleted" }),
  conversation: chat.withMembers,
  read: chat.withReceipt,
  typing: (state, data) => chat.withTyping(state, data, Date.now()),
  presence: chat.withPresence,
};

/** `onRefused(code)`: the server refuses the user's token. */
export function open(onRefused) {
  socket = new Socket(urlOf(location), session.connectionToken, { onOnline, onOffline, onReplaced, onEvent, onRefused });
  socket.open();
}

export function close() {
  socket?.stop();
  socket = null;
}

/** Called each time the socket has joined: what happened meanwhile is to be caught up. */
export function onJoin(listener) {
  joinListener = listener;
}

export function isOnline() {
  return socket?.isOnline ?? false;
}

/** The acknowledgement. Rejects with Refusal. */
export async function request(name, data) {
  if (!socket) throw noAnswer();
  return socket.request(name, data);
}

/** Like `request`, but repeated until a retry cannot change the answer. */
export async function deliver(name, data) {
  if (!socket) throw noAnswer();
  return socket.deliver(name, data);
}

export function emit(name, data) {
  socket?.emit(name, data);
}

/** After the user opened the chat in too many places. */
export function useHere() {
  onOffline();
  socket.useHere();
}

export function onNoNetwork() {
  socket?.onNoNetwork();
}

/** The device has a network again, or the page comes back into view: a connection may be dead without an event. */
export function check() {
  socket?.check();
}

function urlOf({ protocol, host }) {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}/socket.io/?EIO=4&transport=websocket`;
}

function onOnline() {
  const wasOffline = ui.connection === "offline";
  ui.connection = wasOffline ? "back" : "online";
  if (wasOffline) setTimeout(hideBanner, BACK_ONLINE_MS);
  if (ui.actionError?.code === "offline") ui.actionError = null;
  change({ ...chat.withDoubtfulReads(chat.withoutMissingFiles(chat.withoutPresence(current()))), stale: false, lagging: false });
  joinListener();
}

function hideBanner() {
  if (ui.connection !== "back") return;
  ui.connection = "online";
  render();
}

function onOffline() {
  ui.connection = "offline";
  change(chat.withoutPresence(current()));
}

function onReplaced() {
  ui.connection = "replaced";
  change(chat.withoutPresence(current()));
}

function onEvent(name, data) {
  change(EVENTS[name]?.(current(), data));
}

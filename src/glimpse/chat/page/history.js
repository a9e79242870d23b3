// The messages of the open conversation: older ones come as the user scrolls up, and seen ones are marked as read.

import * as chat from "./chat.js";
import { backoffMs, systemRuntime } from "./client/retry.js";
import * as connection from "./connection.js";
import { byId } from "./dom.js";
import { change, current, render, renderNow, ui } from "./page.js";
import * as scrollPosition from "./scroll_position.js";
import * as session from "./session.js";

const RETRY_MS = 2000;

/** By conversation: how far the user has read, where the server was not told yet. */
const unsentReads = new Map();
/** The sending that is under way; another session does not wait for it. */
let sendingReads = null;

export function listen() {
  const scroll = byId("scroll");
  scroll.addEventListener("scroll", onScroll, { passive: true });
  // The on-screen keyboard or a longer draft shrinks the window of the messages; a picture that has loaded moves them.
  const observer = new ResizeObserver(scrollPosition.keep);
  observer.observe(scroll);
  observer.observe(byId("messages"));
  for (const [id, act] of [["to-newest", goToNewest], ["load-older", loadOlder]]) {
    byId(id).addEventListener("click", () => {
      act();
      // The button goes, and the focus with it.
      scroll.focus({ preventScroll: true });
    });
  }
}

/** Shows the newest messages of the conversation that was just opened, or loaded again. */
export function showNewest() {
  goToNewest();
  return loadOlder();
}

export function goToNewest() {
  scrollPosition.follow();
  render();
}

/**
 * Requests older messages until the top of the window is full: a page of deleted messages has no line, and no scroll
 * event follows it. The first page is the newest one.
 */
export async function loadOlder() {
  const id = ui.open;
  const conversation = conversationOf(id);
  if (id === null || ui.loading.has(id) || (conversation?.isLoaded && !chat.hasOlder(conversation))) return;
  ui.loading.add(id);
  ui.historyErrors.delete(id);
  render();
  if (!conversation?.isLoaded) await load(id, "");
  for (let before = Infinity; isTopInView(id) && conversationOf(id).oldest < before; ) {
    before = conversationOf(id).oldest;
    await load(id, `?before=${before}&type=message&deleted=skip`);
  }
  ui.loading.delete(id);
  render();
}

/** Marks the open conversation as read where its end is in view. `again`: also where the server may have missed it. */
export function markRead(again = false) {
  const conversation = conversationOf(ui.open);
  if (!conversation?.isLoaded || document.hidden || !connection.isOnline() || !scrollPosition.isFollowing()) return;
  const { id, cursor } = conversation;
  if (cursor === 0 || (!again && !chat.hasUnseen(current(), conversation))) return;
  change(chat.withReceipt(current(), { conversationId: id, userId: current().me.id, seq: cursor }));
  unsentReads.set(id, cursor);
  sendReads();
}

/**
 * One at a time, so that many messages at once do not use up the limit of events; repeated where the server was too
 * busy.
 */
export async function sendReads() {
  if (sendingReads) return;
  const mine = (sendingReads = {});
  for (let failures = 0; unsentReads.size && connection.isOnline(); ) {
    const [[conversationId, seq]] = unsentReads;
    unsentReads.delete(conversationId);
    const error = await connection.request("read", { conversationId, seq }).then(() => null, (refusal) => refusal);
    if (mine !== sendingReads) return;
    if (!error?.retry) continue;
    // A newer one of the same conversation may wait already.
    unsentReads.set(conversationId, unsentReads.get(conversationId) ?? seq);
    await systemRuntime.pause(backoffMs(failures++, Math.random));
    if (mine !== sendingReads) return;
  }
  sendingReads = null;
}

/** What is not sent yet is of a session that has ended. */
export function stop() {
  unsentReads.clear();
  sendingReads = null;
}

function onScroll() {
  const wasFollowing = scrollPosition.isFollowing();
  scrollPosition.onScroll();
  if (scrollPosition.isFollowing() !== wasFollowing) render();
  // What the server refused is requested again only where the user asks for it, or at the next connection.
  if (scrollPosition.isNearTop() && !ui.historyErrors.has(ui.open)) loadOlder();
}

function isTopInView(id) {
  const conversation = conversationOf(id);
  if (ui.open !== id || !conversation || !chat.hasOlder(conversation)) return false;
  renderNow();
  return scrollPosition.isNearTop();
}

/** Tries again while the conversation stays open and a retry may succeed. */
async function load(id, query) {
  const path = `/conversations/${encodeURIComponent(id)}/messages${query}`;
  try {
    const { messages, before } = await session.request("GET", path);
    change(current() && chat.withHistory(current(), id, messages, before));
  } catch (error) {
    if (!error.retry) return ui.historyErrors.set(id, error);
    await systemRuntime.pause(RETRY_MS);
    if (ui.open === id) await load(id, query);
  }
}

function conversationOf(id) {
  return current()?.conversations.get(id);
}

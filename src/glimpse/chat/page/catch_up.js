// What happened while the page had no connection, and what it missed: the list of conversations, then `sync`.

import * as chat from "./chat.js";
import * as connection from "./connection.js";
import { loadOlder, markRead, sendReads } from "./history.js";
import { change, current, onChange, ui } from "./page.js";
import * as session from "./session.js";

const RETRY_MS = 1000;
const LIST = { pages: 5, each: 200 };

let catchingUp = null;

export function listen() {
  connection.onJoin(() => {
    catchUp(true);
    sendReads();
  });
  onChange(() => {
    if ((current().lagging || current().stale) && connection.isOnline()) catchUp();
  });
}

/** What is under way is of a session that has ended. */
export function stop() {
  catchingUp = null;
}

/**
 * One at a time: a call during a catch-up makes it run one more round. `isFull`: the list and the blocked users are read
 * again, too.
 */
export async function catchUp(isFull = false) {
  if (catchingUp) {
    catchingUp.again = true;
    catchingUp.isFull ||= isFull;
    return;
  }
  const mine = (catchingUp = { again: true, isFull });
  let hasFailed = false;
  while (mine.again && mine === catchingUp && !hasFailed) {
    const wasFull = mine.isFull;
    Object.assign(mine, { again: false, isFull: false });
    hasFailed = await round(wasFull).then(() => false, () => true);
    mine.isFull ||= hasFailed && wasFull;
  }
  if (mine !== catchingUp) return;
  catchingUp = null;
  // Without a connection, the next one catches up.
  if (hasFailed && connection.isOnline()) setTimeout(catchUp, RETRY_MS, mine.isFull);
}

/** Reads the state only after the response, so that events during the request are kept. */
export async function list() {
  const found = await allOf("/conversations", "conversations");
  ui.isListed = true;
  change(current() && chat.withListed(current(), found));
}

async function round(isFull) {
  if (isFull || current().stale) await list();
  // A task of the release before has no such list.
  if (isFull) await listBlocked().catch(() => null);
  let synced;
  do {
    const asked = current();
    synced = await connection.request("sync", chat.syncRequest(asked));
    change(current() && chat.withSynced(current(), synced, asked));
  } while (synced.more && current());
  if (!current()) return;
  // With more conversations than are listed, `stale` would stay set and list them for ever.
  if (current().conversations.size >= LIST.pages * LIST.each) change({ ...current(), stale: false });
  if (current().conversations.has(ui.open)) loadOlder();
  if (isFull) markRead(true);
}

async function listBlocked() {
  const found = await allOf("/users/blocked", "users");
  change(current() && chat.withBlocked(current(), found.map(({ id }) => id)));
}

/** The rows of a list that comes in pages; `name` is theirs in its JSON. */
async function allOf(path, name) {
  const all = [];
  let cursor = "";
  for (let page = 0; page < LIST.pages && cursor !== null; page += 1) {
    const query = new URLSearchParams({ limit: LIST.each, ...(cursor && { cursor }) });
    const answer = await session.request("GET", `${path}?${query}`);
    all.push(...answer[name]);
    cursor = answer.cursor;
  }
  return all;
}

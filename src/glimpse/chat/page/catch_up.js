// What happened while the page had no connection, and what it missed: the list of conversations, then `sync`.

import * as chat from "./chat.js";
import * as connection from "./connection.js";
import { loadOlder, markRead, showNewest } from "./history.js";
import { change, current, onChange, ui } from "./page.js";
import * as session from "./session.js";

const RETRY_MS = 1000;
const MAX_LISTED = { pages: 5, each: 200 };

let catchingUp = null;

export function listen() {
  connection.onJoin(() => catchUp(true));
  onChange(() => {
    if ((current().lagging || current().stale) && connection.isOnline()) catchUp();
  });
}

/** What is under way is of a session that has ended. */
export function stop() {
  catchingUp = null;
}

/** One at a time: a call during a catch-up makes it run one more round. */
export async function catchUp(isNewConnection = false) {
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
  if (mine !== catchingUp) return;
  catchingUp = null;
  if (mine.isNewConnection && connection.isOnline()) setTimeout(catchUp, RETRY_MS, true);
}

/** Reads the state only after the response, so that events during the request are kept. */
export async function list() {
  const found = await allOf("/conversations", "conversations");
  ui.isListed = true;
  change(current() && chat.withListed(current(), found));
}

async function round(mine) {
  const { isNewConnection } = mine;
  mine.again = false;
  if (isNewConnection || current().stale) await list();
  // A task of the release before has no such list.
  if (isNewConnection) await listBlocked().catch(() => null);
  let synced;
  do {
    const asked = current();
    synced = await connection.request("sync", chat.syncRequest(asked));
    change(current() && chat.withSynced(current(), synced, asked));
  } while (synced.more && current());
  mine.isNewConnection = false;
  if (!current()) return;
  // With more conversations than are listed, `stale` would stay set and list them for ever.
  if (current().conversations.size >= MAX_LISTED.pages * MAX_LISTED.each) change({ ...current(), stale: false });
  const shown = current().conversations.get(ui.open);
  if (shown && !shown.isLoaded) await showNewest(shown.id);
  else if (shown) loadOlder();
  if (isNewConnection) markRead(true);
}

async function listBlocked() {
  const found = await allOf("/users/blocked", "users");
  change(current() && chat.withBlocked(current(), found.map(({ id }) => id)));
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

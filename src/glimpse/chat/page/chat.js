// The state of the page, as one value; each function returns the next value and changes nothing.
//
// A conversation's `entries` are the end of its history, from `oldest` to `cursor` (see client/state.js); the pages to
// which the user scrolled back are without the deleted messages and the membership changes. An entry that does not
// follow the cursor sets `lagging`, an unknown conversation or user sets `stale`: catch_up.js then calls `sync` or lists
// the conversations.

import * as client from "./client/state.js";

const TYPING_MS = 5000;

export function initialState(me) {
  return {
    me, conversations: new Map(), order: [], users: new Map([[me.id, me]]),
    online: new Set(), typing: new Map(), pending: [], blocked: new Set(), files: new Map(),
    lagging: false, stale: false, since: null,
  };
}

// ---- The list of conversations

export function withListed(state, listed) {
  const users = new Map(state.users);
  const conversations = new Map(state.conversations);
  for (const item of listed) {
    for (const user of item.members) users.set(user.id, user);
    conversations.set(item.id, withListItem(state.conversations.get(item.id), item));
  }
  const ids = listed.map(({ id }) => id);
  const order = [...ids, ...state.order.filter((id) => !ids.includes(id))];
  return { ...state, users, conversations, order, stale: false };
}

/** A list that was read before the newest event does not undo the event. */
function withListItem(known, { id, members, lastSeq, lastMessage, unread, pair }) {
  const memberIds = members.map((member) => member.id);
  // A service of the release before does not say it.
  const isPair = pair ?? memberIds.length === 2;
  if (!known) {
    return {
      id, isPair, memberIds, cursor: lastSeq, oldest: lastSeq + 1, countedTo: lastSeq, lastMessage, unread,
      entries: [], reads: {}, hasReads: false, isLoaded: false,
    };
  }
  if (lastSeq < known.cursor) return known;
  return { ...known, isPair, memberIds, lastMessage, unread, countedTo: lastSeq };
}

// ---- Events

/** An entry, from an event, `sync` or an acknowledgement. */
export function withEntry(state, entry) {
  const known = state.conversations.get(entry.conversationId);
  if (!known) return { ...state, stale: true };
  const next = client.withEntry(known, entry);
  if (!next) return { ...state, lagging: true };
  if (next === known) return withoutPending(state, entry);
  const changed = withConversation(state, withPreview(next, entry, state.me.id));
  return withoutPending(withoutTyping(toFront(changed, entry), entry), entry);
}

/** What the list shows of a conversation: its last message and the unread count. */
function withPreview(conversation, entry, myId) {
  const { type, seq, senderId } = entry;
  const next = { ...conversation };
  if (type === "message") next.lastMessage = entry;
  if (type === "deleted" && next.lastMessage?.seq === entry.of) next.lastMessage = { ...next.lastMessage, body: null };
  if (senderId === myId) return next;
  if (type === "message" && seq > conversation.countedTo && entry.body !== null) next.unread += 1;
  if (type === "deleted" && entry.of > (conversation.reads[myId] ?? 0)) next.unread = Math.max(0, next.unread - 1);
  return next;
}

function toFront(state, { conversationId }) {
  return { ...state, order: [conversationId, ...state.order.filter((id) => id !== conversationId)] };
}

/**
 * A page of a conversation's history, in the order of `seq`. `before`: where the next page begins, null at the start of
 * the conversation; undefined where the page leaves nothing out, so that it begins at its first entry.
 */
export function withHistory(state, id, entries, before) {
  const known = state.conversations.get(id);
  if (!known) return state;
  const first = entries[0]?.seq ?? known.oldest;
  const lagging = state.lagging || (entries.at(-1)?.seq ?? 0) > known.cursor;
  // A page above the cursor would leave a hole: `sync` closes it, and the conversation is loaded again.
  if (first > known.cursor + 1) return { ...state, lagging };
  const oldest = Math.min(known.oldest, before === undefined ? first : (before ?? 1));
  const next = { ...client.withHistory(known, entries), oldest, isLoaded: true };
  // A message may be stored, and its acknowledgement still on its way.
  return entries.reduce(withoutPending, { ...withConversation(state, next), lagging });
}

/** A conversation was created, or its members changed. The event may be late, and older than what is known. */
export function withMembers(state, { id, memberIds, lastSeq }) {
  const known = state.conversations.get(id);
  if (known && lastSeq < known.cursor) return state;
  if (!memberIds.includes(state.me.id)) return withoutConversation(state, id);
  if (!known || memberIds.some((member) => !state.users.has(member))) return { ...state, stale: true, lagging: true };
  return { ...withConversation(state, { ...known, memberIds }), lagging: state.lagging || lastSeq > known.cursor };
}

export function withReceipt(state, { conversationId, userId, seq }) {
  const known = state.conversations.get(conversationId);
  const next = known && client.withReceipt(known, userId, seq);
  if (!next || next === known) return state;
  const unread = userId === state.me.id && seq >= known.cursor ? 0 : known.unread;
  return withConversation(state, { ...next, unread });
}

export function withPresence(state, { userId, online }) {
  const next = new Set(state.online);
  if (online) next.add(userId);
  else next.delete(userId);
  return { ...state, online: next };
}

export function withTyping(state, { conversationId, userId }, now) {
  return { ...state, typing: new Map(state.typing).set(typingKey(conversationId, userId), now + TYPING_MS) };
}

/** Without what people typed too long ago. */
export function withTypingExpired(state, now) {
  const typing = new Map([...state.typing].filter(([, until]) => until > now));
  return typing.size === state.typing.size ? state : { ...state, typing };
}

function withoutTyping(state, { conversationId, senderId }) {
  const typing = new Map(state.typing);
  return typing.delete(typingKey(conversationId, senderId)) ? { ...state, typing } : state;
}

function typingKey(conversationId, userId) {
  return JSON.stringify([conversationId, userId]);
}

// ---- Reconnecting

/**
 * The request of `sync`. The server returns receipts of each conversation that lags, and those that moved since its last
 * answer. A cursor is moved back by one entry where the receipts are not known yet: a list has none.
 */
export function syncRequest({ conversations, since }) {
  const cursors = [...conversations.values()].map(({ id, cursor, hasReads }) => [id, hasReads ? cursor : cursor - 1]);
  return { cursors: Object.fromEntries(cursors.filter(([, cursor]) => cursor >= 0)), ...(since !== null && { since }) };
}

/** After a time without a connection. A server of the release before does not tell which receipts moved since. */
export function withDoubtfulReads(state) {
  if (state.since !== null) return state;
  const conversations = [...state.conversations].map(([id, each]) => [id, { ...each, hasReads: false }]);
  return { ...state, conversations: new Map(conversations) };
}

/** `asked`: the state when `synced` was asked for. */
export function withSynced(state, synced, asked = state) {
  let next = { ...state, lagging: false, since: synced.at ?? null };
  for (const id of synced.gone) next = withoutConversation(next, id);
  for (const id of synced.reset) next = { ...withoutConversation(next, id), stale: true };
  for (const entry of synced.messages) next = withEntry(next, entry);
  for (const { id, memberIds, lastSeq, reads } of synced.conversations) {
    for (const [userId, seq] of Object.entries(reads)) next = withReceipt(next, { conversationId: id, userId, seq });
    next = withMembers(next, { id, memberIds, lastSeq });
    const known = next.conversations.get(id);
    if (!known) continue;
    // A block hides receipts, and who left and came back has read nothing; but what was heard meanwhile may be newer.
    const before = asked.conversations.get(id)?.reads ?? {};
    const heard = Object.entries(known.reads).filter(([who, seq]) => seq > Math.max(before[who] ?? 0, reads[who] ?? 0));
    next = withConversation(next, { ...known, reads: { ...reads, ...Object.fromEntries(heard) }, hasReads: true });
  }
  // What does not fit here comes with the list; another `sync` would return the same.
  return { ...next, lagging: false };
}

/** The server sends who is online after each connect. */
export function withoutPresence(state) {
  return { ...state, online: new Set(), typing: new Map() };
}

// ---- What this user does

export function withPending(state, message) {
  return { ...state, pending: [...state.pending, { ...message, error: null }] };
}

/** The message was refused: `{ code, message }`, for words.js. Null where it is sent again. */
export function withError(state, clientId, error) {
  return withPendingChanged(state, clientId, { error: error && { code: error.code, message: error.message } });
}

/** `sent`: the bytes of its file that have left. */
export function withProgress(state, clientId, sent) {
  return withPendingChanged(state, clientId, { sent });
}

/** Its file is uploaded. */
export function withUploaded(state, clientId, fileId) {
  return withPendingChanged(state, clientId, { fileId });
}

function withPendingChanged(state, clientId, change) {
  const pending = state.pending.map((message) => (message.clientId === clientId ? { ...message, ...change } : message));
  return { ...state, pending };
}

/** A stored message is no longer pending. Conversation, sender and clientId identify it. */
export function withoutPending(state, { conversationId, senderId, clientId }) {
  const isSame = (message) => message.conversationId === conversationId && message.clientId === clientId;
  if (senderId !== state.me.id || !state.pending.some(isSame)) return state;
  return { ...state, pending: state.pending.filter((message) => !isSame(message)) };
}

export function withBlocked(state, userIds) {
  return { ...state, blocked: new Set(userIds) };
}

function withoutConversation(state, id) {
  const conversations = new Map(state.conversations);
  conversations.delete(id);
  return { ...state, conversations, order: state.order.filter((other) => other !== id) };
}

function withConversation(state, conversation) {
  return { ...state, conversations: new Map(state.conversations).set(conversation.id, conversation) };
}

// ---- Files and pictures

/** The addresses of these files are being looked up; the ones that are known stay. */
export function withFilesRequested(state, fileIds) {
  return withFiles(state, fileIds.map((id) => [id, { nextLookup: Infinity }]));
}

/** `addresses`: as in files.js. What a failed look-up does not say stays. */
export function withFiles(state, addresses) {
  const files = new Map(state.files);
  for (const [id, address] of addresses) files.set(id, address && { ...files.get(id), ...address });
  return { ...state, files };
}

/** Forgets failed look-ups, so that they are tried again. */
export function withoutMissingFiles(state) {
  return { ...state, files: new Map([...state.files].filter(([, address]) => address !== null)) };
}

export function withMe(state, me) {
  return { ...state, me, users: new Map(state.users).set(me.id, me) };
}

const MAX_LOCATED = 100;

/** Ids of files that are shown or named, and whose address is to be looked up, those of the open conversation first. */
export function filesToLocate(state, openId, now) {
  const entries = state.conversations.get(openId)?.entries ?? [];
  const listed = state.order.slice(0, MAX_LOCATED).map((id) => state.conversations.get(id));
  const all = [...entries, ...listed.map(({ lastMessage }) => lastMessage)];
  const posted = all.filter((entry) => entry?.fileId && entry.body !== null);
  const people = [state.me.id, ...listed.map((each) => partnerIn(state, each))];
  const pictures = people.map((id) => state.users.get(id)?.profileImageId);
  const isDue = (fileId) => fileId && state.files.get(fileId) !== null && !(state.files.get(fileId)?.nextLookup > now);
  return [...new Set([...posted.map(({ fileId }) => fileId), ...pictures])].filter(isDue);
}

/** The URL of a user's picture; empty where there is none. */
export function pictureOf(state, userId) {
  return state.files.get(state.users.get(userId)?.profileImageId)?.url ?? "";
}

// ---- What views read

export function othersIn(state, conversation) {
  return conversation.memberIds.filter((id) => id !== state.me.id);
}

/** The other member of a two-person conversation; null in a group, and where the other has left. */
export function partnerIn(state, conversation) {
  return conversation.isPair ? (othersIn(state, conversation)[0] ?? null) : null;
}

/** Presence ends some seconds after the last connection, and a deleted account is offline at once. */
export function isOnline(state, userId) {
  return state.online.has(userId) && !state.users.get(userId)?.deleted;
}

export function typingIn(state, conversation) {
  return othersIn(state, conversation).filter((id) => state.typing.has(typingKey(conversation.id, id)));
}

/** How many other members have read up to `seq`. */
export function readersOf(state, conversation, seq) {
  return othersIn(state, conversation).filter((id) => (conversation.reads[id] ?? 0) >= seq).length;
}

export function pendingIn(state, conversation) {
  return state.pending.filter(({ conversationId }) => conversationId === conversation.id);
}

/** Whether others wrote what this user has not marked as read. A receipt for one's own messages tells nobody anything. */
export function hasUnseen({ me }, { entries, reads, unread }) {
  return unread > 0 || entries.some(({ seq, senderId }) => senderId !== me.id && seq > (reads[me.id] ?? 0));
}

export function hasOlder(conversation) {
  return conversation.isLoaded && conversation.oldest > 1;
}

export function unreadIn(state) {
  return [...state.conversations.values()].reduce((sum, { unread }) => sum + unread, 0);
}

// What this person knows of their conversations, as one value; each function gives the next value and changes nothing.
//
// A conversation's `entries` are a contiguous end of its history, in the order of their numbers; `cursor` is the newest
// number known. A number that does not fit sets `lagging`, an unknown conversation or person sets `stale`: whoever
// holds the state then asks the server (`sync`, the list), instead of guessing.

export const TYPING_MS = 5000;

export function empty(me) {
  return {
    me, conversations: new Map(), order: [], users: new Map([[me.id, me]]),
    online: new Set(), typing: new Map(), pending: [], blocked: new Set(), files: new Map(),
    lagging: false, stale: false,
  };
}

// ---- What the list says

export function withListed(state, listed) {
  const users = new Map(state.users);
  const conversations = new Map(state.conversations);
  for (const item of listed) {
    for (const user of item.members) users.set(user.id, user);
    conversations.set(item.id, listedOver(state.conversations.get(item.id), item));
  }
  const ids = listed.map(({ id }) => id);
  const order = [...ids, ...state.order.filter((id) => !ids.includes(id))];
  return { ...state, users, conversations, order, stale: false };
}

/** A list that is older than what was heard since does not take back what was heard. */
function listedOver(known, { id, members, lastSeq, lastMessage, unread }) {
  const memberIds = members.map((member) => member.id);
  if (!known) {
    return {
      id, memberIds, cursor: lastSeq, countedTo: lastSeq, lastMessage, unread,
      entries: [], reads: new Map(), isLoaded: false,
    };
  }
  if (lastSeq < known.cursor) return known;
  return { ...known, memberIds, lastMessage, unread, countedTo: lastSeq };
}

// ---- What happens

/** An entry with its number: a message, a deletion, a change of members; from an event, `sync` or an answer. */
export function withEntry(state, entry) {
  const known = state.conversations.get(entry.conversationId);
  if (!known) return { ...state, stale: true };
  if (entry.seq > known.cursor + 1) return { ...state, lagging: true };
  const isNew = entry.seq > known.cursor;
  const fits = isNew || entry.seq >= (known.entries[0]?.seq ?? Infinity);
  let conversation = fits ? { ...known, entries: merged(known.entries, [entry]) } : known;
  if (isNew) conversation = advanced(conversation, entry, state.me.id);
  const next = withConversation(state, conversation);
  return withoutPending(isNew ? stoppedTyping(toFront(next, entry), entry) : next, entry);
}

function advanced(conversation, entry, myId) {
  const { type, seq, senderId } = entry;
  const next = { ...conversation, cursor: seq };
  if (type === "members") next.memberIds = entry.memberIds;
  if (type === "message") next.lastMessage = entry;
  if (type === "deleted" && next.lastMessage?.seq === entry.of) next.lastMessage = { ...next.lastMessage, body: null };
  if (type === "message" && senderId !== myId && seq > conversation.countedTo && entry.body !== null) next.unread += 1;
  return next;
}

function toFront(state, { conversationId }) {
  return { ...state, order: [conversationId, ...state.order.filter((id) => id !== conversationId)] };
}

/** By number; where a deletion is known, its message has no body, in whichever order the two came. */
function merged(old, more) {
  const bySeq = new Map([...old, ...more].map((entry) => [entry.seq, entry]));
  const gone = new Set([...bySeq.values()].map((entry) => entry.of));
  return [...bySeq.values()]
    .sort((a, b) => a.seq - b.seq)
    .map((entry) => (gone.has(entry.seq) && entry.body !== null ? { ...entry, body: null } : entry));
}

export function withHistory(state, id, entries) {
  const known = state.conversations.get(id);
  if (!known) return state;
  // An answer that begins above what is known would leave a hole; `sync` closes it, then this is asked again.
  const newest = entries.at(-1)?.seq ?? 0;
  const next = { ...known, entries: merged(known.entries, entries), isLoaded: true };
  return { ...withConversation(state, next), lagging: state.lagging || newest > known.cursor };
}

/** A conversation was made, or its members changed. */
export function withChanged(state, { id, memberIds, lastSeq }) {
  if (!memberIds.includes(state.me.id)) return withoutConversation(state, id);
  const known = state.conversations.get(id);
  if (!known || memberIds.some((member) => !state.users.has(member))) return { ...state, stale: true, lagging: true };
  return { ...withConversation(state, { ...known, memberIds }), lagging: state.lagging || lastSeq > known.cursor };
}

export function withRead(state, { conversationId, userId, seq }) {
  const known = state.conversations.get(conversationId);
  if (!known || (known.reads.get(userId) ?? -1) >= seq) return state;
  const unread = userId === state.me.id && seq >= known.cursor ? 0 : known.unread;
  return withConversation(state, { ...known, unread, reads: new Map(known.reads).set(userId, seq) });
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

export function withTime(state, now) {
  const typing = new Map([...state.typing].filter(([, until]) => until > now));
  return typing.size === state.typing.size ? state : { ...state, typing };
}

function stoppedTyping(state, { conversationId, senderId }) {
  const typing = new Map(state.typing);
  return typing.delete(typingKey(conversationId, senderId)) ? { ...state, typing } : state;
}

function typingKey(conversationId, userId) {
  return JSON.stringify([conversationId, userId]);
}

// ---- Coming back

/**
 * How far each conversation is known. `withReads` goes back by one entry: the server tells who read what only for
 * conversations in which something is missing, and receipts may have moved while nothing was written.
 */
export function cursorsOf(state, withReads) {
  const known = [...state.conversations.values()].map(({ id, cursor }) => [id, withReads ? cursor - 1 : cursor]);
  return Object.fromEntries(known.filter(([, cursor]) => cursor >= 0));
}

export function withSynced(state, synced) {
  let next = { ...state, lagging: false };
  for (const id of synced.gone) next = withoutConversation(next, id);
  for (const id of synced.reset) next = { ...withoutConversation(next, id), stale: true };
  for (const entry of synced.messages) next = withEntry(next, entry);
  for (const { id, memberIds, lastSeq, reads } of synced.conversations) {
    for (const [userId, seq] of Object.entries(reads)) next = withRead(next, { conversationId: id, userId, seq });
    next = withChanged(next, { id, memberIds, lastSeq });
  }
  // What `sync` named but could not be placed comes with the list; asking for the same again would not help.
  return { ...next, lagging: false };
}

/** Who is online is told anew at each joining. */
export function withoutPresence(state) {
  return { ...state, online: new Set(), typing: new Map() };
}

// ---- What this person does

export function withPending(state, message) {
  return { ...state, pending: [...state.pending, { ...message, code: null }] };
}

export function withFailed(state, clientId, code) {
  return withPendingChanged(state, clientId, { code });
}

/** So many bytes of its file have left. */
export function withSent(state, clientId, sent) {
  return withPendingChanged(state, clientId, { sent });
}

/** Its file is in the bucket. */
export function withUploaded(state, clientId, fileId) {
  return withPendingChanged(state, clientId, { fileId });
}

function withPendingChanged(state, clientId, change) {
  const pending = state.pending.map((message) => (message.clientId === clientId ? { ...message, ...change } : message));
  return { ...state, pending };
}

/** A message is its conversation, its sender and its clientId: once it has a number it is no longer pending. */
export function withoutPending(state, { conversationId, senderId, clientId }) {
  const isIt = (message) => message.conversationId === conversationId && message.clientId === clientId;
  if (senderId !== state.me.id || !state.pending.some(isIt)) return state;
  return { ...state, pending: state.pending.filter((message) => !isIt(message)) };
}

export function withBlocked(state, userIds) {
  return { ...state, blocked: new Set(userIds) };
}

export function withoutConversation(state, id) {
  const conversations = new Map(state.conversations);
  conversations.delete(id);
  return { ...state, conversations, order: state.order.filter((other) => other !== id) };
}

function withConversation(state, conversation) {
  return { ...state, conversations: new Map(state.conversations).set(conversation.id, conversation) };
}

// ---- Files and pictures

/** Where a file can be had; null where it cannot. */
export function withFile(state, fileId, address) {
  return { ...state, files: new Map(state.files).set(fileId, address) };
}

/** Files that could not be had are asked for again. */
export function withoutLost(state) {
  return { ...state, files: new Map([...state.files].filter(([, address]) => address !== null)) };
}

export function withMe(state, me) {
  return { ...state, me, users: new Map(state.users).set(me.id, me) };
}

const MOST_PICTURED = 100;

/** Files that are shown, and of which nobody knows where they can be had now: those of the open conversation first. */
export function unknownFiles(state, openId, now) {
  const entries = state.conversations.get(openId)?.entries ?? [];
  const shown = entries.filter(({ fileId, body }) => fileId && body !== null).map(({ fileId }) => fileId);
  const listed = state.order.slice(0, MOST_PICTURED).map((id) => partnerIn(state, state.conversations.get(id)));
  const people = [state.me.id, ...listed].map((id) => state.users.get(id)?.profileImageId);
  const isUnknown = (fileId) => !state.files.has(fileId) || state.files.get(fileId)?.until < now;
  return [...new Set([...shown, ...people])].filter((fileId) => fileId && isUnknown(fileId));
}

/** Where the picture of a person is; empty where there is none. */
export function pictureOf(state, userId) {
  return state.files.get(state.users.get(userId)?.profileImageId)?.url ?? "";
}

// ---- What is shown

export function nameOf(state, userId) {
  const user = state.users.get(userId);
  return user?.displayName ?? user?.handle ?? userId.slice(0, 8);
}

export function othersIn(state, conversation) {
  return conversation.memberIds.filter((id) => id !== state.me.id);
}

/** The other one of two; null in a group, and where the other has left. */
export function partnerIn(state, conversation) {
  const others = othersIn(state, conversation);
  return others.length === 1 ? others[0] : null;
}

export function typingIn(state, conversation) {
  return othersIn(state, conversation).filter((id) => state.typing.has(typingKey(conversation.id, id)));
}

/** How many others have read up to a number. */
export function readersOf(state, conversation, seq) {
  return othersIn(state, conversation).filter((id) => (conversation.reads.get(id) ?? 0) >= seq).length;
}

export function pendingIn(state, conversation) {
  return state.pending.filter(({ conversationId }) => conversationId === conversation.id);
}

export function hasOlder(conversation) {
  return conversation.isLoaded && (conversation.entries[0]?.seq ?? 1) > 1;
}

export function unreadIn(state) {
  return [...state.conversations.values()].reduce((sum, { unread }) => sum + unread, 0);
}

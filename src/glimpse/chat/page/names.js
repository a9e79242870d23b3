// How people are named. A display name need not be unique, so the handle stands beside it: nobody passes for another.

import { othersIn } from "./chat.js";
import { say } from "./words.js";

const MAX_SHORT_NAME = 12;

/** `handle` is empty where `name` is the handle, or where there is none. The service lists the members of today only. */
export function personOf(state, userId) {
  if (!state.users.has(userId)) return { name: say("formerMember"), handle: "" };
  const { displayName, handle, deleted } = state.users.get(userId);
  if (deleted) return { name: say("deletedAccount"), handle: "" };
  const name = displayName ?? handle ?? userId.slice(0, 8);
  return { name, handle: displayName && handle && displayName !== handle ? `@${handle}` : "" };
}

/** Both in one text. The isolates (U+2068, U+2069) keep a name that is written from the right away from the handle. */
export function nameOf(state, userId) {
  const { name, handle } = personOf(state, userId);
  return handle ? `\u2068${name}\u2069 (${handle})` : name;
}

/** For a line with little room: shortened, and without the handle where no other member of the conversation has the same name. */
export function shortNameOf(state, { memberIds }, userId) {
  const { name } = personOf(state, userId);
  if (memberIds.some((id) => id !== userId && personOf(state, id).name === name)) return nameOf(state, userId);
  const letters = [...name];
  return `\u2068${letters.length > MAX_SHORT_NAME ? `${letters.slice(0, MAX_SHORT_NAME - 1).join("")}…` : name}\u2069`;
}

/** The other member of a conversation, or all of them in one `name`. */
export function titleOf(state, conversation) {
  const others = othersIn(state, conversation);
  if (others.length === 1) return personOf(state, others[0]);
  return { name: others.map((id) => nameOf(state, id)).join(", ") || say("alone"), handle: "" };
}

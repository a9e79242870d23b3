// What the user has written and not sent, by conversation. It survives a reload, and goes with the session.

import { keep, kept } from "./session.js";

const DRAFTS_KEY = "glimpse.drafts";

let drafts = new Map();

/** Those of the user who is logged in. */
export function loadDrafts() {
  drafts = new Map(Object.entries(kept(DRAFTS_KEY) ?? {}));
}

export function draftOf(conversationId) {
  return drafts.get(conversationId) ?? "";
}

export function keepDraft(conversationId, text) {
  if (text) drafts.set(conversationId, text);
  else drafts.delete(conversationId);
  keep(DRAFTS_KEY, Object.fromEntries(drafts));
}

export function forgetDrafts() {
  drafts.clear();
  sessionStorage.removeItem(DRAFTS_KEY);
}

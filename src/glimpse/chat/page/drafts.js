// What the user has written and not sent, by conversation. It survives a reload, and goes with the session.

const DRAFTS_KEY = "glimpse.drafts";

const drafts = new Map(Object.entries(JSON.parse(sessionStorage.getItem(DRAFTS_KEY) ?? "{}")));

export function draftOf(conversationId) {
  return drafts.get(conversationId) ?? "";
}

export function keepDraft(conversationId, text) {
  if (text) drafts.set(conversationId, text);
  else drafts.delete(conversationId);
  sessionStorage.setItem(DRAFTS_KEY, JSON.stringify(Object.fromEntries(drafts)));
}

export function forgetDrafts() {
  drafts.clear();
  sessionStorage.removeItem(DRAFTS_KEY);
}

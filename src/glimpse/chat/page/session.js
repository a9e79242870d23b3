// Who this tab is, and what it asks over HTTP. Kept for the tab only, so that two tabs can be two people.

const KEPT = "glimpse.session";
const UNSENT = "glimpse.unsent";
const REFRESH_AFTER = 0.7;

/** Rejects requests; `code` is the server's, or `offline`. */
export class Failed extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

let session = kept();

export function current() {
  return session;
}

export function token() {
  return session?.token ?? "";
}

export async function enter(isNew, handle, password) {
  keep(await request("POST", isNew ? "/auth/signup" : "/auth/login", { handle, password }));
}

export function forget() {
  session = null;
  sessionStorage.removeItem(KEPT);
  sessionStorage.removeItem(UNSENT);
}

/** What others see of this person has changed. */
export function changed(user) {
  session = { ...session, user };
  sessionStorage.setItem(KEPT, JSON.stringify(session));
}

/** Messages that have no number yet outlive a page that is loaded anew. */
export function keepUnsent(messages) {
  // A file that is still on its way does not.
  sessionStorage.setItem(UNSENT, JSON.stringify(messages.filter(({ file, fileId }) => !file || fileId)));
}

export function unsentKept() {
  return JSON.parse(sessionStorage.getItem(UNSENT) ?? "[]");
}

/** The new token, while the old one is still valid; null while it is fresh enough. */
export async function refreshed(now = Date.now()) {
  if (!session || now < session.refreshAt) return null;
  keep(await request("POST", "/auth/refresh"));
  return session.token;
}

export async function request(method, path, body) {
  const headers = { "content-type": "application/json" };
  if (session) headers.authorization = `Bearer ${session.token}`;
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
  if (!response) throw new Failed("offline");
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Failed(answer?.error?.code ?? "offline");
  return answer;
}

function keep({ accessToken, expiresIn, user }) {
  const now = Date.now();
  const lifetime = expiresIn * 1000;
  session = { token: accessToken, user, refreshAt: now + lifetime * REFRESH_AFTER, expiresAt: now + lifetime };
  sessionStorage.setItem(KEPT, JSON.stringify(session));
}

function kept() {
  const found = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  return found && found.expiresAt > Date.now() ? found : null;
}

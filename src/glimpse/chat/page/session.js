// The signed-in user of this tab, and requests over HTTP. Kept in sessionStorage, so that two tabs can be two users.

import { requestJson } from "./client/http.js";
import { currentLanguage } from "./words.js";

const SESSION_KEY = "glimpse.session";
const UNSENT_KEY = "glimpse.unsent";
/** The share of a token's lifetime after which it is renewed. */
const RENEW_AFTER = 0.7;

let session = loadSession();
/** How often somebody has logged out: the answer to an earlier request is another user's. */
let logOuts = 0;
/** While the password changes, the old token may be refused already, and the new one is not here yet. */
let passwordChange = null;
/** The messages of the last `saveUnsent`. */
let saved = null;

export function current() {
  return session;
}

export function token() {
  return session?.token ?? "";
}

/** The token for a connection. */
export async function connectionToken() {
  await passwordChange?.catch(() => null);
  return token();
}

/** Whether this tab has kept a session that has expired since. */
export function hasExpired() {
  return !session && sessionStorage.getItem(SESSION_KEY) !== null;
}

/** Signs up or logs in. Rejects with Refusal. */
export async function logIn(isNew, handle, password) {
  startSession(await request("POST", isNew ? "/auth/signup" : "/auth/login", { handle, password }));
}

export function logOut() {
  logOuts += 1;
  [session, saved, passwordChange] = [null, null, null];
  sessionStorage.removeItem(SESSION_KEY);
  sessionStorage.removeItem(UNSENT_KEY);
}

/** The user with this change. Rejects with Refusal. */
export async function changeProfile(change) {
  const user = await request("POST", "/profile", change);
  // Another user may have logged in meanwhile.
  if (user.id === session?.user.id) saveSession({ ...session, user });
  return user;
}

/** Every other session of the user ends. Rejects with Refusal. */
export async function changePassword(password, newPassword) {
  passwordChange = request("POST", "/auth/password", { password, newPassword }).then(continueSession);
  await passwordChange.finally(() => (passwordChange = null));
}

/** A file that is not uploaded yet is lost. */
export function survivesReload({ file, fileId }) {
  return !file || Boolean(fileId);
}

/** Keeps the messages that are not acknowledged yet over a reload. Called after each render. */
export function saveUnsent(messages) {
  if (messages === saved) return;
  saved = messages;
  keep(UNSENT_KEY, messages.filter(survivesReload));
}

export function loadUnsent() {
  return kept(UNSENT_KEY) ?? [];
}

/** Keeps a value in this tab for the user who is logged in. What is larger than browsers allow is not kept. */
export function keep(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify({ userId: session.user.id, value }));
  } catch (error) {
    if (error.name !== "QuotaExceededError") throw error;
  }
}

/** What was kept for this user; null where nothing was, or for another user whose session has expired since. */
export function kept(key) {
  const found = JSON.parse(sessionStorage.getItem(key) ?? "null");
  return found?.userId === session?.user.id ? (found?.value ?? null) : null;
}

/** The new token, or null while the old one need not be renewed yet. Rejects with Refusal. */
export async function renewToken(now = Date.now()) {
  if (!session || passwordChange || now < session.refreshAt) return null;
  continueSession(await request("POST", "/auth/refresh"));
  return session?.token ?? null;
}

/** The body of the response; none where the user has logged out meanwhile. Rejects with Refusal. */
export async function request(method, path, body) {
  const before = logOuts;
  const requested = requestJson(method, path, { language: currentLanguage(), token: session ? token : undefined, body });
  await requested.catch(() => null);
  return before === logOuts ? requested : new Promise(() => {});
}

/** Unless the user has logged out meanwhile. */
function continueSession(answer) {
  if (session?.user.id === answer.user.id) startSession(answer);
}

function startSession({ accessToken, expiresIn, user }) {
  const now = Date.now();
  const lifetime = expiresIn * 1000;
  saveSession({ token: accessToken, user, refreshAt: now + lifetime * RENEW_AFTER, expiresAt: now + lifetime });
}

function saveSession(next) {
  session = next;
  sessionStorage.setItem(SESSION_KEY, JSON.stringify(session));
}

function loadSession() {
  const found = JSON.parse(sessionStorage.getItem(SESSION_KEY) ?? "null");
  return found && found.expiresAt > Date.now() ? found : null;
}

// The log-in form, and the session of the user from log-in to log-out.

import * as catchUp from "./catch_up.js";
import * as composer from "./composer.js";
import * as connection from "./connection.js";
import * as conversations from "./conversations.js";
import { byId, clearErrors, confirmClosed, confirmed, onSubmit, setFieldError, setFormError } from "./dom.js";
import { forgetDrafts, loadDrafts } from "./drafts.js";
import * as files from "./files.js";
import * as history from "./history.js";
import { current, render, reset, ui } from "./page.js";
import * as session from "./session.js";
import * as settings from "./settings.js";
import { say, sayError, withPageCode } from "./words.js";

const TOKEN_CHECK_MS = 5000;
const FIELDS = ["handle", "password"];

let isLoggingIn = false;

export function listen() {
  onSubmit("log-in", logIn);
  byId("log-in-mode").addEventListener("click", () => {
    ui.isSignUp = !ui.isSignUp;
    showError(null);
    render();
  });
  byId("log-out").addEventListener("click", logOut);
  setInterval(keepToken, TOKEN_CHECK_MS);
}

/** With the session that this tab has kept, or with none. */
export function begin() {
  // A render keeps the messages of the state, of which it has none yet.
  const unsent = session.loadUnsent();
  reset(session.current()?.user ?? null);
  if (!current()) return showError(session.hasExpired() ? { code: "token_expired" } : null);
  loadDrafts();
  conversations.begin();
  connection.open(end);
  composer.resume(unsent);
}

/** Back to log-in; `code`: why the server ended the session, empty where the user logged out. */
export function end(code = "") {
  connection.close();
  catchUp.stop();
  history.stop();
  files.cancelAll();
  settings.close();
  confirmClosed();
  conversations.end();
  session.logOut();
  forgetDrafts();
  // The next user of this tab must not find what this one wrote.
  for (const form of document.forms) {
    form.reset();
    if (form.id) clearErrors(form.id);
  }
  reset(null);
  showError(code ? { code: code === "unauthorized" ? "ended" : code } : null);
  byId("handle").focus();
}

async function logIn() {
  // A disabled button would lose the focus.
  if (isLoggingIn) return;
  isLoggingIn = true;
  showError(null);
  try {
    await session.logIn(ui.isSignUp, byId("handle").value.trim(), byId("password").value);
    byId("password").value = "";
    begin();
    byId("list-title").focus();
  } catch (error) {
    if (error.code === "signup_off") Object.assign(ui, { isSignUp: false, isSignUpOff: true });
    showError(withPageCode(error, { unauthorized: "wrong_login", signup_off: "signup_off" }));
    render();
  }
  isLoggingIn = false;
}

/** Asks where something would be lost. */
async function logOut() {
  if (current()?.pending.length && !(await confirmed(say("logOutAsk"), say("logOut")))) return;
  end();
}

function showError(error) {
  clearErrors("log-in");
  if (!error) return;
  if (FIELDS.includes(error.field)) {
    setFieldError(error.field, sayError(error));
    byId(error.field).focus();
  } else setFormError("log-in", sayError(error), error.code === "wrong_login" ? FIELDS : []);
}

async function keepToken() {
  try {
    const token = await session.renewToken();
    if (token && connection.isOnline()) await connection.request("auth", { token });
  } catch (error) {
    // After a network fault the next call tries again; a refused token stays refused.
    if (["unauthorized", "token_expired"].includes(error.code)) end(error.code);
  }
}

// The settings of the user: name, password, sessions and account.

import { byId, clearErrors, confirmed, onSubmit, setFieldError, setFormError, setText } from "./dom.js";
import * as session from "./session.js";
import { say, sayError } from "./words.js";

/** `currentUser()`: as last heard. `onUser(user)`: the profile changed. `onEnd()`: the session is over. */
export function listen(currentUser, onUser, onEnd) {
  byId("open-settings").addEventListener("click", () => open(currentUser()));
  byId("settings").addEventListener("input", clearDone);
  onSubmit("rename", () => save("rename", { displayName: "display-name" }, async () => {
    onUser(await session.changeProfile({ displayName: byId("display-name").value }));
    setText(byId("rename-done"), say("saved"));
  }));
  onSubmit("change-password", () => save("change-password", { password: "old-password", newPassword: "new-password" }, async () => {
    await session.changePassword(byId("old-password").value, byId("new-password").value);
    setText(byId("change-password-done"), say("passwordChanged"));
  }));
  onSubmit("delete-account", async () => {
    if (!(await confirmed(say("deleteAccountAsk"), say("deleteAccount")))) return;
    await save("delete-account", { password: "delete-password" }, async () => {
      await session.request("DELETE", "/me", { password: byId("delete-password").value });
      onEnd();
    });
  });
  onSubmit("sessions", async () => {
    if (!(await confirmed(say("logOutEverywhereAsk"), say("logOut")))) return;
    await save("sessions", {}, async () => {
      await session.request("POST", "/auth/logout-everywhere");
      onEnd();
    });
  });
}

function open({ displayName, handle }) {
  clear();
  // Password managers look for it.
  for (const field of document.querySelectorAll("#settings .username")) field.value = handle ?? "";
  byId("display-name").value = displayName ?? "";
  byId("settings").showModal();
}

export function close() {
  clear();
  byId("settings").close();
}

/** Does what was asked for, and shows why it failed. `fields`: the id of each field by its name in the request. */
async function save(formId, fields, act) {
  clearErrors(formId);
  clearDone();
  try {
    await act();
    clearPasswords();
  } catch (error) {
    const field = fields[error.field];
    if (field) {
      setFieldError(field, sayError(error));
      byId(field).focus();
    } else setFormError(formId, sayError(error));
  }
}

function clear() {
  clearPasswords();
  clearDone();
  for (const form of document.querySelectorAll("#settings .setting")) clearErrors(form.id);
}

function clearPasswords() {
  for (const field of document.querySelectorAll("#settings [type=password]")) field.value = "";
}

function clearDone() {
  for (const target of document.querySelectorAll("#settings .done")) setText(target, "");
}

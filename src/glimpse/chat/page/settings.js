// The settings of the user: name, password, sessions and account.

import { byId, confirmed, onSubmit, setText } from "./dom.js";
import * as session from "./session.js";
import { say, sayError } from "./words.js";

const NOTES = ["settings-error", "settings-done"];

/** `currentUser()`: as last heard. `onUser(user)`: the profile changed. `onEnd()`: the session is over. */
export function listen(currentUser, onUser, onEnd) {
  byId("open-settings").addEventListener("click", () => open(currentUser()));
  onSubmit("rename", () => save("saved", async () => onUser(await session.changeProfile({ displayName: byId("display-name").value }))));
  onSubmit("change-password", () => save("passwordChanged", () => session.changePassword(byId("old-password").value, byId("new-password").value)));
  byId("log-out-everywhere").addEventListener("click", () => save("", async () => {
    await session.request("POST", "/auth/logout-everywhere");
    onEnd();
  }));
  onSubmit("delete-account", async () => {
    if (!(await confirmed(say("deleteAccountAsk"), say("deleteAccount")))) return;
    await save("", async () => {
      await session.request("DELETE", "/me", { password: byId("delete-password").value });
      onEnd();
    });
  });
}

function open({ displayName }) {
  clear();
  byId("display-name").value = displayName ?? "";
  byId("settings").showModal();
}

export function close() {
  clear();
  byId("settings").close();
}

/** Does what was asked for, and shows why it failed, or `done`, the word for its success. */
async function save(done, act) {
  for (const id of NOTES) setText(byId(id), "");
  try {
    await act();
    clear();
    setText(byId("settings-done"), done && say(done));
  } catch (error) {
    setText(byId("settings-error"), sayError(error));
  }
}

function clear() {
  for (const field of document.querySelectorAll("#settings [type=password]")) field.value = "";
  for (const id of NOTES) setText(byId(id), "");
}

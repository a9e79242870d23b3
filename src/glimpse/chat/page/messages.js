// What the user does with the messages that are shown: deleting, sending again, opening a file.

import * as composer from "./composer.js";
import { showBroken } from "./conversation.js";
import { byId, confirmed } from "./dom.js";
import { openFile } from "./file_urls.js";
import { render, ui } from "./page.js";
import * as session from "./session.js";
import { say } from "./words.js";

const ACTIONS = {
  delete: ({ seq }) => remove(seq),
  retry: ({ client }) => composer.retry(client),
  discard: ({ client }) => composer.discard(client),
};

export function listen() {
  byId("messages").addEventListener("click", (event) => {
    const action = event.target.closest("[data-action]")?.dataset.action;
    const link = event.target.closest("a.file[href]");
    if (action) act(action, event.target.closest("li").dataset);
    else if (link) openFile(event, link);
  });
  byId("messages").addEventListener("keydown", (event) => event.target.matches(".delete") && focusAnother(event));
  // `error` does not bubble. A picture that the browser cannot show is shown as a file.
  byId("messages").addEventListener("error", ({ target }) => target.matches(".picture") && showBroken(target), true);
}

/** The button goes with the action, so the focus would be lost. The composer would bring a phone's keyboard. */
async function act(action, line) {
  const isDone = await ACTIONS[action](line);
  if (isDone !== false) byId("scroll").focus({ preventScroll: true });
}

function focusAnother(event) {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...byId("messages").querySelectorAll(".delete:not([hidden])")];
  buttons[buttons.indexOf(event.target) + step]?.focus();
}

/** False where the user does not want to. */
async function remove(seq) {
  const id = ui.open;
  if (!(await confirmed(say("deleteAsk"), say("delete")))) return false;
  ui.actionError = null;
  try {
    await session.request("DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}`);
  } catch (error) {
    ui.actionError = error;
  }
  render();
  return true;
}

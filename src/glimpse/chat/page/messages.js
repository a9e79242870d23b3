// What the user does with the messages that are shown: deleting, sending again, opening a file.

import * as chat from "./chat.js";
import * as composer from "./composer.js";
import { showBroken } from "./conversation.js";
import { byId, confirmed } from "./dom.js";
import * as files from "./files.js";
import { change, current, render, ui } from "./page.js";
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
    if (action) ACTIONS[action](event.target.closest("li").dataset);
    else if (link) openFile(event, link);
  });
  // `error` does not bubble. A picture that the browser cannot show is shown as a file.
  byId("messages").addEventListener("error", ({ target }) => target.matches(".picture") && showBroken(target), true);
}

/** Requests the signed URLs of the files that are shown, all in one request. The old ones stay until there are new ones. */
export async function locateFiles() {
  if (!current()) return;
  const ids = chat.filesToLocate(current(), ui.open, Date.now());
  if (!ids.length) return;
  change(chat.withFilesRequested(current(), ids));
  const addresses = await files.addressesOf(ids);
  change(current() && chat.withFiles(current(), addresses));
}

async function remove(seq) {
  const id = ui.open;
  if (!(await confirmed(say("deleteAsk"), say("delete")))) return;
  ui.actionError = null;
  try {
    await session.request("DELETE", `/conversations/${encodeURIComponent(id)}/messages/${seq}`);
  } catch (error) {
    ui.actionError = error;
  }
  render();
}

/** A signed URL expires after some minutes, so a click requests a new one where needed. */
async function openFile(event, link) {
  const { file } = link.dataset;
  if (current().files.get(file)?.until > Date.now()) return;
  event.preventDefault();
  const [[, address]] = await files.addressesOf([file]);
  if (address?.url) window.open(address.url, "_blank", "noopener");
}

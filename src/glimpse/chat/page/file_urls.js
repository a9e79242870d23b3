// The signed URLs of the files that are shown: they expire after some minutes.

import * as chat from "./chat.js";
import { addressesOf } from "./files.js";
import { change, current, ui } from "./page.js";

/**
 * Requests the signed URLs of the files that are shown, all at once. The old ones stay until there are new ones.
 */
export async function locateFiles() {
  if (!current()) return;
  const ids = chat.filesToLocate(current(), ui.open, Date.now());
  if (!ids.length) return;
  change(chat.withFilesRequested(current(), ids));
  const addresses = await addressesOf(ids);
  change(current() && chat.withFiles(current(), addresses));
}

/** Requests a new URL where the one of the link has expired. */
export async function openFile(event, link) {
  const { file } = link.dataset;
  if (current().files.get(file)?.until > Date.now()) return;
  event.preventDefault();
  const [[, address]] = await addressesOf([file]);
  if (address?.url) window.open(address.url, "_blank", "noopener");
}

// The profile of the user: the picture, and what the settings change.

import * as chat from "./chat.js";
import { onChosen } from "./dom.js";
import * as files from "./files.js";
import { change, current, render, ui } from "./page.js";
import * as session from "./session.js";

export function listen() {
  onChosen("my-picture", ([file]) => changePicture(file));
}

export function user() {
  return current().users.get(current().me.id);
}

/** Another user may have logged in meanwhile. */
export function update(changed) {
  if (changed.id === current()?.me.id) change(chat.withMe(current(), changed));
}

async function changePicture(file) {
  ui.pictureError = null;
  render();
  try {
    if (!(await isPicture(file))) throw { code: "not_a_picture" };
    const { fileId } = await files.uploadPicture(file);
    update(await session.changeProfile({ profileImageId: fileId }));
  } catch (error) {
    ui.pictureError = error.code === "cancelled" ? null : error;
    render();
  }
}

/** Whether this browser can show the file, in which it differs from others. */
function isPicture(file) {
  return createImageBitmap(file).then((bitmap) => (bitmap.close(), true), () => false);
}

// Starts the page: an event or the user's input changes the state, the next frame shows it, and the server is told.

import * as catchUp from "./catch_up.js";
import * as chat from "./chat.js";
import * as composer from "./composer.js";
import * as connection from "./connection.js";
import * as conversations from "./conversations.js";
import { byId } from "./dom.js";
import { locateFiles } from "./file_urls.js";
import * as history from "./history.js";
import * as login from "./login.js";
import * as messages from "./messages.js";
import { change, current, onRender, render, renderNow } from "./page.js";
import * as profile from "./profile.js";
import * as session from "./session.js";
import * as settings from "./settings.js";
import { showWords } from "./view.js";
import { toggleLanguage } from "./words.js";

const TYPING_CHECK_MS = 500;
/** The headings of days say "today". */
const DAY_CHECK_MS = 60_000;

for (const part of [catchUp, composer, conversations, history, login, messages, profile]) part.listen();
settings.listen(profile.user, profile.update, login.end);
onRender(() => {
  locateFiles();
  history.markRead();
  if (current()) session.saveUnsent(current().pending);
});
window.addEventListener("pagehide", renderNow);
window.addEventListener("online", connection.check);
window.addEventListener("offline", connection.onNoNetwork);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  connection.check();
  history.markRead();
});
document.addEventListener("click", ({ target }) => target.closest("#menu") || (byId("menu").open = false));
document.addEventListener("keydown", closeMenu);
byId("menu").addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !relatedTarget.closest("#menu")) byId("menu").open = false;
});
byId("use-here").addEventListener("click", connection.useHere);
for (const button of document.querySelectorAll(".language")) button.addEventListener("click", switchLanguage);
setInterval(() => change(current() && chat.withTypingExpired(current(), Date.now())), TYPING_CHECK_MS);
setInterval(render, DAY_CHECK_MS);

showWords();
login.begin();

/** A dialog closes by itself on Escape, the menu does not. */
function closeMenu({ key }) {
  const menu = byId("menu");
  if (key !== "Escape" || !menu.open) return;
  menu.open = false;
  menu.querySelector("summary").focus();
}

function switchLanguage() {
  toggleLanguage();
  showWords();
  renderNow();
}

// The list of conversations: opening and starting one, leaving it and returning, blocking the other person.

import { catchUp, list } from "./catch_up.js";
import * as chat from "./chat.js";
import { showDraft } from "./composer.js";
import { byId, confirmed, onSubmit, setFieldError } from "./dom.js";
import { showNewest } from "./history.js";
import { titleOf } from "./names.js";
import { change, current, render, renderNow, ui } from "./page.js";
import * as session from "./session.js";
import { withPageCode, say, sayError } from "./words.js";

export function listen() {
  // The page writes handles with an @, which no handle has.
  onSubmit("start", () => start(byId("start-handle").value.trim().replace(/^@/, "")));
  byId("back").addEventListener("click", () => open(null));
  byId("block").addEventListener("click", () => acting(block));
  byId("leave").addEventListener("click", () => acting(leave));
  byId("return").addEventListener("click", () => acting(returnToGroup));
  byId("conversations").addEventListener("click", ({ target }) => {
    const id = target.closest("[data-open]")?.dataset.open;
    if (id) open(id);
  });
}

/** Null shows the list on a narrow screen. */
async function open(id) {
  const before = ui.open;
  Object.assign(ui, { open: id, left: null, actionError: null });
  byId("menu").open = false;
  showDraft();
  renderNow();
  // Where the list hides the conversation, the focus goes back to the conversation's own line in the list.
  if (id === null) document.querySelector(`[data-open="${CSS.escape(before)}"]`)?.focus();
  else {
    byId("body").focus();
    await showNewest();
  }
}

async function start(handle) {
  setFieldError("start-handle", "");
  if (!handle) return byId("start-handle").focus();
  try {
    const user = await session.request("GET", `/users?handle=${encodeURIComponent(handle)}`);
    if (user.id === current()?.me.id) throw { code: "self" };
    const { id } = await session.request("POST", "/conversations", { memberIds: [user.id] });
    await list();
    byId("start-handle").value = "";
    await open(id);
  } catch (error) {
    setFieldError("start-handle", sayError(withPageCode(error, { not_found: "unknown_handle" })));
  }
}

/** What the user asked for and was refused is said above the list or the messages until the next attempt. */
async function acting(act) {
  ui.actionError = null;
  byId("menu").open = false;
  try {
    await act();
  } catch (error) {
    ui.actionError = error;
  }
  render();
}

async function leave() {
  const id = ui.open;
  if (!(await confirmed(say("leaveAsk"), say("leaveDo")))) return byId("menu").querySelector("summary").focus();
  const conversation = current()?.conversations.get(id);
  const isGroup = conversation && !conversation.isPair;
  const title = isGroup ? titleOf(current(), conversation).name : "";
  await session.request("POST", `/conversations/${encodeURIComponent(id)}/leave`);
  if (ui.open === id) await open(null);
  ui.left = isGroup ? { id, title } : null;
  catchUp(true);
}

/** Who left a group returns only by themselves. */
async function returnToGroup() {
  const { id } = ui.left;
  await session.request("POST", `/conversations/${encodeURIComponent(id)}/join`);
  await list();
  await open(id);
}

async function block() {
  const partner = chat.partnerIn(current(), current().conversations.get(ui.open));
  const isBlocked = current().blocked.has(partner);
  await session.request(isBlocked ? "DELETE" : "PUT", `/users/${encodeURIComponent(partner)}/block`);
  const blocked = new Set(current()?.blocked);
  if (isBlocked) blocked.delete(partner);
  else blocked.add(partner);
  change(current() && chat.withBlocked(current(), blocked));
  byId("menu").querySelector("summary").focus();
}

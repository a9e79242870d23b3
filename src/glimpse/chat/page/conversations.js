// The list of conversations: opening and starting one, leaving it and returning, blocking the other person. The address
// of the page names the open one, so that the browser's own way back leads to the list, and a reload shows it again.

import { catchUp, list } from "./catch_up.js";
import * as chat from "./chat.js";
import { discardAll, showDraft } from "./composer.js";
import { byId, confirmClosed, confirmed, onSubmit, setFieldError } from "./dom.js";
import { showNewest } from "./history.js";
import { titleOf } from "./names.js";
import { change, current, onChange, render, renderNow, ui } from "./page.js";
import * as session from "./session.js";
import * as settings from "./settings.js";
import { withPageCode, say, sayError } from "./words.js";

const LEFT_KEY = "glimpse.left";

/** While the browser goes back to the list: resolves when it is there. */
let goingBack = null;

export function listen() {
  // The page writes handles with an @, which no handle has.
  onSubmit("start", () => start(byId("start-handle").value.trim().replace(/^@/, "")));
  byId("back").addEventListener("click", goToList);
  for (const id of ["block", "unblock"]) byId(id).addEventListener("click", () => acting(block));
  byId("leave").addEventListener("click", () => acting(leave));
  byId("return").addEventListener("click", () => acting(returnToGroup));
  byId("conversations").addEventListener("click", ({ target }) => {
    const id = target.closest("[data-open]")?.dataset.open;
    if (id) open(id);
  });
  window.addEventListener("popstate", onPopState);
  onChange(showAddressed);
}

/** At log-in: which group this user has just left in this tab. */
export function begin() {
  ui.left = session.kept(LEFT_KEY);
}

/** At log-out. */
export function end() {
  sessionStorage.removeItem(LEFT_KEY);
  if (idInAddress() !== null) window.history.replaceState(null, "", addressOf(null));
}

/** Null shows the list on a narrow screen. */
async function open(id) {
  if (id !== idInAddress()) window.history.pushState({ before: ui.open }, "", addressOf(id));
  setLeft(null);
  await showAndFocus(id);
}

/** Where the user came from the list, goes back to it, so that the history has no second entry of it. */
async function goToList() {
  if (window.history.state?.before !== null) return open(null);
  // A second click would leave the page.
  if (!goingBack) {
    goingBack = new Promise((resolve) => window.addEventListener("popstate", resolve, { once: true }));
    window.history.back();
  }
  return goingBack;
}

/** A dialog is about the conversation that was open. */
function onPopState() {
  goingBack = null;
  if (!current()) return;
  confirmClosed();
  settings.close();
  showAndFocus(idInAddress());
  showAddressed();
}

function showAndFocus(id) {
  const before = ui.open;
  const shown = show(id);
  // Where the list hides the conversation, the focus goes back to the conversation's own line in the list.
  if (id === null) (document.querySelector(`[data-open="${CSS.escape(before)}"]`) ?? byId("list-title")).focus();
  else (byId("compose").hidden ? byId("conversation-title") : byId("body")).focus();
  return shown;
}

async function show(id) {
  Object.assign(ui, { open: id, actionError: null });
  byId("menu").open = false;
  showDraft();
  renderNow();
  if (id !== null) await showNewest();
}

/** Shows the conversation of the address after a reload, and the list where the user no longer has the conversation. */
function showAddressed() {
  const id = idInAddress();
  if (id === null || goingBack) return;
  if (current().conversations.has(id)) {
    if (ui.open === null) show(id);
  } else if (ui.isListed && !current().stale) {
    window.history.replaceState(null, "", addressOf(null));
    if (ui.open !== null) showAndFocus(null);
  }
}

function idInAddress() {
  return new URLSearchParams(location.hash.slice(1)).get("chat");
}

function addressOf(id) {
  return id === null ? location.pathname : `#${new URLSearchParams({ chat: id })}`;
}

async function start(handle) {
  const before = ui.open;
  setFieldError("start-handle", "");
  if (!handle) return byId("start-handle").focus();
  try {
    const user = await session.request("GET", `/users?handle=${encodeURIComponent(handle)}`);
    if (user.id === current()?.me.id) throw { code: "self" };
    const { id } = await session.request("POST", "/conversations", { memberIds: [user.id] });
    await list();
    byId("start-handle").value = "";
    // The user may have gone on meanwhile, and be writing to somebody else.
    if (ui.open === before) await open(id);
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
  renderNow();
  // The menu that had the focus is closed.
  if (document.activeElement === document.body) byId("menu").querySelector("summary").focus();
}

async function leave() {
  const id = ui.open;
  if (!(await confirmed(say("leaveAsk"), say("leaveDo")))) return byId("menu").querySelector("summary").focus();
  const conversation = current()?.conversations.get(id);
  const isGroup = conversation && !conversation.isPair;
  const title = isGroup ? titleOf(current(), conversation).name : "";
  await session.request("POST", `/conversations/${encodeURIComponent(id)}/leave`);
  discardAll(id);
  if (ui.open === id) await goToList();
  setLeft(isGroup ? { id, title } : null);
  catchUp(true);
}

function setLeft(left) {
  ui.left = left;
  session.keep(LEFT_KEY, left);
}

/** Who left a group returns only by themselves. */
async function returnToGroup() {
  const before = ui.open;
  const { id } = ui.left;
  await session.request("POST", `/conversations/${encodeURIComponent(id)}/join`);
  await list();
  if (ui.open === before) await open(id);
}

async function block() {
  const partner = chat.partnerIn(current(), current().conversations.get(ui.open));
  const isBlocked = current().blocked.has(partner);
  await session.request(isBlocked ? "DELETE" : "PUT", `/users/${encodeURIComponent(partner)}/block`);
  const blocked = new Set(current()?.blocked);
  if (isBlocked) blocked.delete(partner);
  else blocked.add(partner);
  change(current() && chat.withBlocked(current(), blocked));
  renderNow();
  if (isBlocked) byId("body").focus();
  else byId("menu").querySelector("summary").focus();
}

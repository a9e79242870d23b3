// Shows the log-in form, the list of conversations, the banner and all fixed texts.

import { isOnline, partnerIn, pictureOf, unreadIn } from "./chat.js";
import { avatarOf, showConversation } from "./conversation.js";
import { byId, element, fileIcon, fill, setAvatar, setIcon, setName, setText } from "./dom.js";
import { personOf, shortNameOf, titleOf } from "./names.js";
import { currentLanguage, dayOf, formatter, say, sayError, timeOf } from "./words.js";

const MAX_BADGE = 999;

/** `state` is null before log-in. `ui` as in page.js. */
export function show(state, ui) {
  byId("log-in-page").hidden = state !== null;
  byId("chat").hidden = state === null;
  showBanner(state, ui.connection);
  setText(byId("action-error"), state && ui.actionError ? sayError(ui.actionError) : "");
  if (!state) showLogIn(ui);
  else showChat(state, ui);
}

/** At the start, and again when the language changes. */
export function showWords() {
  document.documentElement.lang = currentLanguage();
  for (const target of document.querySelectorAll("[data-word]")) setText(target, say(target.dataset.word));
  for (const target of document.querySelectorAll("[data-label]")) {
    target.setAttribute("aria-label", say(target.dataset.label));
  }
  for (const target of document.querySelectorAll("[data-title]")) target.title = say(target.dataset.title);
  for (const target of document.querySelectorAll("[data-placeholder]")) {
    target.placeholder = say(target.dataset.placeholder);
  }
  for (const button of document.querySelectorAll(".language")) {
    setText(button, say("otherLanguage"));
    button.lang = currentLanguage() === "ko" ? "en" : "ko";
    button.title = say("switchLanguage");
  }
}

function showLogIn({ isSignUp, isSignUpOff }) {
  document.title = `${say(isSignUp ? "signUp" : "logIn")} · Glimpse`;
  setText(byId("log-in-go"), say(isSignUp ? "signUp" : "logIn"));
  setText(byId("log-in-mode"), say(isSignUp ? "toLogIn" : "toSignUp"));
  byId("log-in-mode").hidden = isSignUpOff;
  setText(byId("handle-hint"), isSignUp ? say("handleHint") : "");
  setText(byId("password-hint"), isSignUp ? say("passwordHint") : "");
  byId("password").autocomplete = isSignUp ? "new-password" : "current-password";
}

function showBanner(state, connection) {
  const banner = byId("banner");
  // What was refused is not sent again by itself.
  const isKept = state?.pending.some(({ error }) => !error) ?? false;
  const words = {
    offline: isKept ? "reconnectingKept" : "reconnecting", replaced: isKept ? "replacedKept" : "replaced", back: "back_online",
  };
  const text = words[connection];
  banner.hidden = !state || !text;
  banner.dataset.connection = connection;
  setIcon(byId("banner-icon"), { back: "check", replaced: "alert" }[connection] ?? "offline");
  setText(byId("banner-text"), state && text ? say(text) : "");
  byId("use-here").hidden = connection !== "replaced";
}

function showChat(state, ui) {
  const open = state.conversations.get(ui.open) ?? null;
  const unread = unreadIn(state);
  document.title = `${unread ? `(${unread}) ` : ""}${open ? titleOf(state, open).name : say("conversations")} · Glimpse`;
  byId("chat").dataset.screen = open ? "conversation" : "list";
  byId("loading-conversations").hidden = ui.isListed || state.order.length > 0;
  byId("no-conversations").hidden = !ui.isListed || state.order.length > 0;
  byId("left-note").hidden = !ui.left || state.conversations.has(ui.left.id);
  setText(byId("left-text"), ui.left ? say("youLeft", { name: ui.left.title }) : "");
  const me = personOf(state, state.me.id);
  setName(byId("my-name"), me);
  setAvatar(byId("my-avatar"), { id: state.me.id, name: me.name, picture: pictureOf(state, state.me.id) });
  setText(byId("my-picture-error"), ui.pictureError ? sayError(ui.pictureError) : "");
  const shown = state.order.map((id) => state.conversations.get(id));
  fill(byId("conversations"), shown, ({ id }) => id, makeItem, (item, each) => updateItem(item, each, state, ui.open));
  showConversation(state, open, ui);
}

function makeItem({ id }) {
  const item = element("li");
  const button = element("button", "item");
  button.type = "button";
  button.dataset.open = id;
  const avatar = element("span", "avatar");
  avatar.setAttribute("aria-hidden", "true");
  const unread = element("span", "unread");
  unread.setAttribute("aria-hidden", "true");
  button.append(
    avatar, element("span", "name person"), element("span", "last"), element("span", "when"), unread,
    element("span", "visually-hidden"),
  );
  item.append(button);
  return item;
}

function updateItem(item, conversation, state, openId) {
  const find = (name) => item.querySelector(`.${name}`);
  const { lastMessage, unread, id } = conversation;
  const isOnlineNow = isOnline(state, partnerIn(state, conversation));
  setAvatar(find("avatar"), avatarOf(state, conversation));
  find("avatar").dataset.online = String(isOnlineNow);
  setName(find("name"), titleOf(state, conversation));
  setText(find("last"), lastMessage ? previewOf(state, conversation, lastMessage) : "");
  setText(find("when"), lastMessage ? whenOf(lastMessage.createdAt) : "");
  setText(find("unread"), unread > MAX_BADGE ? `${MAX_BADGE}+` : unread ? String(unread) : "");
  // The colours of the badge and of the dot, in words.
  setText(find("visually-hidden"), [unread && say("unread", { count: unread }), isOnlineNow && say("online")].filter(Boolean).join(", "));
  if (id === openId) find("item").setAttribute("aria-current", "true");
  else find("item").removeAttribute("aria-current");
}

/** The last message as one sentence. */
function previewOf(state, conversation, { senderId, body, fileId }) {
  const partner = partnerIn(state, conversation);
  const by = senderId === state.me.id ? "Mine" : senderId === partner ? "" : "By";
  const name = shortNameOf(state, conversation, senderId);
  if (body === null) return say(`deleted${by}`, { name });
  if (body) return by ? say(`text${by}`, { name, text: body }) : body;
  const kind = fileIcon(state.files.get(fileId)?.contentType ?? "").split("-")[0];
  return say(`file${by}`, { name, kind: say(`kind_${kind}`) });
}

function whenOf(text) {
  const day = new Date(text);
  if (day.toDateString() === new Date().toDateString()) return timeOf(text);
  const [today, yesterday] = [say("today"), say("yesterday")];
  return [today, yesterday].find((word) => word === dayOf(text)) ??
    formatter(Intl.DateTimeFormat, { month: "short", day: "numeric" }).format(day);
}

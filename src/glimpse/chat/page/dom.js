// Helpers for the document. What users write goes through `textContent` only, never through the HTML parser.

export function byId(id) {
  return document.getElementById(id);
}

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function onSubmit(id, act) {
  byId(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

/** Clears the input, so that the same file can be chosen again. */
export function onChosen(id, act) {
  byId(id).addEventListener("change", ({ target }) => {
    const chosen = [...target.files];
    target.value = "";
    if (chosen.length) act(chosen);
  });
}

/** Writes only what differs, so that a screen reader reads out only new text, and a selection stays. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** A name, and the handle beside it, which is never cut short. */
export function setName(target, { name, handle }) {
  const parts = [["bdi", "given", name], ["bdi", "handle", handle]].filter(([, , text]) => text);
  fill(target, parts, ([, className]) => className, ([tag, className]) => element(tag, className), (part, [, , text]) => setText(part, text));
}

/** Gives `parent` one child for each item, in order. A child is kept while an item has its key. */
export function fill(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    const child = old.get(key) ?? make(item);
    old.delete(key);
    child.dataset.key = key;
    update(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
  // A child that has moved has lost it.
  if (focused?.isConnected && focused !== document.activeElement) focused.focus({ preventScroll: true });
}

// ---- Icons and avatars

const SVG = "http://www.w3.org/2000/svg";
const ICONS = "/page/libraries/icons.svg";

/** An icon of ICONS. It has no name of its own: its control or the text beside it says what it means. */
export function icon(name) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("class", "icon");
  made.setAttribute("aria-hidden", "true");
  made.append(document.createElementNS(SVG, "use"));
  setIcon(made, name);
  return made;
}

export function setIcon(target, name) {
  const href = `#icon-${name}`;
  const use = target.firstElementChild;
  if (use.getAttribute("href") !== href) use.setAttribute("href", href);
}

/** After a failed request for the icons. */
const ICONS_RETRY_MS = 5000;

/** A `use` of the file itself would request it each time, in vain while the connection is lost. */
async function loadIcons() {
  const answer = await fetch(ICONS).catch(() => null);
  if (!answer?.ok) return setTimeout(loadIcons, ICONS_RETRY_MS);
  const icons = new DOMParser().parseFromString(await answer.text(), "image/svg+xml").documentElement;
  for (const each of icons.children) each.id = `icon-${each.id}`;
  icons.setAttribute("hidden", "");
  document.body.append(icons);
}

loadIcons();

const SHEETS = /^text\/csv$|excel|spreadsheet/;
const ARCHIVES = /^application\/(zip|gzip|vnd\.rar|x-(tar|7z-compressed|rar-compressed))$/;
const TEXTS = /^text\/|^application\/(pdf|msword|rtf|json|x-hwp|hwp\+zip)$|wordprocessing|presentation|powerpoint|opendocument/;

/** The name of the icon for a file of this media type; an unknown or empty type has one, too. */
export function fileIcon(contentType) {
  const [kind] = contentType.split("/");
  if (["image", "video", "audio"].includes(kind)) return kind;
  if (SHEETS.test(contentType)) return "file-sheet";
  if (ARCHIVES.test(contentType)) return "file-archive";
  return TEXTS.test(contentType) ? "file-text" : "file";
}

const TONES = 6;
/** URLs of profile pictures that the browser could not show. */
const brokenPictures = new Set();

/**
 * The picture of a user, or the first letter of `name` on a colour that is always the same for the same `id`; the icon
 * of a group. The letter is also there until the picture is loaded, and where `picture` is a URL that shows no picture.
 */
export function setAvatar(target, { id, name, picture = "", isGroup = false }) {
  const sum = [...id].reduce((before, letter) => (before * 31 + letter.codePointAt(0)) % 9973, 7);
  target.dataset.tone = String(sum % TONES);
  const sign = isGroup ? "group" : "letter";
  // The key has the id: the picture of the user before must not stay until this one is loaded.
  const parts = picture && !brokenPictures.has(picture) ? [sign, `picture ${id}`] : [sign];
  fill(target, parts, (part) => part, makeAvatarPart, (child) => {
    if (child.matches("span")) setText(child, [...name][0]?.toUpperCase() ?? "?");
    if (child.matches("img") && child.getAttribute("src") !== picture) child.src = picture;
  });
  markPicture(target);
}

function makeAvatarPart(part) {
  if (part === "group") return icon("group");
  if (part === "letter") return element("span");
  const image = element("img");
  image.alt = "";
  image.addEventListener("load", () => {
    image.dataset.isLoaded = "true";
    markPicture(image.parentElement);
  });
  image.addEventListener("error", () => {
    brokenPictures.add(image.getAttribute("src"));
    const target = image.parentElement;
    image.remove();
    markPicture(target);
  });
  return image;
}

/** `target` is null where the picture was replaced before it was loaded. */
function markPicture(target) {
  if (target) target.dataset.hasPicture = String(target.querySelector("img[data-is-loaded]") !== null);
}

// ---- Errors

/** The error of a field, below it; empty for none. The next input into the field ends it. */
export function setFieldError(fieldId, text) {
  setErrorText(byId(`${fieldId}-error`), text);
  byId(fieldId).setAttribute("aria-invalid", String(text !== ""));
}

/** The error of a whole form; `fieldIds`: the fields that may have caused it. The next input into the form ends it. */
export function setFormError(formId, text, fieldIds = []) {
  setErrorText(byId(`${formId}-error`), text);
  for (const field of byId(formId).querySelectorAll("input")) {
    const hasOwn = Boolean(byId(`${field.id}-error`)?.textContent);
    field.setAttribute("aria-invalid", String(hasOwn || (text !== "" && fieldIds.includes(field.id))));
  }
}

/** Ends the errors of a form and of its fields. */
export function clearErrors(formId) {
  for (const error of byId(formId).querySelectorAll(".error")) setErrorText(error, "");
  for (const field of byId(formId).querySelectorAll("[aria-invalid]")) field.setAttribute("aria-invalid", "false");
}

/** It stays in its language when the language of the page is switched. */
function setErrorText(target, text) {
  setText(target, text);
  target.lang = document.documentElement.lang;
}

// Before the listeners of the field itself, which may find the next error.
document.addEventListener("input", ({ target: { id, form } }) => {
  if (byId(`${id}-error`)) setFieldError(id, "");
  if (byId(`${form?.id}-error`)) setFormError(form.id, "");
}, true);

// ---- The dialog that asks

/** Asks in a dialog; resolves with whether the answer was yes. */
export function confirmed(text, yes) {
  const dialog = byId("confirm");
  byId("confirm-text").textContent = text;
  byId("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Answers no. */
export function confirmClosed() {
  byId("confirm").close();
}

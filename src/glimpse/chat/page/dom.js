// Small helpers for the document. What people write goes through `textContent` only, never through a parser.

export function byId(id) {
  return document.getElementById(id);
}

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

/** Only what differs is written: a screen reader hears what is new, and a selection stays. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** The children of `parent` become one element for each item, in order; an element stays as long as its key does. */
export function fill(parent, items, keyOf, make, update) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
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
}

const TONES = 6;

/** A picture, or a letter on a colour that is always the same for the same person. */
export function setAvatar(target, id, name, picture = "") {
  const sum = [...id].reduce((before, letter) => (before * 31 + letter.codePointAt(0)) % 9973, 7);
  target.dataset.tone = String(sum % TONES);
  target.style.backgroundImage = picture && `url(${JSON.stringify(picture)})`;
  target.dataset.hasPicture = String(picture !== "");
  setText(target, [...name][0]?.toUpperCase() ?? "?");
}

/** Whether somebody who was asked said yes. */
export function asked(text, yes) {
  const dialog = byId("ask");
  byId("ask-text").textContent = text;
  byId("ask-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

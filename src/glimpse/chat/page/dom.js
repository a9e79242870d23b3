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

/** A picture, or the first letter on a colour that is always the same for the same user. */
export function setAvatar(target, id, name, picture = "") {
  const sum = [...id].reduce((before, letter) => (before * 31 + letter.codePointAt(0)) % 9973, 7);
  target.dataset.tone = String(sum % TONES);
  target.style.backgroundImage = picture && `url(${JSON.stringify(picture)})`;
  target.dataset.hasPicture = String(picture !== "");
  setText(target, [...name][0]?.toUpperCase() ?? "?");
}

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

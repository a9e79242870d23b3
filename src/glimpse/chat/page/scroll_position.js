// The scroll position in the list of messages: at the newest one, which the view then follows, or at the first one in
// view.
//
// It is kept by hand, because browsers keep none at the top of a list, and Safari keeps none at all.

import { byId } from "./dom.js";

/** Within this distance from the bottom the newest message counts as seen. */
const NEAR_NEWEST_PIXELS = 80;
const NEAR_TOP_PIXELS = 120;
/** A heading of a day moves up when older messages of the same day come. */
const LINES_THAT_STAY = ".message, .change";

const scroll = byId("scroll");
let isFollowingNewest = true;
let last = { top: 0, height: 0 };
/** The first line in view and its distance from the top of the window; null while the newest is followed. */
let anchor = null;

export function isFollowing() {
  return isFollowingNewest;
}

export function isNearTop() {
  return scroll.scrollTop < NEAR_TOP_PIXELS;
}

/** Shows the newest message, and each that comes. */
export function follow() {
  isFollowingNewest = true;
  scroll.scrollTop = scroll.scrollHeight;
  remember();
}

/** After something has changed its size: what was in view is in view again. */
export function keep() {
  if (isFollowingNewest) return follow();
  if (anchor?.line.isConnected) scroll.scrollTop += topOf(anchor.line) - anchor.top;
  remember();
}

/**
 * After a scroll event. Only a move up ends following, and only where the messages have their size still: a picture that
 * has loaded or was not shown also moves them, and the event of that may come after the next one has loaded.
 */
export function onScroll() {
  const isUp = scroll.scrollTop < last.top && scroll.scrollHeight === last.height;
  const fromNewest = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
  if (fromNewest < NEAR_NEWEST_PIXELS) isFollowingNewest = true;
  else if (isUp) isFollowingNewest = false;
  remember();
}

function remember() {
  last = { top: scroll.scrollTop, height: scroll.scrollHeight };
  if (isFollowingNewest) anchor = null;
  else {
    const top = topOf(scroll);
    const line = [...scroll.querySelectorAll(LINES_THAT_STAY)].find((each) => each.getBoundingClientRect().bottom > top);
    anchor = line ? { line, top: topOf(line) } : null;
  }
}

function topOf(element) {
  return element.getBoundingClientRect().top;
}

// The state of the page, and what it shows beside the state. A change is shown in one of the next frames, together with
// all that come before it.

import * as chat from "./chat.js";
import { show } from "./view.js";

/** A hidden page has no frames, but its title counts unread messages. */
const HIDDEN_RENDER_MS = 200;
/** A render is followed by so many times its own duration without one: what comes and goes meanwhile need not wait. */
const REST = 8;
/** People notice a longer one. */
const MAX_REST_MS = 200;

/**
 * What the views read beside the state. `open`: the id of the open conversation. `left`: the group that the user just
 * left. `loading`, `historyErrors`: of the older messages, by conversation. `actionError`: of what the user last did.
 */
export const ui = { ...initialUi(), isSignUpOff: false };

let state = null;
let isScheduled = false;
let restUntil = 0;
const changeListeners = [];
const renderListeners = [];

/** Null before log-in. */
export function current() {
  return state;
}

/** The state of a user who logs in; null for nobody. */
export function reset(user) {
  state = user && chat.initialState(user);
  Object.assign(ui, initialUi());
  renderNow();
}

function initialUi() {
  return {
    isSignUp: false, open: null, left: null, connection: "", isListed: false,
    loading: new Set(), historyErrors: new Map(), pictureError: null, actionError: null,
  };
}

/** Nothing changes where there is no next state: the user may have logged out while a request was under way. */
export function change(next) {
  if (!state || !next || next === state) return;
  state = next;
  render();
  for (const listener of changeListeners) listener();
}

export function onChange(listener) {
  changeListeners.push(listener);
}

/** Called after each render. */
export function onRender(listener) {
  renderListeners.push(listener);
}

export function render() {
  if (isScheduled) return;
  isScheduled = true;
  const rest = restUntil - performance.now();
  if (document.hidden) setTimeout(renderScheduled, HIDDEN_RENDER_MS);
  else if (rest > 0) setTimeout(renderInFrame, rest);
  else renderInFrame();
}

function renderInFrame() {
  requestAnimationFrame(renderScheduled);
}

/** For what measures the document next. */
export function renderNow() {
  isScheduled = false;
  const began = performance.now();
  show(state, ui);
  const ended = performance.now();
  restUntil = ended + Math.min(REST * (ended - began), MAX_REST_MS);
  for (const listener of renderListeners) listener();
}

function renderScheduled() {
  if (isScheduled) renderNow();
}

// A frame that was asked for while the page was visible does not come while it is hidden.
document.addEventListener("visibilitychange", () => document.hidden && setTimeout(renderScheduled, HIDDEN_RENDER_MS));

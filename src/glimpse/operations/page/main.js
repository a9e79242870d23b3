// The live page of `glimpse up`: events of the server become values, and values become text and charts.

import * as charts from "./charts.js";
import { showCosts } from "./costs.js";
import { byId, setText } from "./dom.js";
import { showDrills, showResult, showTimeline, startDrill } from "./drills.js";
import { showState } from "./stack.js";
import { currentLanguage, say, sayAll, toggleLanguage } from "./words.js";

const HISTORY = 300;
const MAX_EVENTS = 200;
const MAX_SUBJECTS = 12;

const page = {
  state: null, windows: { chat: null, chat_2: null }, points: [], events: [], costs: null, isConnected: null,
  drill: { running: null, failure: null, result: null }, drillSince: 0, refusal: null,
};
let drawnSubjects = "";

function show() {
  if (page.state) showState(page.state, page.windows);
  if (page.costs) showCosts(page.costs);
  showDrills(page.drill, page.refusal, page.drillSince, start);
  showResult(page.drill.result);
  showTimeline(page.events);
  setText(byId("connection"), page.isConnected === null ? "" : say(page.isConnected ? "connected" : "disconnected"));
  byId("connection").dataset.connected = String(page.isConnected);
}

function chartData() {
  const names = [...page.events.map(({ subject }) => subject), ...(page.state?.tasks ?? []).map(({ name }) => name)];
  // Those that something happened to last, in the order in which they appeared.
  const newest = new Set([...new Set(names.toReversed())].slice(0, MAX_SUBJECTS));
  const subjects = [...new Set(names)].filter((name) => newest.has(name));
  return { points: page.points, now: page.state?.at ?? 0, events: page.events.filter(({ subject }) => newest.has(subject)), subjects };
}

function showCharts(isNew = false) {
  const data = chartData(), subjects = data.subjects.join();
  if (isNew || subjects !== drawnSubjects) {
    drawnSubjects = subjects;
    charts.draw(data);
  } else charts.update(data);
}

async function start(name) {
  page.refusal = await startDrill(name);
  show();
}

function listen() {
  const source = new EventSource("/events");
  const on = (event, hear) => source.addEventListener(event, ({ data }) => hear(JSON.parse(data)));
  source.addEventListener("open", () => {
    // Everything is said again.
    page.events = [];
    page.isConnected = true;
    show();
  });
  source.addEventListener("error", () => {
    page.isConnected = false;
    show();
  });
  on("history", (points) => (page.points = points));
  on("timeline", (events) => {
    page.events = [...page.events, ...events.map((event) => ({ ...event, key: `${event.at} ${event.subject} ${event.code}` }))].slice(-MAX_EVENTS);
    showTimeline(page.events);
  });
  on("drill", (drill) => {
    if (drill.running !== page.drill.running) page.drillSince = Date.now();
    page.drill = drill;
    page.refusal = null;
    show();
  });
  on("costs", (costs) => {
    page.costs = costs;
    showCosts(costs);
  });
  on("state", (state) => {
    page.state = state;
    // The first state may be as old as the last point of the history: drawn twice, its sockets would be added up.
    const before = page.points.filter(({ at }) => at < state.at - 0.5);
    page.points = [...before, { at: state.at, traffic: state.traffic, tasks: state.tasks }].slice(-HISTORY);
    if (document.hidden) return;
    show();
    showCharts();
  });
}

/** The browser sends the balancer's cookies to every port of this host, so the server knows each window's task. */
async function askWindows() {
  const answer = document.hidden ? null : await fetch("/windows").catch(() => null);
  if (answer?.ok) page.windows = await answer.json();
  setTimeout(askWindows, 1000);
}

function inLanguage() {
  sayAll();
  byId("language").textContent = say("otherLanguage");
  byId("language").setAttribute("aria-label", say("switchLanguage"));
  byId("language").lang = currentLanguage() === "ko" ? "en" : "ko";
  charts.showSentence();
  show();
}

byId("language").addEventListener("click", () => {
  toggleLanguage();
  inLanguage();
  showCharts(true);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => showCharts(true));
inLanguage();
listen();
askWindows();
charts.load(() => showCharts(true));

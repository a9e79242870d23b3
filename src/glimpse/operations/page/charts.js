// The charts, by Vega-Lite. Without its script the page shows a sentence in their place.

import { byId, setText } from "./dom.js";
import { say, subjectOf } from "./words.js";

const SECONDS = 300;
const HEIGHT = 96;
/** Of Vega: it warns of each chart without data. */
const ERRORS = 1;
/** What each chart draws of the page's data. */
const CHARTS = { "sockets-chart": socketsChart, "messages-chart": messagesChart, "p99-chart": p99Chart, "drops-chart": dropsChart, "timeline-chart": timelineChart };

let embed = null;
let views = new Map();
let failure = null;

/** Loads the script, which the server makes when it is first asked for. `onReady` is called once charts can be drawn. */
export async function load(onReady) {
  showSentence();
  const answer = await fetch("/vega.js").catch(() => null);
  if (!answer?.ok) {
    failure = (await answer?.json().catch(() => null))?.sentence ?? { en: "", ko: "" };
    return showSentence();
  }
  await answer.body.cancel();
  const script = document.createElement("script");
  script.src = "/vega.js";
  script.addEventListener("load", () => {
    embed = window.vegaEmbed;
    onReady();
  });
  document.head.append(script);
}

export function showSentence() {
  if (embed) return;
  for (const id of Object.keys(CHARTS)) setText(byId(id), failure ? say("chartsBroken", { reason: failure[document.documentElement.lang] }) : say("chartsLoading"));
}

/** Draws all charts anew: at first, and when the language, the colours or the subjects of the timeline change. */
export async function draw(data) {
  if (!embed || !data.points.length) return;
  const old = views;
  views = new Map();
  for (const [id, chart] of Object.entries(CHARTS)) {
    old.get(id)?.view.finalize();
    const { spec, rows } = chart(data);
    views.set(id, await embed(byId(id), { ...spec, ...common(), data: { name: "rows", values: rows } }, {
      // `ast`: expressions run in Vega's interpreter, because the page's policy forbids to compile them.
      ast: true, actions: false, logLevel: ERRORS, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true },
    }));
  }
}

export function update(data) {
  for (const [id, { view }] of views) {
    const { rows } = CHARTS[id](data);
    view.data("rows", rows).runAsync();
  }
}

function common() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    width: "container", autosize: { type: "fit-x", contains: "padding" }, background: "transparent",
    config: {
      aria: false, view: { stroke: null }, font: getComputedStyle(document.body).fontFamily,
      axis: { labelColor: colour("--soft"), gridColor: colour("--line"), domain: false, ticks: false, labelFontSize: 11, title: null, labelPadding: 6 },
      area: { color: colour("--accent"), fillOpacity: 0.85 }, line: { color: colour("--accent"), strokeWidth: 1.75 },
      bar: { color: colour("--accent") }, point: { color: colour("--accent"), filled: true, size: 60, opacity: 1 },
      range: { category: [1, 0.62, 0.38, 0.8, 0.5, 0.25].map((share) => mix(colour("--accent"), colour("--surface"), share)) },
      legend: { disable: true },
    },
  };
}

/** So much of one colour in another; both are #rrggbb. */
function mix(one, other, share) {
  const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [first, second] = [parts(one), parts(other)];
  return `rgb(${first.map((value, index) => Math.round(value * share + second[index] * (1 - share))).join(" ")})`;
}

function x(values = [-240, -120, 0]) {
  const label = `datum.value == 0 ? '${say("now")}' : replace('${say("minutes", { count: "#" })}', '#', '−' + -datum.value / 60)`;
  return { field: "ago", type: "quantitative", scale: { domain: [-SECONDS, 0], nice: false, clamp: true }, axis: { values, labelExpr: label, grid: false, labelFlush: true } };
}

/** Nothing here is counted in fractions. */
function y(field) {
  return { field, type: "quantitative", scale: { domain: { unionWith: [0, 4] }, nice: true }, axis: { tickCount: 3, minExtent: 28, labelExpr: "datum.value % 1 ? '' : format(datum.value, '~s')" } };
}

function ago(at, { at: now }) {
  return Math.round((at - now) * 10) / 10;
}

function recent({ points, now }) {
  return points.filter(({ at }) => ago(at, { at: now }) >= -SECONDS);
}

function socketsChart(data) {
  const rows = recent(data).flatMap(({ at, tasks }) => tasks.map(({ name, sockets }) => ({ ago: ago(at, { at: data.now }), name, sockets })));
  return { rows, spec: { height: HEIGHT, mark: { type: "area", interpolate: "step-after" }, encoding: { x: x(), y: { ...y("sockets"), stack: "zero" }, color: { field: "name", type: "nominal" }, tooltip: [{ field: "name", type: "nominal", title: " " }, { field: "sockets", type: "quantitative", title: say("sockets") }] } } };
}

function messagesChart(data) {
  const rows = recent(data).map(({ at, traffic }) => ({ ago: ago(at, { at: data.now }), value: traffic.messages_per_second }));
  return { rows, spec: { height: HEIGHT, mark: "line", encoding: { x: x(), y: y("value") } } };
}

function p99Chart(data) {
  const rows = recent(data).map(({ at, traffic }) => ({ ago: ago(at, { at: data.now }), value: traffic.p99_ms }));
  return { rows, spec: { height: HEIGHT, mark: { type: "line", invalid: "break-paths-show-domains" }, encoding: { x: x(), y: y("value") } } };
}

const BIN_SECONDS = 5;

function dropsChart(data) {
  const points = recent(data), counts = new Map();
  points.slice(1).forEach(({ at, traffic }, index) => {
    for (const [reason, count] of Object.entries(traffic.drops)) {
      const more = count - (points[index].traffic.drops[reason] ?? 0);
      const start = Math.floor(at / BIN_SECONDS) * BIN_SECONDS;
      if (more > 0) counts.set(`${start} ${reason}`, { start, reason, count: (counts.get(`${start} ${reason}`)?.count ?? 0) + more });
    }
  });
  const rows = [...counts.values()].map(({ start, reason, count }) => ({ ago: ago(start + BIN_SECONDS / 2, { at: data.now }), reason, count }));
  return { rows, spec: { height: HEIGHT, mark: { type: "bar", orient: "vertical", width: { expr: `width * ${(0.8 * BIN_SECONDS) / SECONDS}` }, clip: true }, encoding: { x: x(), y: { ...y("count"), stack: "zero" }, color: { field: "reason", type: "nominal" }, tooltip: [{ field: "reason", type: "nominal", title: " " }, { field: "count", type: "quantitative", title: say("drops") }] } } };
}

function timelineChart(data) {
  const rows = data.events.filter(({ at }) => ago(at, { at: data.now }) >= -SECONDS).map(({ at, subject, sentence }) => ({ ago: Math.min(0, ago(at, { at: data.now })), subject: subjectOf(subject), text: sentence[document.documentElement.lang] }));
  return {
    rows,
    spec: {
      height: 24 * Math.max(data.subjects.length, 1), mark: "point",
      encoding: { x: x([-240, -180, -120, -60, 0]), y: { field: "subject", type: "nominal", sort: null, scale: { domain: data.subjects.map(subjectOf) }, axis: { grid: true, minExtent: 72 } }, tooltip: [{ field: "text", type: "nominal", title: " " }] },
    },
  };
}

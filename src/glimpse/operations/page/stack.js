// The state of the stack: figures, tasks, parts, and the tasks of the two chat windows.

import { byId, element, fill, setText } from "./dom.js";
import { currentLanguage, isWord, lengthOf, number, say } from "./words.js";

/** `windows`: the name of each chat window's task. */
export function showState(state, windows) {
  showSummary(state);
  showTraffic(state.traffic);
  fill(byId("tasks"), state.tasks, ({ name }) => name, makeTask, (card, task) => showTask(card, task, state, windows));
  fill(byId("parts"), state.parts, ({ name }) => name, makePart, (row, part) => showPart(row, part, state.at));
  showWindows(state, windows);
}

function showSummary({ tasks, parts, speed, limits, limits_why: why }) {
  const all = [...tasks, ...parts];
  const running = all.filter(({ state }) => state === "running").length;
  const counts = running === all.length ? say("summary", { tasks: tasks.length, parts: parts.length }) : say("summarySome", { running, all: all.length });
  setText(byId("summary"), speed > 1 ? `${counts} · ${say("summarySpeed", { speed: number(speed) })}` : counts);
  setText(byId("limits"), limits.are_enforced ? say("limits", { vcpu: limits.vcpu, memory: limits.memory_mib }) : why?.[currentLanguage()] ?? "");
  const memory = all.reduce((sum, { memory_mib: mib }) => sum + (mib ?? 0), 0);
  setText(byId("memory"), memory ? say("memory", { memory: number(memory) }) : "");
}

function showTraffic({ sockets, messages_per_second: messages, deliveries_per_second: deliveries, p99_ms: p99, drops, balancer_5xx: errors }) {
  setText(byId("sockets"), number(sockets));
  setText(byId("messages"), number(messages, 1));
  setText(byId("deliveries"), say("deliveries", { count: number(deliveries, 1) }));
  setText(byId("p99"), p99 === null ? "–" : number(p99, p99 < 10 ? 1 : 0));
  const reasons = Object.entries(drops).sort(([, one], [, other]) => other - one);
  setText(byId("drops"), number(reasons.reduce((sum, [, count]) => sum + count, 0)));
  const parts = reasons.map(([reason, count]) => `${reason} ${number(count)}`);
  if (errors) parts.push(say("drops5xx", { count: number(errors) }));
  setText(byId("drops-note"), parts.join(" · ") || say("dropsNone"));
  byId("drops-note").title = parts.join(" · ");
}

function makeTask() {
  const card = element("li", "task");
  card.innerHTML = `<div class="head"><span class="dot" aria-hidden="true"></span><strong class="name"></strong>
    <span class="chip provider"></span><span class="chip window-chip"></span></div>
    <p class="state"></p>
    <dl><div><dt class="socketsShort"></dt><dd class="task-sockets"></dd></div>
    <div><dt class="connectionsShort"></dt><dd class="task-connections"></dd></div>
    <div class="metered"><dt class="cpu"></dt><dd class="task-cpu"></dd><meter class="cpu-meter" min="0" max="100"></meter></div>
    <div class="metered"><dt class="memoryShort"></dt><dd class="task-memory"></dd><meter class="memory-meter" min="0"></meter></div></dl>
    <p class="explanation error"></p>`;
  return card;
}

function showTask(card, task, { at, limits }, windows) {
  const set = (selector, text) => setText(card.querySelector(selector), text);
  card.dataset.state = task.state;
  card.dataset.registered = task.is_registered;
  set(".name", task.name);
  set(".provider", say(task.capacity_provider));
  card.querySelector(".provider").dataset.provider = task.capacity_provider;
  set(".state", `${say(task.state)} ${say("since", { time: lengthOf(at - task.since) })} · ${say(task.is_registered ? "registered" : "notRegistered")}`);
  for (const word of ["socketsShort", "connectionsShort", "cpu", "memoryShort"]) set(`.${word}`, say(word));
  set(".task-sockets", number(task.sockets));
  set(".task-connections", number(task.database_connections));
  set(".task-cpu", task.cpu_percent === null ? "–" : `${number(task.cpu_percent)} %`);
  set(".task-memory", task.memory_mib === null ? "–" : `${number(task.memory_mib)} MiB`);
  card.querySelector(".cpu-meter").value = task.cpu_percent ?? 0;
  card.querySelector(".memory-meter").max = limits.memory_mib;
  card.querySelector(".memory-meter").value = task.memory_mib ?? 0;
  set(".explanation", task.explanation ?? "");
  const [first, second] = ["chat", "chat_2"].map((name) => windows[name] === task.name);
  set(".window-chip", first && second ? say("bothWindows") : first ? say("window1") : second ? say("window2") : "");
  card.querySelector(".state").title = say("registeredMeans");
}

function makePart() {
  const row = element("li", "part");
  row.innerHTML = `<span class="dot" aria-hidden="true"></span><strong class="name"></strong><span class="program"></span>
    <span class="state"></span><span class="restarts"></span><span class="part-memory"></span><p class="explanation error"></p>`;
  return row;
}

function showPart(row, part, at) {
  const set = (selector, text) => setText(row.querySelector(selector), text);
  row.dataset.state = part.state;
  set(".name", isWord(`part_${part.name}`) ? say(`part_${part.name}`) : part.name);
  set(".program", part.program);
  set(".state", `${say(part.state)} ${say("since", { time: lengthOf(at - part.since) })}`);
  set(".restarts", part.restarts ? say("restarts", { count: number(part.restarts) }) : "");
  set(".part-memory", part.memory_mib === null ? "–" : `${number(part.memory_mib)} MiB`);
  set(".explanation", part.explanation ?? "");
}

function showWindows({ addresses }, windows) {
  for (const name of ["chat", "chat_2"]) {
    const [chip, link, frame] = ["span", "a", "iframe"].map((tag) => document.querySelector(`${tag}[data-window="${name}"]`));
    setText(chip, windows[name] ? say("onTask", { task: windows[name] }) : say("onNone"));
    chip.dataset.isOn = String(Boolean(windows[name]));
    link.href = addresses[name];
    // Setting it again would load it again.
    if (!frame.src) frame.src = addresses[name];
  }
}

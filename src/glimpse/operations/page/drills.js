// The buttons of the drills, the result of the last one, and the list of what happened.

import { byId, element, fill, setText } from "./dom.js";
import { currentLanguage, number, say, subjectOf, timeOf } from "./words.js";

const DRILLS = ["spot", "crash", "bus", "database", "storage", "deploy", "storm", "slow-readers"];
const MAX_EVENTS = 200;

/**
 * `running`: the name of the drill that runs, `since`: when the page saw it begin, in milliseconds. `failure`: why the
 * last one has no result; `refusal`: why the one that was asked for did not begin.
 */
export function showDrills({ running, failure }, refusal, since, start) {
  fill(byId("drills"), DRILLS, (name) => name, (name) => makeDrill(name, start), (item, name) => {
    const [button, title, text] = ["button", "strong", "span"].map((tag) => item.querySelector(tag));
    setText(title, say(`drill_${name}`));
    setText(text, say(`does_${name}`));
    // Not `disabled`: that would take the focus away from who pressed it.
    button.setAttribute("aria-disabled", String(Boolean(running)));
    button.dataset.running = String(running === name);
  });
  setText(byId("drill-status"), statusOf(running, failure, refusal, since));
}

function statusOf(running, failure, refusal, since) {
  if (refusal) return refusal[currentLanguage()];
  if (running) return say("drillRuns", { name: say(`drill_${running}`), seconds: number(Math.max(0, (Date.now() - since) / 1000)) });
  return failure ? say("drillFailed", { reason: failure[currentLanguage()] }) : say("drillIdle");
}

function makeDrill(name, start) {
  const item = element("li"), button = element("button", "drill");
  button.type = "button";
  button.append(element("strong"), element("span"));
  button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || start(name));
  item.append(button);
  return item;
}

/** Starts a drill, and resolves with the sentence of its refusal, or null. */
export async function startDrill(name) {
  const answer = await fetch(`/drills/${name}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ clients: Number(byId("clients").value) }),
  });
  if (answer.ok) {
    // What happens comes by /events, too: every browser hears it there.
    await answer.body.cancel();
    return null;
  }
  return (await answer.json()).sentence;
}

export function showResult(result) {
  byId("result").hidden = !result;
  if (!result) return;
  const broken = result.promises.filter(({ is_kept: isKept }) => !isKept).length;
  byId("result").dataset.kept = String(!broken);
  setText(byId("result-title"), `${say(`drill_${result.name}`)}: ${say(broken ? (broken === 1 ? "brokenOne" : "broken") : "kept", { count: number(broken) })}`);
  setText(byId("result-note"), say("resultNote", { clients: number(result.clients), acknowledged: number(result.acknowledged), seed: result.seed }));
  const seconds = (value, none) => (value === null ? say(none) : say("seconds", { count: number(value, 1) }));
  const figures = [
    ["lost", number(result.lost)], ["duplicates", number(result.duplicates)], ["gaps", number(result.gaps)],
    ["withoutService", seconds(result.without_service, "none")], ["everyoneBack", result.everyone_back === 0 ? say("nobodyLeft") : seconds(result.everyone_back, "never")],
    ["recovery", seconds(result.recovery, "notRecovered"), result.name !== "spot" ? "" : result.speed > 1 ? say("recoverySpeed", { speed: number(result.speed), full: number((result.recovery ?? 0) * result.speed) }) : say("recoveryDocument")],
  ];
  fill(byId("result-figures"), figures, ([word]) => word, () => {
    const item = element("div");
    item.append(element("dt"), element("dd"), element("small"));
    return item;
  }, (item, [word, value, note = ""]) => {
    setText(item.children[0], say(word));
    setText(item.children[1], value);
    setText(item.children[2], note);
  });
  setText(byId("remarks"), result.remarks.map((sentence) => sentence[currentLanguage()]).join(" "));
  fill(byId("promises"), result.promises, ({ code }) => code, () => {
    const item = element("li");
    item.append(element("span", "mark"), element("span", "sentence"), element("span", "measured"));
    return item;
  }, (item, promise) => {
    item.dataset.kept = String(promise.is_kept);
    const [mark, sentence, measured] = item.children;
    setText(mark, promise.is_kept ? "✓" : "✗");
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", say(promise.is_kept ? "promiseKept" : "promiseBroken"));
    setText(sentence, promise.sentence[currentLanguage()]);
    const shown = (value) => (promise.unit === "seconds" ? seconds(value, "none") : value === null ? say("none") : number(value));
    setText(measured, promise.unit === "seconds" ? say("atMost", { measured: shown(promise.measured), bound: shown(promise.bound) }) : promise.is_kept ? "" : shown(promise.measured));
  });
}

/** `events`: oldest first. The list shows the newest first. */
export function showTimeline(events) {
  const shown = events.slice(-MAX_EVENTS).reverse();
  fill(byId("timeline"), shown, ({ key }) => key, () => {
    const item = element("li");
    item.append(element("time"), element("strong"), element("span"));
    return item;
  }, (item, { at, subject, sentence }) => {
    setText(item.children[0], timeOf(at));
    item.children[0].dateTime = new Date(at * 1000).toISOString();
    setText(item.children[1], subjectOf(subject));
    setText(item.children[2], sentence[currentLanguage()]);
  });
  byId("timeline").dataset.empty = shown.length ? "" : say("noEvents");
}

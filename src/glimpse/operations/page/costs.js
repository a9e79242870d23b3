// What the stack would cost a month on AWS, at the planned load and at the load that it has here.

import { byId, element, fill, setText } from "./dom.js";
import { currentLanguage, isWord, number, say, usd } from "./words.js";

export function showCosts({ planned, recommended, load, at_load: atLoad, failure }) {
  setText(byId("costs-failure"), failure?.[currentLanguage()] ?? "");
  setText(byId("costs-load"), load ? say("costsLoad", { sockets: number(load.sockets), messages: number(load.messages_per_second, 1) }) : failure ? "" : say("costsWait"));
  const here = new Map((atLoad ?? []).map((cost) => [cost.name, cost]));
  const today = here.get("today");
  const most = Math.max(...[...planned, ...here.values()].map(({ monthly_usd: text }) => Number(text ?? 0)), 1);
  fill(byId("costs"), planned, ({ name }) => name, makeRow, (row, cost) => {
    const now = here.get(cost.name);
    row.dataset.name = cost.name;
    setText(row.querySelector(".scenario"), isWord(cost.name) && ["today", "best"].includes(cost.name) ? say(cost.name) : cost.name);
    setText(row.querySelector(".recommended"), cost.name === recommended ? say("recommended") : "");
    setText(row.querySelector(".planned"), amountOf(cost));
    setText(row.querySelector(".here"), now ? amountOf(now) : "–");
    setText(row.querySelector(".saving"), cost.name === "today" ? "" : differenceOf(now, today));
    row.querySelector(".bar span").style.width = `${(100 * Number(now?.monthly_usd ?? 0)) / most}%`;
    row.querySelector(".bar i").style.left = `${(100 * Number(cost.monthly_usd ?? 0)) / most}%`;
  });
}

function makeRow() {
  const row = element("tr");
  row.innerHTML = `<th scope="row"><span class="scenario"></span> <span class="chip recommended"></span></th>
    <td class="amount planned"></td><td class="amount here"></td><td class="amount saving"></td>
    <td class="bar" aria-hidden="true"><div><span></span><i></i></div></td>`;
  return row;
}

function amountOf({ monthly_usd: text, at_least: isAtLeast }) {
  if (text === null || text === undefined) return "–";
  return isAtLeast ? say("atLeast", { usd: usd(text) }) : usd(text);
}

function differenceOf(now, today) {
  if (!now?.monthly_usd || !today?.monthly_usd) return "–";
  const difference = Number(now.monthly_usd) - Number(today.monthly_usd);
  return Math.abs(difference) < 0.005 ? "±0" : `${difference > 0 ? "+" : "−"}${usd(Math.abs(difference))}`;
}

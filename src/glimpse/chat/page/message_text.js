// The text of a message as elements: links can be clicked, and text between back-ticks is code. Everything else stays
// as it was written.

import { element } from "./dom.js";
import { linksIn, sanitized } from "./libraries/text.js";

/** Code between three back-ticks may have several lines, and the name of its language on the first one. */
const CODE = /```(?:[\w+#.-]*\n)?([\s\S]+?)\n?```\n?|`([^`\n]+)`/g;

/** A text without links and code needs no elements but its own. */
export function showMessageText(target, text) {
  const parts = [...partsOf(text)];
  if (parts.every((part) => typeof part === "string")) target.textContent = text;
  else {
    const made = element("span");
    made.append(...parts);
    target.replaceChildren(sanitized(made));
  }
}

function* partsOf(text) {
  let end = 0;
  for (const found of text.matchAll(CODE)) {
    yield* linkedParts(text.slice(end, found.index));
    const [whole, block, inline] = found;
    yield element(block === undefined ? "code" : "pre", "", block ?? inline);
    end = found.index + whole.length;
  }
  yield* linkedParts(text.slice(end));
}

function* linkedParts(text) {
  let end = 0;
  for (const link of linksIn(text)) {
    yield text.slice(end, link.start);
    const made = element("a", "", text.slice(link.start, link.end));
    made.href = link.url;
    made.target = "_blank";
    // The page that opens must not reach this one, and need not learn where the link was.
    made.rel = "noopener noreferrer";
    yield made;
    end = link.end;
  }
  yield text.slice(end);
}

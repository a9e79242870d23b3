"""The budgets of a difference as JUnit's XML: each is a test case, which fails where the budget is not kept."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from glimpse.planner.differences.causes import Difference
from glimpse.planner.differences.fragments import answer_text, causes_text, gap_place, gap_text, side_text
from glimpse.planner.differences.limits import KEPT, UNKNOWN, Limit
from glimpse.words import Words

CLASS = "glimpse.diff"


def difference_junit(difference: Difference, limits: Sequence[Limit], words: Words) -> str:
    """Without a budget there is one case, which passes and says what differs."""
    answer = answer_text(difference, words)
    suite = ElementTree.Element(
        "testsuite",
        name=f"{CLASS} {side_text(difference.before)} → {side_text(difference.after)}",
        tests=str(max(1, len(limits))),
        failures=str(sum(limit.verdict != KEPT for limit in limits)),
        errors="0",
        skipped="0",
        time="0",
    )
    if not limits:
        case = ElementTree.SubElement(suite, "testcase", classname=CLASS, name="difference", time="0")
        ElementTree.SubElement(case, "system-out").text = answer
    for limit in limits:
        case = ElementTree.SubElement(suite, "testcase", classname=CLASS, name=limit.option, time="0")
        why = words.render(limit.why)
        if limit.verdict == KEPT:
            ElementTree.SubElement(case, "system-out").text = f"{why}\n{answer}"
            continue
        failure = ElementTree.SubElement(case, "failure", message=why, type=limit.verdict)
        failure.text = "\n".join(
            filter(None, (answer, causes_text(difference, words), *_gaps(difference, limit, words)))
        )
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _gaps(difference: Difference, limit: Limit, words: Words) -> list[str]:
    """The gaps because of which a budget cannot be judged."""
    if limit.verdict != UNKNOWN:
        return []
    open_gaps = (gap for gap in difference.gaps_new if not difference.after.accepts(gap))
    return [f"{gap_place(gap)}: {gap_text(gap, difference, words)}" for gap in open_gaps]

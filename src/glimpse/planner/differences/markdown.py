"""
The report of a difference for a pull request: the answer first, what changes folded, and nothing else.

A comment begins with MARKER, by which the next run finds it and updates it in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from glimpse.planner.differences.causes import Difference, LineDifference
from glimpse.planner.differences.fragments import (
    SIGNS,
    ResourceDifference,
    amounts_of,
    answer_text,
    causes_text,
    component_text,
    gap_place,
    gap_text,
    highest_text,
    notes_of,
    quantity_text,
    resource_counts_text,
    resources_of,
    side_text,
    unknown_texts,
)
from glimpse.planner.differences.limits import KEPT, Limit
from glimpse.planner.report.markdown_escaping import code, escaped
from glimpse.words import Words

MARKER = "<!-- glimpse-diff -->"
MAX_LENGTH = 60_000
"""GitHub takes 65,536 characters; the rest is for what a workflow may add."""

MAX_GAPS_LENGTH = 15_000
"""Of that for each list of gaps and for what was moved, so that neither takes the room of what changes."""

MAX_WARNINGS = 8


def difference_markdown(difference: Difference, limits: Sequence[Limit], words: Words) -> str:
    """At most MAX_LENGTH characters; what does not fit is counted."""
    answer = escaped(answer_text(difference, words))
    lines = [MARKER, f"**{answer}**" if not difference.is_nothing else answer]
    sides = " → ".join(code(side_text(side)) for side in (difference.before, difference.after))
    facts = [f"{words('diff_compared')}: {sides}", *map(escaped, _facts(difference, words))]
    facts += [f"{'✅' if row.verdict == KEPT else '❌'} {_limit(row, words)}" for row in limits]
    if difference.is_nothing and not difference.warnings and not difference.moved:
        return "\n".join((*lines, *(f"\n{fact}" for fact in facts[1:]))) + "\n"
    lines += ["", *(f"- {fact}" for fact in facts)]
    for title, gaps in (("diff_gaps_new", difference.gaps_new), ("diff_gaps_gone", difference.gaps_gone)):
        if gaps:
            rows = [(f"- {code(gap_place(gap))} {_sentence(gap_text(gap, difference, words))}",) for gap in gaps]
            body = _fitting(rows, MAX_GAPS_LENGTH, "- {}", words)
            lines += _folded(words(title, count=len(gaps)), body, is_open=title == "diff_gaps_new")
    if difference.moved_alike:
        rows = [(f"- {code(old)} → {code(new)}",) for new, old in difference.moved_alike.items()]
        lines += _folded(words("diff_moved", count=len(rows)), _fitting(rows, MAX_GAPS_LENGTH, "- {}", words))
    resources = resources_of(difference)
    if resources:
        title = words("diff_resources", counts=resource_counts_text(resources, words))
        heads = [words("diff_resource"), *map(words, ("diff_before", "diff_after", "diff_delta"))]
        table = [f"| {' | '.join(heads)} |", "|---|---:|---:|---:|"]
        rest = MAX_LENGTH - sum(len(line) + 1 for line in (*lines, *table)) - 2 * len(title) - 500
        groups = [tuple(_rows(resource, words)) for resource in resources]
        lines += _folded(title, [*table, *_fitting(groups, rest, "| {} | | | |", words)])
    return "\n".join(lines) + "\n"


def _facts(difference: Difference, words: Words) -> Iterator[str]:
    if text := causes_text(difference, words):
        yield f"{words('diff_because')}: {text}"
    if text := highest_text(difference, words):
        yield f"{words('diff_scaled')}: {text}"
    for text in unknown_texts(difference, words):
        yield f"{words('ui_not_known')}: {text}"
    for warning in difference.warnings[:MAX_WARNINGS]:
        yield words.render(warning.what)
    if len(difference.warnings) > MAX_WARNINGS:
        yield words("diff_more", count=len(difference.warnings) - MAX_WARNINGS)


def _limit(limit: Limit, words: Words) -> str:
    return f"`{limit.option}` {escaped(words.render(limit.why))}"


def _rows(resource: ResourceDifference, words: Words) -> Iterator[str]:
    origin = resource.charge.origin
    place = f"<br>{code(f'{origin.file}:{origin.line}')}" if origin.file else ""
    if was := resource.lines[0].moved_from:
        place += f"<br>{_sentence(words('diff_was', address=was))}"
    amounts = (f"**{_usd(text)}**" for text in amounts_of(resource))
    yield f"| {escaped(SIGNS[resource.change])} {code(resource.address)}{place} | {' | '.join(amounts)} |"
    for line in resource.shown:
        yield _row(line, words)
    if hidden := len(resource.lines) - len(resource.shown):
        yield f"| {words('diff_zero_lines', count=hidden)} | | | |"


def _row(line: LineDifference, words: Words) -> str:
    notes = "".join(f"<br><sub>{_sentence(note)}</sub>" for note in notes_of(line, words))
    name = f"{_sentence(component_text(line))}, {_sentence(quantity_text(line))}{notes}"
    return f"| {name} | {' | '.join(map(_usd, amounts_of(line)))} |"


def _sentence(text: str) -> str:
    """A sentence with names of a file's own in it, whose dollar signs would begin a formula."""
    return escaped(text).replace("$", "&#36;")


def _usd(text: str) -> str:
    """An amount in a column of them, which needs no dollar sign."""
    return text.replace("$", "")


def _fitting(groups: Sequence[Sequence[str]], room: int, more: str, words: Words) -> Iterator[str]:
    """The first groups of lines that fit, whole; `more` shows how many do not."""
    for at, group in enumerate(groups):
        room -= sum(len(line) + 1 for line in group)
        if room < 0:
            yield more.format(words("diff_more", count=len(groups) - at))
            return
        yield from group


def _folded(title: str, body: Iterable[str], is_open: bool = False) -> Iterator[str]:
    opened = " open" if is_open else ""
    yield from ("", f"<details{opened}><summary>{escaped(title)}</summary>", "", *body, "", "</details>")

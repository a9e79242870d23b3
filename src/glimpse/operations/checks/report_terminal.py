"""A verification as text for a terminal."""

from __future__ import annotations

import io
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from glimpse.operations.checks.check import Outcome
from glimpse.operations.checks.finding import CONFIRMED, REFUTED, UNKNOWN
from glimpse.operations.checks.report import VERDICTS, Verification, why
from glimpse.operations.options import Say

MARKS = {CONFIRMED: "✓", REFUTED: "✗", UNKNOWN: "?"}
COLOURS = {CONFIRMED: "green", REFUTED: "red", UNKNOWN: "yellow"}


def terminal_text(verification: Verification, say: Say, width: int, is_coloured: bool) -> str:
    """`width` in columns. A check that answers several boxes explains itself at the first one."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=is_coloured,
        no_color=not is_coloured,
        highlight=False,
        legacy_windows=False,
    )
    explained: set[str] = set()

    def line(text: str, indent: int, verdict: str = "", style: str = "") -> None:
        marked = Text(f"{MARKS[verdict]} ", COLOURS[verdict]) if verdict else Text()
        console.print(Padding(marked + Text(text, style), (0, 0, 0, indent)))

    def outcome_lines(outcome: Outcome, indent: int) -> None:
        title = say(f"verify_title_{outcome.name}")
        line(f"{title} ({outcome.name})", indent, outcome.finding.verdict)
        if outcome.name not in explained:
            explained.add(outcome.name)
            line(why(outcome.finding, say), indent + 2)

    line(say("verify_head", address=verification.address), 0, style="bold")
    for group, boxes in groupby(verification.boxes, key=lambda answered: answered.box.group):
        console.print()
        line(say(f"verify_group_{group}"), 0, style="bold")
        for answered in boxes:
            line(say("verify_box", quote=answered.box.quote, line=answered.box.source_line), 2, answered.verdict)
            for outcome in answered.outcomes:
                outcome_lines(outcome, 6)
            if not answered.outcomes:
                line(say("verify_box_unanswered"), 6)
    if verification.others:
        console.print()
        line(say("verify_group_others"), 0, style="bold")
        for outcome in verification.others:
            outcome_lines(outcome, 2)
    console.print()
    line(say("verify_sum", **{verdict: verification.count(verdict) for verdict in VERDICTS}), 0, style="bold")
    if verification.left:
        line(say("verify_left", count=verification.left), 0)
    # rich fills each line up to the width.
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())

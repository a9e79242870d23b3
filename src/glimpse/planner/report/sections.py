"""The sections of a plan's whole report, and which of them are asked for."""

from __future__ import annotations

from collections.abc import Sequence

from glimpse.planner.finding import InputError
from glimpse.planner.sentence import Sentence, say

SECTIONS = (
    "risks", "steps", "levers", "scenarios", "promises", "bill", "growth", "paid", "workload", "checks", "alarms",
    "claims", "sources",
)  # fmt: skip
"""In the order of `--full`: what to do, what it is compared with, what it costs, and where the figures come from."""

FORMATS_WITH_SECTIONS = ("terminal", "markdown")


def sections_asked(full: bool, show: Sequence[str], report_format: str) -> tuple[str, ...]:
    """
    The sections to print, each once, in the order asked; none for the short report.

    Raises InputError for a section that does not exist, for `--show` beside `--full`, and for `--show` with a format
    that is always whole.
    """
    if not show:
        return SECTIONS if full else ()
    if full:
        raise InputError(say("show_beside_full"))
    if report_format not in FORMATS_WITH_SECTIONS:
        raise InputError(say("show_not_in_format", format=report_format))
    names = tuple(dict.fromkeys(name.lower() for name in show))
    for name in names:
        if name not in SECTIONS:
            raise InputError(_unknown(name))
    return names


def _unknown(name: str) -> Sentence:
    import difflib

    sections = ", ".join(SECTIONS)
    near = difflib.get_close_matches(name, SECTIONS, n=1)
    if near:
        return say("section_unknown_near", name=name, near=near[0], sections=sections)
    return say("section_unknown", name=name, sections=sections)

"""What makes a shell complete commands, options and their values, made from the parser by shtab."""

from __future__ import annotations

from collections.abc import Sequence

import shtab

from glimpse.command_parser import Parser
from glimpse.planner.report.sections import SECTIONS

FILES, FOLDERS, REGIONS, SECTION = ("FILE", "PATH", "A", "B"), ("DIR",), ("REGION", "A,B"), "SECTION,…"
"""How the help names the value of an option. Of a list, the first is completed."""


def script(parser: Parser, shell: str, regions: Sequence[str]) -> str:
    """
    The script for bash, zsh or fish. The shell alone runs it: no key press waits for Python.

    `parser` is changed, and can read no command any more.
    """
    for each in parser.descendants():
        for action in each._actions:
            if action.metavar in FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            elif action.metavar in FOLDERS:
                action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
            elif action.metavar in REGIONS:
                action.choices = regions
            elif action.metavar == SECTION:
                action.choices = SECTIONS
    return shtab.complete(parser, shell).rstrip("\n")

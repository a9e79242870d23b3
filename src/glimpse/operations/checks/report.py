"""What a verification found, grouped by the boxes of the plan document's checklist, and its exit code."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from glimpse.operations.checks.check import Outcome
from glimpse.operations.checks.finding import CONFIRMED, REFUTED, UNKNOWN, Finding
from glimpse.operations.deployment import ChecklistBox
from glimpse.operations.options import Say

DONE, IS_REFUTED, NOT_READ, IS_UNKNOWN = 0, 1, 2, 3
"""Exit codes. NOT_READ: nothing could be checked. IS_UNKNOWN: only with --strict."""

VERDICTS = (CONFIRMED, REFUTED, UNKNOWN)


def why(finding: Finding, say: Say) -> str:
    """Why the verdict is what it is, and what the plan document says about it."""
    text = say(finding.code, **finding.values)
    return text if finding.document is None else f"{text} {say('verify_document', document=finding.document)}"


class AnsweredBox(Struct, frozen=True):
    """One box with the outcomes that answer it; `--only` may have left some out, and then it stays unknown."""

    box: ChecklistBox
    outcomes: Sequence[Outcome]

    @property
    def verdict(self) -> str:
        found = {outcome.finding.verdict for outcome in self.outcomes}
        if REFUTED in found:
            return REFUTED
        is_whole = len(self.outcomes) == len(self.box.verified_by)
        return CONFIRMED if is_whole and found == {CONFIRMED} else UNKNOWN


class Verification(Struct, frozen=True):
    """
    `at`: an ISO time. `address`: of what was checked. `outcomes`: in the order of the catalogue. `left`: how many
    messages, files and accounts of `verify` itself could not be deleted.
    """

    target: str
    address: str
    at: str
    checklist: Sequence[ChecklistBox]
    outcomes: Sequence[Outcome]
    left: int = 0

    @property
    def boxes(self) -> Sequence[AnsweredBox]:
        """Those of which a check ran, and those that nothing on a running stack can answer."""
        found = {outcome.name: outcome for outcome in self.outcomes}
        boxes = [AnsweredBox(box, [found[name] for name in box.verified_by if name in found]) for box in self.checklist]
        return [answered for answered in boxes if answered.outcomes or not answered.box.verified_by]

    @property
    def others(self) -> Sequence[Outcome]:
        """Those that no box names."""
        named = {name for box in self.checklist for name in box.verified_by}
        return [outcome for outcome in self.outcomes if outcome.name not in named]

    def count(self, verdict: str) -> int:
        return sum(outcome.finding.verdict == verdict for outcome in self.outcomes)

    def exit_code(self, is_strict: bool) -> int:
        if self.count(REFUTED):
            return IS_REFUTED
        return IS_UNKNOWN if is_strict and self.count(UNKNOWN) else DONE

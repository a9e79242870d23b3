"""What people read while the checks of `glimpse verify` run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glimpse.chat.uploads import UPLOAD_SECONDS
from glimpse.operations.checks.check import WAITING, Check, Outcome
from glimpse.operations.checks.report_terminal import MARKS
from glimpse.operations.options import Say


class Progress:
    """Tells of each check as it ends, and once, what is still being waited for. `tell` gets one line at a time."""

    def __init__(self, checks: Sequence[Check], is_slow: bool, say: Say, tell: Callable[[str], None]) -> None:
        self._say, self._tell, self._total = say, tell, len(checks)
        self._left = {check.name: check for check in checks}
        self._has_waited = False
        tell(say("verify_begins", count=self._total))
        if is_slow:
            tell(say("verify_begins_slow", seconds=UPLOAD_SECONDS))
        elif any(check.when == WAITING for check in checks):
            tell(say("verify_begins_held"))

    def on_outcome(self, outcome: Outcome) -> None:
        del self._left[outcome.name]
        mark, title = MARKS[outcome.finding.verdict], self._say(f"verify_title_{outcome.name}")
        self._tell(f"[{self._total - len(self._left)}/{self._total}] {mark} {title}")
        if self._left and not self._has_waited and all(check.when == WAITING for check in self._left.values()):
            self._has_waited = True
            self._tell(self._say("verify_waits", names=", ".join(self._left)))

"""The sections of a plan's report about the plan document: its checklist, its alarms and its claims, all quoted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text

from glimpse.planner.report.plan_fragments import amount_text, claims_text, document_row, quoted
from glimpse.planner.report.terminal import Report

if TYPE_CHECKING:
    from glimpse.planner.plan_document import PlanDocument
    from glimpse.planner.plan_document.alarms import Alarm
    from glimpse.planner.plan_document.checks import Check

ALARMS = ((24, "<"), (16, "<"), (20, "<"))
VERDICT_COLOURS = {"confirmed": "green", "refuted": "red", "unknown": "yellow"}


class DocumentSections(Report):
    """The sections `checks`, `alarms` and `claims`."""

    def _checks(self, checks: Iterable[Check]) -> None:
        words = self.words
        self._title("ui_checks")
        for group, inside in itertools.groupby(checks, key=lambda check: check.group):
            self._paragraph(words(f"group_{group}"), "bold")
            for ours, alike in itertools.groupby(inside, key=lambda check: check.ours):
                for check in alike:
                    self._paragraph(f"[ ] {quoted(check.quote)}", indent=2, hang=6)
                if ours:
                    self._paragraph(Text(words(ours), "dim"), indent=6)

    def _alarms(self, alarms: Iterable[Alarm]) -> None:
        words = self.words
        self._title("ui_alarms")
        self._heads(ALARMS, ("", words("ui_document_says"), words("ui_derived")))
        for alarm in alarms:
            name = Text(words(f"alarm_{alarm.name}"), "bold")
            derived = words.render(alarm.derived) if alarm.derived else "–"
            self._row(ALARMS, name, Text(quoted(alarm.document)), Text(derived))
            self._paragraph(Text(words.render(alarm.why), "dim"), indent=2)

    def _claims(self, document: PlanDocument) -> None:
        """The claims beside what is computed, and the document's own comparison of scenarios."""
        words = self.words
        self._title("ui_claims")
        self._paragraph(claims_text(document.claims, words))
        left_width, right_width = self._halves()
        for claim in document.claims:
            with self._part(left_width) as quote:
                self._paragraph(Text.assemble(f"{claim.source_line:>4}  ", (quoted(claim.quote), "bold")), hang=6)
            claimed, computed = amount_text(claim.claimed, words), amount_text(claim.computed, words)
            figures = f"{words('ui_claimed')} {claimed} · {words('ui_computed')} {computed} · "
            verdict = Text(words(claim.verdict), VERDICT_COLOURS[claim.verdict])
            with self._part(right_width) as found:
                self._paragraph(Text.assemble(figures, verdict), indent=6, hang=6)
                self._paragraph(Text(words.render(claim.why), "dim"), indent=6, hang=6)
            self.lines.append(Text())
            self._beside(quote, found, left_width)
        self.lines += Text(), Text(words("ui_document_scenarios"), "bold")
        for name, row in document.rows.items():
            self._paragraph(Text.assemble((f"{name:<11} ", "bold"), quoted(document_row(row))), indent=2, hang=14)

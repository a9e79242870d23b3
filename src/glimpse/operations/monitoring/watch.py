"""All that `glimpse watch` found, and what of it needs a person."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from glimpse.operations.monitoring.health import ATTENTION, HealthItem
from glimpse.operations.monitoring.note import Note, note
from glimpse.operations.monitoring.spending import Spending, needs_attention


class Watched(Struct, frozen=True):
    """
    `name` and `region` of the environment; `at` is an ISO time. `spending` is None where nothing can be compared, and
    `why_no_spending` says why. `requests` of Cost Explorer, which AWS charges for.
    """

    name: str
    region: str
    at: str
    days: int
    health: Sequence[HealthItem]
    requests: int
    spending: Spending | None = None
    why_no_spending: Note | None = None

    @property
    def attention(self) -> Sequence[Note]:
        """What needs a person, the dearest first."""
        high = needs_attention(self.spending) if self.spending else None
        others = [item.why for item in self.health if item.state == ATTENTION]
        return [*([high] if high else []), *others]

    @property
    def exit_code(self) -> int:
        return 1 if self.attention else 0


def no_costs(days: int) -> Note:
    return note("watch_no_costs", days=days)

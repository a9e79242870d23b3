"""What one resource consumes, as meters: by the hour, by the month, and by the usage that somebody gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases, certain
from glimpse.planner.sentence import Sentence, say

Amount = Fraction | int | CostCases


@dataclass(slots=True)
class Metering:
    """
    Makes the meters of one resource. `given` is the usage that people stated for it (given_usage.py), by key; the keys
    that were looked up belong to every meter made after that.

    A quantity that the files decide and that nobody knows is None, and `needs` says what would tell it. A quantity
    that people's use decides, and that nobody gave, is None too: its meter is a symbol, never a gap.
    """

    origin: Origin
    given: Mapping[str, Fraction | str]
    _looked_up: dict[str, None] = field(default_factory=dict)

    def number(self, key: str) -> Fraction | None:
        """What was given under a usage key; None where nothing was, or a word."""
        value = self._look_up(key)
        return None if isinstance(value, str) else value

    def word(self, key: str) -> str | None:
        """The word that was given under a usage key; None where nothing was, or a number."""
        value = self._look_up(key)
        return value if isinstance(value, str) else None

    def _look_up(self, key: str) -> Fraction | str | None:
        self._looked_up[key] = None
        return self.given.get(key)

    @property
    def usage_keys(self) -> tuple[str, ...]:
        """The keys that were looked up so far, in that order."""
        return tuple(self._looked_up)

    def hours(
        self,
        component: str,
        sku: Sku,
        count: Amount | None = 1,
        *,
        unit: str = "hour",
        needs: Sentence | None = None,
        assumes: tuple[Sentence, ...] = (),
    ) -> Meter:
        """`count` of something through the 730 hours of a month."""
        amount = None if count is None else _cases(count) * HOURS_PER_MONTH
        return self.fixed(component, unit, sku, amount, needs=needs, assumes=assumes)

    def fixed(
        self,
        component: str,
        unit: str,
        sku: Sku,
        quantity: Amount | None,
        *,
        needs: Sentence | None = None,
        assumes: tuple[Sentence, ...] = (),
    ) -> Meter:
        """A quantity a month that the files decide."""
        amount = None if quantity is None else _cases(quantity)
        return Meter(
            self.origin,
            component,
            unit,
            amount,
            sku,
            assumes,
            needs=needs if amount is None else None,
            usage_keys=self.usage_keys,
        )

    def used(
        self,
        component: str,
        unit: str,
        keys: str | tuple[str, ...],
        sku: Sku,
        *,
        per: Fraction | int = 1,
        quantity: Amount | None = None,
        assumes: tuple[Sentence, ...] = (),
        needs: Sentence | None = None,
    ) -> Meter:
        """
        A quantity a month that people's use decides.

        Where `keys` is one key, what was given under it counts, divided by `per`: the given units in one unit of the
        price. Otherwise `quantity`, in units of the price: what follows from several keys, or from the workload; its
        `assumes` are said only then. Otherwise nobody knows it.
        """
        names = (keys,) if isinstance(keys, str) else keys
        stated = self.given.get(names[0]) if len(names) == 1 else None
        if isinstance(stated, str):
            stated = None
        amount = quantity if stated is None else stated / per
        return Meter(
            self.origin,
            component,
            unit,
            None if amount is None else _cases(amount),
            sku,
            assumes if stated is None and amount is not None else (),
            usage_based=True,
            needs=(needs or say("needs_usage", keys=", ".join(names))) if amount is None else None,
            usage_keys=tuple(dict.fromkeys((*names, *self._looked_up))),
        )


def _cases(amount: Amount) -> CostCases:
    return amount if isinstance(amount, CostCases) else certain(amount)

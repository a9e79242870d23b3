"""
How ECS splits a service's tasks over its capacity providers.

The base comes first, then the weights. AWS states both, and that a weight is a ratio; how it rounds an uneven split is
stated nowhere that we found. So the expected split is by largest remainder, and every split that another usual rounding
would give is kept beside it. Missing Spot capacity is never replaced by on-demand tasks.

Source: the ECS API's CapacityProviderStrategyItem (base, weight), and two worked examples of AWS's own workshop, which
the tests repeat: base 2, weights 1:3, ten tasks are 4 and 6; weights 3:1, four tasks are 3 and 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

FARGATE = "FARGATE"
FARGATE_SPOT = "FARGATE_SPOT"


@dataclass(frozen=True, slots=True)
class ProviderShare:
    """One row of a strategy: at least `base` tasks, then `weight` parts of the rest."""

    provider: str
    base: int = 0
    weight: int = 0


Split = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Placement:
    """The expected split, and each other one that some usual rounding gives (the expected one included)."""

    expected: Split
    possible: tuple[Split, ...]

    def most(self, provider: str) -> Split:
        return max(self.possible, key=lambda split: split.get(provider, 0))


@cache
def place(strategy: tuple[ProviderShare, ...], tasks: int) -> Placement:
    """Split `tasks` over the strategy. With every weight 0, only the bases are placed."""
    counts = {share.provider: 0 for share in strategy}
    left = tasks
    for share in strategy:
        counts[share.provider] += min(share.base, left)
        left -= min(share.base, left)
    parts = sum(share.weight for share in strategy)
    if not parts or not left:
        return Placement(counts, (counts,))

    quotas = [Fraction(left * share.weight, parts) for share in strategy]
    # A tie goes to the heavier weight; the other outcome is kept as possible.
    heavier_first = sorted(range(len(strategy)), key=lambda i: strategy[i].weight, reverse=True)
    lighter_first = heavier_first[::-1]
    splits = []
    for given in (
        _largest_remainder(quotas, left, heavier_first),
        _largest_remainder(quotas, left, lighter_first),
        _greedy([share.weight for share in strategy], left, heavier_first),
        _greedy([share.weight for share in strategy], left, lighter_first),
    ):
        split = dict(counts)
        for share, extra in zip(strategy, given, strict=True):
            split[share.provider] += extra
        if split not in splits:
            splits.append(split)
    return Placement(splits[0], tuple(splits))


def _largest_remainder(quotas: Sequence[Fraction], seats: int, ties: Sequence[int]) -> list[int]:
    given = [quota.numerator // quota.denominator for quota in quotas]
    by_remainder = sorted(ties, key=lambda i: quotas[i] - given[i], reverse=True)
    for i in by_remainder[: seats - sum(given)]:
        given[i] += 1
    return given


def _greedy(weights: Sequence[int], seats: int, ties: Sequence[int]) -> list[int]:
    """
    One task at a time to whoever is furthest behind its weight (D'Hondt).

    Nobody ends below the whole part of its quota that way, so counting begins there.
    """
    given = [seats * weight // sum(weights) for weight in weights]
    for _ in range(seats - sum(given)):
        winner = max(ties, key=lambda i: Fraction(weights[i], given[i] + 1))
        given[winner] += 1
    return given

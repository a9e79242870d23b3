"""What each change of the recommendation saves after those before it: steps that add up to the whole saving."""

from __future__ import annotations

from fractions import Fraction

from glimpse.planner.costs import CostCache
from glimpse.planner.plan import Scenario, WaterfallStep


def waterfall_of(scenario: Scenario, cache: CostCache) -> tuple[WaterfallStep, ...]:
    """
    The changes of a scenario, one after another: what saves most of the whole (`Effect.here`) first.

    Every step is the scenario with the changes up to there, applied in the scenario's own order. So the last step costs
    what the scenario costs, and the steps add up to the difference of the two totals, in whatever order changes work.
    """
    changes = [effect for effect in scenario.effects if effect.changes]
    order = sorted(changes, key=lambda effect: -(effect.here.usd or Fraction(0)))
    # What changes nothing in the end may still decide what another lever finds.
    applied = {effect.lever for effect in scenario.effects if not effect.changes}
    before, steps = cache.of(()), []
    for effect in order:
        applied.add(effect.lever)
        after = cache.of(tuple(lever for lever in scenario.levers if lever in applied))
        steps.append(WaterfallStep(effect, before.monthly, after.monthly, cache.saving(before, after)))
        before = after
    return tuple(steps)

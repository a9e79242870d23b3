"""Runs checks side by side. What a check cannot see, and what breaks or hangs, is unknown and never confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from glimpse.chat.failure import Failure
from glimpse.operations.checks.check import LAST, QUICK, WAITING, Check, Outcome, Target
from glimpse.operations.checks.finding import Finding, unknown
from glimpse.operations.checks.observations import NotObservable

MAX_DETAIL = 200


async def run_checks(
    checks: Sequence[Check],
    target: Target,
    clock: Callable[[], float],
    side_by_side: int,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> tuple[Outcome, ...]:
    """
    The outcomes in the order of `checks`. `clock` gives seconds. At most `side_by_side` of the quick ones run at once;
    those that wait for a clock run beside them, and those that take something away after all others. `on_outcome` is
    called as each one ends.
    """
    free = asyncio.Semaphore(side_by_side)
    outcomes: dict[str, Outcome] = {}

    async def run(check: Check) -> None:
        if check.when == QUICK:
            async with free:
                outcome = await _outcome(check, target, clock)
        else:
            outcome = await _outcome(check, target, clock)
        outcomes[check.name] = outcome
        on_outcome(outcome)

    async with asyncio.TaskGroup() as group:
        for check in sorted(checks, key=lambda check: check.when != WAITING):
            if check.when != LAST:
                group.create_task(run(check))
    for check in checks:
        if check.when == LAST:
            await run(check)
    return tuple(outcomes[check.name] for check in checks)


async def _outcome(check: Check, target: Target, clock: Callable[[], float]) -> Outcome:
    began = clock()
    return Outcome(check.name, await _finding(check, target), clock() - began)


async def _finding(check: Check, target: Target) -> Finding:
    try:
        async with asyncio.timeout(check.seconds) as limit:
            return await check.run(target)
    except (NotObservable, Failure) as error:
        return unknown(error.code, **error.values)
    except TimeoutError as error:
        if limit.expired():
            return unknown("verify_hung", seconds=round(check.seconds))
        return _crashed(error)
    except Exception as error:
        # A defect of a check, or an answer that nobody foresaw, says nothing about the stack.
        return _crashed(error)


def _crashed(error: Exception) -> Finding:
    detail = " ".join(str(error).split())[:MAX_DETAIL]
    return unknown("verify_crashed", error=type(error).__name__, detail=detail or "–")

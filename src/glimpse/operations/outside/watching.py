"""Looks at AWS and at the planner for `glimpse watch`, all at once. What cannot be read is unknown, for its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from glimpse.chat.failure import Failure
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.deployment import Deployment
from glimpse.operations.monitoring import costs as costs_
from glimpse.operations.monitoring.bills import Bill, Catalogue
from glimpse.operations.monitoring.health import judge
from glimpse.operations.monitoring.note import Note
from glimpse.operations.monitoring.spending import Spending, compare
from glimpse.operations.monitoring.watch import Watched, no_costs
from glimpse.operations.outside.aws import database, health, service
from glimpse.operations.outside.aws.calls import Calls
from glimpse.operations.outside.aws.cost_explorer import CostReader
from glimpse.operations.outside.plan import read_bill

NO_ACCOUNT = ("aws_credentials_refused",)


async def check_credentials(calls: Calls) -> None:
    """Raises Failure where AWS does not accept the credentials: then nothing could be seen."""
    try:
        await asyncio.to_thread(calls.call, "sts", "get_caller_identity")
    except NotObservable as error:
        if error.code in NO_ACCOUNT:
            raise Failure(error.code, **error.values) from None


async def watch_stack(
    calls: Calls, deployment: Deployment, arguments: Sequence[str], days: int, now: datetime | None = None
) -> Watched:
    """`arguments` are those of `glimpse bill`; `days` are those before yesterday, which Cost Explorer has in full."""
    now = now or datetime.now(UTC)
    today = now.date()
    reader = CostReader(calls, today, days)
    name = deployment.tasks.cluster
    looks: Mapping[str, Callable[[], Any]] = {
        "alarms": lambda: health.alarms(calls, deployment),
        "tasks": lambda: service.running_tasks(calls, deployment),
        "answers": lambda: health.answers(calls, deployment, now, days),
        "connections": lambda: health.connections(calls, deployment, now, days),
        "cpu_credits": lambda: health.cpu_credits(calls, deployment, now, days),
        "storage": lambda: database.storage(calls, deployment, now),
        "budget": lambda: health.budget(calls, deployment),
        "certificate": lambda: health.certificate(calls, deployment),
        "engine": lambda: database.engine(calls, deployment),
    }
    planned, paid, *seen = await asyncio.gather(
        _told(read_bill(arguments)),
        _told(asyncio.to_thread(reader.read, name)),
        *(_told(asyncio.to_thread(look)) for look in looks.values()),
    )
    spending, why = await _spending(planned, paid, arguments, days)
    catalogue = planned.catalogue if isinstance(planned, Bill) else Catalogue()
    observed = dict(zip(looks, seen, strict=True))
    return Watched(
        name=name or "–",
        region=calls.region,
        at=now.isoformat(timespec="seconds"),
        days=days,
        health=judge(observed, catalogue, today, f"{today:%Y-%m}"),
        requests=reader.requests,
        spending=spending,
        why_no_spending=why,
    )


async def _told(look: Awaitable[Any]) -> Any:
    """What was seen, or why it was not."""
    try:
        return await look
    except NotObservable as error:
        return error
    except Failure as failure:
        return NotObservable(failure.code, **failure.values)


async def _spending(
    planned: Bill | NotObservable, paid: costs_.Costs | NotObservable, arguments: Sequence[str], days: int
) -> tuple[Spending | None, Note | None]:
    if isinstance(planned, NotObservable):
        return None, Note(planned.code, planned.values)
    if isinstance(paid, NotObservable):
        return None, Note(paid.code, paid.values)
    if not paid.days:
        return None, no_costs(days)
    compared = await _told(read_bill(arguments, costs_.report_text(paid)))
    if isinstance(compared, NotObservable):
        return None, Note(compared.code, compared.values)
    return compare(paid, planned, compared), None

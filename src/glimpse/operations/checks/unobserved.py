"""The observations of a stack of which only the address is known: none."""

from __future__ import annotations

from typing import NoReturn

from glimpse.operations.checks.observations import NotObservable


class Unobserved:
    """Implements Observations: every method raises NotObservable."""

    async def _hidden(self, *arguments: str) -> NoReturn:
        raise NotObservable("verify_url_hides")

    running_tasks = task_settings = balancer_settings = database_connections = engine = storage = _hidden
    balancer_errors = alarms = spending = reclaim_spot_task = is_recovered = _hidden

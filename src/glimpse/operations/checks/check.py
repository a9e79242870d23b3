"""A check: what it is called, when it runs, and how it reaches its finding."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable

from msgspec import Struct

from glimpse.operations.checks.finding import Finding
from glimpse.operations.checks.observations import NotObservable, Observations
from glimpse.operations.checks.service import Service
from glimpse.operations.deployment import Database, Deployment, Plan

LOCAL, URL, AWS = "local", "url", "aws"

QUICK, WAITING, LAST = "quick", "waiting", "last"
"""
QUICK: a few at a time. WAITING: it mostly waits for a clock, and all such checks run beside the others. LAST: it takes
something away, which other checks would notice, so it runs alone after them.
"""


class Target(Struct, frozen=True):
    """
    What is checked. `kind` is LOCAL, URL or AWS; `address` names it for people. `service` is None where no address of
    the chat is known, for the reason `why_no_service`. `task`: the address of one task, past the balancer, where that
    can be reached. `may_reclaim`: somebody agreed to the loss of a Spot task. `is_slow`: the check that waits for five
    minutes may run.
    """

    kind: str
    address: str
    plan: Plan
    today: datetime.date
    observations: Observations
    service: Service | None = None
    why_no_service: NotObservable | None = None
    task: str | None = None
    is_on_loopback: bool = False
    speed: float = 1.0
    """By this a local stack divides notices, drains and start times."""

    may_reclaim: bool = False
    is_slow: bool = False
    idle_margin_seconds: float = 5.0
    """How long past the balancer's idle timeout a connection is held."""

    @property
    def deployment(self) -> Deployment:
        """Raises NotObservable where the Terraform has no ECS service behind a balancer."""
        if self.plan.deployment is None:
            raise NotObservable("verify_no_deployment")
        return self.plan.deployment

    @property
    def database(self) -> Database:
        """Raises NotObservable where the Terraform has no database."""
        if self.deployment.database is None:
            raise NotObservable("verify_no_database")
        return self.deployment.database

    def reached(self) -> Service:
        """The service. Raises NotObservable where no address is known."""
        if self.service is None:
            raise self.why_no_service or NotObservable("verify_no_address")
        return self.service


class Check(Struct, frozen=True):
    """
    `name` is the one of `--only` and of the plan's checklist; the sentence `verify_title_NAME` is its title. After
    `seconds` it is unknown. `run` may raise NotObservable.
    """

    name: str
    run: Callable[[Target], Awaitable[Finding]]
    when: str = QUICK
    seconds: float = 25.0


class Outcome(Struct, frozen=True):
    """What one check found, and how many seconds it took."""

    name: str
    finding: Finding
    seconds: float

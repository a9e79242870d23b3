"""The plan document's five alarms: its thresholds, the ones that follow from the design, and why they differ."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.limits import usable_connections
from glimpse.planner.money import decimal_text
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import CONNECTION_LIMITS, RESERVED_CONNECTIONS, tasks_during_deploy
from glimpse.planner.stack import Stack
from glimpse.planner.traffic import Traffic

CONNECTIONS_SHARE = Fraction(4, 5)
"""
The share of the database's connections at which the alarm fires, as in the monitoring module: the rest is time to act.
"""

FEWEST_ERRORS = 10
ERRORS_SHARE = Fraction(1, 100)
"""One request in a hundred of the busiest five minutes. Below ten errors, one client's trouble would page."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """`document` is the threshold as the document writes it, `derived` None where the design does not tell one."""

    name: str
    line: int
    document: str
    derived: Sentence | None
    why: Sentence


def alarms_of(stack: Stack, traffic: Traffic) -> tuple[Alarm, ...]:
    """None of them where no service stands behind a balancer."""
    services = [service for service in stack.of(FargateService) if service.behind_balancer]
    return tuple(_alarms(stack, services[0], traffic)) if services else ()


def _alarms(stack: Stack, service: FargateService, traffic: Traffic) -> Iterator[Alarm]:
    scaling = service.scaling
    targets = (scaling.cpu_percent, scaling.memory_percent) if scaling else (None, None)
    for name, line, document, target in zip(("cpu", "memory"), (408, 409), ("> 70%", "> 80%"), targets, strict=True):
        # Half-way between what scaling steers to and what there is.
        if target is None or target >= 100:
            yield Alarm(f"ecs_{name}", line, document, None, say("alarm_load_unknown"))
        else:
            halfway = say("threshold_percent", value=decimal_text((target + 100) / 2, 0), minutes=10)
            yield Alarm(f"ecs_{name}", line, document, halfway, say("alarm_load", target=decimal_text(target, 0)))
    fewest = service.fewest
    yield Alarm(
        "running_tasks",
        410,
        "< 2",
        say("threshold_fewer", value=fewest, minutes=5) if fewest else None,
        say("alarm_tasks", fewest=fewest) if fewest else say("alarm_tasks_unknown"),
    )
    if stack.has(Balancer):
        busiest = max(hour.requests for hour in traffic.hours) / 12
        errors = max(FEWEST_ERRORS, math.ceil(busiest * ERRORS_SHARE))
        share = decimal_text(errors / busiest * 100, 1) if busiest else "?"
        why = say("alarm_errors", requests=math.floor(busiest), percent=share)
        yield Alarm("balancer_5xx", 411, "> 10건/5분", say("threshold_errors", value=errors, minutes=5), why)
    yield _connections(stack, service)


def _connections(stack: Stack, service: FargateService) -> Alarm:
    classes = [database.instance_class or "" for database in stack.of(Database)]
    limit = CONNECTION_LIMITS.get(classes[0]) if len(classes) == 1 else None
    if limit is None or usable_connections(stack) is None:
        return Alarm("database_connections", 412, "> 45개", None, say("alarm_connections_unknown"))
    offered = limit.lowest_seen - RESERVED_CONNECTIONS
    derived = math.floor(offered * CONNECTIONS_SHARE)
    fewest, pool = service.fewest, service.database_pool
    if fewest and pool:
        deploy = tasks_during_deploy(fewest, service.maximum_percent) * pool
        why = say("alarm_connections", offered=offered, deploy=deploy, fewest=fewest)
    else:
        why = say("alarm_connections_only", offered=offered)
    return Alarm("database_connections", 412, "> 45개", say("threshold_more", value=derived), why)

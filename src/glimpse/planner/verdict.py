"""Promises judged: kept, broken or unknown, each with its reason. Unknown never counts as kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.bill import Bill
from glimpse.planner.finding import Finding
from glimpse.planner.limits import idle_timeout, pool_that_fits, usable_connections
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import SERVICE, Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.function import Function
from glimpse.planner.resources.gateway import WebSocketApi
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.resources.table import Table
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import ADMIN_CONNECTIONS, RESERVED_CONNECTIONS, sockets_per_task, tasks_during_deploy
from glimpse.planner.stack import Stack
from glimpse.planner.traffic import Traffic
from glimpse.planner.workload import Promises

KEPT, BROKEN, UNKNOWN = "kept", "broken", "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    promise: str
    verdict: str
    why: Sentence


def judged(stack: Stack, traffic: Traffic, promises: Promises | None = None) -> tuple[Verdict, ...]:
    """Every promise against the stack: the workload's, unless others are asked about."""
    return tuple(_judged(stack, traffic, promises or traffic.workload.promises))


def _judged(stack: Stack, traffic: Traffic, promises: Promises) -> Iterator[Verdict]:
    services = _chat_services(stack)
    if promises.websocket:
        answer, why = websocket(stack)
        yield Verdict("websocket", {"yes": KEPT, "no": BROKEN, "limited": BROKEN}.get(answer, UNKNOWN), why)
    if stack.has(Function) and not services:
        yield Verdict("min_tasks", BROKEN, say("tasks_none"))
        yield Verdict("min_on_demand_tasks", BROKEN, say("tasks_none"))
    else:
        yield from _floors(services, promises)
    yield from _held(stack, promises)
    if promises.no_commitment:
        held, proposed = len(traffic.workload.commitments), len(stack.commitments)
        why = say("commitments_proposed", count=proposed) if proposed else say("commitments_held", count=held)
        yield Verdict("no_commitment", BROKEN if held or proposed else KEPT, why)
    if promises.connections_fit:
        yield _connections(stack, services)
    if promises.sockets is not None:
        yield _sockets(stack, traffic, promises.sockets)


def _floors(services: tuple[FargateService, ...], promises: Promises) -> Iterator[Verdict]:
    """How many tasks remain at the fewest, and how many of those cannot be reclaimed."""
    yield _tasks("min_tasks", promises.min_tasks, [service.fewest for service in services])
    least, most = (
        [None if service.fewest is None else service.on_demand_tasks(service.fewest)[end] for service in services]
        for end in (0, 1)
    )
    floor = _tasks("min_on_demand_tasks", promises.min_on_demand_tasks, least)
    if floor.verdict == BROKEN and _tasks("", promises.min_on_demand_tasks, most).verdict == KEPT:
        floor = Verdict(floor.promise, UNKNOWN, say("on_demand_by_rounding", wanted=promises.min_on_demand_tasks))
    yield floor


def _held(stack: Stack, promises: Promises) -> Iterator[Verdict]:
    """What holds the messages."""
    # A table beside a database (a lock, a counter) does not hold the messages.
    engines = sorted({database.engine for database in stack.of(Database)}) or ["DynamoDB"] * stack.has(Table)
    if promises.database:
        right = [engine for engine in engines if engine.lower() == promises.database]
        verdict = UNKNOWN if not engines else KEPT if len(right) == len(engines) else BROKEN
        yield Verdict(
            "database", verdict, say(f"database_{verdict}", found=", ".join(engines), wanted=promises.database)
        )


def websocket(stack: Stack) -> tuple[str, Sentence]:
    """Whether sockets reach tasks that can hear each other: `yes`, `limited`, `no` or `unknown`."""
    services = _chat_services(stack)
    edge = any(SERVICE in row.carries for row in stack.of(Distribution))
    inside = [balancer for balancer in stack.of(Balancer) if balancer.kind == "application"]
    balancers = [balancer for balancer in inside if edge or not balancer.internal]
    if stack.has(WebSocketApi) and not balancers:
        return "limited", say("websocket_gateway")
    if stack.has(Function) and not services:
        return "no", say("websocket_functions")
    if not services or not balancers:
        return "unknown", say("websocket_internal" if services and inside else "websocket_unknown")
    several = any(service.most is None or service.most > 1 for service in services)
    engines = {cache.engine for cache in stack.of(Cache)} | {cache.engine for cache in stack.of(ServerlessCache)}
    shared = engines & {"Redis", "Valkey"} or all(service.bus for service in services)
    if several and not shared:
        return "limited", say("websocket_no_bus")
    if several and not any(balancer.sticky for balancer in balancers):
        return "limited", say("websocket_not_sticky")
    return "yes", say("websocket_edge" if edge else "websocket_yes")


def capacity_sockets(stack: Stack, traffic: Traffic) -> int | None:
    """Sockets that the tasks at their most hold when one of them is lost; None where nobody measured it."""
    services = _chat_services(stack)
    capacity = traffic.capacity
    if not services or not capacity:
        return None
    total = 0
    for service in services:
        held = sockets_per_task(capacity, service.size) if service.size else None
        if held is None or service.most is None:
            return None
        total += held * max(0, service.most - 1)
    return total


def design_warnings(bill: Bill) -> tuple[Finding, ...]:
    """What the stack promises itself and cannot keep, whatever it costs, and commitments that price nothing."""
    stack, today = bill.stack, bill.usage.traffic.today
    found = []
    for row in bill.workload.commitments:
        if row.address not in stack.addresses():
            found.append(Finding(say("commitment_unmatched", address=row.address)))
        elif row.until and not row.holds(today):
            found.append(Finding(say("commitment_over", address=row.address, until=row.until.isoformat())))
    for service in _chat_services(stack):
        place = service.origin
        fitting = pool_that_fits(stack, service)
        if fitting is not None and service.database_pool is not None and service.database_pool > fitting:
            tasks = tasks_during_deploy(service.most or 0, service.maximum_percent)
            warning = say(
                "pool_does_not_fit",
                pool=service.database_pool,
                tasks=tasks,
                connections=service.database_pool * tasks,
                usable=usable_connections(stack) or 0,
                fitting=fitting,
                seen=(usable_connections(stack) or 0) + RESERVED_CONNECTIONS + ADMIN_CONNECTIONS,
                reserved=RESERVED_CONNECTIONS,
                admin=ADMIN_CONNECTIONS,
            )
            found.append(Finding(warning, place.file, place.line))
        known = service.keep_alive_seconds
        if known is not None and known <= idle_timeout(stack):
            warning = say("keep_alive_too_short", seconds=known, idle=idle_timeout(stack))
            found.append(Finding(warning, place.file, place.line))
    return tuple(found)


def _chat_services(stack: Stack) -> tuple[FargateService, ...]:
    """The services people reach: those behind a balancer, or all where none is."""
    services = stack.of(FargateService)
    return tuple(service for service in services if service.behind_balancer) or services


def _tasks(promise: str, wanted: int, counts: list[int | None]) -> Verdict:
    if not counts or any(count is None for count in counts):
        return Verdict(promise, UNKNOWN, say("tasks_unknown", wanted=wanted))
    fewest = min(count for count in counts if count is not None)
    return Verdict(promise, KEPT if fewest >= wanted else BROKEN, say(promise, found=fewest, wanted=wanted))


def _connections(stack: Stack, services: tuple[FargateService, ...]) -> Verdict:
    for service in services:
        fitting = pool_that_fits(stack, service)
        if fitting is None or service.database_pool is None:
            return Verdict("connections_fit", UNKNOWN, say("connections_unknown"))
        if service.database_pool > fitting:
            return Verdict(
                "connections_fit", BROKEN, say("connections_over", pool=service.database_pool, fitting=fitting)
            )
    return Verdict(
        "connections_fit", KEPT if services else UNKNOWN, say("connections_fit" if services else "connections_unknown")
    )


def _sockets(stack: Stack, traffic: Traffic, wanted: int) -> Verdict:
    held = capacity_sockets(stack, traffic)
    if held is None:
        return Verdict("sockets", UNKNOWN, say("sockets_unknown", wanted=wanted))
    return Verdict("sockets", KEPT if held >= wanted else BROKEN, say("sockets_held", found=held, wanted=wanted))

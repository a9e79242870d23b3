"""Promises judged: kept, broken or unknown, each with its reason. Unknown never counts as kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from glimpse.planner.levers.lever import Lever
from glimpse.planner.limits import pool_that_fits, reached_services
from glimpse.planner.promises import STACK, Promise, PromisedValue, has_today, keeps, own_promises
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import REDIS_FAMILY, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.distribution import SERVICE, Distribution
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.function import Function
from glimpse.planner.resources.gateway import WebSocketApi
from glimpse.planner.resources.serverless_cache import ServerlessCache
from glimpse.planner.resources.table import Table
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import sockets_per_task
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.traffic import Traffic
from glimpse.planner.workload import Promises

KEPT, BROKEN, UNKNOWN = "kept", "broken", "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`source`: whether the promise is stated, or what the stack has today."""

    promise: str
    verdict: str
    why: Sentence
    source: str = "stated"


class Judge:
    """
    Judges changed stacks by what today's stack promises. `next_on_demand` is the number of on-demand tasks of the next
    stricter promise, if a number is stated.
    """

    def __init__(self, today: Stack, traffic: Traffic) -> None:
        self.workload = traffic.workload
        self._today = today
        self._stated = self.workload.promises
        self._permitted = self._stated.may_give_up
        self._by_address = own_promises(today, self.workload)
        self._carries_sockets = (
            self._stated.websocket is None and "websocket" not in self._permitted and websocket(today)[0] == "yes"
        )
        stated = self._stated
        self.judges_the_whole = bool(
            self._carries_sockets or stated.websocket or stated.connections_fit or stated.sockets is not None
        )
        self._no_commitment = self._stated.no_commitment is None and "no_commitment" not in self._permitted
        self.next_on_demand = None if self._stated.min_on_demand_tasks is None else self._stated.min_on_demand_tasks + 1
        self._stricter = replace(self._stated, min_on_demand_tasks=self.next_on_demand)

    def given_up(self, levers: Iterable[Lever]) -> frozenset[str]:
        """
        The promises that these levers give up although the owner did not permit it. A promise with a stated number is
        left out: the stack itself tells whether it is kept.
        """
        names = (lever.gives_up for lever in levers)
        return frozenset(name for name in names if name and name not in self._permitted and not self._is_stated(name))

    def _is_stated(self, name: str) -> bool:
        return getattr(self._stated, name, None) is not None

    def broken(self, stack: Stack, traffic: Traffic, levers: Iterable[Lever]) -> tuple[frozenset[str], frozenset[str]]:
        """The promises that a stack does not keep, and the next stricter ones that it would not keep either."""
        rows = (*_stated_verdicts(stack, traffic, self._stated), *self._own(stack, traffic, levers))
        broken = frozenset(row.promise for row in rows if row.verdict != KEPT) | self.given_up(levers)
        if self.next_on_demand is None:
            return broken, frozenset()
        stricter = frozenset(
            row.promise for row in _floors(reached_services(stack), self._stricter) if row.verdict != KEPT
        )
        return broken, frozenset({"more_on_demand"}) if stricter - broken else frozenset()

    def verdicts(self, stack: Stack, traffic: Traffic, levers: Iterable[Lever] = ()) -> tuple[Verdict, ...]:
        """
        The verdict on every promise: the stated ones, then what the stack has today, then what the levers give up.
        """
        given_up = (Verdict(name, BROKEN, say("given_up"), STACK) for name in sorted(self.given_up(levers)))
        return (*_stated_verdicts(stack, traffic, self._stated), *self._own(stack, traffic, levers), *given_up)

    def _own(self, stack: Stack, traffic: Traffic, levers: Iterable[Lever]) -> Iterator[Verdict]:
        """
        The verdicts on what the stack has today, one for each name: the first place that has less decides.

        A promise that a lever lowers together with what it gives up is not given up a second time.
        """
        covered = {name for lever in levers for name in lever.lowers}
        kept = {promise.name: promise for rows in self._by_address.values() for promise in rows}
        worse: dict[str, Verdict] = {}
        for promise, resource in self._changed(stack):
            found = dict(has_today(resource)).get(promise.name) if resource else None
            if promise.name not in covered and not keeps(promise, found):
                why = say("has_less", address=promise.address or "", found=_text(found), today=_text(promise.value))
                worse.setdefault(promise.name, Verdict(promise.name, BROKEN, why, STACK))
        for name in kept:
            yield worse.get(name) or Verdict(name, KEPT, say("as_today"), STACK)
        if self._carries_sockets:
            answer, why = websocket(stack)
            yield Verdict("websocket", _websocket_verdict(answer), why, STACK)
        if self._no_commitment:
            proposed = len(stack.commitments)
            why = say("commitments_proposed", count=proposed) if proposed else say("as_today")
            yield Verdict("no_commitment", BROKEN if proposed else KEPT, why, STACK)

    def _changed(self, stack: Stack) -> Iterator[tuple[Promise, Resource | None]]:
        """The promises of resources that changed, each with the resource at its address now; None if there is none."""
        today = {id(resource) for resource in self._today.resources}
        changed = {
            (type(resource), resource.origin.address): resource
            for resource in stack.resources
            if id(resource) not in today
        }
        if not changed and len(stack.resources) == len(self._today.resources):
            return
        here = {id(resource) for resource in stack.resources}
        for resource in self._today.resources:
            if id(resource) in here:
                continue
            key = type(resource), resource.origin.address
            for promise in self._by_address.get(key, ()):
                yield promise, changed.get(key)


def _text(value: PromisedValue | None) -> str:
    return "–" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _websocket_verdict(answer: str) -> str:
    return {"yes": KEPT, "no": BROKEN, "limited": BROKEN}.get(answer, UNKNOWN)


def judged(stack: Stack, traffic: Traffic, promises: Promises | None = None) -> tuple[Verdict, ...]:
    """The verdicts on the stated promises: the workload's, unless `promises` are given."""
    return tuple(_stated_verdicts(stack, traffic, promises or traffic.workload.promises))


def _stated_verdicts(stack: Stack, traffic: Traffic, promises: Promises) -> Iterator[Verdict]:
    services = reached_services(stack)
    if promises.websocket:
        answer, why = websocket(stack)
        yield Verdict("websocket", _websocket_verdict(answer), why)
    if stack.has(Function) and not services:
        for name in ("min_tasks", "max_tasks", "min_on_demand_tasks"):
            if getattr(promises, name):
                yield Verdict(name, BROKEN, say("tasks_none"))
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
    """How many tasks remain at the fewest and may run at the most, and how many cannot be reclaimed."""
    if promises.min_tasks is not None:
        yield _tasks("min_tasks", promises.min_tasks, [service.fewest for service in services])
    if promises.max_tasks is not None:
        yield _tasks("max_tasks", promises.max_tasks, [service.most for service in services])
    wanted = promises.min_on_demand_tasks
    if wanted is None:
        return
    least, most = (
        [None if service.fewest is None else service.on_demand_tasks(service.fewest)[end] for service in services]
        for end in (0, 1)
    )
    floor = _tasks("min_on_demand_tasks", wanted, least)
    if floor.verdict == BROKEN and _tasks("", wanted, most).verdict == KEPT:
        floor = Verdict(floor.promise, UNKNOWN, say("on_demand_by_rounding", wanted=wanted))
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
    services = reached_services(stack)
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
    shared = engines & set(REDIS_FAMILY) or all(service.bus for service in services)
    if several and not shared:
        return "limited", say("websocket_no_bus")
    if several and not any(balancer.sticky for balancer in balancers):
        return "limited", say("websocket_not_sticky")
    return "yes", say("websocket_edge" if edge else "websocket_yes")


def capacity_sockets(stack: Stack, traffic: Traffic) -> int | None:
    """Sockets that the stack holds with the most tasks and one of them lost; None if that was not measured."""
    services = reached_services(stack)
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

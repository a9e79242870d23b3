"""Lambda functions: how often they are called, and for how long; at the edge, with concurrency provisioned for them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

LAMBDA = "AWSLambda"
REQUESTS, SOCKETS = "requests", "sockets"
CALLS, DURATION = "monthly_requests", "request_duration_ms"
HOURS, MEMORY, ARCHITECTURE = "monthly_duration_hrs", "memory_mb", "architecture"

FREE_EPHEMERAL_MIB = 512
"""What every function has of /tmp within its price (Lambda pricing page)."""

SECONDS_PER_HOUR = 3600
MIB_PER_GIB = 1024


@dataclass(frozen=True, slots=True)
class Function:
    """
    `answers`: HTTP requests, events of WebSockets, both, or nothing that is known. `arch` as on the pricing page.

    `at_edge`: a distribution calls it, at Lambda@Edge's own rates. `streams`: it answers as a stream, of which the
    first 6 MB of each answer are free. `snapshots`: SnapStart of a runtime for which it is charged (all but Java).
    `durable` and `per_tenant`: its steps are kept, and its tenants are kept apart, at a price for each.
    """

    origin: Origin
    memory_mib: int
    arch: str
    answers: frozenset[str]
    ephemeral_mib: int = FREE_EPHEMERAL_MIB
    at_edge: bool = False
    streams: bool = False
    snapshots: bool = False
    durable: bool = False
    per_tenant: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        calls, milliseconds = metering.number(CALLS), _whole_ms(metering)
        assumes: tuple[Sentence, ...] = ()
        if calls is None:
            calls = self._calls(traffic)
        if milliseconds is None and traffic.people:
            milliseconds = traffic.people["function_ms"]
            assumes = (say("function_called", ms=str(milliseconds), mib=self.memory_mib),)
        seconds = None if calls is None or milliseconds is None else calls * milliseconds / 1000
        arch = {"arch": self.arch}
        word = "Lambda@Edge" if self.at_edge else "Lambda"
        request = Sku(LAMBDA, "edge_request" if self.at_edge else "request")
        gb_second = Sku(LAMBDA, "edge_gb_second") if self.at_edge else Sku(LAMBDA, "gb_second", arch)
        gb = Fraction(self.memory_mib, MIB_PER_GIB)
        by_time = (CALLS, DURATION)
        yield metering.used(f"{word} requests", "request", CALLS, request, quantity=calls)
        amount = None if seconds is None else seconds * gb
        yield metering.used(f"{word} duration", "GB-second", by_time, gb_second, quantity=amount, assumes=assumes)
        if self.ephemeral_mib > FREE_EPHEMERAL_MIB:
            extra = Fraction(self.ephemeral_mib - FREE_EPHEMERAL_MIB, MIB_PER_GIB)
            amount = None if seconds is None else seconds * extra
            sku = Sku(LAMBDA, "ephemeral_storage_gb_second", arch)
            yield metering.used("Lambda ephemeral storage", "GB-second", by_time, sku, quantity=amount)
        yield from self._features(metering)

    def _features(self, metering: Metering) -> Iterator[Meter]:
        """What is charged beside calls and their time, where the function uses it (Lambda pricing page)."""
        for uses, component, unit, key, kind in (
            (self.streams, "Lambda response streaming", "GB", "monthly_streamed_gb", "response_streaming_gb"),
            (self.snapshots, "SnapStart cache", "GB-second", "monthly_snapstart_gb_seconds", "snapstart_gb_second"),
            (self.snapshots, "SnapStart restores", "GB", "monthly_snapstart_restored_gb", "snapstart_restored_gb"),
            (self.durable, "Durable operations", "operation", "monthly_durable_operations", "durable_operation"),
            (self.durable, "Durable data written", "GB", "monthly_durable_data_gb", "durable_data_gb"),
            (self.durable, "Durable data kept", "GB-month", "durable_storage_gb", "durable_storage_gb_month"),
            (self.per_tenant, "Tenant environments", "GB", "monthly_tenant_environment_gb", "tenant_environment_gb"),
        ):
            if uses or metering.number(key) is not None:
                yield metering.used(component, unit, key, Sku(LAMBDA, kind, {"arch": self.arch}))

    def _calls(self, traffic: Traffic) -> Fraction | None:
        """How often people make it run in a month; None where nothing tells."""
        if not (people := traffic.people) or not self.answers:
            return None
        calls = Fraction(0)
        if REQUESTS in self.answers:
            calls += people.monthly("requests") / traffic.request_functions
        if SOCKETS in self.answers:
            calls += (people.monthly("messages") + 2 * people.monthly("connects")) / traffic.socket_functions
        return calls


def _whole_ms(metering: Metering) -> Fraction | None:
    """The stated mean duration; each call is charged in whole milliseconds, rounded up (Lambda pricing page)."""
    stated = metering.number(DURATION)
    return None if stated is None else Fraction(math.ceil(stated))


@dataclass(frozen=True, slots=True)
class ProvisionedConcurrency:
    """
    Environments of a function that are kept ready: charged for every hour, and their calls at a rate of their own.

    `executions`, `memory_mib` and `arch` are None where nobody knows them; memory and architecture can be given.
    It is on all month unless somebody gave fewer hours. GB-seconds are executions × hours × 3,600 × GB (Lambda
    pricing page, provisioned concurrency).
    """

    origin: Origin
    executions: int | None
    memory_mib: int | None
    arch: str | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        stated = metering.number(MEMORY)
        memory = Fraction(self.memory_mib) if stated is None and self.memory_mib is not None else stated
        arch = {"arch": metering.word(ARCHITECTURE) or self.arch or "x86_64"}
        gb = None if memory is None else memory / MIB_PER_GIB
        hours = metering.number(HOURS)
        amount = None
        if gb is not None and self.executions is not None:
            whole = Fraction(HOURS_PER_MONTH) if hours is None else hours
            amount = self.executions * whole * SECONDS_PER_HOUR * gb
        sku = Sku(LAMBDA, "provisioned_concurrency_gb_second", arch)
        if hours is None:
            needs = say("needs_function_memory" if gb is None else "needs_executions")
            yield metering.fixed("Provisioned concurrency", "GB-second", sku, amount, needs=needs)
        else:
            keys = (HOURS, MEMORY, ARCHITECTURE)
            yield metering.used("Provisioned concurrency", "GB-second", keys, sku, quantity=amount)
        calls, milliseconds = metering.number(CALLS), _whole_ms(metering)
        yield metering.used("Lambda requests", "request", CALLS, Sku(LAMBDA, "request"))
        spent = None if calls is None or milliseconds is None or gb is None else calls * milliseconds / 1000 * gb
        sku = Sku(LAMBDA, "provisioned_duration_gb_second", arch)
        yield metering.used("Provisioned duration", "GB-second", (CALLS, DURATION), sku, quantity=spent)

"""Lambda functions: how often they are called, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

LAMBDA = "AWSLambda"
REQUESTS, SOCKETS = "requests", "sockets"


@dataclass(frozen=True, slots=True)
class Function:
    """`answers`: HTTP requests, events of WebSockets, both, or nothing that is known. `arch` as on the pricing page."""

    origin: Origin
    memory_mib: int
    arch: str
    answers: frozenset[str]

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        workload = traffic.workload
        calls = Fraction(0)
        if REQUESTS in self.answers:
            calls += workload.monthly("requests") / traffic.request_functions
        if SOCKETS in self.answers:
            calls += (workload.monthly("messages") + 2 * workload.monthly("connects")) / traffic.socket_functions
        gb_seconds = calls * workload["function_ms"] / 1000 * Fraction(self.memory_mib, 1024)
        needs = None if self.answers else say("needs_invocations")
        assumes = (
            (say("function_called", ms=str(workload["function_ms"]), mib=self.memory_mib),) if self.answers else ()
        )
        return (
            Meter(
                self.origin, "Lambda requests", "request", None if needs else certain(calls), Sku(LAMBDA, "request"),
                usage_based=True, needs=needs,
            ),
            Meter(
                self.origin, "Lambda duration", "GB-second", None if needs else certain(gb_seconds),
                Sku(LAMBDA, "gb_second", {"arch": self.arch}), assumes, usage_based=True, needs=needs,
            ),
        )  # fmt: skip

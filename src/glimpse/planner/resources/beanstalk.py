"""AWS Elastic Beanstalk: free itself; what its environments make is charged as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from glimpse.planner.given_usage import EMPTY, GivenUsage, UsageEntry
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Environment:
    """What an environment makes, each part with the beginning of its usage keys: `db.` of `db.storage_gb`."""

    origin: Origin
    parts: tuple[tuple[str, Resource], ...]

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        for start, part in self.parts:
            for meter in part.meters(self._within(traffic, start)):
                keys = tuple(start + key for key in meter.usage_keys)
                needs = meter.needs
                if needs is not None and needs.code == "needs_usage":
                    needs = say("needs_usage", keys=", ".join(keys))
                yield replace(meter, usage_keys=keys, needs=needs)

    def _within(self, traffic: Traffic, start: str) -> Traffic:
        """The traffic as one part meets it, whose usage was given under keys with this beginning."""
        address = self.origin.address
        given = traffic.workload.usage.of(address)
        values = {key.removeprefix(start): value for key, value in given.items() if key.startswith(start)}
        usage = GivenUsage((UsageEntry(address, values, ""),)) if values else EMPTY
        return replace(traffic, workload=replace(traffic.workload, usage=usage))

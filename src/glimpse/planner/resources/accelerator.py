"""Global Accelerator: the fixed fee, and the premium on the data of its endpoint groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SERVICE = "AWSGlobalAccelerator"
INBOUND, OUTBOUND = "monthly_inbound_data_transfer_gb.", "monthly_outbound_data_transfer_gb."
EDGES = {
    "us": "us-mexico-canada",
    "europe": "europe",
    "south_africa": "south-africa-kenya",
    "south_america": "south-america",
    "south_korea": "south-korea",
    "middle_east": "middle-east",
    "australia": "australia-new-zealand",
    "asia_pacific": "asia-pacific",
    "india": "india-indonesia-philippines-thailand",
}
"""Where people are, by what a usage key says of it: the catalogue's name."""


@dataclass(frozen=True, slots=True)
class Accelerator:
    """An accelerator, charged until it is deleted, switched on or not."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.hours("Accelerator", Sku(SERVICE, "accelerator_hour"))
        for key in metering.given:
            if key.startswith((INBOUND, OUTBOUND)):
                way, _, places = key.partition(".")
                kind = "premium_inbound_gb" if way in INBOUND else "premium_outbound_gb"
                yield metering.used(f"DT-Premium {places}", "GB", key, Sku(SERVICE, kind, {"way": places}))


@dataclass(frozen=True, slots=True)
class EndpointGroup:
    """
    What stands behind an accelerator in one `region`, None for the stack's own.

    The premium is charged in the dominant direction alone (Global Accelerator pricing page, "Data transfer-premium
    fee"): here of the month's sums, while AWS compares each hour's.
    """

    origin: Origin
    region: str | None

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(replace(self.origin, region=self.region or self.origin.region))
        ways = {
            way: {key: gb for edge in EDGES if (gb := metering.number(key := way + edge)) is not None}
            for way in (INBOUND, OUTBOUND)
        }
        inbound, outbound = (sum(ways[way].values(), Fraction(0)) for way in (INBOUND, OUTBOUND))
        if not ways[INBOUND] and not ways[OUTBOUND]:
            keys = (f"{INBOUND}us", f"{OUTBOUND}us")
            yield metering.used("DT-Premium", "GB", keys, Sku(SERVICE, "premium_outbound_gb"))
            return
        dominant, kind = (INBOUND, "premium_inbound_gb") if inbound > outbound else (OUTBOUND, "premium_outbound_gb")
        name = "in from" if dominant == INBOUND else "out to"
        for key, gb in ways[dominant].items():
            edge = EDGES[key.removeprefix(dominant)]
            yield metering.used(
                f"DT-Premium {name} {edge}",
                "GB",
                (),
                Sku(SERVICE, kind, {"edge": edge}),
                quantity=gb,
                assumes=(say("dominant_direction"),),
            )

"""The table of what offer files hold, and the shapes under which prices are held."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from glimpse.planner.price_updates.meters import Meter, Meters, Offered
from glimpse.planner.price_updates.offers import Shape, Shapes

FOLDER = files("glimpse.planner.outside")
UNCHECKED = "memory"
"""The source of usage types in `usage_types.toml` that nobody checked against a file of AWS."""


class Tables:
    """What `price_offers.toml` and `usage_types.toml` say together."""

    def __init__(self) -> None:
        usage, offers = _toml("usage_types.toml"), _toml("price_offers.toml")
        self.codes: Mapping[str, str] = usage["regions"]
        self.edges: Mapping[str, Sequence[str]] = offers["edges"]
        known = set(offers["not_from_usage_types"])
        meters = [Meter(*row) for row in offers["meters"]]
        named = {(meter.offer, meter.usage_type) for meter in meters}
        for products, usage_type, operation, service, kind, attributes, per, source in usage["usage"]["types"]:
            offer = offers["offer_of"].get(service, service)
            if source == UNCHECKED or usage_type in known or (offer, usage_type) in named:
                continue
            stated = {name: value for name, value in attributes.items() if value and name != "term"}
            stated |= offers["complete"].get(f"{service}/{kind}", {})
            is_edge = products == "AmazonCloudFront" and f"{service}/{kind}" not in offers["everywhere"]
            meters.append(Meter(offer, usage_type, operation, "OnDemand", service, kind, stated, per, is_edge))
        offered = {code: Offered(code, *columns) for code, columns in offers["columns"].items()}
        codes = sorted({meter.offer for meter in meters})
        self.meters = {code: Meters(offered.get(code, Offered(code)), meters, offers["where"]) for code in codes}

    def regional(self) -> list[str]:
        """The codes of the offers with a file for each region."""
        return [code for code, meters in self.meters.items() if meters.offered.is_regional]

    def global_(self) -> list[str]:
        """The codes of the offers whose prices belong to no region."""
        return [code for code, meters in self.meters.items() if not meters.offered.is_regional]


def shapes_of(documents: Iterable[Any]) -> Shapes:
    """How each kind is held anywhere, from the files of the regions."""
    units: dict[tuple[str, str], str] = {}
    held: dict[tuple[str, str], set[tuple[tuple[str, ...], str]]] = defaultdict(set)
    values: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for document in documents:
        for service, kind, attributes, term, unit, *_ in document["prices"]:
            units[service, kind] = unit
            held[service, kind].add((tuple(sorted(attributes)), term))
            for name, value in attributes.items():
                values[service, kind][name].add(value)
    return {
        kind: Shape(unit, frozenset(held[kind]), {name: frozenset(found) for name, found in values[kind].items()})
        for kind, unit in units.items()
    }


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))

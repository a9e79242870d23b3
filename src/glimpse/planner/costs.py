"""
What a changed stack costs. A search asks this hundreds of times, so no bill is made for it.

A resource that a change leaves alone, in traffic that is shared as before, is priced once. A stack costs what the first
one with the same sharing costs, minus the resources that are gone, plus those that are new.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from types import MappingProxyType

from glimpse.planner.bill import Line, line_of, numbered
from glimpse.planner.estimate import Estimator
from glimpse.planner.free_tier import GRANTED, after_grants
from glimpse.planner.levers.lever import Lever
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.saving import Costs, Rate, Saving, UnpricedPart, bounds_in, rate_of, saving, unpriced_part_of
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.traffic import Traffic
from glimpse.planner.usage import flow_meters, flows_in, traffic_of
from glimpse.planner.workload import Commitment

Levers = tuple[Lever, ...]


@dataclass(frozen=True)
class Cost(Costs):
    """
    What a stack costs. `monthly` is the printed total of its bill; `with_other_free_tier` is the total with the other
    answer to `--free-tier`. `sharing` is everything outside a resource that its price depends on. `granted` are the
    meters of what AWS grants once to an account.
    """

    stack: Stack
    traffic: Traffic
    with_other_free_tier: Fraction
    sharing: tuple[object, ...]
    granted: tuple[Meter, ...]


@dataclass
class ResourceCost:
    """
    The cost of one resource. `granted` are its meters of what AWS grants to every account; `monthly` has their list
    price.
    """

    monthly: Fraction = Fraction(0)
    unpriced: set[UnpricedPart] = field(default_factory=set)
    rates: set[Rate] = field(default_factory=set)
    granted: list[Meter] = field(default_factory=list)

    @property
    def has_unknown(self) -> bool:
        return bool(self.unpriced or self.rates or self.granted)

    def at(self, origin: Origin) -> ResourceCost:
        """The cost of an equal resource at another address. What is charged at an address of its own stays there."""
        if not self.has_unknown:
            return self
        return ResourceCost(
            self.monthly,
            {row if row.address else row.at(origin.address) for row in self.unpriced},
            {rate if rate.address else rate.at(origin.address) for rate in self.rates},
            [meter if meter.origin.address else replace(meter, origin=origin) for meter in self.granted],
        )


@dataclass(frozen=True)
class _FirstSeen:
    """
    The first stack of those that share traffic in one way: its resources by id, what they cost without a commitment,
    and by id the costs in which something is unknown.
    """

    resources: Mapping[int, Resource]
    monthly: Fraction
    parts: Mapping[int, ResourceCost]


NOTHING_BOUGHT: Mapping[str, Commitment] = MappingProxyType({})

_SharedBy = tuple[int, Commitment | None]
"""The number of a way to share traffic, and the commitment that is proposed for a resource."""


class CostCache:
    """
    Evaluates one stack under any combination of levers. `restricted` are the addresses to which a lever is restricted.
    """

    def __init__(self, stack: Stack, estimator: Estimator) -> None:
        self.stack, self.estimator = stack, estimator
        self.bounds = bounds_in(estimator.catalogue)
        self._is_alike_anywhere = not (
            estimator.workload.usage.rows or estimator.workload.commitments or estimator.measured
        )
        self.restricted: dict[Lever, frozenset[str]] = {}
        self._costs: dict[Levers, Cost] = {}
        self._sharing: dict[tuple[object, ...], int] = {}
        self._parts: dict[_SharedBy, dict[Resource, ResourceCost]] = {}
        self._by_id: dict[_SharedBy, dict[int, tuple[Resource, ResourceCost]]] = {}
        self._first_seen: dict[int, _FirstSeen] = {}
        self._flows: dict[tuple[object, ...], ResourceCost] = {}
        self._reductions: dict[tuple[int, ...], Fraction] = {}
        self.today = self.of(())

    def of(self, levers: Levers) -> Cost:
        if levers not in self._costs:
            # The combination without its last lever was usually priced before, so its stack is cached.
            stack = self._applied(self.of(levers[:-1]).stack, levers[-1]) if levers else self.stack
            self._costs[levers] = self.cost(stack)
        return self._costs[levers]

    def saving(self, before: Costs, after: Costs) -> Saving:
        return saving(before, after, self.bounds)

    def _applied(self, stack: Stack, lever: Lever) -> Stack:
        """A stack with a lever applied, at the addresses to which the lever is restricted."""
        changed = lever.change(stack)
        addresses = self.restricted.get(lever)
        return changed if addresses is None or changed is stack else restricted_to(addresses, stack, changed)

    def cost(self, stack: Stack) -> Cost:
        """The cost of a stack that shares most of its resources with today's."""
        estimator = self.estimator
        traffic = traffic_of(stack, estimator.workload, estimator.capacity_of(stack), estimator.today)
        sharing = self._sharing.setdefault((traffic.sharing, stack.runs), len(self._sharing))
        bought = {row.address: row for row in stack.commitments}
        ids = {id(resource): resource for resource in stack.resources}
        if sharing not in self._first_seen:
            found = {key: self._part(resource, sharing, traffic) for key, resource in ids.items()}
            self._first_seen[sharing] = _FirstSeen(
                ids,
                sum((part.monthly for part in found.values()), Fraction(0)),
                {key: part for key, part in found.items() if part.has_unknown},
            )
        first = self._first_seen[sharing]
        monthly, parts = first.monthly, dict(first.parts)
        committed = {key for key, row in ids.items() if row.origin.address in bought} if bought else set()
        for key in (first.resources.keys() - ids.keys()) | (committed & first.resources.keys()):
            monthly -= self._part(first.resources[key], sharing, traffic).monthly
            parts.pop(key, None)
        for key in (ids.keys() - first.resources.keys()) | committed:
            part = self._part(ids[key], sharing, traffic, bought)
            monthly += part.monthly
            if part.has_unknown:
                parts[key] = part
        flows = self._flow(stack, sharing, traffic)
        # In the order of the bill: AWS's grants go to the first resource that uses them.
        ordered = [*(parts[key] for key in ids if key in parts), flows]
        unpriced = frozenset(row for part in ordered for row in part.unpriced)
        rates = frozenset(rate for part in ordered for rate in part.rates)
        granted = tuple(meter for part in ordered for meter in part.granted)
        listed = monthly + flows.monthly
        reduced = listed - self._granted(granted, traffic)
        total, with_other_free_tier = (reduced, listed) if estimator.free_tier else (listed, reduced)
        return Cost(total, unpriced, rates, stack, traffic, with_other_free_tier, (sharing, flows_in(stack)), granted)

    def restrict(self, lever: Lever, addresses: frozenset[str]) -> None:
        """Restrict a lever to some of the addresses that it changes."""
        self.restricted[lever] = addresses
        self._costs = {levers: cost for levers, cost in self._costs.items() if lever not in levers}

    def savings_by_address(self, cost: Cost, addresses: Set[str]) -> dict[str, Saving]:
        """What the change at each address saves by itself."""
        before, after = self._by_address(self.today, addresses), self._by_address(cost, addresses)
        return {address: self.saving(before[address], after[address]) for address in sorted(addresses)}

    def _by_address(self, cost: Cost, addresses: Set[str]) -> dict[str, Costs]:
        parts: dict[str, list[ResourceCost]] = {address: [] for address in addresses}
        sharing = self._sharing[cost.traffic.sharing, cost.stack.runs]
        bought = {row.address: row for row in cost.stack.commitments}
        for resource in cost.stack.resources:
            if resource.origin.address in addresses:
                parts[resource.origin.address].append(self._part(resource, sharing, cost.traffic, bought))
        return {
            address: Costs(
                sum((part.monthly for part in found), Fraction(0)),
                frozenset(row for part in found for row in part.unpriced),
                frozenset(rate for part in found for rate in part.rates),
            )
            for address, found in parts.items()
        }

    def _part(
        self, resource: Resource, sharing: int, traffic: Traffic, bought: Mapping[str, Commitment] = NOTHING_BOUGHT
    ) -> ResourceCost:
        """The cost of one resource under this sharing of traffic, with the commitment that is proposed for it."""
        commitment = bought.get(resource.origin.address) if bought else None
        where = sharing, commitment
        by_id = self._by_id.setdefault(where, {})
        if id(resource) not in by_id:
            alike = self._is_alike_anywhere and commitment is None
            part = self._cached_by_value(resource, self._parts.setdefault(where, {}), traffic, alike)
            # The resource is kept alive, so that its id is not reused.
            by_id[id(resource)] = resource, part
        return by_id[id(resource)][1]

    def _cached_by_value(
        self, resource: Resource, equal: dict[Resource, ResourceCost], traffic: Traffic, alike: bool
    ) -> ResourceCost:
        """
        The cost of a resource, reused from an equal one.

        If no statement is about single addresses (`alike`), a resource that differs only in its address is equal too: a
        stack of a thousand resources has few different ones.
        """
        origin, key = resource.origin, resource
        if alike:
            key = replace(resource, origin=Origin("", region=origin.region))  # type: ignore[type-var]
        try:
            found = equal.get(key)
        except TypeError:  # a resource that holds a dict has no hash
            return self._priced(resource, resource.meters(traffic), traffic)
        if found is None:
            found = equal[key] = self._priced(key, key.meters(traffic), traffic)
        return found.at(origin) if alike else found

    def _flow(self, stack: Stack, sharing: int, traffic: Traffic) -> ResourceCost:
        key = (sharing, flows_in(stack))
        if key not in self._flows:
            self._flows[key] = self._priced(None, flow_meters(stack, traffic), traffic)
        return self._flows[key]

    def _priced(self, resource: Resource | None, meters: Iterable[Meter], traffic: Traffic) -> ResourceCost:
        part = ResourceCost()
        # Numbered as in a bill, so that two equal meters both count.
        for meter in numbered(self.estimator.filled(meters)):
            line = line_of(meter, self.estimator.catalogue, traffic)
            if not isinstance(line, Line):
                address = meter.origin.address
                part.unpriced.add(unpriced_part_of(address, meter.component, meter.quantity, meter.sku, resource))
            elif line.quantity is None:
                part.rates.add(rate_of(meter, line.price))
            else:
                part.monthly += line.monthly
                if (meter.sku.service, meter.sku.kind) in GRANTED:
                    part.granted.append(meter)
        return part

    def _granted(self, meters: tuple[Meter, ...], traffic: Traffic) -> Fraction:
        """USD a month by which the free tier lowers the lines of these meters."""
        key = tuple(map(id, meters))
        if key not in self._reductions:
            self._reductions[key] = self._reduction(meters, traffic)
        return self._reductions[key]

    def _reduction(self, meters: tuple[Meter, ...], traffic: Traffic) -> Fraction:
        less = Fraction(0)
        for listed, granted in zip(meters, after_grants(meters), strict=True):
            lines = [line_of(meter, self.estimator.catalogue, traffic) for meter in (listed, granted)]
            before, after = (line.monthly if isinstance(line, Line) else Fraction(0) for line in lines)
            less += before - after
        return less


def restricted_to(addresses: Set[str], before: Stack, after: Stack) -> Stack:
    """The changed stack restricted to these addresses: at every other address the resources stay as before."""
    commitments = tuple(row for row in after.commitments if row in before.commitments or row.address in addresses)
    if len(before.resources) == len(after.resources):
        # Most levers keep the order of the resources, so that no table of all of them is needed.
        pairs = list(zip(before.resources, after.resources, strict=True))
        if all(old is new or old.origin.address == new.origin.address for old, new in pairs):
            resources = tuple(new if new.origin.address in addresses else old for old, new in pairs)
            return replace(after, resources=resources, commitments=commitments)
    old, made = _keyed(before.resources), _keyed(after.resources)
    kept = (made.get(key) if key[1] in addresses else resource for key, resource in old.items())
    added = (resource for key, resource in made.items() if key not in old)
    resources = (*(resource for resource in kept if resource is not None), *added)
    return replace(after, resources=resources, commitments=commitments)


def changed_addresses(before: Stack, after: Stack) -> frozenset[str] | None:
    """
    The addresses that a lever changes independently of each other.

    None if the change is one whole: it adds what no file has, or it removes something and changes something else for
    it.
    """
    old, made = _keyed(before.resources), _keyed(after.resources)
    changed = [key[1] for key, resource in old.items() if made.get(key, resource) is not resource]
    gone = [key[1] for key in old if key not in made]
    if made.keys() - old.keys() or (changed and gone):
        return None
    bought = (row.address for row in after.commitments if row not in before.commitments)
    return frozenset((*changed, *gone, *bought))


def _keyed(resources: Iterable[Resource]) -> dict[tuple[type, str, int], Resource]:
    """Resources by family and address, numbered where one address has several of a family."""
    counts: Counter[tuple[type, str]] = Counter()
    keyed = {}
    for resource in resources:
        key = type(resource), resource.origin.address
        keyed[(*key, counts[key])] = resource
        counts[key] += 1
    return keyed

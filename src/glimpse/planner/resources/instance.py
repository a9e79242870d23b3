"""EC2 instances, standing alone or kept by a group or a fleet, with the disks and addresses they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from glimpse.planner.catalogue import ON_DEMAND, SPOT, Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.quantities import HOURS_PER_MONTH, CostCases, certain
from glimpse.planner.resources.address import IPV4
from glimpse.planner.resources.reservable import instance_hours
from glimpse.planner.resources.volume import Disk
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.traffic import Traffic

EC2, CLOUDWATCH = "AmazonEC2", "AmazonCloudWatch"
DEDICATED, HOST, SHARED = "Dedicated", "Host", "Shared"

DETAILED_METRICS = 7
"""Metrics of an instance under detailed monitoring, charged as custom metrics (the example of CloudWatch's pricing)."""

SYSTEMS = {
    "linux": "Linux", "windows": "Windows", "suse": "SUSE", "rhel": "RHEL", "rhel_ha": "RHEL with HA",
}  # fmt: skip
"""Words of the usage key `operating_system`, and the system that AWS charges by."""

UNLIMITED, STANDARD = "unlimited", "standard"
UNLIMITED_BY_DEFAULT = ("t3", "t3a", "t4g")
BURSTABLE = (*UNLIMITED_BY_DEFAULT, "t2")
"""T2 instances are launched as standard, later families as unlimited (EC2 user guide, burstable performance)."""

VCPUS = {"medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8}
SMALL_VCPUS = {"t2": 1}
"""vCPUs of burstable instances by size; smaller ones have 2, of T2 only 1 (EC2 instance types)."""

EBS_OPTIMIZED_CHARGED = frozenset(
    "c1.xlarge c3.xlarge c3.2xlarge c3.4xlarge g2.2xlarge i2.xlarge i2.2xlarge i2.4xlarge m1.large m1.xlarge "
    "m2.2xlarge m2.4xlarge m3.xlarge m3.2xlarge r3.xlarge r3.2xlarge r3.4xlarge".split()
)
"""Types that are EBS-optimized only for a charge; others always are, or cannot be (EC2 user guide)."""

WHOLE_DAY = 24

ALWAYS = Fraction(HOURS_PER_MONTH)
"""Hours a month of what is never stopped."""

TERMS = {"1_year": "1yr", "3_year": "3yr"}
"""Words of the usage key `reserved_instance_term`, and how the catalogue names them."""


@dataclass(frozen=True, slots=True)
class PurchaseSplit:
    """
    How a mixed group buys its capacity: `base` units on demand first, then `percent` of what is above it; the rest is
    Spot. AWS rounds in favour of on demand (EC2 Auto Scaling user guide, mixed instances groups).
    """

    base: int = 0
    percent: int = 100

    def on_demand(self, instances: Fraction, weight: int) -> Fraction:
        """How many of these instances are on demand, where each counts for `weight` units."""
        units = instances * weight
        base = min(Fraction(self.base), units)
        share = (units - base) * self.percent / 100
        if instances.denominator == 1:
            return min(instances, Fraction(ceil((base + ceil(share)) / weight)))
        return (base + share) / weight


@dataclass(frozen=True, slots=True)
class Instances:
    """
    `count` instances of one type; a type or a count of None is unknown, and `needs` may say why.

    `addresses` are the public IPv4 that each holds for itself (not Elastic ones); None is decided by the subnet
    and was not found. `tenancy` as on the pricing page. `system` is None where only the image knows it. `is_nat`: other
    servers reach the internet through it. `elastic`: where its Elastic IPs are charged. `split` is None where all are
    of one kind. `sizes` are other counts that a schedule sets. `scales`: a group or fleet decides how many there are,
    up to `most`; one that starts with none runs as many as its use asks for.
    `zone_id` is the zone whose Spot price is charged, where it is known. `credits` are those of burstable types.
    `environment` as a tag or the name says it, None where neither does. `awake_hours`: of each day, in which they run;
    in the others a schedule stops them, or takes them away where it is a group's. `least`: how many a group keeps at
    the fewest; `has_policy`: a scaling policy belongs to it. `zones_behind`: in how many zones subnets stand whose way
    out it is. None is unknown for each. `vpc`: the address or the id of theirs, None is unknown. `behind_balancer`:
    people reach them through a balancer. `is_bastion`: they are called so. `leaves_by_nat`: what goes out passes a NAT
    gateway, and had addresses of its own before.
    """

    origin: Origin
    instance_type: str | None
    count: int | None
    disks: tuple[Disk, ...] = ()
    addresses: int | None = 0
    spot: bool = False
    tenancy: str = SHARED
    is_nat: bool = False
    elastic: tuple[str, ...] = ()
    system: str | None = None
    split: PurchaseSplit | None = None
    weight: int = 1
    sizes: tuple[int, ...] = ()
    scales: bool = False
    most: int | None = None
    zone_id: str | None = None
    monitored: bool = False
    credits: str | None = None
    ebs_optimized: bool = False
    stopped: bool = False
    assumes: tuple[Sentence, ...] = ()
    address_assumes: tuple[Sentence, ...] = ()
    needs: Sentence | None = None
    environment: str | None = None
    awake_hours: int = WHOLE_DAY
    least: int | None = None
    has_policy: bool = False
    zones_behind: int | None = None
    vpc: str | None = None
    behind_balancer: bool = False
    leaves_by_nat: bool = False
    is_bastion: bool = False

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        return tuple(self._meters(traffic))

    def _meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        count = self._count(metering)
        if self.instance_type is None or count is None:
            needs = say("needs_instance_type" if self.instance_type is None else "needs_instance_count")
            yield metering.fixed("EC2 instance", "hour", Sku(EC2, "instance_hour"), None, needs=self.needs or needs)
            if count is not None and self.needs:  # without a reason not even the disks are known
                yield from self._attached(metering, count)
            return
        if self.scales and count.is_zero and self.most != 0:
            yield self._on_use(metering, self.instance_type)
            return
        hours = Fraction(0) if self.stopped else metering.number("monthly_hrs")
        each = ALWAYS * self.awake_hours / WHOLE_DAY if hours is None else hours
        yield from self._hours(traffic, metering, count, each, self.instance_type)
        running = count if each else certain(0)
        if self.monitored and not running.is_zero:
            sku = Sku(CLOUDWATCH, "custom_metric_month")
            metrics = running * (DETAILED_METRICS * each / HOURS_PER_MONTH)
            yield metering.fixed("Detailed monitoring", "metric-month", sku, metrics)
        if self.ebs_optimized and self.instance_type in EBS_OPTIMIZED_CHARGED:
            sku = Sku(EC2, "ebs_optimized_hour", {"instance_type": self.instance_type})
            yield metering.fixed("EBS-optimized usage", "hour", sku, running * each)
        yield from self._credits(traffic, metering, running, self.instance_type)
        yield from self._attached(metering, count, each)

    def _on_use(self, metering: Metering, instance_type: str) -> Meter:
        """What an instance costs by the hour, where there is none until it is needed."""
        attributes = {"instance_type": instance_type, "os": self._system(metering), "tenancy": self.tenancy}
        bought = self.spot or (self.split is not None and self.split.percent == 0)
        sku = Sku(EC2, self._kind(), attributes, SPOT if bought else ON_DEMAND)
        component = f"{instance_type} Spot instance" if bought else f"{instance_type} instance"
        return metering.used(component, "hour", "instances", sku)

    def _kind(self) -> str:
        """A price without a tenancy is a shared one, and must not pass for a dedicated one."""
        return "dedicated_instance_hour" if self.tenancy == DEDICATED else "instance_hour"

    def _count(self, metering: Metering) -> CostCases | None:
        """How many instances there are. What was given is a mean, and need not be whole."""
        given = metering.number("instances") if self.scales else None
        if given is not None:
            return certain(given)
        if self.count is None:
            return None
        sizes = (self.count, *self.sizes)
        return CostCases(Fraction(min(sizes)), Fraction(self.count), Fraction(max(sizes)))

    def _hours(
        self, traffic: Traffic, metering: Metering, count: CostCases, each: Fraction, instance_type: str
    ) -> Iterator[Meter]:
        split = PurchaseSplit(0, 0) if self.spot else self.split or PurchaseSplit()
        on_demand = count.map(lambda instances: split.on_demand(instances, self.weight))
        spot = count + on_demand * -1
        assumes = (*self.assumes, *(self._sizes_assumed(metering)))
        attributes = {"instance_type": instance_type, "os": self._system(metering), "tenancy": self.tenancy}
        kind = self._kind()
        if self.stopped or self.tenancy == HOST:
            why = say("instance_stopped" if self.stopped else "instance_on_host")
            sku = Sku(EC2, kind, attributes)
            yield metering.fixed(f"{instance_type} instance", "hour", sku, 0, assumes=(*assumes, why))
            return
        if not on_demand.is_zero or spot.is_zero:
            sku = Sku(EC2, kind, attributes)
            said = (*assumes, *self._system_assumed(metering))
            bought = instance_hours(self.origin, f"{instance_type} instance", sku, 1, traffic, *said)
            committed = traffic.commitment(self.origin.address) is not None
            if (term := reserved_term(metering)) and not committed:
                reserved = (*bought.assumes, say("reserved_by_usage", term=term))
                bought = replace(bought, sku=replace(sku, term=term), assumes=reserved)
            component, kept = bought.component, self._kept_on_demand(split)
            if committed and kept is not None:
                # Of a group so many are reserved as it keeps at the fewest; what it adds stays on demand.
                bought_hours = kept * ALWAYS
                beyond = (on_demand * each).map(lambda hours: max(Fraction(0), hours - bought_hours))
                if not beyond.is_zero:
                    yield metering.fixed(component, "hour", sku, beyond, assumes=said)
                component, quantity = f"{component}, reserved", certain(bought_hours)
            else:
                # A commitment is charged for every hour of its term, whether the instance runs or not.
                rests = bool(term) and metering.number("monthly_hrs") is None
                quantity = on_demand * (ALWAYS if committed or rests else each)
            yield replace(bought, component=component, quantity=quantity, usage_keys=metering.usage_keys)
        if not spot.is_zero:
            where = {"zone": self.zone_id} if self.zone_id else {}
            sku = Sku(EC2, kind, {**attributes, **where}, SPOT)
            yield metering.fixed(f"{instance_type} Spot instance", "hour", sku, spot * each, assumes=assumes)

    def _kept_on_demand(self, split: PurchaseSplit) -> Fraction | None:
        """How many of a group that scales a commitment is for: on demand at the fewest. None where it is for all."""
        fewest = -(-self.least // self.weight) if self.scales and self.least else 0
        return split.on_demand(Fraction(fewest), self.weight) if fewest and fewest != self.count else None

    def _system(self, metering: Metering) -> str:
        word = metering.word("operating_system")
        return SYSTEMS.get(word.lower(), word) if word else self.system or "Linux"

    def _system_assumed(self, metering: Metering) -> tuple[Sentence, ...]:
        if self.system or metering.word("operating_system"):
            return ()
        return (say("linux_assumed" if self.tenancy == SHARED else "linux_assumed_dedicated"),)

    def _sizes_assumed(self, metering: Metering) -> tuple[Sentence, ...]:
        if not self.sizes or self.count is None or metering.number("instances") is not None:
            return ()
        sizes = (self.count, *self.sizes)
        return (say("group_scheduled", least=min(sizes), most=max(sizes)),) if len(set(sizes)) > 1 else ()

    def _credits(self, traffic: Traffic, metering: Metering, running: CostCases, instance_type: str) -> Iterator[Meter]:
        """
        What unlimited instances burst beyond the credits that they earn, by the vCPU-hour:
        hours × vCPUs of an instance × instances.

        Where the workload is known they are taken to stay within the baseline, and nothing is said of it.
        """
        family, _, size = instance_type.partition(".")
        mode = self.credits or (UNLIMITED if family in UNLIMITED_BY_DEFAULT else STANDARD)
        if family not in BURSTABLE or mode != UNLIMITED or running.is_zero:
            return
        hours, given = metering.number("monthly_cpu_credit_hrs"), metering.number("vcpu_count")
        if hours is None and traffic.people:
            return
        vcpus = given or VCPUS.get(size, SMALL_VCPUS.get(family, 2))
        yield metering.used(
            "CPU credits",
            "vCPU-hour",
            ("monthly_cpu_credit_hrs", "vcpu_count"),
            Sku(EC2, "cpu_credit_vcpu_hour", {"family": family, "os": self._system(metering)}),
            quantity=None if hours is None else running * (hours * vcpus),
        )

    def _attached(self, metering: Metering, count: CostCases, each: Fraction = ALWAYS) -> Iterator[Meter]:
        """Disks, which stay while an instance is stopped, and addresses, which do not."""
        kept = count * Fraction(self.awake_hours, WHOLE_DAY) if self.scales else count
        for disk in self.disks:
            yield from disk.meters(metering, kept)
        if not each or count.is_zero:
            return
        if self.addresses is None:
            yield metering.fixed("Public IPv4 address", "hour", IPV4, None, needs=say("needs_subnet"))
        elif self.leaves_by_nat:
            yield metering.used("Data processed by NAT gateway", "GB", "monthly_nat_gb", Sku(EC2, "nat_gateway_gb"))
        elif self.addresses:
            hours = count * (each * self.addresses)
            yield metering.fixed("Public IPv4 address", "hour", IPV4, hours, assumes=self.address_assumes)


def reserved_term(metering: Metering) -> str | None:
    """The reservation that the usage file states, as the catalogue names its term; None where it states none."""
    term, option = metering.word("reserved_instance_term"), metering.word("reserved_instance_payment_option")
    kind = metering.word("reserved_instance_type")
    if term is None or option is None:
        return None
    ending = "_convertible" if kind == "convertible" else ""
    return f"reserved_{TERMS.get(term, term)}_{option}{ending}"

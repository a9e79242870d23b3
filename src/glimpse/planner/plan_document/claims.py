"""
The claims of the plan document, `docs/plan-document.ko.md`, beside what its own stack and workload come to.

Each claim has its line in the document. It is confirmed if the computed figure lies within the claimed one (to the
document's rounding), refuted if it does not, and undecided if nobody can compute it. Sums of the document's own lines
are computed from those lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.catalogue import Sku
from glimpse.planner.costs import CostCache
from glimpse.planner.estimate import Estimator
from glimpse.planner.levers import LEVERS
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.resources.balancer import GB_PER_HOUR, NEW_CONNECTIONS_PER_SECOND, Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.saving import costs_of, saving
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.sizing import CONNECTION_LIMITS, fitted_pool, tasks_during_deploy
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.workload import Workload

CONFIRMED, REFUTED, UNDECIDED = "confirmed", "refuted", "unknown"

# The document's own tables, lines 298 to 303 and 311 to 316, and its four savings (lines 51, 79, 103, 241).
LINES_BEFORE = (40, 17, 13, 12, 4, 7)
LINES_AFTER = (23, 17, 13, 12, 4, 2)
SAVINGS = (7, 10, 5, 3)
TOTAL_BEFORE = 83

# Seconds from asking for a Fargate task to its container running, and from there to answering.
# 25 to 90: "scaling containers on AWS in 2022" (30 s) and the containers roadmap, issues 358, 649 and 696
# (20 to 90 s by image size); 5 to 15 for a Node or Python service to boot: an assumption.
TASK_START_SECONDS = (25, 90)
BOOT_SECONDS = (5, 15)


@dataclass(frozen=True, slots=True)
class AmountRange:
    """From `low` to `high`, the same where it is one figure; the unit is a word of the catalogue of sentences."""

    low: Fraction
    high: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Claim:
    id: str
    quote: str
    source_line: int
    claimed: AmountRange
    computed: AmountRange | None
    verdict: str
    why: Sentence


Computed = tuple[AmountRange | None, Sentence]


@dataclass(frozen=True)
class _Facts:
    """What every claim is computed from: the stack as it is, and as the document wants it."""

    stack: Stack
    estimator: Estimator
    service: FargateService
    today: Bill
    scenarios: Mapping[str, Bill]
    cache: CostCache

    @property
    def balanced(self) -> Bill:
        return self.scenarios["balanced"]

    def ecs(self, tasks: int, strategy: tuple[ProviderShare, ...]) -> Fraction | None:
        """USD a month for that many tasks, all month, by that strategy."""
        fixed = replace(self.service, desired=tasks, scaling=None, strategy=strategy)
        return self.at(FargateService, self.estimator.bill(self.stack.changed(self.service, fixed)))

    def at(self, kind: type[Resource], bill: Bill | None = None, service: str | None = None) -> Fraction | None:
        """What the lines at resources of one kind come to; None as soon as one of them has no price."""
        bill = bill or self.today
        addresses = {resource.origin.address for resource in bill.stack.of(kind)}
        if not addresses or any(entry.origin.address in addresses for entry in bill.unpriced):
            return None
        lines = [line for line in bill.lines if line.meter.origin.address in addresses]
        return sum((line.monthly for line in lines if service in (None, line.meter.sku.service)), Fraction(0))

    def rest(self, bill: Bill) -> Fraction | None:
        """All that the document's five named lines do not cover."""
        named = (
            self.at(FargateService, bill), self.at(Database, bill, "AmazonRDS"), self.at(Cache, bill),
            self.at(Balancer, bill), self.at(Instances, bill),
        )  # fmt: skip
        return None if bill.is_lower_bound else bill.monthly - sum((amount or 0 for amount in named), Fraction(0))

    def total(self, bill: Bill) -> Fraction | None:
        return None if bill.is_lower_bound else bill.monthly

    def cost(self, scenario: str, claimed: AmountRange, why: Sentence) -> Computed:
        """
        What a scenario comes to. Where some of it has no price, the rest refutes a claim that is lower still, and
        otherwise nothing is known.
        """
        bill = self.scenarios[scenario]
        if not bill.is_lower_bound:
            return _amount(bill.monthly), why
        least = say("claim_scenario_least", least=usd_text(bill.monthly), region=bill.stack.region)
        return _amount(bill.monthly) if bill.monthly > claimed.high else None, least

    def lever(self, name: str) -> Fraction | None:
        return self.saved(LEVERS[name].change(self.stack))

    def saved(self, changed: Stack) -> Fraction | None:
        """USD a month that a changed stack costs less than today's; None where that is not certain."""
        return self.cache.saving(self.cache.today, self.cache.cost(changed)).certain_usd

    def asleep(self) -> Fraction | None:
        """What nights without tasks would save if this were the development environment the document means."""
        stack = self.stack.changed(self.service, replace(self.service, environment="development"))
        return self.saved(LEVERS["night_off"].change(stack))

    def price(self, service: str, kind: str) -> Fraction | None:
        price = self.estimator.catalogue.price(Sku(service, kind))
        return price.tiers[0].usd if price else None


def claims_of(today: Bill, scenarios: Mapping[str, Bill], estimator: Estimator) -> tuple[Claim, ...]:
    """The claims of the plan document; none where the stack has no Fargate service to test them on."""
    services = today.stack.of(FargateService)
    if not services:
        return ()
    facts = _Facts(today.stack, estimator, services[0], today, scenarios, CostCache(today.stack, estimator))
    return tuple(
        Claim(id_, quote, line, claimed, computed, verdict or _verdict(claimed, computed), why)
        for id_, line, quote, claimed, (computed, why), verdict in _claims(facts)
    )


ClaimRow = tuple[str, int, str, AmountRange, Computed, str | None]


def _claims(facts: _Facts) -> Iterator[ClaimRow]:
    yield from _totals(facts)
    yield from _lines(facts)
    yield from _savings(facts)
    yield from _percentages(facts)
    yield from _behaviour(facts)
    yield from _phase6(facts)


def _totals(facts: _Facts) -> Iterator[ClaimRow]:
    before, after = facts.total(facts.today), facts.total(facts.balanced)
    total = _saved(facts.today, facts.balanced)
    yield "total_before", 305, "총계 $83/월", _usd(83), (_amount(before), say("claim_total_before")), None
    yield "total_after", 318, "총계 $56/월 (-32%)", _usd(56), (_amount(after), say("claim_total_after")), None
    yield "saving", 3, "$83/월 → $56/월 (32% 절감, -$27)", _usd(27), (_amount(total), say("claim_saving")), None
    share = None if total is None or not before else _percent(total / before)
    yield "saving_percent", 3, "32% 절감", _percent(Fraction(32, 100)), (share, say("claim_saving_percent")), None
    own_before, own_after = sum(LINES_BEFORE), sum(LINES_AFTER)
    why = say("claim_sum", lines=" + ".join(map(str, LINES_BEFORE)), sum=own_before)
    yield "sum_before", 305, "총계 $83/월", _usd(83), (_usd(own_before), why), None
    why = say("claim_sum", lines=" + ".join(map(str, LINES_AFTER)), sum=own_after)
    yield "sum_after", 318, "총계 $56/월 (-32%)", _usd(56), (_usd(own_after), why), None
    why = say("claim_sum", lines=" + ".join(map(str, SAVINGS)), sum=sum(SAVINGS))
    yield "sum_of_savings", 3, "-$27", _usd(27), (_usd(sum(SAVINGS)), why), None


def _lines(facts: _Facts) -> Iterator[ClaimRow]:
    spot_only = (ProviderShare(FARGATE_SPOT, weight=1),)
    on_demand = (ProviderShare(FARGATE, weight=1),)
    readings = {
        "as_written": facts.ecs(3, facts.service.strategy),
        "spot": facts.ecs(3, spot_only),
        "on_demand": facts.ecs(3, on_demand),
    }
    billed = facts.service.tasks_by_hour(facts.today.usage.traffic) or (0,)
    why = say("claim_ecs_before", running=min(billed), **{name: _shown(value) for name, value in readings.items()})
    yield (
        "ecs_before", 298, "ECS Fargate (3 tasks, Spot 70%) $40", _usd(40),
        (_range(list(readings.values())), why), None,
    )  # fmt: skip
    after, two_spot = facts.at(FargateService, facts.balanced), facts.ecs(2, spot_only)
    why = say("claim_ecs_after", balanced=_shown(after), spot=_shown(two_spot))
    yield (
        "ecs_after", 311, "ECS Fargate (2 tasks, Spot 90%) $23 (-$17)", _usd(23),
        (_range([two_spot, after]), why), None,
    )  # fmt: skip
    for id_, line, quote, claimed, kind, computed in (
        ("balancer", 299, "ALB $17", 17, Balancer, facts.at(Balancer)),
        ("database", 300, "RDS db.t4g.micro $13", 13, Database, facts.at(Database, service="AmazonRDS")),
        ("cache", 301, "Redis t4g.micro $12", 12, Cache, facts.at(Cache)),
        ("nat", 302, "NAT Instance $4", 4, Instances, facts.at(Instances)),
    ):
        why = say(f"claim_{id_}") if facts.stack.has(kind) else say("claim_absent")
        yield id_, line, quote, _usd(claimed), (_amount(computed), why), None
    for id_, line, quote, claimed, bill in (
        ("rest_before", 303, "기타 (S3, CloudWatch, SNS) $7", 7, facts.today),
        ("rest_after", 316, "기타 (S3 절감) $2 (-$5)", 2, facts.balanced),
    ):
        yield id_, line, quote, _usd(claimed), (_amount(facts.rest(bill)), say(f"claim_{id_}")), None


def _savings(facts: _Facts) -> Iterator[ClaimRow]:
    literal = replace(
        facts.service,
        strategy=tuple(replace(s, weight=90) if s.provider == FARGATE_SPOT else s for s in facts.service.strategy),
    )
    by_weight = [
        facts.lever("spot_weights"),
        facts.saved(facts.stack.changed(facts.service, literal)),
    ]
    dropped = LEVERS["spot_base"].change(LEVERS["spot_weights"].change(facts.stack))
    why = say("claim_spot", base=_shown(facts.saved(dropped)))
    yield (
        "saving_spot", 51, "Spot 비율 증가 (70% → 90%) -$7/월", _usd(7), (_range(by_weight), why), None,
    )  # fmt: skip
    fewer, lowest = facts.lever("task_count"), facts.lever("min_capacity")
    scaled = "claim_tasks" if facts.service.scaling else "claim_tasks_fixed"
    why = say(scaled, fewest=facts.service.fewest or 0, desired=_shown(fewer), lowest=_shown(lowest))
    yield "saving_tasks", 79, "Task 수 감소 (3 → 2) -$10/월", _usd(10), (_range([fewer, lowest]), why), None

    workload = facts.estimator.workload
    unit = facts.price("AWSELB", "alb_lcu_hour")
    uploaded = workload.monthly("uploads") * workload["upload_mb"] / 1000
    needed_gb = decimal_text(5 / (unit / GB_PER_HOUR), 0) if unit else "?"
    why = say("claim_presigned", uploaded=decimal_text(uploaded, 1), needed=needed_gb)
    capacity = facts.estimator.capacity_of(facts.stack)
    if capacity and capacity.upload_mb_us is not None:
        spent = decimal_text(capacity.upload_mb_us / 1000, 1)
        why = replace(
            why, code="claim_presigned_measured", params={**why.params, "spent": spent, "service": capacity.service}
        )
    presigned = facts.lever("presigned_uploads")
    yield "saving_presigned", 103, "S3 Pre-signed URL 직접 업로드 -$5/월", _usd(5), (_range([presigned]), why), None

    wasteful = facts.estimator.bill(facts.stack, _one_request_a_connection(workload))
    most = wasteful.monthly - facts.today.monthly
    needed = None if unit is None else 3 / (unit * HOURS_PER_MONTH) * NEW_CONNECTIONS_PER_SECOND
    why = say("claim_keep_alive", most=usd_text(most), needed=decimal_text(needed, 1) if needed else "?")
    yield (
        "saving_keep_alive",
        241,
        "HTTP Keep-Alive 활성화 -$3/월",
        _usd(3),
        (_range([facts.lever("keep_alive"), most]), why),
        None,
    )

    per_gb = None if unit is None else AmountRange(unit / GB_PER_HOUR, unit / GB_PER_HOUR, "usd_per_gb")
    claimed = AmountRange(Fraction("0.008"), Fraction("0.008"), "usd_per_gb")
    yield "lcu_per_gb", 236, "ALB 데이터 전송 비용 ($0.008/GB) 회피", claimed, (per_gb, say("claim_lcu_per_gb")), None
    inbound = facts.price("AWSDataTransfer", "internet_in_gb")
    free = AmountRange(Fraction(0), Fraction(0), "usd_per_gb")
    computed = None if inbound is None else AmountRange(inbound, inbound, "usd_per_gb")
    yield "inbound_free", 237, "S3 직접 업로드는 무료 (인바운드)", free, (computed, say("claim_inbound_free")), None


def _percentages(facts: _Facts) -> Iterator[ClaimRow]:
    for name, line, quote, low, high in (
        ("extreme", 13, "$40-46", 40, 46), ("balanced", 14, "$56-66", 56, 66), ("serverless", 15, "$25-36", 25, 36)
    ):  # fmt: skip
        range_ = _usd(low, high)
        yield f"{name}_cost", line, quote, range_, facts.cost(name, range_, say(f"claim_{name}_cost")), None
    for id_, line, claimed, low, high in (
        ("extreme_percent", 13, 45, 40, 46),
        ("balanced_percent", 14, 28, 56, 66),
        ("serverless_percent", 15, 65, 25, 36),
    ):
        computed = AmountRange(
            Fraction(TOTAL_BEFORE - high, TOTAL_BEFORE), Fraction(TOTAL_BEFORE - low, TOTAL_BEFORE), "percent"
        )
        why = say("claim_percent_of_range", low=low, high=high, before=TOTAL_BEFORE)
        yield id_, line, f"{claimed}%", _percent(Fraction(claimed, 100)), (computed, why), None


def _behaviour(facts: _Facts) -> Iterator[ClaimRow]:
    claimed = AmountRange(Fraction(3, 100), Fraction(5, 100), "percent")
    fewest = facts.service.fewest or 0
    split = say("claim_interruption", tasks=fewest, spot=fewest - facts.service.on_demand_tasks(fewest)[0])
    yield "interruption", 74, "Spot 중단 확률 증가 (1-2% → 3-5%)", claimed, (None, split), None

    health = facts.service.health
    fastest = TASK_START_SECONDS[0] + BOOT_SECONDS[0]
    slowest = TASK_START_SECONDS[1] + BOOT_SECONDS[1] + health.interval
    hung = slowest + health.interval * health.unhealthy
    why = say("claim_recovery", interval=health.interval, unhealthy=health.unhealthy, hung=hung)
    seconds = AmountRange(Fraction(fastest), Fraction(slowest), "seconds")
    yield (
        "recovery", 75, "Auto Scaling이 자동 복구 (30초 내)", AmountRange(Fraction(0), Fraction(30), "seconds"),
        (seconds, why), None,
    )  # fmt: skip

    lowest = facts.lever("min_capacity")
    one = LEVERS["min_capacity"].change(facts.stack).of(FargateService)[0].fewest
    computed = None if one is None else AmountRange(Fraction(one), Fraction(one), "tasks")
    two = AmountRange(Fraction(2), Fraction(2), "tasks")
    why = say("claim_one_task", saves=_shown(lowest))
    yield "one_task_restored", 99, "Auto Scaling이 즉시 2개로 복구", two, (computed, why), None

    databases = facts.stack.of(Database)
    limit = CONNECTION_LIMITS.get(databases[0].instance_class or "") if len(databases) == 1 else None
    claimed = AmountRange(Fraction(87), Fraction(87), "connections")
    seen = (
        None if limit is None else AmountRange(Fraction(limit.lowest_seen), Fraction(limit.highest_seen), "connections")
    )
    why = say("claim_connections", formula=limit.formula) if limit else say("claim_connections_unknown")
    yield "connections", 288, "RDS db.t4g.micro는 최대 87개 연결만 지원", claimed, (seen, why), UNDECIDED

    claimed = AmountRange(Fraction(50), Fraction(50), "connections_a_task")
    percent = facts.service.maximum_percent
    most, few = facts.service.most, 2
    if limit is None or most is None:
        pools: Computed = (None, say("claim_pool_unknown"))
    else:
        peak = tasks_during_deploy(most, percent)
        low, high = fitted_pool(limit.usable, peak), fitted_pool(limit.usable, tasks_during_deploy(few, percent))
        why = say("claim_pool", peak=peak, most=most, few=few, needed=50 * tasks_during_deploy(few, percent))
        pools = (AmountRange(Fraction(low), Fraction(high), "connections_a_task"), why)
    yield "pool", 289, "50개로 제한하여 여유 확보", claimed, pools, None


def _phase6(facts: _Facts) -> Iterator[ClaimRow]:
    computed: AmountRange | None = None
    share: AmountRange | None = None
    why = say("claim_reserved_unknown")
    databases = facts.stack.of(Database)
    if len(databases) == 1 and databases[0].instance_class:
        database = databases[0]
        attributes = {
            "engine": database.engine, "instance_class": database.instance_class or "",
            "deployment": database.deployment,
        }  # fmt: skip
        prices = [
            facts.estimator.catalogue.price(Sku("AmazonRDS", "db_instance_hour", attributes, term))
            for term in ("on_demand", "reserved_1yr_no_upfront")
        ]
        if prices[0] and prices[1]:
            now, reserved = (price.charge(Fraction(HOURS_PER_MONTH)) for price in prices if price)
            computed, share = _usd(now - reserved), _percent((now - reserved) / now)
            why = say("claim_reserved", now=usd_text(now), reserved=usd_text(reserved))
    yield "reserved_saving", 421, "RDS Reserved Instance (1년) (-$4/월)", _usd(4), (computed, why), None
    yield "reserved_percent", 422, "$13/월 → $9/월 (30% 할인)", _percent(Fraction(30, 100)), (share, why), None
    files = facts.lever("cloudfront_downloads")
    yield "cloudfront", 424, "CloudFront CDN 도입 (-$3/월)", _usd(3), (_amount(files), say("claim_cloudfront")), None
    asleep = facts.asleep()
    why = say("claim_capacity_zero") if asleep is not None else say("claim_capacity_zero_unknown")
    yield "capacity_zero", 428, "ECS Min Capacity 0 (-$4/월)", _usd(4), (_amount(asleep), why), None
    total = facts.cost("phase6", _usd(45), say("claim_phase6"))
    yield "phase6", 419, "향후 3-6개월 ($56 → $45/월)", _usd(45), total, None


def _verdict(claimed: AmountRange, computed: AmountRange | None) -> str:
    if computed is None:
        return UNDECIDED
    slack = {"usd": Fraction(1, 2), "percent": Fraction(1, 200)}.get(claimed.unit, Fraction(0))
    inside = claimed.low - slack <= computed.low and computed.high <= claimed.high + slack
    return CONFIRMED if inside else REFUTED


def _usd(low: Fraction | int, high: Fraction | int | None = None) -> AmountRange:
    return AmountRange(Fraction(low), Fraction(low if high is None else high), "usd")


def _amount(usd: Fraction | None) -> AmountRange | None:
    return None if usd is None else _usd(usd)


def _percent(share: Fraction) -> AmountRange:
    return AmountRange(share, share, "percent")


def _range(savings: list[Fraction | None]) -> AmountRange | None:
    """None as soon as one of them cannot be told."""
    known = [amount for amount in savings if amount is not None]
    return _usd(min(known), max(known)) if len(known) == len(savings) else None


def _saved(before: Bill, after: Bill) -> Fraction | None:
    """USD a month that the second design costs less; None where that is not certain."""
    return saving(costs_of(before), costs_of(after)).certain_usd


def _shown(amount: Fraction | None) -> str:
    return "?" if amount is None else usd_text(amount)


def _one_request_a_connection(workload: Workload) -> Workload:
    return replace(workload, numbers={**workload.numbers, "requests_per_connection": Fraction(1)})

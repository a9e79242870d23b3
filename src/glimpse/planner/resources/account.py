"""Small standing charges: keys, zones, images and notifications."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import NOTHING, certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Key:
    """A customer-managed KMS key."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        calls = Meter(
            self.origin,
            "KMS requests",
            "10k requests",
            None,
            Sku("awskms", "request_10k"),
            usage_based=True,
            needs=say("needs_key_requests"),
        )
        return (Meter(self.origin, "KMS key", "key-month", certain(1), Sku("awskms", "key_month")), calls)


@dataclass(frozen=True, slots=True)
class Zone:
    """A Route 53 hosted zone. Queries answered by alias records are not charged."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        sku = Sku("AmazonRoute53", "query_million")
        queries = Meter(
            self.origin, "DNS queries", "1M queries", NOTHING, sku, (say("alias_queries_free"),), usage_based=True
        )
        hosted = Meter(self.origin, "Hosted zone", "zone-month", certain(1), Sku("AmazonRoute53", "hosted_zone_month"))
        return (hosted, queries)


@dataclass(frozen=True, slots=True)
class Registry:
    """An ECR repository; the workload says how many GB of images are kept in all."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        stored = certain(traffic.workload["image_gb"] / traffic.registries)
        sku = Sku("AmazonECR", "storage_gb_month")
        return (Meter(self.origin, "ECR storage", "GB-month", stored, sku, usage_based=True),)


@dataclass(frozen=True, slots=True)
class Topic:
    """An SNS topic that mails alarms to people."""

    origin: Origin

    def meters(self, traffic: Traffic) -> tuple[Meter, ...]:
        mails = Fraction(traffic.workload["alarm_emails_a_month"]) / traffic.topics
        assumes = (say("no_alarm_mail"),) if not mails else ()
        sku = Sku("AmazonSNS", "email_100k")
        quantity = certain(mails / 100_000)
        return (Meter(self.origin, "Email notifications", "100k notifications", quantity, sku, assumes, True),)

"""SNS topics, as far as they mail people."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import certain
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


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

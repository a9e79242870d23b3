"""SNS topics, as far as they mail people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic


@dataclass(frozen=True, slots=True)
class Topic:
    """An SNS topic that mails alarms to people."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        people = traffic.people
        mails = people["alarm_emails_a_month"] / traffic.topics if people else None
        yield traffic.metering(self.origin).used(
            "Email notifications",
            "100k notifications",
            "monthly_email_notifications",
            Sku("AmazonSNS", "email_100k"),
            per=100_000,
            quantity=None if mails is None else mails / 100_000,
            assumes=() if mails else (say("no_alarm_mail"),),
        )

"""SNS: topics by the request and by what they deliver, subscriptions, mobile push."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.charged_units import pieces, used_in_pieces
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

SNS = "AmazonSNS"
REQUESTS, REQUEST_KB = "monthly_requests", "request_size_kb"
EMAIL = "email"
TEXTS, TEXT_PRICE = "sms_subscriptions", "sms_notification_price"

PIECE_KB = 64
"""Each 64 KB that are published to a standard topic count as one request (SNS pricing page)."""

FIFO_KB = 64
"""The size of a message to a FIFO topic where nobody stated it: that of one request to a standard topic."""

KB_PER_GB = 10**6
PER_EMAIL = 100_000


@dataclass(frozen=True, slots=True)
class Topic:
    """
    `protocols` are those of the subscriptions in the stack, None where it has none: then nothing says who listens.
    `queues` counts the subscriptions of a FIFO topic. `archives`: it keeps what was published. `of_alarms`: alarms of
    the stack publish to it.
    """

    origin: Origin
    fifo: bool = False
    protocols: frozenset[str] | None = None
    queues: int = 0
    archives: bool = False
    of_alarms: bool = False

    @property
    def _mails_alarms(self) -> bool:
        return self.of_alarms and self.protocols in (None, {EMAIL})

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        if self.fifo:
            yield from self._fifo(traffic.metering(self.origin))
        else:
            yield from self._standard(traffic)

    def _standard(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        # What only mails alarms costs what the mails cost: the request for each is a twenty-thousandth of a cent.
        if metering.number(REQUESTS) is not None or not (traffic.people and self._mails_alarms):
            sku = Sku(SNS, "api_request")
            yield used_in_pieces(metering, "API requests", "request", (REQUESTS, REQUEST_KB), sku, PIECE_KB)
        yield from self._mail(traffic, metering)
        published = published_pieces(metering)
        for key, component, sku in (
            ("http_subscriptions", "HTTP/S notifications", Sku(SNS, "http_notification")),
            ("kinesis_subscriptions", "Firehose notifications", Sku(SNS, "firehose_notification")),
            ("mobile_push_subscriptions", "Mobile push notifications", push("APNS")),
            ("macos_subscriptions", "macOS notifications", push("APNS macOS")),
            (TEXTS, "Text messages", Sku(SNS, "sms_message")),
        ):
            number, at_price = metering.number(key), key == TEXTS and TEXT_PRICE in metering.given
            if number is not None or at_price:
                keys = (REQUESTS, REQUEST_KB, key) + ((TEXT_PRICE,) if key == TEXTS else ())
                amount = None if published is None or number is None else published * number
                yield metering.used(component, "notification", keys, sku, quantity=amount)

    def _mail(self, traffic: Traffic, metering: Metering) -> Iterator[Meter]:
        people, sku = traffic.people, Sku(SNS, "email_100k")
        published, subscribers = published_pieces(metering), metering.number("email_subscriptions")
        stated = None if published is None or subscribers is None else published * subscribers / PER_EMAIL
        component, unit, key = "Email notifications", "100k notifications", "monthly_email_notifications"
        if metering.number(key) is None and (stated is not None or subscribers is not None):
            yield metering.used(component, unit, (REQUESTS, REQUEST_KB, "email_subscriptions"), sku, quantity=stated)
        elif metering.number(key) is not None or self.protocols is None or EMAIL in self.protocols:
            mails = people["alarm_emails_a_month"] / traffic.topics if people else None
            yield metering.used(
                component,
                unit,
                key,
                sku,
                per=PER_EMAIL,
                quantity=None if mails is None else mails / PER_EMAIL,
                assumes=() if mails else (say("no_alarm_mail"),),
            )

    def _fifo(self, metering: Metering) -> Iterator[Meter]:
        """Requests and GB in, and for each queue that is subscribed notifications and GB out (SNS pricing page)."""
        requests, gb = metering.number(REQUESTS), _gigabytes(metering)
        by_size = (REQUESTS, REQUEST_KB)
        yield metering.used("FIFO publish requests", "request", REQUESTS, Sku(SNS, "fifo_api_request"))
        yield metering.used("FIFO publish payload", "GB", by_size, Sku(SNS, "fifo_publish_payload_gb"), quantity=gb)
        if self.queues:
            delivered = None if requests is None else requests * self.queues
            out = None if gb is None else gb * self.queues
            sku = Sku(SNS, "fifo_notification")
            yield metering.used("FIFO notifications", "notification", by_size, sku, quantity=delivered)
            sku = Sku(SNS, "fifo_notification_payload_gb")
            yield metering.used("FIFO notification payload", "GB", by_size, sku, quantity=out)
        if self.archives:
            for component, unit, key in (
                ("Archived messages", "GB-month", "archive_storage_gb"),
                ("Messages taken into the archive", "GB", "monthly_archived_gb"),
            ):
                yield metering.used(component, unit, key, Sku(SNS, f"fifo_{key}"))


def published_pieces(metering: Metering) -> Fraction | None:
    """What was stated to be published to a standard topic, in charged requests."""
    requests = metering.number(REQUESTS)
    return None if requests is None else requests * pieces(metering.number(REQUEST_KB), PIECE_KB)


def _gigabytes(metering: Metering) -> Fraction | None:
    requests, kb = metering.number(REQUESTS), metering.number(REQUEST_KB)
    return None if requests is None else requests * (FIFO_KB if kb is None else kb) / KB_PER_GB


def push(platform: str) -> Sku:
    return Sku(SNS, "mobile_push_notification", {"platform": platform})


DELIVERY = {
    "http": ("HTTP/S notifications", "http_notification"),
    "https": ("HTTP/S notifications", "http_notification"),
    "sqs": ("SQS notifications", "sqs_notification"),
    "lambda": ("Lambda notifications", "lambda_notification"),
    "firehose": ("Firehose notifications", "firehose_notification"),
    "sms": ("Text messages", "sms_message"),
}
"""How each protocol's deliveries are named and sold (SNS pricing page); mail and mobile push are counted otherwise."""

COUNTED_AT = {"http": "http_subscriptions", "https": "http_subscriptions", "firehose": "kinesis_subscriptions"}
"""The key by which a topic's own usage counts its subscriptions of a protocol."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """
    What one subscriber is sent. `topic` is the address of its topic, None where the stack has it not: what was stated
    for the topic then counts here, unless it counts its subscribers itself.
    """

    origin: Origin
    protocol: str
    topic: str | None = None
    scans_payload: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        by_topic = self._by_topic(traffic)
        if self.protocol.startswith(EMAIL):
            quantity = None if by_topic is None else by_topic / PER_EMAIL
            requests = metering.number(REQUESTS)
            if requests is not None:
                quantity = requests * pieces(metering.number(REQUEST_KB), PIECE_KB) / PER_EMAIL
            sku = Sku(SNS, "email_100k")
            keys = (REQUESTS, REQUEST_KB)
            yield metering.used("Email notifications", "100k notifications", keys, sku, quantity=quantity)
        else:
            component, kind = DELIVERY.get(self.protocol, ("Mobile push notifications", "mobile_push_notification"))
            sku = push("APNS") if self.protocol == "application" else Sku(SNS, kind)
            keys = (REQUESTS, REQUEST_KB)
            yield used_in_pieces(metering, component, "notification", keys, sku, PIECE_KB, quantity=by_topic)
        if self.scans_payload:
            sku = Sku(SNS, "filter_payload_scanned_gb")
            yield metering.used("Payload filtering", "GB", "monthly_filtered_gb", sku)

    def _by_topic(self, traffic: Traffic) -> Fraction | None:
        if self.topic is None:
            return None
        topic = traffic.metering(Origin(self.topic))
        counted = topic.number(COUNTED_AT.get(self.protocol, f"{self.protocol}_subscriptions"))
        return published_pieces(topic) if counted is None else Fraction(0)


PLATFORMS = {
    "ADM": "ADM",
    "APNS": "APNS",
    "APNS_SANDBOX": "APNS",
    "APNS_VOIP": "APNS VoIP",
    "APNS_VOIP_SANDBOX": "APNS VoIP",
    "BAIDU": "Baidu",
    "FCM": "FCM",
    "GCM": "FCM",
    "MACOS": "APNS macOS",
    "MACOS_SANDBOX": "APNS macOS",
    "MPNS": "MPNS",
    "WNS": "WNS",
}
"""SNS's names of push services (SNS API, CreatePlatformApplication) as the pricing page has them."""


@dataclass(frozen=True, slots=True)
class PushPlatform:
    """An app that is sent notifications through a platform's push service."""

    origin: Origin
    platform: str

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        platform = PLATFORMS.get(self.platform, self.platform)
        yield metering.used("Mobile push notifications", "notification", "monthly_notifications", push(platform))


@dataclass(frozen=True, slots=True)
class DataProtection:
    """A policy that looks into what is published."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(SNS, "data_protection_scan_gb")
        yield traffic.metering(self.origin).used("Data protection scans", "GB", "monthly_scanned_gb", sku)

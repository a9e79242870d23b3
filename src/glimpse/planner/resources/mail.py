"""SES: mail that is sent and received, and addresses of one's own to send it from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

SES = "AmazonSES"
EMAILS = "monthly_emails"


@dataclass(frozen=True, slots=True)
class MailIdentity:
    """A domain or an address that mail is sent from."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.used("Emails sent", "1k emails", EMAILS, Sku(SES, "email_1k"), per=1000)
        yield metering.used("Attachments", "GB", "monthly_attachment_gb", Sku(SES, "attachment_gb"))


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """What is done with mail that comes in. Each piece of 256 KB is charged beside the mail (SES pricing page)."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        received = Sku(SES, "email_received_1k")
        yield metering.used("Emails received", "1k emails", "monthly_emails_received", received, per=1000)
        chunks = Sku(SES, "received_chunk_1k")
        yield metering.used("Incoming mail chunks", "1k chunks", "monthly_chunks_received", chunks, per=1000)


@dataclass(frozen=True, slots=True)
class DedicatedAddress:
    """An IPv4 address that is leased for one account's mail alone."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield traffic.metering(self.origin).fixed("Dedicated IP", "IP-month", Sku(SES, "dedicated_ip_month"), 1)


@dataclass(frozen=True, slots=True)
class AddressPool:
    """`managed`: AWS decides how many addresses there are and charges by the email; else each is leased."""

    origin: Origin
    managed: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        if self.managed:
            sku = Sku(SES, "managed_dedicated_email_1k")
            yield metering.used("Emails by managed IPs", "1k emails", EMAILS, sku, per=1000)
        else:
            yield metering.used("Dedicated IPs", "IP-month", "dedicated_ips", Sku(SES, "dedicated_ip_month"))


@dataclass(frozen=True, slots=True)
class DeliverabilityManager:
    """Virtual Deliverability Manager, which looks at every email of the account."""

    origin: Origin

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(SES, "deliverability_manager_email_1k")
        yield traffic.metering(self.origin).used("Deliverability manager", "1k emails", EMAILS, sku, per=1000)

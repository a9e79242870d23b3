"""
AWS Transfer Family: each protocol of a server by the hour, and what passes through it.

Source: AWS Transfer Family's pricing page, as known on 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.resources.by_use import UsageRow, meters_of
from glimpse.planner.traffic import Traffic

TRANSFER = "AWSTransfer"

DATA = (
    UsageRow("Data uploaded", "GB", "monthly_data_uploaded_gb", Sku(TRANSFER, "uploaded_gb")),
    UsageRow("Data downloaded", "GB", "monthly_data_downloaded_gb", Sku(TRANSFER, "downloaded_gb")),
)
AS2_MESSAGES = (UsageRow("AS2 messages", "message", "monthly_as2_messages", Sku(TRANSFER, "as2_message")),)
SFTP_CONNECTOR = (
    UsageRow("Connector calls", "call", "monthly_connector_calls", Sku(TRANSFER, "connector_call")),
    UsageRow("Connector data", "GB", "monthly_connector_data_gb", Sku(TRANSFER, "connector_gb")),
)
WORKFLOW_DECRYPTION = (
    UsageRow("Workflow decryption", "GB", "monthly_decrypted_gb", Sku(TRANSFER, "workflow_decrypted_gb")),
)


@dataclass(frozen=True, slots=True)
class TransferServer:
    """Protocols are charged from creation to deletion, stopped or not."""

    origin: Origin
    protocols: tuple[str, ...]

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        for protocol in self.protocols:
            yield metering.hours(f"{protocol} protocol", Sku(TRANSFER, "protocol_hour", {"protocol": protocol}))
        yield from meters_of(DATA, metering)
        if "AS2" in self.protocols:
            yield from meters_of(AS2_MESSAGES, metering)


@dataclass(frozen=True, slots=True)
class TransferWebApp:
    """`units` are provisioned, each for as many sessions as AWS allows it."""

    origin: Origin
    units: int | None = 1

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        sku = Sku(TRANSFER, "web_app_unit_hour")
        yield traffic.metering(self.origin).hours("Web app units", sku, self.units, unit="unit-hour")

"""AWS Directory Service: domain controllers by the hour, and accounts that a directory is shared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.quantities import HOURS_PER_MONTH
from glimpse.planner.traffic import Traffic

SERVICE = "AWSDirectoryService"
MICROSOFT = "Microsoft AD"
CONTROLLERS = 2
"""How many domain controllers a directory has, unless more are asked for (Directory Service pricing page)."""


@dataclass(frozen=True, slots=True)
class ManagedDirectory:
    """`directory` is Microsoft AD, Simple AD or AD Connector; `size` an edition of the first, else Small or Large."""

    origin: Origin
    directory: str
    size: str
    controllers: int = CONTROLLERS

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        more, accounts = metering.number("additional_domain_controllers"), metering.number("shared_accounts")
        sku = Sku(SERVICE, "domain_controller_hour", {"directory": self.directory, "size": self.size})
        yield metering.hours("Domain controllers", sku, self.controllers, unit="controller-hour")
        if more:
            yield metering.hours("Additional domain controllers", sku, more, unit="controller-hour")
        if self.directory == MICROSOFT:
            yield metering.used(
                "Directory sharing",
                "account-hour",
                ("shared_accounts",) if accounts is None else (),
                Sku(SERVICE, "shared_account_hour", {"size": self.size}),
                quantity=None if accounts is None else accounts * HOURS_PER_MONTH,
            )

"""Cognito user pools: users who were active in the month, by plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.traffic import Traffic

COGNITO = "AmazonCognito"
USERS = "monthly_active_users"


@dataclass(frozen=True, slots=True)
class UserPool:
    """
    `plan` as on the pricing page: Lite, Essentials or Plus. `advanced_security` is what a Lite pool pays for on top;
    Plus includes it. `sends_sms`: it has somebody to send text messages through, who are charged each.
    """

    origin: Origin
    plan: str = "Essentials"
    advanced_security: bool = False
    sends_sms: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.used(f"Active users {self.plan}", "MAU", USERS, Sku(COGNITO, "user_mau", {"plan": self.plan}))
        federated = Sku(COGNITO, "saml_oidc_mau")
        yield metering.used("Users by SAML or OIDC", "MAU", "monthly_federated_users", federated)
        if self.advanced_security and self.plan != "Plus":
            yield metering.used("Advanced security", "MAU", USERS, Sku(COGNITO, "advanced_security_mau"))
        if self.sends_sms:
            sku = Sku("AmazonSNS", "sms_message")
            yield metering.used("Text messages", "message", "monthly_sms_messages", sku)

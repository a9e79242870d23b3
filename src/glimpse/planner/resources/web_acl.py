"""AWS WAF, and its classic version: web ACLs, their rules and rule groups, and the requests they inspect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Meter, Origin
from glimpse.planner.metering import Metering
from glimpse.planner.sentence import say
from glimpse.planner.traffic import Traffic

WAF = "awswaf"

BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"
FRAUD_CONTROL = {
    "AWSManagedRulesATPRuleSet": ("account takeover prevention", "Login attempts analyzed", "monthly_login_attempts"),
    "AWSManagedRulesACFPRuleSet": (
        "account creation fraud prevention",
        "Account creations analyzed",
        "monthly_account_creations",
    ),
}
ANTI_DDOS = "AWSManagedRulesAntiDDoSRuleSet"
"""Managed rule groups with a price of their own (AWS WAF pricing page, "Intelligent threat mitigation")."""


@dataclass(frozen=True, slots=True)
class Rules:
    """
    What a web ACL is made of. `plain` rules stand in it, None is unknown; `groups` of one's own hold `in_groups`
    rules, as far as they are in the stack; `managed` holds the names of managed groups.

    Each rule costs a month's rule, each group one more, and so does every rule inside a group of one's own; rules
    inside a managed group are its seller's (AWS WAF pricing page). `bots` are the inspection levels of Bot Control.
    """

    plain: int | None = 0
    groups: int = 0
    in_groups: int = 0
    groups_elsewhere: bool = False
    managed: tuple[str, ...] = ()
    bots: tuple[str, ...] = ()
    captcha: bool = False
    challenge: bool = False

    def meters(self, metering: Metering, classic: bool) -> Iterator[Meter]:
        rule = Sku(WAF, "rule_month")
        inside, managed = metering.number("rule_group_rules"), metering.number("managed_rule_group_rules")
        stated = (inside or 0) + (managed or 0)
        if self.plain is None or self.plain or stated:
            count = None if self.plain is None else self.plain + stated
            assumes = (say("rules_stated", count=str(stated)),) if stated else ()
            yield metering.fixed("Rules", "rule-month", rule, count, needs=say("needs_rules"), assumes=assumes)
        if inside is None and self.in_groups:
            yield metering.fixed("Rules inside rule groups", "rule-month", rule, self.in_groups)
        if inside is None and self.groups_elsewhere:
            yield metering.used("Rules inside rule groups elsewhere", "rule-month", "rule_group_rules", rule)
        if self.groups:
            sku = Sku(WAF, "classic_rule_group_month") if classic else rule
            yield metering.fixed("Rule groups", "group-month", sku, self.groups)
        if self.managed:
            yield metering.fixed("Managed rule groups", "group-month", rule, len(self.managed))
        yield from self._mitigation(metering)

    def _mitigation(self, metering: Metering) -> Iterator[Meter]:
        if BOT_CONTROL in self.managed:
            yield metering.fixed("Bot Control", "month", Sku(WAF, "bot_control_month"), 1)
            for level in self.bots:
                sku = Sku(WAF, "bot_control_request", {"inspection": level})
                yield metering.used(f"Bot Control requests, {level}", "request", "monthly_bot_control_requests", sku)
        for name, (group, component, key) in FRAUD_CONTROL.items():
            if name in self.managed:
                attributes = {"rule_group": group}
                yield metering.fixed(f"Fraud Control, {group}", "month", Sku(WAF, "fraud_control_month", attributes), 1)
                yield metering.used(component, "attempt", key, Sku(WAF, "fraud_control_attempt", attributes))
        if ANTI_DDOS in self.managed:
            yield metering.fixed("Anti-DDoS rule group", "month", Sku(WAF, "anti_ddos_month"), 1)
            yield metering.used("Anti-DDoS requests", "request", "monthly_requests", Sku(WAF, "anti_ddos_request"))
        if self.captcha:
            key = "monthly_captcha_attempts"
            yield metering.used("CAPTCHA attempts", "attempt", key, Sku(WAF, "captcha_attempt"))
        if self.challenge:
            key = "monthly_challenges"
            yield metering.used("Challenges served", "challenge", key, Sku(WAF, "challenge_served"))


@dataclass(frozen=True, slots=True)
class WebAcl:
    """A web ACL. `large_bodies`: it looks at more of a body than what a request's price holds."""

    origin: Origin
    rules: Rules
    classic: bool = False
    large_bodies: bool = False

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        metering = traffic.metering(self.origin)
        yield metering.fixed("Web ACL", "web-ACL-month", Sku(WAF, "web_acl_month"), 1)
        yield from self.rules.meters(metering, self.classic)
        yield metering.used("Requests", "request", "monthly_requests", Sku(WAF, "request"))
        if self.large_bodies:
            sku = Sku(WAF, "large_body_request")
            yield metering.used("Requests with large bodies", "request", "monthly_large_body_requests", sku)


@dataclass(frozen=True, slots=True)
class RulesOfAcl:
    """Rules that Terraform adds to a web ACL by themselves: what they add to its bill."""

    origin: Origin
    rules: Rules

    def meters(self, traffic: Traffic) -> Iterator[Meter]:
        yield from self.rules.meters(traffic.metering(self.origin), classic=False)

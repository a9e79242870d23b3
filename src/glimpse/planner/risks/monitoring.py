"""Risks of monitoring: alarms that nobody hears, and logs that are never deleted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from glimpse.planner.bill import Bill
from glimpse.planner.given_usage import type_of
from glimpse.planner.meter import Origin
from glimpse.planner.resources.logs import LogGroup
from glimpse.planner.resources.monitoring import Alarms
from glimpse.planner.risks.risk import Risk
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack

COUNTED_NOT = ("count_unknown", "for_each_unknown")
SUBSCRIBING = ("subscription", "chatbot", "cloudformation")
"""What the names of types hold that may subscribe to a topic."""


def alarms_without_actions(bill: Bill) -> Iterator[Risk]:
    """Once for all of them, at the first: each is charged, and changes colour where nobody looks."""
    found = [row for row in bill.stack.of(Alarms) if row.has_actions is False]
    if found:
        yield Risk(say("alarms_without_actions", count=len(found)), found[0].origin)


def topics_without_subscription(bill: Bill) -> Iterator[Risk]:
    """Topics of these files that alarms tell, and that nothing in the files subscribes to."""
    if _may_subscribe(bill.stack):
        return
    told = Counter[Origin](row.silent_topic for row in bill.stack.of(Alarms) if row.silent_topic)
    for topic, count in told.items():
        yield Risk(say("topic_without_subscription", count=count), topic)


def logs_kept_for_ever(bill: Bill) -> Iterator[Risk]:
    """Once for all groups without an expiry, at the first: what they store is charged every month, and only grows."""
    found = [row for row in bill.stack.of(LogGroup) if row.retention_known and row.kept_days is None]
    if found:
        yield Risk(say("logs_for_ever", count=len(found)), found[0].origin)


def _may_subscribe(stack: Stack) -> bool:
    """Whether there may be subscriptions that could not be read: in a missing module, or of an unknown number."""
    for finding in stack.unresolved:
        address = str(finding.what.params.get("address", ""))
        if finding.what.code not in COUNTED_NOT or any(word in type_of(address) for word in SUBSCRIBING):
            return True
    return any(word in type_of(origin.address) for origin in stack.free for word in SUBSCRIBING[1:])

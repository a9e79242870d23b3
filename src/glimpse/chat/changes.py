"""How a use case makes a change durable and then publishes it: no change is published before its commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from glimpse.chat.commit import GroupCommit
from glimpse.chat.events import entry_committed
from glimpse.chat.ports import StoreDown
from glimpse.chat.publisher import Publisher
from glimpse.chat.refusals import Refusal
from glimpse.chat.values import Conversation, StoredEntry

T = TypeVar("T")
Outcome = TypeVar("Outcome", bound=StoredEntry | Conversation | Refusal)


async def await_change(change: Awaitable[T], publisher: Publisher) -> T:
    """
    Await a change of the store. On StoreDown the change may be durable although it is not published, so the publisher
    is told that an outcome is unknown. Raises StoreDown.
    """
    try:
        return await change
    except StoreDown:
        publisher.outcome_unknown()
        raise


async def commit_entry(
    change: Callable[[], Awaitable[Outcome]], commits: GroupCommit, publisher: Publisher
) -> Outcome | Refusal:
    """Run a change that writes an entry, in its turn among the messages, and publish the entry if it is new."""
    outcome: Outcome | Refusal = await await_change(commits.exclusive(change), publisher)
    if isinstance(outcome, StoredEntry) and outcome.is_new:
        publisher.publish_entry(entry_committed(outcome))
    return outcome

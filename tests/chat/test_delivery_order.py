"""Each conversation in the order of its numbers, however the bus shuffles, repeats and loses; with handed-in time."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Raw

from glimpse.chat.publications import NO_EVENT, Delivery, EntryCommitted, Event, OnDelivered
from glimpse.chat.relay.delivery_order import REORDER_SECONDS, DeliveryOrder, Gap

USERS = ("ada", "bob")


def entry(seq: int, conversation_id: str = "room", event: Event | None = None) -> EntryCommitted:
    own = Raw(f'["message","{conversation_id} {seq}"]'.encode())
    return EntryCommitted(conversation_id, seq, USERS, own if event is None else event)


class Heard:
    """An order, what was delivered, and a store that has everything."""

    def __init__(self) -> None:
        self.delivered: list[int] = []
        self.order = DeliveryOrder()
        self.now = 100.0
        self.asked: list[Gap] = []
        self.of_unknown_kind: set[int] = set()

    def add(self, committed: EntryCommitted, on_delivered: OnDelivered | None = None) -> None:
        self.deliver(self.order.add(committed, self.now, on_delivered))

    def arrive(self, *seqs: int) -> None:
        for seq in seqs:
            self.add(entry(seq))

    def deliver(self, deliveries: Sequence[Delivery]) -> None:
        for each in deliveries:
            if each.committed is not None and each.committed.has_event:
                self.delivered.append(each.committed.seq)
            if each.on_delivered:
                each.on_delivered()

    def stored(self, seq: int) -> EntryCommitted:
        if seq in self.of_unknown_kind:
            return EntryCommitted("room", seq, (), NO_EVENT)
        return entry(seq)

    def wait(self, seconds: float, joined_after: int = 0) -> None:
        """Let time pass; the store answers what it is asked. `joined_after`: changes up to this seq came before anybody joined."""
        self.now += seconds
        while gaps := self.order.gaps_due(self.now):
            self.asked += gaps
            for gap in gaps:
                after = joined_after if gap.after is None else gap.after
                found = [self.stored(seq) for seq in range(after + 1, gap.before)]
                self.deliver(self.order.fill(gap, found, self.now))


def test_the_next_is_delivered_an_earlier_one_dropped_and_a_later_one_waits_for_what_is_missing() -> None:
    heard = Heard()
    heard.arrive(1, 2, 2, 1, 4, 5)
    assert heard.delivered == [1, 2]
    heard.arrive(3)
    assert heard.delivered == [1, 2, 3, 4, 5]
    assert heard.asked == []


def test_what_does_not_come_is_read_from_the_store_after_a_moment_and_not_before() -> None:
    heard = Heard()
    heard.arrive(1, 5)
    heard.wait(REORDER_SECONDS * 0.9)
    assert (heard.delivered, heard.asked) == ([1], [])
    heard.wait(REORDER_SECONDS * 0.2)
    assert heard.delivered == [1, 2, 3, 4, 5]
    assert heard.asked == [Gap("room", 1, 5, USERS)]


def test_before_the_first_of_all_the_store_is_asked_what_somebody_here_may_have_missed() -> None:
    heard = Heard()
    heard.arrive(9)
    assert heard.delivered == []
    heard.wait(0, joined_after=6)
    assert heard.asked == [Gap("room", None, 9, USERS)]
    assert heard.delivered == [7, 8, 9]


def test_an_entry_that_came_without_its_event_is_read_at_once() -> None:
    heard = Heard()
    heard.arrive(1)
    heard.add(entry(2, event=NO_EVENT))
    heard.arrive(3)
    heard.wait(0)
    assert heard.delivered == [1, 2, 3]


def test_who_waits_for_an_entry_is_told_when_it_is_delivered_and_not_before() -> None:
    heard, told = Heard(), []
    heard.arrive(1)
    heard.add(entry(3), lambda: told.append(list(heard.delivered)))
    assert told == []
    heard.arrive(2)
    heard.add(entry(2), lambda: told.append(list(heard.delivered)))
    assert told == [[1, 2, 3], [1, 2, 3]]


def test_a_store_that_could_not_be_asked_is_asked_again() -> None:
    heard = Heard()
    heard.arrive(1, 3)
    [gap] = heard.order.gaps_due(heard.now + 1)
    heard.order.failed(gap, heard.now + 1)
    assert heard.order.gaps_due(heard.now + 1.5) == []
    heard.wait(3)
    assert heard.delivered == [1, 2, 3]


def test_a_conversation_of_which_nobody_is_here_is_forgotten() -> None:
    heard = Heard()
    heard.arrive(1, 2)
    heard.order.forget(lambda user_ids: True)
    heard.arrive(2)
    assert heard.delivered == [1, 2]
    heard.order.forget(lambda user_ids: False)
    heard.arrive(3)
    heard.wait(0, joined_after=2)
    assert heard.delivered == [1, 2, 3]


def test_an_entry_of_a_kind_that_only_a_newer_release_knows_keeps_its_number_and_nobody_hears_it() -> None:
    heard = Heard()
    heard.of_unknown_kind = {2}
    heard.arrive(1)
    heard.add(entry(2, event=NO_EVENT))
    heard.wait(0)
    heard.order.forget(lambda user_ids: bool(user_ids))
    heard.arrive(3)
    heard.wait(REORDER_SECONDS)
    assert heard.delivered == [1, 3]
    assert heard.asked == [Gap("room", 1, 3, USERS)]


@settings(max_examples=300)
@given(st.data())
def test_whatever_the_bus_does_everything_is_delivered_once_and_in_order(data: st.DataObject) -> None:
    heard, last = Heard(), data.draw(st.integers(1, 12))
    carried = data.draw(st.lists(st.sampled_from(range(1, last + 1)), max_size=30))
    for seq in carried:
        empty = data.draw(st.booleans())
        heard.add(entry(seq, event=None if empty else ""))
        if data.draw(st.booleans()):
            heard.wait(data.draw(st.sampled_from([0.0, 0.03, 0.1])))
    heard.order.expect("room", last, USERS, heard.now)
    heard.wait(1)
    assert heard.delivered == list(range(1, last + 1))

"""Each conversation in the order of its numbers, however the bus shuffles, repeats and loses; with handed-in time."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from glimpse.chat.bus import EntryCommitted
from glimpse.chat.delivery_order import PATIENCE_SECONDS, DeliveryOrder, Gap

USERS = ("ada", "bob")


def change(seq: int, conversation_id: str = "room", message: str | None = "") -> EntryCommitted:
    return EntryCommitted(conversation_id, seq, USERS, f"{conversation_id} {seq}" if message == "" else message)


class Heard:
    """An order, what was delivered, and a store that has everything."""

    def __init__(self) -> None:
        self.delivered: list[int] = []
        self.order = DeliveryOrder(lambda landed: self.delivered.append(landed.seq))
        self.now = 100.0
        self.asked: list[Gap] = []

    def offer(self, *seqs: int) -> None:
        for seq in seqs:
            self.order.offered(change(seq), self.now)

    def wait(self, seconds: float, joined_after: int = 0) -> None:
        """Time goes by, and the store answers what it is asked; `joined_after`: what was changed before anybody came."""
        self.now += seconds
        while gaps := self.order.overdue(self.now):
            self.asked += gaps
            for gap in gaps:
                after = joined_after if gap.after is None else gap.after
                self.order.filled(gap, [change(seq) for seq in range(after + 1, gap.before)], self.now)


def test_the_next_is_delivered_an_earlier_one_dropped_and_a_later_one_waits_for_what_is_missing() -> None:
    heard = Heard()
    heard.offer(1, 2, 2, 1, 4, 5)
    assert heard.delivered == [1, 2]
    heard.offer(3)
    assert heard.delivered == [1, 2, 3, 4, 5]
    assert heard.asked == []


def test_what_does_not_come_is_read_from_the_store_after_a_moment_and_not_before() -> None:
    heard = Heard()
    heard.offer(1, 5)
    heard.wait(PATIENCE_SECONDS * 0.9)
    assert (heard.delivered, heard.asked) == ([1], [])
    heard.wait(PATIENCE_SECONDS * 0.2)
    assert heard.delivered == [1, 2, 3, 4, 5]
    assert heard.asked == [Gap("room", 1, 5, USERS)]


def test_before_the_first_of_all_the_store_is_asked_what_somebody_here_may_have_missed() -> None:
    heard = Heard()
    heard.offer(9)
    assert heard.delivered == []
    heard.wait(0, joined_after=6)
    assert heard.asked == [Gap("room", None, 9, USERS)]
    assert heard.delivered == [7, 8, 9]


def test_a_change_that_came_without_its_content_is_read_at_once() -> None:
    heard = Heard()
    heard.offer(1)
    heard.order.offered(change(2, message=None), heard.now)
    heard.offer(3)
    heard.wait(0)
    assert heard.delivered == [1, 2, 3]


def test_who_waits_for_a_change_is_told_when_it_is_delivered_and_not_before() -> None:
    heard, told = Heard(), []
    heard.offer(1)
    heard.order.offered(change(3), heard.now, lambda: told.append(list(heard.delivered)))
    assert told == []
    heard.offer(2)
    heard.order.offered(change(2), heard.now, lambda: told.append(list(heard.delivered)))
    assert told == [[1, 2, 3], [1, 2, 3]]


def test_a_store_that_could_not_be_asked_is_asked_again() -> None:
    heard = Heard()
    heard.offer(1, 3)
    [gap] = heard.order.overdue(heard.now + 1)
    heard.order.failed(gap, heard.now + 1)
    assert heard.order.overdue(heard.now + 1.5) == []
    heard.wait(3)
    assert heard.delivered == [1, 2, 3]


def test_a_conversation_of_which_nobody_is_here_is_forgotten() -> None:
    heard = Heard()
    heard.offer(1, 2)
    heard.order.forget(lambda user_ids: True)
    heard.offer(2)
    assert heard.delivered == [1, 2]
    heard.order.forget(lambda user_ids: False)
    heard.offer(3)
    heard.wait(0, joined_after=2)
    assert heard.delivered == [1, 2, 3]


@settings(max_examples=300)
@given(st.data())
def test_whatever_the_bus_does_everything_is_delivered_once_and_in_order(data: st.DataObject) -> None:
    heard, last = Heard(), data.draw(st.integers(1, 12))
    carried = data.draw(st.lists(st.sampled_from(range(1, last + 1)), max_size=30))
    for seq in carried:
        empty = data.draw(st.booleans())
        heard.order.offered(change(seq, message=None if empty else ""), heard.now)
        if data.draw(st.booleans()):
            heard.wait(data.draw(st.sampled_from([0.0, 0.03, 0.1])))
    heard.order.changed("room", last, USERS, heard.now)
    heard.wait(1)
    assert heard.delivered == list(range(1, last + 1))

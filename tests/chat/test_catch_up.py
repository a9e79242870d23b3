"""When the store is asked what was missed, and what of its answer is news; with handed-in time."""

from __future__ import annotations

from glimpse.chat.relay.catch_up import CATCH_UP_SECONDS, COMMIT_LAG_SECONDS, CatchUp, CatchUpActions
from glimpse.chat.values import ConversationChange, PairChange

NOTHING_DUE = CatchUpActions(skip_number=False, read_since=None)


def change(is_new: bool = False, **reads: int) -> ConversationChange:
    return ConversationChange("room", ("ada", "bob"), 5, is_new, reads)


def test_where_nothing_is_missed_the_store_is_not_asked() -> None:
    assert CatchUp(100.0).tick(200.0) == NOTHING_DUE


def test_what_is_missed_is_read_once_since_the_earliest_time() -> None:
    catch_up = CatchUp(100.0)
    catch_up.missed(104.0)
    catch_up.missed(103.0)
    catch_up.missed(105.0)
    assert catch_up.tick(106.0).read_since == 103.0
    catch_up.succeeded([], 106.0)
    assert catch_up.tick(200.0) == NOTHING_DUE


def test_the_store_is_asked_one_question_at_a_time_and_seldom() -> None:
    catch_up = CatchUp(100.0)
    catch_up.missed(100.0)
    assert catch_up.tick(101.0).read_since == 100.0
    catch_up.missed(101.0)
    assert catch_up.tick(101.0 + CATCH_UP_SECONDS * 2) == NOTHING_DUE, "it has not answered"
    catch_up.succeeded([], 101.0)
    assert catch_up.tick(110.0).read_since == 101.0
    catch_up.succeeded([], 110.0)
    catch_up.missed(110.0)
    assert catch_up.tick(110.0 + CATCH_UP_SECONDS / 2) == NOTHING_DUE, "it was asked just now"
    assert catch_up.tick(110.0 + CATCH_UP_SECONDS).read_since == 110.0


def test_while_a_task_is_silent_only_what_is_newer_than_the_last_answer_is_read() -> None:
    catch_up = CatchUp(100.0)
    catch_up.silent(90.0)
    assert catch_up.tick(101.0).read_since == 100.0
    catch_up.succeeded([], 101.0)
    catch_up.silent(90.0)
    assert catch_up.tick(103.0).read_since == 101.0


def test_a_store_that_did_not_answer_is_asked_the_same_again() -> None:
    catch_up = CatchUp(100.0)
    catch_up.missed(99.0)
    assert catch_up.tick(101.0).read_since == 99.0
    catch_up.failed(99.0)
    assert catch_up.tick(101.0 + CATCH_UP_SECONDS).read_since == 99.0


def test_a_change_whose_outcome_is_unknown_is_looked_for_here_and_elsewhere_at_once_and_after_the_longest_commit() -> (
    None
):
    catch_up = CatchUp(100.0)
    catch_up.outcome_unknown(101.02)
    assert catch_up.tick(101.1) == CatchUpActions(skip_number=True, read_since=101.0)
    catch_up.succeeded([], 101.1)
    assert catch_up.has_unknown_outcome
    assert catch_up.tick(101.0 + COMMIT_LAG_SECONDS - 0.1) == NOTHING_DUE
    due = 101.0 + COMMIT_LAG_SECONDS
    assert catch_up.tick(due) == CatchUpActions(skip_number=True, read_since=due)
    assert not catch_up.has_unknown_outcome


def test_what_was_told_is_no_news_until_it_is_forgotten() -> None:
    catch_up = CatchUp(100.0)
    assert catch_up.succeeded([change(is_new=True, ada=3)], 101.0) == [change(is_new=True, ada=3)]
    assert catch_up.succeeded([change(is_new=True, ada=3)], 102.0) == [change()]
    assert catch_up.succeeded([change(is_new=True, ada=4, bob=0)], 103.0) == [change(ada=4, bob=0)]
    catch_up.forget()
    assert catch_up.succeeded([change(is_new=True, ada=4)], 104.0) == [change(is_new=True, ada=4)]


def test_a_pair_whose_block_changed_is_told_once_for_each_change() -> None:
    catch_up = CatchUp(100.0)
    first, later = PairChange(("ada", "bob"), 101.0), PairChange(("ada", "bob"), 102.0)
    other = PairChange(("ada", "cy"), 101.0)
    assert catch_up.news_of_pairs([first]) == [("ada", "bob")]
    assert catch_up.news_of_pairs([first, other]) == [("ada", "cy")]
    assert catch_up.news_of_pairs([later, other]) == [("ada", "bob")]
    catch_up.forget()
    assert catch_up.news_of_pairs([later]) == [("ada", "bob")]

"""What `glimpse watch` and `glimpse workload from-cloudwatch` tell a person who waits for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from glimpse.operations import watch, workload
from glimpse.operations.options import MeasureOptions, WatchOptions
from glimpse.operations.outside.aws import observations
from glimpse.words import Words
from tests.operations.aws_stack import REGION
from tests.operations.test_watch_spending import BEST
from tests.operations.watched_account import Account

WORDS = Words("en")


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    account = Account()

    async def observe(deployment: Any, region: str | None, policy: str) -> observations.AwsObservations:
        return observations.AwsObservations(account.session(), deployment, region, policy)

    monkeypatch.setattr(observations, "observe", observe)


class Told:
    """The sentences of a command, in order; each has ended before the next one begins."""

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.now: str | None = None

    @contextmanager
    def __call__(self, code: str, /, **facts: str | int) -> Iterator[None]:
        assert self.now is None
        self.now = WORDS(code, **facts)
        self.sentences.append(self.now)
        yield
        self.now = None


def test_who_waits_for_a_report_is_told_what_is_being_read() -> None:
    told = Told()
    watch.run(WatchOptions(BEST), WORDS, told)
    assert told.sentences == [
        f"Reading {BEST[0]} …", f"Asking AWS in {REGION} what was paid and how the stack fares …",
    ]  # fmt: skip
    assert told.now is None


def test_who_waits_for_a_measured_workload_is_told_how_much_is_read() -> None:
    told = Told()
    workload.run(MeasureOptions(BEST, days=1), WORDS, told)
    assert told.sentences == [
        f"Reading {BEST[0]} …", f"Reading 1 day of CloudWatch's metrics in {REGION} …", "Pricing every resource …",
    ]  # fmt: skip
    assert told.now is None

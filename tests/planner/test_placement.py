"""ECS places the base first, then splits by weight; where rounding is not published, every outcome is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glimpse.planner.placement import FARGATE, FARGATE_SPOT, ProviderShare, place

weights = st.integers(min_value=0, max_value=1000)


def strategy(base: int, on_demand: int, spot: int) -> tuple[ProviderShare, ...]:
    return ProviderShare(FARGATE, base, on_demand), ProviderShare(FARGATE_SPOT, 0, spot)


@pytest.mark.parametrize(
    ("shares", "tasks", "on_demand", "spot"),
    [
        # AWS's own workshop: base 2, weights 1:3. 10 - 2 = 8 split 2 and 6; 22 - 2 = 20 split 5 and 15
        (strategy(2, 1, 3), 10, 4, 6),
        (strategy(2, 1, 3), 22, 7, 15),
        (strategy(0, 3, 1), 4, 3, 1),
        # base 1 with Spot the heavier: the second task goes to the heavier weight, whatever it is
        (strategy(1, 30, 70), 2, 1, 1),
        (strategy(1, 10, 90), 2, 1, 1),
        (strategy(1, 30, 90), 2, 1, 1),
        # dropping the base is what puts both on Spot, at 10:90
        (strategy(0, 10, 90), 2, 0, 2),
        (strategy(1, 30, 70), 1, 1, 0),
    ],
)
def test_published_and_worked_examples_come_out(
    shares: tuple[ProviderShare, ...], tasks: int, on_demand: int, spot: int
) -> None:
    assert place(shares, tasks).expected == {FARGATE: on_demand, FARGATE_SPOT: spot}


def test_a_split_that_rounds_two_ways_is_shown_as_a_range() -> None:
    # base 1, then 2 tasks by 30:70 = 0.6 and 1.4: largest remainder gives 1 and 1, one at a time gives 0 and 2
    placed = place(strategy(1, 30, 70), 3)
    assert {split[FARGATE] for split in placed.possible} == {1, 2}


@given(st.integers(0, 50), weights, weights, st.integers(0, 200))
def test_every_task_is_placed_once_and_the_base_comes_first(base: int, on_demand: int, spot: int, tasks: int) -> None:
    placed = place(strategy(base, on_demand, spot), tasks)
    wanted = tasks if on_demand + spot else min(base, tasks)
    for split in placed.possible:
        assert sum(split.values()) == wanted
        assert split[FARGATE] >= min(base, tasks)
    assert placed.expected in placed.possible


@given(weights.filter(bool), weights.filter(bool), st.integers(1, 20))
def test_a_split_that_comes_out_even_has_one_outcome(on_demand: int, spot: int, rounds: int) -> None:
    placed = place(strategy(0, on_demand, spot), (on_demand + spot) * rounds)
    assert placed.possible == ({FARGATE: on_demand * rounds, FARGATE_SPOT: spot * rounds},)


def test_a_hundred_million_tasks_are_split_at_once() -> None:
    assert sum(place(strategy(1, 30, 70), 10**8).expected.values()) == 10**8


@given(st.integers(0, 5), weights, st.integers(0, 100))
def test_a_provider_of_weight_zero_gets_its_base_and_no_more(base: int, spot: int, tasks: int) -> None:
    split = place(strategy(base, 0, spot), tasks).expected
    assert split[FARGATE] == min(base, tasks)

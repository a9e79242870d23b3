"""A saving is exact, at least, below or above some usage, between two bounds, or not known: never a guess."""

from __future__ import annotations

from fractions import Fraction

from glimpse.planner.catalogue import Sku
from glimpse.planner.quantities import certain
from glimpse.planner.saving import BreakEven, Costs, Rate, UnpricedPart, saving, unpriced_part_of

SPOT = Sku("AmazonECS", "fargate_spot_vcpu_hour", {"arch": "arm64"}, "spot")


def costs(monthly: int, *open_parts: UnpricedPart | Rate) -> Costs:
    return Costs(
        Fraction(monthly),
        frozenset(part for part in open_parts if isinstance(part, UnpricedPart)),
        frozenset(part for part in open_parts if isinstance(part, Rate)),
    )


def rate(usd: str | None, key: str = "monthly_gb", address: str = "aws_x.a", dearest: str | None = None) -> Rate:
    low = None if usd is None else Fraction(usd)
    return Rate(address, key, "GB", "Data", low, low if dearest is None else Fraction(dearest))


def unpriced_part(hours: int, address: str = "aws_x.a") -> UnpricedPart:
    return unpriced_part_of(address, "Fargate Spot vCPU", certain(hours), SPOT, None)


def test_two_designs_that_are_known_whole_differ_by_their_totals() -> None:
    found = saving(costs(50), costs(30))
    assert (found.usd, found.at_least, found.is_certain) == (20, False, True)


def test_usage_that_both_are_charged_alike_cancels() -> None:
    found = saving(costs(50, rate("0.05")), costs(30, rate("0.05")))
    assert (found.usd, found.at_least) == (20, False)


def test_usage_that_is_charged_less_can_only_add_to_the_saving() -> None:
    for after in ((), (rate("0.03"),)):
        found = saving(costs(50, rate("0.05")), costs(30, *after))
        assert (found.usd, found.at_least, found.is_certain) == (20, True, True)


def test_usage_that_is_charged_more_eats_the_saving_up_from_some_quantity_on() -> None:
    found = saving(costs(50, rate("0.05")), costs(30, rate("0.09")))
    # 20 / (0.09 - 0.05)
    assert found.break_even == (BreakEven("aws_x.a", "monthly_gb", "GB", Fraction(500)),)
    assert not found.is_certain
    assert found.certain_usd is None


def test_a_dearer_design_with_a_lower_rate_saves_above_some_quantity() -> None:
    found = saving(costs(30, rate("0.09")), costs(50, rate("0.05")))
    assert found.break_even == (BreakEven("aws_x.a", "monthly_gb", "GB", Fraction(500), is_above=True),)
    assert not found.is_certain


def test_of_tiers_the_ones_count_in_which_the_saving_is_least() -> None:
    """Before 0.04 at the least, after 0.05 at the most: a unit may cost 0.01 more."""
    found = saving(costs(50, rate("0.04", dearest="0.09")), costs(30, rate("0.02", dearest="0.05")))
    assert found.break_even[0].units == 2000


def test_usage_of_another_key_or_place_is_another_usage() -> None:
    found = saving(costs(50, rate("0.05")), costs(30, rate("0.05", key="monthly_requests")))
    assert [even.key for even in found.break_even] == ["monthly_requests"]
    found = saving(costs(50, rate("0.05")), costs(30, rate("0.05", address="aws_x.b")))
    assert [even.address for even in found.break_even] == ["aws_x.b"]


def test_new_usage_without_a_price_may_cost_any_amount() -> None:
    assert saving(costs(50), costs(30, rate(None))).usd is None


def test_two_things_without_a_price_are_not_the_same_because_they_have_one_name() -> None:
    t3, t4g = ({"instance_family": family} for family in ("t3", "t4g"))
    before, after = (
        Rate("aws_instance.a", "vcpu_hours", "vCPU-hour", "CPU credits", None, None, tuple(kind.items()))
        for kind in (t3, t4g)
    )
    assert saving(costs(50, before), costs(30, before)).usd == 20
    found = saving(costs(50, before), costs(30, after))
    assert found.usd is None
    assert [row.component for row in found.missing] == ["CPU credits"]


def test_what_has_no_price_and_stays_the_same_cancels() -> None:
    found = saving(costs(50, unpriced_part(730)), costs(30, unpriced_part(730)))
    assert (found.usd, found.is_certain) == (20, True)


def test_what_has_no_price_and_is_new_or_more_hides_any_amount() -> None:
    for before in ((), (unpriced_part(730),)):
        found = saving(costs(50, *before), costs(30, unpriced_part(1460)))
        assert found.usd is None
        assert [row.component for row in found.missing] == ["Fargate Spot vCPU"]


def test_what_has_no_price_and_goes_away_is_no_loss_and_no_figure() -> None:
    found = saving(costs(50, unpriced_part(730)), costs(30))
    assert (found.usd, found.at_least, found.is_certain) == (20, True, True)


def test_what_has_no_price_but_bounds_makes_a_range_that_is_never_certain() -> None:
    found = saving(costs(50), costs(30, unpriced_part(100)), lambda sku: (Fraction("0.01"), Fraction("0.04")))
    assert (found.usd, found.highest) == (16, 19)
    assert not found.is_certain
    assert saving(costs(50), costs(30, unpriced_part(100)), lambda sku: None).usd is None

"""An offer file that cannot be trusted changes nothing, and says why; a doubtful price stays as it was."""

from __future__ import annotations

import csv
import datetime
from collections.abc import Callable

import pytest

from glimpse.planner.price_updates import feeds
from glimpse.planner.price_updates.offers import Offer, OfferRefused
from glimpse.planner.price_updates.validation import SOURCE, Update, applied, checked
from tests.planner.offer_files import (
    ELB,
    HEAD,
    PUBLISHED,
    SEOUL,
    VERSION,
    Cells,
    elb_rows,
    fargate_rows,
    offer_text,
    row,
    shipped,
)
from tests.planner.test_prices_update_offers import TABLES, key, read, shapes

TODAY = datetime.date.fromisoformat(PUBLISHED) + datetime.timedelta(days=2)
ELB_PRICES = {name: price for name, price in shipped().items() if name[0] == "AWSELB"}
ALB = key("AWSELB", "alb_hour")


def check(offer: Offer, today: datetime.date = TODAY, is_current: bool = True) -> Update:
    return checked({SEOUL: shipped()}, offer, TABLES.meters[offer.code].covers, shapes(), today, is_current)


def refusal(does: Callable[[], object]) -> str:
    with pytest.raises(OfferRefused) as refused:
        does()
    return refused.value.why.code


def elb(text: str) -> Offer:
    return read("AWSELB", text=text)


def many(count: int, usd: str = "0.0104") -> list[Cells]:
    """On-demand prices of instances that Seoul has, the first `count` at the price that ships."""
    names = sorted(name for name in shipped() if name[1] == "instance_hour" and name[3] == "on_demand")[:count]
    cells = {"Operating System": "Linux", "Tenancy": "Shared", "Pre Installed S/W": "NA", "CapacityStatus": "Used",
             "License Model": "No License required"}  # fmt: skip
    return [
        {
            **row(f"APN2-BoxUsage:{kind}", shipped()[name].tiers[0][1], operation="RunInstances"),
            "Instance Type": kind,
            **cells,
        }
        for name in names
        if (kind := dict(name[2])["instance_type"])
    ]


def test_prices_that_agree_are_confirmed_and_get_the_date_of_the_offer() -> None:
    update = check(elb(offer_text("AWSELB", elb_rows())))
    assert (update.confirmed, update.moved, update.new, update.missing, update.doubtful) == (
        len(ELB_PRICES),
        (),
        0,
        (),
        (),
    )
    assert {(price.as_of, price.source) for price in update.rows[SEOUL].values()} == {(PUBLISHED, SOURCE + "AWSELB")}


def test_a_price_that_moved_is_told_from_old_to_new() -> None:
    update = check(elb(offer_text("AWSELB", elb_rows({"alb_hour": "0.0270"}))))
    [change] = update.moved
    assert (change.key, change.unit, change.old, change.new, f"{change.percent:.1f}") == (
        ALB,
        "hour",
        "0.0225",
        "0.027",
        "20.0",
    )
    assert applied(shipped(), [update], SEOUL)[ALB].tiers == ((0, "0.027"),)


def test_what_the_offer_lacks_keeps_its_price_and_date() -> None:
    update = check(read("AmazonECS", *fargate_rows()))
    spot = key("AmazonECS", "fargate_spot_vcpu_hour", "spot", arch="x86_64", os="Linux")
    rows = applied(shipped(), [update], SEOUL)
    assert rows[spot] == shipped()[spot]
    assert rows.keys() == shipped().keys()


@pytest.mark.parametrize(("usd", "fits"), [("0.0675", True), ("0.0676", False), ("0.0075", True), ("0.0074", False)])
def test_a_price_may_become_three_times_as_dear_or_cheap_and_no_more(usd: str, fits: bool) -> None:
    offer = elb(offer_text("AWSELB", elb_rows({"alb_hour": usd})))
    if fits:
        assert len(check(offer).moved) == 1
    else:
        assert refusal(lambda: check(offer)) == "price_offer_doubtful"


def test_a_jump_in_a_later_tier_is_a_jump() -> None:
    tiers = [("0", "300000000", "0.00000123"), ("300000000", "Inf", "0.0000111")]
    rows = [
        row(
            "APN2-ApiGatewayHttpRequest",
            usd,
            "Requests",
            "ApiGatewayHttpApi",
            SKU="H",
            StartingRange=start,
            EndingRange=end,
        )
        for start, end, usd in tiers
    ]
    offer = read("AmazonApiGateway", *rows)
    held = {SEOUL: {name: price for name, price in shipped().items() if name[1] == "http_api_request"}}
    assert (
        refusal(lambda: checked(held, offer, TABLES.meters[offer.code].covers, shapes(), TODAY, True))
        == "price_offer_doubtful"
    )


def test_one_jump_among_many_prices_is_kept_back_and_the_others_are_taken() -> None:
    rows = many(40)
    rows[3] = {**rows[3], "PricePerUnit": "99.5"}
    names = {dict(cells)["Instance Type"] for cells in rows}
    held = {
        SEOUL: {n: p for n, p in shipped().items() if n[3] == "on_demand" and dict(n[2]).get("instance_type") in names}
    }
    update = checked(held, read("AmazonEC2", *rows), TABLES.meters["AmazonEC2"].covers, shapes(), TODAY, True)
    assert [doubt.code for doubt in update.doubtful] == ["price_doubt_jump"]
    assert update.confirmed == 39
    assert update.doubtful[0].key not in update.rows[SEOUL]


def test_a_price_from_or_to_nothing_is_a_jump() -> None:
    assert (
        refusal(lambda: check(elb(offer_text("AWSELB", elb_rows({"alb_hour": "0.0000000000"})))))
        == "price_offer_doubtful"
    )


def test_a_free_quantity_is_no_tier() -> None:
    rows = [
        row("APN2-TimedStorage-ByteHrs", "0", "GB-Mo", SKU="T", EndingRange="25"),
        row("APN2-TimedStorage-ByteHrs", "0.27075", "GB-Mo", SKU="T", StartingRange="25"),
    ]
    held = {
        SEOUL: {name: price for name, price in shipped().items() if name == key("AmazonDynamoDB", "storage_gb_month")}
    }
    update = checked(held, read("AmazonDynamoDB", *rows), TABLES.meters["AmazonDynamoDB"].covers, shapes(), TODAY, True)
    assert (update.confirmed, update.moved) == (1, ())


@pytest.mark.parametrize("gone", [0, 1])
def test_fewer_than_nine_in_ten_prices_are_refused(gone: int) -> None:
    rows = many(20)
    names = {cells["Instance Type"] for cells in rows}
    held = {
        SEOUL: {n: p for n, p in shipped().items() if n[3] == "on_demand" and dict(n[2]).get("instance_type") in names}
    }
    offer = read("AmazonEC2", *rows[2 + gone :])

    def both() -> Update:
        return checked(held, offer, TABLES.meters["AmazonEC2"].covers, shapes(), TODAY, True)

    if gone:
        assert refusal(both) == "price_offer_few"
    else:
        assert len(both().missing) == 2


def test_a_file_without_a_price_that_we_know_is_refused() -> None:
    assert refusal(lambda: check(elb(offer_text("AWSELB", [row("APN2-Anything", "1")])))) == "price_offer_few"


ALTERED = {
    "a currency": (lambda text: text.replace('"USD"', '"CNY"'), "price_offer_currency"),
    "a negative price": (lambda text: text.replace('"0.0225"', '"-0.0225"'), "price_offer_number"),
    "no number": (lambda text: text.replace('"0.0225"', '"NaN"'), "price_offer_number"),
    "an exponent": (lambda text: text.replace('"0.0225"', '"1e9"'), "price_offer_number"),
    "a formula": (lambda text: text.replace('"0.0225"', '"=1+1"'), "price_offer_number"),
    "digits of another script": (lambda text: text.replace('"0.0225"', '"٠.٥"'), "price_offer_number"),
    "a huge price": (lambda text: text.replace('"0.0225"', '"99999999"'), "price_offer_huge"),
    "a renamed column": (lambda text: text.replace('"PricePerUnit"', '"Price"'), "price_offer_column"),
    "a renamed place": (lambda text: text.replace('"Location Type"', '"Place"'), "price_offer_column"),
    "another region": (lambda text: text.replace('"ap-northeast-2"', '"ap-northeast-1"'), "price_offer_region"),
    "another offer": (lambda text: text.replace('"AWSELB"', '"AmazonEC2"'), "price_offer_other"),
    "no head": (lambda text: text.partition('"SKU"')[2], "price_offer_no_head"),
    "no date": (lambda text: text.replace(f"{PUBLISHED}T", "soon"), "price_offer_no_head"),
    "half a row": (lambda text: text[: len(text) - 40], "price_offer_cut"),
    "renamed usage types": (lambda text: text.replace("LoadBalancerUsage", "BalancerHours"), "price_offer_few"),
    "a date to come": (lambda text: text.replace(f"{PUBLISHED}T", "2126-12-24T"), "price_offer_future"),
    "nothing": (lambda text: "\n", "price_offer_no_head"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_file_is_refused(name: str) -> None:
    alter, code = ALTERED[name]
    text = alter(offer_text("AWSELB", elb_rows()))
    assert text != offer_text("AWSELB", elb_rows())
    assert refusal(lambda: check(elb(text))) == code


def test_a_file_of_before_the_one_that_was_read_last_is_refused() -> None:
    rows = applied(shipped(), [check(elb(offer_text("AWSELB", elb_rows())))], SEOUL)
    older = [(name, text.replace(PUBLISHED, "2024-01-01")) for name, text in HEAD]
    offer = elb(offer_text("AWSELB", elb_rows(), older))
    assert (
        refusal(lambda: checked({SEOUL: rows}, offer, TABLES.meters["AWSELB"].covers, shapes(), TODAY, True))
        == "price_offer_older"
    )


def test_a_folder_does_not_replace_a_price_of_a_later_date_and_aws_does() -> None:
    head = [(name, text.replace(PUBLISHED, "2024-01-01")) for name, text in HEAD]
    offer = elb(offer_text("AWSELB", elb_rows({"alb_hour": "0.0230"}), head))
    assert shipped()[ALB].as_of > "2024-01-01"
    kept = check(offer, is_current=False)
    assert [(doubt.key, doubt.code) for doubt in kept.doubtful] == [(ALB, "price_doubt_older")]
    assert [change.key for change in check(offer).moved] == [ALB]


def test_every_balancer_of_the_test_is_one_that_ships() -> None:
    assert {name[1] for name in ELB_PRICES} == set(ELB)


SPOT = b"""{"prices": [
 {"unit": "vCPU-Hours", "price": {"USD": "0.014"}, "attributes": {"aws:region": "ap-northeast-2"}},
 {"unit": "GB-Hours", "price": {"USD": "0.0015"}, "attributes": {"aws:region": "ap-northeast-2"}},
 {"unit": "ARM-vCPU-Hours", "price": {"USD": "0.011"}, "attributes": {"aws:region": "ap-northeast-2"}},
 {"unit": "vCPU-Hours", "price": {"USD": "0.012"}, "attributes": {"aws:region": "nowhere-1"}},
 {"unit": "Something", "price": {"USD": "9"}, "attributes": {"aws:region": "ap-northeast-2"}}]}"""


def test_the_feed_of_fargate_spot_gives_the_regions_that_were_asked_for() -> None:
    offer = feeds.fargate_spot(SPOT, PUBLISHED, frozenset({SEOUL}))
    rows = {
        name: price
        for name, price in shipped().items()
        if not (feeds.covers_spot(name) and ("arch", "arm64") in name[2])
    }
    update = checked({SEOUL: rows}, offer, feeds.covers_spot, shapes(), TODAY, True)
    assert [(change.key[1], change.new) for change in update.moved] == [
        ("fargate_spot_gb_hour", "0.0015"), ("fargate_spot_vcpu_hour", "0.014"),
    ]  # fmt: skip
    assert update.new == 1


PLANS = b"""{"offerCode": "CloudFrontPlans", "version": "VERSION", "publicationDate": "PUBLISHEDT10:11:12Z",
 "terms": {"FlatRate": {"plans": [
  {"planCode": "Pro", "subscriptionPrice": {"pricePerUnit": {"USD": "16.00"}}},
  {"planCode": "Unheard", "subscriptionPrice": {"pricePerUnit": {"USD": "1"}}}]}}}"""
PLANS = PLANS.replace(b"VERSION", VERSION.encode()).replace(b"PUBLISHED", PUBLISHED.encode())


def test_only_plans_that_are_known_get_a_price() -> None:
    offer = feeds.plans(PLANS, frozenset({"Free", "Pro", "Business"}))
    assert {dict(name[2])["plan"]: str(charge.tiers[0][1]) for name, charge in offer.charges["global"].items()} == {
        "Pro": "16.00"
    }


@pytest.mark.parametrize(
    "text", [b"", b"[]", b"{}", b'{"prices": 1}', b"\xff", b"[" * 100_000, SPOT.replace(b'"0.014"', b"0.014"), SPOT.replace(b"0.014", b"NaN")]
)  # fmt: skip
def test_a_feed_of_another_shape_is_refused(text: bytes) -> None:
    assert refusal(lambda: feeds.fargate_spot(text, PUBLISHED, frozenset({SEOUL}))).startswith("price_offer_")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        PLANS.replace(b"FlatRate", b"OnDemand"),
        PLANS.replace(b"CloudFrontPlans", b"X"),
        PLANS.replace(PUBLISHED.encode(), b"x"),
    ],
)
def test_plans_of_another_shape_are_refused(text: bytes) -> None:
    assert refusal(lambda: feeds.plans(text, frozenset({"Pro"}))).startswith("price_offer_")


def test_the_cells_of_a_quoted_field_may_hold_commas_and_quotes() -> None:
    cells = [{**elb_rows()[0], "PriceDescription": 'a "quoted", description'}, *elb_rows()[1:]]
    assert len(list(csv.reader(offer_text("AWSELB", cells).splitlines()))[-1]) == 16
    assert check(elb(offer_text("AWSELB", cells))).confirmed == len(ELB_PRICES)

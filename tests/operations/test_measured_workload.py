"""`glimpse workload from-cloudwatch`: what metrics tell of the people who use a stack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glimpse.operations.monitoring.measured import NEVER, Measured, Series, Stated, Traffic, derive
from glimpse.operations.monitoring.time_zones import ZONES
from glimpse.operations.monitoring.workload_edit import DEFAULTS
from glimpse.planner.workload_keys import KEYS, OPTIONAL_KEYS
from glimpse.words import Words

START, END = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC)
STATED = Stated(users=500, connects=4, messages=20, requests_per_connection=10)


def hourly(value: float, start: datetime = START) -> Series:
    hours = int((END - start) / timedelta(hours=1))
    return [(start + timedelta(hours=hour), value) for hour in range(hours)]


def traffic(**series: Series) -> Traffic:
    return Traffic(START, END, UTC, "UTC", series)


def found(measured: Measured) -> Mapping[str, Any]:
    return {f"{value.section}.{value.key}": value.value for value in measured.values}


def why_kept(measured: Measured, key: str) -> str:
    for each in measured.kept:
        for language in ("en", "ko"):
            assert each.why.text(Words(language))
    return next(each.why.code for each in measured.kept if f"{each.section}.{each.key}" == key)


# ---- From metrics to values


@given(
    users=st.integers(1, 10_000), connects=st.floats(0.1, 50), requests=st.floats(0.1, 500),
    shared=st.floats(1, 100), share=st.floats(0.01, 1),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_people_whose_habits_are_known_are_found_again_in_their_metrics(
    users: int, connects: float, requests: float, shared: float, share: float
) -> None:
    an_hour = users / 24
    measured = found(
        derive(
            traffic(
                ActiveConnectionCount=hourly(users * share * 2 * 60),
                RequestCount=hourly(an_hour * (requests + connects)),
                NewConnectionCount=hourly(an_hour * (2 * connects + requests / shared)),
            ),
            Stated(users, 4, 20, shared),
        )
    )
    # Values have three digits.
    assert measured["each_user_a_day.connects"] == pytest.approx(connects, rel=0.006)
    assert measured["each_user_a_day.requests"] == pytest.approx(requests, rel=0.006, abs=0.006 * connects)
    assert measured["people.peak_socket_share"] == pytest.approx(share, rel=0.006)
    assert measured["people.hours"] == [1.0] * 24


def test_the_load_of_each_hour_is_that_of_the_local_day() -> None:
    evening = [(at, 600.0 if at.hour == 12 else 60.0) for at, _ in hourly(0)]
    seoul = "Asia/Seoul"
    in_seoul = Traffic(START, END, ZoneInfo(seoul), seoul, {"ActiveConnectionCount": evening})
    hours = found(derive(in_seoul, STATED))["people.hours"]
    assert hours[21] == 1.0
    assert {hours[hour] for hour in range(24) if hour != 21} == {0.1}


def test_an_hour_without_a_datapoint_had_no_traffic_but_the_days_before_the_first_do_not_count() -> None:
    later = START + timedelta(days=20)
    by_day = [point for point in hourly(1000, later) if 8 <= point[0].hour < 20]
    measured = derive(traffic(RequestCount=by_day, ActiveConnectionCount=by_day), STATED)
    values = found(measured)
    days = (END - by_day[0][0]) / timedelta(days=1)
    assert values["each_user_a_day.requests"] == pytest.approx(1000 * len(by_day) / days / 500 - 4, rel=0.01)
    assert values["people.hours"][3] == 0
    source = next(value.source for value in measured.values if value.key == "requests")
    assert source.endswith("2026-11-21 to 2026-11-28")


def test_a_stack_of_a_few_hours_tells_nothing() -> None:
    few = hourly(100, END - timedelta(hours=20))
    measured = derive(traffic(RequestCount=few, ActiveConnectionCount=few, NewConnectionCount=few), STATED)
    assert found(measured) == {}
    assert why_kept(measured, "people.hours") == "workload_no_data"


def test_what_does_not_fit_is_kept_with_its_reason() -> None:
    measured = derive(
        traffic(ActiveConnectionCount=hourly(501 * 60 * 2), RequestCount=hourly(10), NewConnectionCount=hourly(10_000)),
        STATED,
    )
    assert why_kept(measured, "people.peak_socket_share") == "workload_more_sockets"
    assert why_kept(measured, "each_user_a_day.connects") == "workload_connects_unclear"
    assert found(measured)["each_user_a_day.requests"] == 0


def test_behind_cloudfront_new_connections_are_not_those_of_people() -> None:
    requests = hourly(500 * 49 / 24)
    seen = Traffic(
        START, END, UTC, "UTC", {"RequestCount": requests, "NewConnectionCount": requests}, {},
        is_behind_cloudfront=True,
    )  # fmt: skip
    measured = derive(seen, STATED)
    assert why_kept(measured, "each_user_a_day.connects") == "workload_kept_cloudfront"
    assert found(measured)["each_user_a_day.requests"] == pytest.approx(45, rel=0.01)


def test_files_are_told_by_the_bucket_and_downloads_by_what_serves_them() -> None:
    def daily(first: float, a_day: float) -> Series:
        return [(START + timedelta(days=day), first + a_day * day) for day in range(28)]

    series = {
        "NumberOfObjects": daily(1000, 50), "BucketSizeBytes": daily(2e9, 1e8),
        "Requests": hourly(50), "BytesDownloaded": hourly(5e6),
    }  # fmt: skip
    values = found(derive(traffic(**series), STATED))
    assert values["each_user_a_day.uploads"] == 0.1
    assert values["sizes.stored_mb_per_user"] == 9.4
    assert values["sizes.upload_mb"] == 2
    assert (values["each_user_a_day.downloads"], values["sizes.download_mb"]) == (2.4, 0.1)
    fewer = derive(traffic(**{**series, "NumberOfObjects": daily(9000, -1)}), STATED)
    assert why_kept(fewer, "each_user_a_day.uploads") == "workload_fewer_objects"


def test_every_key_of_the_file_is_measured_or_kept_with_a_reason() -> None:
    measured = derive(traffic(), STATED)
    named = {f"{each.section}.{each.key}" for each in measured.kept}
    elsewhere = {"sizes.function_ms", "kept.messages_months", "kept.files_months"}
    assert named == {key.path for key in (*KEYS, *OPTIONAL_KEYS)} - elsewhere | {"people.hours"}
    assert len(NEVER) == len({key for _, key, _ in NEVER})


def test_every_region_has_a_time_zone_that_exists() -> None:
    for region, zone in ZONES.items():
        assert ZoneInfo(zone).key == zone, region


def test_a_key_that_the_file_leaves_out_has_the_default_of_the_planner() -> None:
    built_in = {key.name: float(key.built_in) for key in KEYS if key.name in DEFAULTS}
    assert built_in == DEFAULTS

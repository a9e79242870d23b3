"""The script that makes the snapshot keeps the latest evidence, drops what was inferred, and gives the same bytes."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import REPOSITORY

COLUMNS = "service region sku_kind unit usd term attributes_json source as_of confidence".split()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("snapshot", REPOSITORY / "scripts/make_price_snapshot.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "SHIPPED", tmp_path / "prices")
    return module


def row(usd: str, as_of: str, confidence: str = "high", kind: str = "alb_hour", **attributes: str) -> dict[str, str]:
    values = ("AWSELB", "r1", kind, "hour", usd, "on_demand", json.dumps(attributes), f"says {usd}", as_of, confidence)
    return dict(zip(COLUMNS, values, strict=True))


def made(script: ModuleType, *rows: dict[str, str]) -> list[list[object]]:
    return script.prices_by_region(script.latest(rows)).get("r1", [])  # type: ignore[no-any-return]


def test_the_latest_date_wins_and_unknown_is_the_oldest(script: ModuleType) -> None:
    [price] = made(script, row("3", "unknown"), row("1", "2025-01-01"), row("2", "2026-01-01"))
    assert price[5] == [[0, "2"]]
    assert price[7] == "2026-01-01"


def test_what_was_inferred_is_dropped_even_when_it_is_all_there_is(script: ModuleType) -> None:
    assert made(script, row("1", "2026-01-01", "low")) == []


def test_notes_and_codes_do_not_make_two_prices_of_one(script: ModuleType) -> None:
    assert len(made(script, row("1", "2025-01-01", rate_code="A"), row("2", "2026-01-01", note="B"))) == 1


def test_tier_words_become_bounds_and_the_oldest_part_dates_the_whole(script: ModuleType) -> None:
    rows = [
        row("0.126", "2026-10-05", kind="internet_out_gb", tier="first 10 TB"),
        row("0.108", "2024-07-01", "medium", kind="internet_out_gb", tier="over 150 TB"),
        row("0.122", "2026-10-05", kind="internet_out_gb", tier="next 40 TB"),
        row("0.117", "2026-10-05", kind="internet_out_gb", tier="next 100 TB"),
    ]
    [price] = made(script, *rows)
    assert price[5] == [[0, "0.126"], [10_240, "0.122"], [51_200, "0.117"], [153_600, "0.108"]]
    assert (price[7], price[8]) == ("2024-07-01", "medium")


def test_the_same_evidence_gives_the_same_bytes(script: ModuleType, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "aws-list-prices.csv.gz", "wt", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(row("1", "2026-01-01"))
    found = []
    for _ in range(2):
        script.write(script.prices_by_region(script.latest(script.evidence(tmp_path))))
        found.append({path.name: path.read_bytes() for path in script.SHIPPED.iterdir()})
    assert found[0] == found[1]
    assert set(found[0]) == {"r1.json.gz", "manifest.json"}

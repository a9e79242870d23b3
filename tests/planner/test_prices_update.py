"""`glimpse prices update` as a command: the cache, a folder, the report, the bill, and what happens when it fails."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import lru_cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from glimpse.planner import prices_update
from glimpse.planner.finding import InputError
from glimpse.planner.outside import price_files
from glimpse.planner.outside.price_updates.cache import PriceCache, cache_folder
from glimpse.planner.outside.price_updates.sources import Web
from glimpse.words import Words
from glimpse.words.wrapping import columns
from tests.conftest import OWN, REPOSITORY
from tests.planner.offer_files import SEOUL, add_offer, elb_rows, fargate_rows, many_rows, offer_text, row
from tests.planner.test_prices_update_validation import PLANS, SPOT
from tests.test_schemas import VALIDATOR

Update = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def shipped_document() -> Callable[[str], Any]:
    """What ships is the same for every test: a run reads some twenty of its files."""
    return lru_cache(maxsize=16)(price_files.shipped_document)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped_document: Callable[[str], Any]) -> Path:
    """A user who has no cache yet."""
    monkeypatch.setattr(price_files, "shipped_document", shipped_document)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    price_files._price_cache.cache_clear()
    return tmp_path / "cache/glimpse/prices"


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """A folder with the load balancers and Fargate of Seoul at the prices that ship, Fargate's twice as dear."""
    root = tmp_path / "mirror"
    add_offer(root, "AWSELB", offer_text("AWSELB", elb_rows()))
    add_offer(root, "AmazonECS", offer_text("AmazonECS", fargate_rows(2)))
    return root


@pytest.fixture
def update(mirror: Path, capsys: pytest.CaptureFixture[str]) -> Update:
    """Runs the command and gives its JSON, which the schema describes."""

    def run(stack: Path = OWN, expected: int = 0, **options: Any) -> dict[str, Any]:
        price_files._price_cache.cache_clear()
        given = {"mirror": mirror, "regions": (SEOUL,), "format": "json", **options}
        code = prices_update.run(prices_update.UpdateOptions(Words("en"), [str(stack)], **given))
        document = json.loads(capsys.readouterr().out)
        assert code == expected
        assert [error.message for error in VALIDATOR.iter_errors(document)] == []
        return document

    return run


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {entry["offer"]: entry["outcome"] for entry in document["offers"] if entry["outcome"] != "not_sold"}


def glimpse(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "glimpse", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, cwd=REPOSITORY, check=False, env={**os.environ, **environment}
    )


def test_the_planner_uses_what_the_update_wrote(update: Update, own_cache: Path) -> None:
    before = price_files.catalogue(SEOUL)
    document = update()
    assert outcomes(document) == {"AWSELB": "updated", "AmazonECS": "updated"}
    price_files._price_cache.cache_clear()
    after = price_files.catalogue(SEOUL)
    assert after.name.startswith(f"{before.name}+")
    assert price_files.cached_regions() == (SEOUL,)
    assert price_files.cache_problem() is None
    assert {change["old_usd"] for change in document["moved"]} >= {"0.03725", "0.04656"}
    assert (own_cache / "index.json").exists()


def test_the_bill_at_hand_moves_by_the_prices_that_moved(update: Update) -> None:
    bill = update()["bill"]
    assert [line["id"].rpartition("/")[2] for line in bill["lines"]] != []
    assert all("ecs" in line["id"] for line in bill["lines"])
    for line in bill["lines"]:
        assert float(line["after_usd"]) == pytest.approx(2 * float(line["before_usd"]), abs=0.011)
    moved = sum(float(line["after_usd"]) - float(line["before_usd"]) for line in bill["lines"])
    assert float(bill["monthly_usd_after"]) - float(bill["monthly_usd_before"]) == pytest.approx(moved)


def test_the_next_bill_is_the_one_that_the_report_told(update: Update) -> None:
    told = update()["bill"]["monthly_usd_after"]
    assert json.loads(glimpse("bill", "--format", "json").stdout)["monthly_usd"] == told


def test_a_dry_run_writes_nothing_and_tells_the_same(update: Update, own_cache: Path) -> None:
    dry = update(is_dry_run=True)
    assert not own_cache.exists()
    wet = update()
    assert (dry.pop("dry_run"), wet.pop("dry_run")) == (True, False)
    assert dry == wet


def test_an_offer_that_was_read_before_is_not_read_again(update: Update, mirror: Path) -> None:
    update()
    for file in mirror.rglob("index.csv"):
        file.unlink()
    assert outcomes(update()) == {"AWSELB": "unchanged", "AmazonECS": "unchanged"}


def test_a_new_version_is_read(update: Update, mirror: Path) -> None:
    update()
    add_offer(mirror, "AWSELB", offer_text("AWSELB", elb_rows({"alb_hour": "0.0230"})), version="20261121000000")
    document = update()
    assert outcomes(document) == {"AWSELB": "updated", "AmazonECS": "unchanged"}
    assert [(change["kind"], change["old_usd"], change["new_usd"]) for change in document["moved"]] == [
        ("alb_hour", "0.0225", "0.023")
    ]


def test_a_run_that_ends_early_keeps_what_it_read(
    update: Update, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = prices_update.checked

    def dies(held: Any, offer: Any, *others: Any) -> Any:
        if offer.code == "AmazonECS":
            raise KeyboardInterrupt
        return reading(held, offer, *others)

    monkeypatch.setattr(prices_update, "checked", dies)
    with pytest.raises(KeyboardInterrupt):
        update()
    monkeypatch.setattr(prices_update, "checked", reading)
    assert outcomes(update()) == {"AWSELB": "unchanged", "AmazonECS": "updated"}


def test_one_offer_that_is_refused_does_not_stop_the_others(update: Update, mirror: Path) -> None:
    add_offer(mirror, "AWSELB", offer_text("AWSELB", elb_rows()).replace('"USD"', '"CNY"'))
    document = update()
    assert outcomes(document) == {"AWSELB": "refused", "AmazonECS": "updated"}
    [refused] = [entry for entry in document["offers"] if entry["outcome"] == "refused"]
    assert refused["why"]["code"] == "price_offer_currency"
    assert {change["service"] for change in document["moved"]} == {"AmazonECS"}
    key = "AWSELB", "alb_hour", "on_demand"
    assert price_files.PriceTable((SEOUL,))[key] == price_files.PriceTable((SEOUL,), price_files.shipped_document)[key]


def test_the_feed_of_spot_and_the_plans_are_read_too(update: Update, mirror: Path) -> None:
    (mirror / "fargate-spot-prices.json").write_bytes(SPOT)
    add_offer(mirror, "CloudFrontPlans", PLANS, "aws-other")
    free = PLANS.replace(b'"plans": [', b'"plans": [{"planCode": "Free", "subscriptionPrice": {"pricePerUnit": {"USD": "0"}}},'
                         b'{"planCode": "Business", "subscriptionPrice": {"pricePerUnit": {"USD": "200.00"}}},')  # fmt: skip
    add_offer(mirror, "CloudFrontPlans", free, "aws-other")
    document = update()
    assert outcomes(document) == dict.fromkeys(("AWSELB", "AmazonECS", "FargateSpot", "CloudFrontPlans"), "updated")
    assert {"fargate_spot_vcpu_hour", "flat_rate_plan_month"} <= {change["kind"] for change in document["moved"]}


def test_without_a_stack_the_named_regions_are_updated_and_no_bill_is_told(update: Update, tmp_path: Path) -> None:
    document = update(tmp_path / "nothing")
    assert "bill" not in document
    assert document["no_bill"]["code"] == "path_missing"


def test_the_regions_are_those_of_the_stack(update: Update) -> None:
    document = update(regions=())
    assert {entry["region"] for entry in document["offers"]} == {SEOUL, "aws-other"}


def test_a_region_without_prices_is_a_sentence(update: Update) -> None:
    with pytest.raises(InputError) as wrong:
        update(regions=("nowhere-1",))
    assert wrong.value.why.code == "region_not_held"


def test_offline_is_one_sentence_and_changes_nothing(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prices_update, "Web", lambda: Web("http://127.0.0.1:1"))
    options = prices_update.UpdateOptions(Words("en"), [str(OWN)], (SEOUL,))
    with pytest.raises(InputError) as wrong:
        prices_update.run(options)
    assert wrong.value.why.code == "price_offline"
    assert not own_cache.exists()


@pytest.mark.parametrize("name", ["gone", "empty"])
def test_a_folder_without_offer_files_is_named(update: Update, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError) as wrong:
        update(mirror=tmp_path / name)
    assert (wrong.value.why.code, wrong.value.why.params) == ("price_mirror_missing", {"path": str(tmp_path / name)})


def test_a_host_without_a_price_list_is_no_folder(
    served: str, mirror: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (mirror / "offers/v1.0/aws/index.json").unlink()
    monkeypatch.setattr(prices_update, "Web", lambda: Web(served))
    with pytest.raises(InputError) as wrong:
        prices_update.run(prices_update.UpdateOptions(Words("en"), [str(OWN)], (SEOUL,)))
    assert wrong.value.why.code == "price_offline"
    assert "HTTP 404" in str(wrong.value.why.params["detail"])


def test_a_region_that_is_named_twice_is_read_once(update: Update) -> None:
    document = update(regions=(SEOUL, SEOUL))
    assert [entry["offer"] for entry in document["offers"]].count("AWSELB") == 1


def test_a_command_that_fails_exits_2_with_a_sentence(tmp_path: Path) -> None:
    ran = glimpse("prices", "update", "--regions", SEOUL, "--from", str(tmp_path / "gone"))
    assert ran.returncode == 2
    assert "has no AWS offer files" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.fixture
def served(mirror: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(mirror))

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_same_comes_over_http(update: Update, served: str, mirror: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (mirror / "fargate-spot-prices.json").write_bytes(SPOT)
    monkeypatch.setattr(prices_update, "Web", lambda: Web(served, f"{served}/fargate-spot-prices.json"))
    document = update(mirror=None)
    assert outcomes(document) == {"AWSELB": "updated", "AmazonECS": "updated", "FargateSpot": "updated"}


def test_when_the_host_goes_away_the_rest_is_not_asked_for(
    update: Update, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the index is there; every offer after it is refused by the machine."""

    class Fails(Web):
        def chunks(self, path: str, progress: Any) -> Any:
            if path.endswith("/aws/index.json"):
                return iter(
                    [b'{"offers": {"AWSELB": {}, "AmazonEC2": {}, "AmazonECS": {}, "AmazonRDS": {}, "AmazonS3": {}}}']
                )
            return super().chunks(path, progress)

    monkeypatch.setattr(prices_update, "Web", lambda: Fails("http://127.0.0.1:1", "http://127.0.0.1:1/x"))
    document = update(mirror=None, expected=2)
    codes = [entry["why"]["code"] for entry in document["offers"] if entry["outcome"] == "unreachable"]
    assert codes[:3] == ["price_unreachable"] * 3
    assert "price_not_asked" in codes


def test_a_folder_is_written_in_the_format_that_ships_and_again_the_same(update: Update, tmp_path: Path) -> None:
    contents = []
    for name in ("one", "two"):
        update(into=tmp_path / name)
        contents.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert contents[0] == contents[1]
    assert contents[0].keys() == {file.name for file in price_files.FOLDER.iterdir() if ".json" in file.name}
    changed = {name for name, content in contents[0].items() if content != (price_files.FOLDER / name).read_bytes()}
    assert changed == {"ap-northeast-2.json.gz", "manifest.json"}
    update(into=tmp_path / "one")
    assert {file.name: file.read_bytes() for file in (tmp_path / "one").iterdir()} == contents[0]


def test_a_folder_with_prices_is_updated_from_those(update: Update, mirror: Path, tmp_path: Path) -> None:
    update(into=tmp_path / "own")
    add_offer(mirror, "AmazonECS", offer_text("AmazonECS", fargate_rows(1)), version="20261121000000")
    assert {change["old_usd"] for change in update(into=tmp_path / "own")["moved"]} >= {"0.0745", "0.09312"}


def test_a_folder_that_cannot_be_written_is_a_sentence(update: Update, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError) as wrong:
        update(into=tmp_path / "file")
    assert wrong.value.why.code == "output_unwritable"


def _file(folder: Path) -> Path:
    """The file of Seoul that the index names."""
    return folder / str(json.loads((folder / "index.json").read_text())["regions"][SEOUL]["file"])


def _truncate(folder: Path) -> None:
    file = _file(folder)
    file.write_bytes(file.read_bytes()[:-100])


def _edit(folder: Path) -> None:
    file = _file(folder)
    text = gzip.decompress(file.read_bytes()).decode()
    file.write_bytes(gzip.compress(text.replace("0.0225", "0.0001").encode()))


def _remove(folder: Path) -> None:
    file = _file(folder)
    file.unlink()


def _swap(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_text())
    index["regions"][SEOUL]["file"] = "../../../secret.json.gz"
    (folder / "index.json").write_text(json.dumps(index))


SPOILED = {
    "truncated": _truncate,
    "edited": _edit,
    "removed": _remove,
    "a path": _swap,
    "half an index": lambda folder: (folder / "index.json").write_text('{"format": 1'),
    "a list": lambda folder: (folder / "index.json").write_text("[]"),
    "a deep index": lambda folder: (folder / "index.json").write_text("[" * 100_000),
    "bytes": lambda folder: (folder / "index.json").write_bytes(b"\xff\xfe\x00"),
    "another release": lambda folder: (folder / "index.json").write_text('{"format": 1, "base": "older"}'),
    "a folder": lambda folder: ((folder / "index.json").unlink(), (folder / "index.json").mkdir()),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_cache_is_a_sentence_and_the_prices_that_ship_are_used(
    update: Update, own_cache: Path, name: str
) -> None:
    prices = price_files.PriceTable((SEOUL,), price_files.shipped_document)
    shipped = prices["AmazonECS", "fargate_vcpu_hour", "on_demand"]
    update()
    SPOILED[name](own_cache)
    price_files._price_cache.cache_clear()
    assert price_files.catalogue(SEOUL)._prices["AmazonECS", "fargate_vcpu_hour", "on_demand"] == shipped
    problem = price_files.cache_problem()
    assert problem is not None
    assert "glimpse prices update" in Words("en").render(problem)


def test_the_report_of_a_bill_says_that_the_cache_is_spoiled(update: Update, own_cache: Path) -> None:
    update()
    _truncate(own_cache)
    ran = glimpse("bill", "--format", "json")
    assert [warning["code"] for warning in json.loads(ran.stdout)["warnings"]] == ["price_cache_broken"]


def test_an_update_mends_a_spoiled_cache(update: Update, own_cache: Path) -> None:
    update()
    (own_cache / "index.json").write_text("{")
    assert outcomes(update()) == {"AWSELB": "updated", "AmazonECS": "updated"}
    assert PriceCache(own_cache, price_files._shipped()[0]).problem is None


@pytest.mark.parametrize("spoil", [_truncate, _edit, _remove])
def test_an_update_mends_a_damaged_file_of_the_cache_though_its_offers_were_read_before(
    update: Update, own_cache: Path, spoil: Callable[[Path], None]
) -> None:
    update()
    spoil(own_cache)
    assert outcomes(update()) == {"AWSELB": "updated", "AmazonECS": "updated"}
    price_files._price_cache.cache_clear()
    price_files.catalogue(SEOUL)
    assert (price_files.cached_regions(), price_files.cache_problem()) == ((SEOUL,), None)


def test_files_of_updates_before_the_last_are_removed(update: Update, mirror: Path, own_cache: Path) -> None:
    for number in range(4):
        usd = f"0.022{number}"
        add_offer(mirror, "AWSELB", offer_text("AWSELB", elb_rows({"alb_hour": usd})), version=f"2026112{number}000000")
        update()
    assert len(list(own_cache.glob("ap-northeast-2-*.json.gz"))) == 2
    assert not list(own_cache.glob("*.new"))


def test_show_says_which_prices_come_from_the_cache(update: Update) -> None:
    update()
    ran = glimpse("prices", "show", "--region", SEOUL)
    assert ran.stdout.rstrip().endswith(f": {SEOUL}.")
    document = json.loads(glimpse("prices", "show", "--format", "json").stdout)
    assert document["cached"] == [SEOUL]
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"HOME": "/home/u"}, "/home/u/.cache/glimpse/prices"),
        ("linux", {"HOME": "/home/u", "XDG_CACHE_HOME": "/c"}, "/c/glimpse/prices"),
        ("darwin", {"HOME": "/Users/u"}, "/Users/u/Library/Caches/glimpse/prices"),
        ("win32", {"USERPROFILE": "/u", "LOCALAPPDATA": "/u/Local"}, "/u/Local/glimpse/prices"),
    ],
)
def test_the_cache_is_where_the_platform_keeps_caches(platform: str, environment: dict[str, str], folder: str) -> None:
    assert cache_folder(environment, platform) == Path(folder)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_report_for_people_is_whole_and_nothing_in_a_file_acts_on_a_terminal(
    mirror: Path, own_cache: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    rows = [*elb_rows({"alb_hour": "0.0230"}), row("APN2-\x1b[31mLoadBalancerUsage", "1")]
    rows = [{**cells, "PriceDescription": "=cmd|' /C calc'!A0 \x1b]0;owned\x07"} for cells in rows]
    add_offer(mirror, "AWSELB", offer_text("AWSELB", rows))
    add_offer(mirror, "AmazonECS", offer_text("AmazonECS", fargate_rows()).replace('"USD"', '"\x1b[2J\u202e"'))
    (mirror / "fargate-spot-prices.json").write_bytes(SPOT)
    given = prices_update.UpdateOptions(Words(language), [str(OWN)], (SEOUL,), mirror=mirror, is_dry_run=True)
    assert prices_update.run(given) == 0
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "0.0225 → 0.023" in text
    assert "\\u{1b}" in text
    # A path, which has no spaces, is never broken.
    assert [line for line in text.splitlines() if columns(line) > 80 and str(own_cache) not in line] == []


def test_the_schema_would_notice_a_field_that_nobody_described(update: Update) -> None:
    document = update()
    document["moved"][0]["news"] = "yes"
    assert list(Draft202012Validator(VALIDATOR.schema).iter_errors(document))


def test_a_file_larger_than_the_memory_that_may_be_used_is_read(mirror: Path) -> None:
    """A file of 450 MB takes 94 MB of memory; this one has 150."""
    head, lines = many_rows()
    file = add_offer(mirror, "AmazonEC2", b"")
    with file.open("wb") as stream:
        stream.write(head)
        stream.writelines(lines)
        block = lines[-1] * 10_000
        while stream.tell() < 150_000_000:
            stream.write(block)
    run = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=False);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-m", "glimpse", "prices", "update", "--regions", SEOUL, "--from", str(mirror)]
    command += ["--lang", "en"]
    ran = subprocess.run(
        [sys.executable, "-c", run, *command], capture_output=True, text=True, cwd=REPOSITORY, check=False
    )
    file.unlink()
    assert ran.stderr == ""
    # Its prices were counted after its last line.
    assert re.search(r"AmazonEC2 +kept as it was: the file has only \d+ of", ran.stdout), ran.stdout
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(ran.stdout.split()[-1]) * unit < 140_000_000

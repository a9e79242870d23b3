"""A host or a file that means harm costs no memory, no disk and no endless wait, and reaches nothing else."""

from __future__ import annotations

import csv
import gzip
import json
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from glimpse.planner.outside.price_updates.sources import (
    OFFERS,
    SPOT_FEED,
    Folder,
    Missing,
    PriceList,
    Unreachable,
    Web,
)
from glimpse.planner.outside.price_updates.streams import CHUNK, MAX_LINE, cells, limited, unpacked
from glimpse.planner.price_updates.offers import OfferRefused
from tests.planner.offer_files import SEOUL, add_offer, elb_rows, offer_text
from tests.planner.test_prices_update_offers import read
from tests.planner.test_prices_update_validation import refusal

MAX_PEAK = 40_000_000
"""Bytes that reading may allocate at once, whatever the file: a fifth of what the command may use."""

Answer = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def host() -> Iterator[Callable[[dict[str, Answer]], str]]:
    """A web server on loopback that answers paths as told, and gives its address."""
    servers = []

    def start(answers: dict[str, Answer]) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer = answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                else:
                    self.close_connection = True
                    answer(self)

            def log_message(self, *_: object) -> None:
                """Be silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def sends(content: bytes, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        stated = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Length": str(len(content)), **stated}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    return answer


def content(web: Web, path: str = "/x") -> bytes:
    return b"".join(web.chunks(path, lambda _: None))


def peak(does: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        does()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_the_addresses_are_those_of_aws_and_encrypted() -> None:
    assert OFFERS == "https://pricing.us-east-1.amazonaws.com"
    assert SPOT_FEED.startswith("https://")


def test_a_file_comes_whole_and_its_bytes_are_told(host: Callable[..., str]) -> None:
    seen: list[int] = []
    text = bytes(range(256)) * 4_000
    web = Web(host({"/x": sends(text)}))
    assert b"".join(web.chunks("/x", seen.append)) == text
    assert sum(seen) == len(text)


def test_a_packed_file_is_unpacked_and_progress_counts_what_came(host: Callable[..., str]) -> None:
    seen: list[int] = []
    packed = gzip.compress(b"a,b\n" * 100_000)
    web = Web(host({"/x": sends(packed, Content_Encoding="gzip")}))
    assert b"".join(web.chunks("/x", seen.append)) == b"a,b\n" * 100_000
    assert sum(seen) == len(packed)


def test_another_packing_is_refused(host: Callable[..., str]) -> None:
    web = Web(host({"/x": sends(b"x", Content_Encoding="br")}))
    assert refusal(lambda: content(web)) == "price_offer_gzip"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(host: Callable[..., str], status: int) -> None:
    asked = []

    def leads_away(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Location", f"{elsewhere}/stolen")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def stolen(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        sends(b"{}")(request)

    elsewhere = host({"/stolen": stolen})
    web = Web(host({"/x": leads_away}))
    with pytest.raises(OfferRefused) as refused:
        content(web)
    assert refused.value.why.code == "price_offer_redirect"
    assert asked == []


def test_a_host_that_stalls_is_given_up(host: Callable[..., str]) -> None:
    release = threading.Event()

    def stalls(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100")
        request.end_headers()
        request.wfile.write(b"x")
        request.wfile.flush()
        release.wait(60)

    web = Web(host({"/x": stalls}), timeout=0.2)
    with pytest.raises(Unreachable):
        content(web)
    release.set()


def test_a_host_that_sends_a_byte_now_and_then_is_given_up(host: Callable[..., str]) -> None:
    def drips(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        for _ in range(10_000):
            request.wfile.write(b"x")
            request.wfile.flush()

    web = Web(host({"/x": drips}), max_seconds=-1)
    with pytest.raises(Unreachable):
        content(web)


def test_a_file_that_breaks_off_is_no_file(host: Callable[..., str]) -> None:
    web = Web(host({"/x": sends(b"half", Content_Length="8")}))
    assert refusal(lambda: content(web)) == "price_offer_short"
    packed = gzip.compress(b"x" * 1000)[:-12]
    web = Web(host({"/x": sends(packed, Content_Encoding="gzip")}))
    assert refusal(lambda: content(web)) == "price_offer_short"


@pytest.mark.parametrize(("status", "raised"), [(403, Missing), (404, Missing), (500, Unreachable), (503, Unreachable)])
def test_what_a_host_refuses_is_missing_and_what_fails_is_unreachable(
    host: Callable[..., str], status: int, raised: type[Exception]
) -> None:
    web = Web(host({"/x": lambda request: request.send_error(status)}))
    with pytest.raises(raised):
        content(web)


def test_a_port_that_nobody_listens_on_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        content(Web("http://127.0.0.1:1"))


def bomb(unit: bytes, total: int) -> Iterator[bytes]:
    """A gzip stream of `total` bytes that is never in memory as a whole."""
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    chunk = unit * (1_000_000 // len(unit))
    for _ in range(total // len(chunk)):
        yield pack.compress(chunk)
    yield pack.flush()


def test_a_bomb_without_lines_is_refused_at_its_first_megabyte() -> None:
    packed = b"".join(bomb(b"0", 200_000_000))
    assert len(packed) < 400_000
    assert peak(lambda: refusal(lambda: list(cells(unpacked([packed]))))) < MAX_PEAK


def test_a_bomb_of_empty_lines_is_counted_to_a_limit() -> None:
    packed = b"".join(bomb(b"\n", 30_000_000))
    rows = limited(unpacked([packed]), 10_000_000)
    assert peak(lambda: refusal(lambda: sum(1 for _ in rows))) < MAX_PEAK


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"x" * (MAX_LINE + 1), "price_offer_line"),
        (b'"' + b"x,\n" * 100_000, "price_offer_line"),
        (b"," * (MAX_LINE + 1) + b"\n", "price_offer_line"),
        (b"\xff\xfe\n", "price_offer_text"),
    ],
)
@pytest.mark.parametrize("limit", [131_072, 1_000_000], ids=["python's own limit", "after a report of AWS was read"])
def test_a_line_without_end_is_refused(text: bytes, code: str, limit: int) -> None:
    chunks = [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)]
    before = csv.field_size_limit(limit)
    try:
        assert refusal(lambda: list(cells(chunks))) == code
    finally:
        csv.field_size_limit(before)


def test_a_million_columns_are_refused() -> None:
    text = offer_text("AWSELB", elb_rows()).replace('"SKU"', '"SKU"' + ',"c"' * 1_000_000)
    assert refusal(lambda: list(cells([text.encode()]))) == "price_offer_line"
    text = offer_text("AWSELB", elb_rows()).replace('"SKU"', '"SKU"' + ',"c"' * 2_000)
    assert refusal(lambda: read("AWSELB", text=text)) == "price_offer_columns"


@pytest.mark.parametrize(
    "path",
    [
        "/offers/v1.0/aws/../../../etc/passwd", "/offers/v1.0/aws/AWSELB/20261120101112/us-east-1/index.json",
        "/offers/v1.0/aws/AmazonEC2/20261120101112/ap-northeast-2/index.json", "https://example.org/index.json",
        "//example.org/offers/v1.0/aws/AWSELB/20261120101112/ap-northeast-2/index.json", "", None, 7,
        "/offers/v1.0/aws/AWSELB/20261120101112/ap-northeast-2/index.json\n",
        "/offers/v1.0/aws/AWSELB/2026\u0661\u0661\u0661\u0661/ap-northeast-2/index.json",
    ],
)  # fmt: skip
def test_the_index_names_only_the_file_of_its_offer_and_region(tmp_path: Path, path: object) -> None:
    add_offer(tmp_path, "AWSELB", offer_text("AWSELB", elb_rows()))
    index = tmp_path / "offers/v1.0/aws/AWSELB/current/region_index.json"
    index.write_text(json.dumps({"regions": {SEOUL: {"currentVersionUrl": path}}}))
    assert refusal(lambda: PriceList(Folder(tmp_path)).version("AWSELB", SEOUL)) == "price_offer_path"


def test_a_folder_is_not_left_by_a_path_or_a_link(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    root = tmp_path / "mirror"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "secret")
    for name in ("../secret", "/../secret", "link"):
        with pytest.raises(Missing):
            Folder(root).chunks(name, lambda _: None)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"offers": 1}', "[" * 100_000])
def test_an_index_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "offers/v1.0/aws").mkdir(parents=True)
    (tmp_path / "offers/v1.0/aws/index.json").write_text(text)
    assert refusal(lambda: PriceList(Folder(tmp_path)).offers()).startswith("price_offer_")

"""
Where offer files are read from: AWS's pricing host, or a folder laid out like it.

The files and their addresses are those of the AWS Price List Bulk API (AWS Billing user guide, "Getting price list
files manually"): a service index, for each service an index of regions, and in that the path of the version in force.
"""

from __future__ import annotations

import datetime
import email.utils
import http.client
import itertools
import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from glimpse.planner.outside import clock
from glimpse.planner.outside.price_updates.streams import CHUNK, limited, unpacked
from glimpse.planner.price_updates.offers import OfferRefused
from glimpse.planner.sentence import say

OFFERS = "https://pricing.us-east-1.amazonaws.com"
SPOT_FEED = "https://dftu77xade0tc.cloudfront.net/fargate-spot-prices.json"
"""The feed that the Fargate pricing page loads, by public programs that read it; AWS documents no other."""

INDEX = "/offers/v1.0/aws/index.json"
VERSION = re.compile(r"/offers/v1\.0/aws/([A-Za-z0-9]{1,64})/(\d{8,17})/([a-z0-9-]{1,40})/index\.json", re.ASCII)
SPOT_FILE = "fargate-spot-prices.json"
"""The name of the feed in a folder."""

MAX_JSON = 64_000_000
TIMEOUT_SECONDS = 30.0
MAX_SECONDS = 1800.0
"""How long one file may take: a host that sends a byte now and then never times out."""

Progress = Callable[[int], None]
"""Is told the bytes that came."""


class Unreachable(Exception):
    """The source did not answer, or the connection broke; the text says how."""


class Missing(Exception):
    """The source has no such file."""


class Version(NamedTuple):
    """The version of an offer that is in force in a region, and the path of its file without the ending."""

    number: str
    path: str


class Source(Protocol):
    """Bytes by path. Raises Unreachable, Missing and OfferRefused."""

    is_current: bool

    def chunks(self, path: str, progress: Progress) -> Iterator[bytes]: ...

    def spot(self) -> tuple[bytes, str]:
        """The feed of Fargate Spot, and its date."""
        ...


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> None:
        fp.close()
        raise OfferRefused(say("price_offer_redirect", host=urlsplit(newurl).hostname or ""))


class Web:
    """AWS's hosts, by HTTPS, without following a redirect."""

    is_current = True

    def __init__(
        self,
        offers: str = OFFERS,
        spot_feed: str = SPOT_FEED,
        timeout: float = TIMEOUT_SECONDS,
        max_seconds: float = MAX_SECONDS,
    ) -> None:
        self._offers = offers
        self._spot_feed = spot_feed
        self._timeout = timeout
        self._max_seconds = max_seconds
        self._opener = urllib.request.build_opener(_NoRedirect())

    def chunks(self, path: str, progress: Progress) -> Iterator[bytes]:
        return self._get(self._offers + path, progress)[0]

    def spot(self) -> tuple[bytes, str]:
        chunks, headers = self._get(self._spot_feed, lambda _: None)
        text = b"".join(limited(chunks, MAX_JSON))
        stated = email.utils.parsedate_to_datetime(headers["Last-Modified"]) if headers["Last-Modified"] else None
        return text, (stated.date() if stated else clock.today()).isoformat()

    def _get(self, address: str, progress: Progress) -> tuple[Iterator[bytes], Any]:
        headers = {"Accept-Encoding": "gzip", "User-Agent": "glimpse"}
        try:
            answer = self._opener.open(urllib.request.Request(address, headers=headers), timeout=self._timeout)  # noqa: S310
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (403, 404):
                raise Missing(f"HTTP {error.code}: {address}") from None
            raise Unreachable(f"HTTP {error.code}") from None
        except (OSError, http.client.HTTPException, ssl.SSLError) as error:
            raise Unreachable(_reason(error)) from None
        raw = self._raw(answer, progress)
        packed = (answer.headers["Content-Encoding"] or "").lower()
        if packed not in ("", "identity", "gzip"):
            answer.close()
            raise OfferRefused(say("price_offer_gzip"))
        return (unpacked(raw) if packed == "gzip" else raw), answer.headers

    def _raw(self, answer: Any, progress: Progress) -> Iterator[bytes]:
        length = answer.headers["Content-Length"]
        count, end = 0, clock.seconds() + self._max_seconds
        with closing(answer):
            while True:
                try:
                    chunk = answer.read1(CHUNK)
                except (OSError, http.client.HTTPException) as error:
                    raise Unreachable(_reason(error)) from None
                if not chunk:
                    break
                if clock.seconds() > end:
                    raise Unreachable(f"> {self._max_seconds:.0f} s")
                count += len(chunk)
                progress(len(chunk))
                yield chunk
        if length is not None and length.isdigit() and int(length) != count:
            raise OfferRefused(say("price_offer_short"))


class Folder:
    """A folder laid out like AWS's site."""

    is_current = False

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()

    def chunks(self, path: str, progress: Progress) -> Iterator[bytes]:
        file = self._file(path.lstrip("/"))

        def read() -> Iterator[bytes]:
            with file.open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    progress(len(chunk))
                    yield chunk

        return read()

    def spot(self) -> tuple[bytes, str]:
        file = self._file(SPOT_FILE)
        changed = datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.UTC).date()
        return b"".join(limited(self.chunks(SPOT_FILE, lambda _: None), MAX_JSON)), changed.isoformat()

    def _file(self, name: str) -> Path:
        file = (self._root / name).resolve()
        if not file.is_relative_to(self._root) or not file.is_file():
            raise Missing(name)
        return file


class PriceList:
    """The indexes of the Bulk API over a source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._regions: dict[str, Any] = {}

    def offers(self) -> frozenset[str]:
        """The codes of all offers. Raises Unreachable, Missing or OfferRefused."""
        return frozenset(_mapping(self._json(INDEX), "offers"))

    def version(self, offer: str, region: str) -> Version:
        """The version in force. Raises Missing where the service is not sold in the region."""
        if offer not in self._regions:
            self._regions[offer] = _mapping(
                self._json(f"/offers/v1.0/aws/{offer}/current/region_index.json"), "regions"
            )
        entry = self._regions[offer].get(region)
        if entry is None:
            raise Missing(region)
        path = entry.get("currentVersionUrl") if isinstance(entry, dict) else None
        match = VERSION.fullmatch(path) if isinstance(path, str) else None
        if match is None or (match[1], match[3]) != (offer, region):
            raise OfferRefused(say("price_offer_path", path=str(path)[:80]))
        return Version(match[2], match[0].removesuffix(".json"))

    def rows(self, version: Version, progress: Progress) -> Iterator[bytes]:
        """The CSV file of a version."""
        return self.source.chunks(f"{version.path}.csv", progress)

    def document(self, version: Version) -> bytes:
        """The JSON file of a version, whole: only for an offer that is small."""
        return b"".join(limited(self.source.chunks(f"{version.path}.json", lambda _: None), MAX_JSON))

    def _json(self, path: str) -> Any:
        text = b"".join(limited(self.source.chunks(path, lambda _: None), MAX_JSON))
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise OfferRefused(say("price_offer_not_json")) from None


def _mapping(document: Any, name: str) -> dict[str, Any]:
    found = document.get(name) if isinstance(document, dict) else None
    if not isinstance(found, dict):
        raise OfferRefused(say("price_offer_column", column=name))
    return found


def _reason(error: BaseException) -> str:
    causes = itertools.chain((getattr(error, "reason", None),), (error,))
    return next((str(cause) for cause in causes if cause and str(cause)), type(error).__name__)

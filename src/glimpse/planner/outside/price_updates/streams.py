"""Bytes of unknown origin as the cells of a CSV file, in bounded memory."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator

from glimpse.planner.price_updates.offers import OfferRefused
from glimpse.planner.sentence import say

CHUNK = 256 * 1024
MAX_LINE = 64 * 1024
"""Bytes of one line. A line of the widest file, of EC2, has about 2,000."""

MAX_BYTES = 4_000_000_000
"""Bytes of one file after unpacking. The largest, of EC2 in Virginia, has about 450 MB."""

GZIP = zlib.MAX_WBITS | 16


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The content of a gzip stream, never more than CHUNK at once. Raises OfferRefused."""
    unpack = zlib.decompressobj(GZIP)
    try:
        for chunk in chunks:
            rest = chunk
            while rest and not unpack.eof:
                yield unpack.decompress(rest, CHUNK)
                rest = unpack.unconsumed_tail
    except zlib.error:
        raise OfferRefused(say("price_offer_gzip")) from None
    if not unpack.eof:
        raise OfferRefused(say("price_offer_short"))


def limited(chunks: Iterable[bytes], limit: int = MAX_BYTES) -> Iterator[bytes]:
    """The same chunks. Raises OfferRefused when they are more than the limit."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > limit:
            raise OfferRefused(say("price_offer_too_large"))
        yield chunk


def cells(chunks: Iterable[bytes]) -> Iterator[list[str]]:
    """The rows of a CSV file, one at a time. Raises OfferRefused."""
    # The limit of the csv module is one for the whole process, and a quoted cell may go on over lines without end: what
    # a row takes is counted here.
    taken = 0

    def counted() -> Iterator[str]:
        nonlocal taken
        for line in _lines(limited(chunks)):
            taken += len(line)
            if taken > MAX_LINE:
                raise OfferRefused(say("price_offer_line", limit=MAX_LINE))
            yield line

    try:
        for row in csv.reader(counted()):
            taken = 0
            yield row
    except csv.Error:
        raise OfferRefused(say("price_offer_line", limit=MAX_LINE)) from None


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield _text(line) + "\n"
        if len(rest) > MAX_LINE:
            raise OfferRefused(say("price_offer_line", limit=MAX_LINE))
    if rest:
        yield _text(rest)


def _text(line: bytes) -> str:
    if len(line) > MAX_LINE:
        raise OfferRefused(say("price_offer_line", limit=MAX_LINE))
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise OfferRefused(say("price_offer_text")) from None

"""The prices that an update begins with, and where its result goes: the user's cache, or a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from glimpse.planner.finding import InputError
from glimpse.planner.outside import price_files
from glimpse.planner.outside.price_updates.files import (
    MANIFEST,
    snapshot_bytes,
    snapshot_document,
    snapshot_regions,
    write_snapshot,
)
from glimpse.planner.price_updates.snapshot import Key, PriceRow, Rows, region_text, rows_of, summary
from glimpse.planner.sentence import say

SHIPPED = Path(str(price_files.FOLDER))


class Destination:
    """
    Begins with the cache and the prices that ship; where `into` is given, with the prices of that folder, or those that
    ship while it has none. `versions` are those of the offers that the cache has read; none for a folder.
    """

    def __init__(self, into: Path | None, is_dry_run: bool) -> None:
        self._into = into
        self._is_dry_run = is_dry_run
        self._base = into if into and (into / MANIFEST).is_file() else None
        self._texts: dict[str, str] = {}
        self.versions = {} if into or is_dry_run else price_files.price_cache().versions()

    @property
    def path(self) -> str:
        return str(self._into or price_files.price_cache().folder)

    def document(self, region: str) -> Any:
        """The prices of a region as they are after what was kept so far."""
        return json.loads(self._texts[region]) if region in self._texts else self._before(region)

    def rows(self, region: str) -> Rows:
        """The prices of a region before the update."""
        rows = rows_of(self._before(region))
        if price_files.cache_problem():
            # A file of the cache is damaged: what was read into it has to be read again.
            self.versions = {}
        return rows

    def _before(self, region: str) -> Any:
        if self._base:
            return snapshot_document(self._base, region)
        return price_files.shipped_document(region) if self._into else price_files.read_document(region)

    def keep(self, changed: Mapping[str, Mapping[Key, PriceRow]]) -> None:
        """
        Remember what changed, and put it into the user's cache at once: a run that ends early keeps it. Raises
        InputError.
        """
        texts = {region: region_text(rows.values()) for region, rows in changed.items()}
        self._texts |= texts
        if self._into or self._is_dry_run:
            return
        summaries = {region: summary(json.loads(text)) for region, text in texts.items()}
        users = price_files.price_cache()
        try:
            users.write(texts, summaries, self.versions)
        except OSError as error:
            raise _unwritable(error.filename or users.folder, error) from None

    def finish(self, known: Iterable[str]) -> None:
        """Write the whole snapshot where a folder was given; `known` are all its regions. Raises InputError."""
        if self._into is None or self._is_dry_run:
            return
        try:
            write_snapshot(self._into, snapshot_regions(self._base) if self._base else known, self._text)
        except OSError as error:
            raise _unwritable(self._into, error) from None

    def _text(self, region: str) -> str | bytes:
        """The new text of a region's file, or the old file."""
        return self._texts.get(region) or snapshot_bytes(self._base or SHIPPED, region)


def _unwritable(path: object, error: OSError) -> InputError:
    return InputError(say("output_unwritable", path=str(path), detail=error.strerror or ""))

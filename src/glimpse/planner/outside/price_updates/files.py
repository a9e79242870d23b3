"""A snapshot in the format that ships, as a folder of files. The same rows give the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from glimpse.planner.price_updates.snapshot import manifest_text, summary

MANIFEST, KINDS = "manifest.json", "kinds.json.gz"


def snapshot_regions(folder: Path) -> list[str]:
    """The regions of a snapshot, with edges and what is the same everywhere. Raises OSError and ValueError."""
    return list(json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["regions"])


def snapshot_document(folder: Path, region: str) -> Any:
    """One region's file, as it is parsed. Raises OSError and ValueError."""
    return json.loads(gzip.decompress(snapshot_bytes(folder, region)))


def snapshot_bytes(folder: Path, region: str) -> bytes:
    """One region's file as it is. Raises OSError."""
    return (folder / file_name(region)).read_bytes()


def write_snapshot(folder: Path, regions: Iterable[str], text_of: Callable[[str], str | bytes]) -> tuple[str, int]:
    """
    Write a whole snapshot, and give its name and how many prices it has. `text_of`: the text of a region's file, or the
    file as another snapshot has it. One region at a time is in memory, and no old file is replaced before all new ones
    are written. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    summaries: dict[str, Mapping[str, Any]] = {}
    kinds: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    written: dict[Path, Path] = {}

    def write(name: str, content: bytes) -> None:
        written[folder / name] = new = folder / f"{name}.new"
        new.write_bytes(content)

    try:
        for region in sorted(regions):
            given = text_of(region)
            text = given.encode() if isinstance(given, str) else gzip.decompress(given)
            digest.update(text)
            document = json.loads(text)
            summaries[region] = summary(document)
            for service, kind in sorted({(row[0], row[1]) for row in document["prices"]}):
                kinds[service][kind].append(region)
            write(file_name(region), gzip.compress(text, mtime=0) if isinstance(given, str) else given)
        listed = json.dumps(kinds, separators=(",", ":"), sort_keys=True)
        write(KINDS, gzip.compress(listed.encode(), mtime=0))
        name = f"aws-list-prices-{digest.hexdigest()[:12]}"
        write(MANIFEST, manifest_text(name, summaries).encode())
        for path, new in written.items():
            new.replace(path)
    finally:
        for new in written.values():
            new.unlink(missing_ok=True)
    return name, sum(entry["prices"] for entry in summaries.values())


def file_name(region: str) -> str:
    return f"{region.replace(':', '-')}.json.gz"

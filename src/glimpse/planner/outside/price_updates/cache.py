"""
The user's price cache: region files in the format of the snapshot that ships, beside an index that names them.

`index.json` says which snapshot the prices were made from, and which file holds each region, with its SHA-256. A file
is named after its content, and the index is replaced whole, so a reader sees all of an update or nothing of it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import sys
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from glimpse.planner.sentence import Sentence, say

FORMAT = 1
INDEX, VERSIONS = "index.json", "versions.json"
FILE = re.compile(r"[a-z0-9-]{1,60}-[0-9a-f]{12}\.json\.gz", re.ASCII)
MAX_INDEX = 4_000_000
MAX_FILE = 50_000_000
MAX_UNPACKED = 200_000_000


def cache_folder(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where the platform keeps a user's caches; `XDG_CACHE_HOME` wins everywhere. A user without a home has none."""
    known = os.path.expanduser("~")
    home = Path(
        environment.get("HOME") or environment.get("USERPROFILE") or (known if os.path.isabs(known) else os.devnull)
    )
    if stated := environment.get("XDG_CACHE_HOME"):
        base = Path(stated)
    elif platform == "darwin":
        base = home / "Library/Caches"
    elif platform == "win32":
        base = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
    else:
        base = home / ".cache"
    return base / "glimpse/prices"


class PriceCache:
    """The cache as its index says. `problem` is set when it, or a file of it, cannot be used."""

    def __init__(self, folder: Path, base: str) -> None:
        """`base`: the snapshot that ships. Prices made from another one are not used."""
        self.folder = folder
        self.base = base
        self.problem: Sentence | None = None
        self.name = base
        self.summaries: dict[str, dict[str, Any]] = {}
        self._files: dict[str, tuple[str, str]] = {}
        self._read_index()

    def document(self, region: str) -> Any | None:
        """One region's file, as it is parsed; None where the cache has none that can be used."""
        if region not in self._files:
            return None
        name, digest = self._files[region]
        try:
            packed = _bounded(self.folder / name, MAX_FILE)
            unpack = zlib.decompressobj(zlib.MAX_WBITS | 16)
            text = unpack.decompress(packed, MAX_UNPACKED)
            if hashlib.sha256(packed).hexdigest() != digest or not unpack.eof:
                raise ValueError(name)
            document = json.loads(text)
            if not isinstance(document["prices"], list) or not isinstance(document["sources"], list):
                raise ValueError(name)
        except (OSError, ValueError, LookupError, TypeError, zlib.error, RecursionError):
            # The prices that ship are used, and the next update writes this region anew.
            del self._files[region], self.summaries[region]
            self._broken(name)
            return None
        return document

    def versions(self) -> dict[str, str]:
        """The version of each offer that was read last, by offer and region."""
        if not self._files:
            return {}
        try:
            found = json.loads(_bounded(self.folder / VERSIONS, MAX_INDEX))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(found, dict) or found.get("index") != self.name:
            return {}
        return {str(name): str(number) for name, number in found.get("versions", {}).items()}

    def write(
        self, texts: Mapping[str, str], summaries: Mapping[str, Mapping[str, Any]], versions: Mapping[str, str]
    ) -> None:
        """Put the text of some regions into the cache, and the versions of all offers beside it. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for region, text in texts.items():
            packed = gzip.compress(text.encode(), mtime=0)
            digest = hashlib.sha256(packed).hexdigest()
            name = f"{region.replace(':', '-')}-{digest[:12]}.json.gz"
            _replace(self.folder / name, packed)
            self._files[region] = name, digest
            self.summaries[region] = dict(summaries[region])
        named = "".join(digest for _, (_, digest) in sorted(self._files.items()))
        self.name = f"{self.base}+{hashlib.sha256(named.encode()).hexdigest()[:12]}"
        index = {
            "format": FORMAT,
            "base": self.base,
            "id": self.name,
            "regions": {
                region: {**self.summaries[region], "file": name, "sha256": digest}
                for region, (name, digest) in sorted(self._files.items())
            },
        }
        kept = self._names_before()
        _replace(self.folder / INDEX, (json.dumps(index, indent=1) + "\n").encode())
        _replace(
            self.folder / VERSIONS, json.dumps({"index": self.name, "versions": dict(versions)}, indent=1).encode()
        )
        self.problem = None
        # A planner that has read the index before may still open the files of that one.
        kept |= {name for name, _ in self._files.values()}
        for file in self.folder.iterdir():
            if FILE.fullmatch(file.name) and file.name not in kept:
                file.unlink(missing_ok=True)

    def _names_before(self) -> set[str]:
        try:
            regions = json.loads(_bounded(self.folder / INDEX, MAX_INDEX))["regions"]
            return {str(entry["file"]) for entry in regions.values()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            return set()

    def _read_index(self) -> None:
        try:
            index = json.loads(_bounded(self.folder / INDEX, MAX_INDEX))
            if index["format"] != FORMAT or index["base"] != self.base:
                self.problem = say("price_cache_of_other", path=str(self.folder))
                return
            files, summaries = {}, {}
            for region, entry in index["regions"].items():
                if not FILE.fullmatch(entry["file"]):
                    raise ValueError("file")
                files[region] = entry["file"], str(entry["sha256"])
                summaries[region] = {
                    "prices": int(entry["prices"]), "sources": int(entry["sources"]),
                    "oldest": str(entry["oldest"]), "newest": str(entry["newest"]),
                }  # fmt: skip
            name = str(index["id"])
        except (FileNotFoundError, NotADirectoryError):
            return
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
            self._broken(INDEX)
            return
        self.name, self._files, self.summaries = name, files, summaries

    def _broken(self, name: str) -> None:
        self.problem = say("price_cache_broken", path=str(self.folder / name))


def _bounded(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError("too large")
    return content


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole: a reader sees the old or the new one."""
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        new.write_bytes(content)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)

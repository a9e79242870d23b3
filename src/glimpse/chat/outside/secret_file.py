"""A secret that nobody gave: what tokens are signed with, and what opens the object store of our own."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def load_or_create_secret(path: Path) -> str:
    """Made on first use, for the owner's eyes alone: what was signed outlives a restart."""
    with contextlib.suppress(FileExistsError), open(path, "x", opener=_private) as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

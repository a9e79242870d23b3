"""Secrets that the service makes for itself: the key that signs its tokens, and its embedded object store's."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from glimpse.chat.failure import Failure


def load_or_create_secret(path: Path) -> str:
    """
    A random secret, created on first use and kept so that tokens survive a restart; only the owner can read it. Raises
    Failure `secret_broken`.
    """
    if not path.exists():
        # Under another name first: a full disk or SIGKILL must not leave a file without a secret.
        new = path.with_name(f"{path.name}.new")
        with open(new, "w", opener=_private) as file:
            file.write(secrets.token_urlsafe(48))
        new.replace(path)
    secret = path.read_text(errors="replace").strip()
    if not (secret.isascii() and secret.isprintable() and secret):
        raise Failure("secret_broken", file=str(path))
    return secret


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

"""Writing a text: a report, or a file of a program."""

from __future__ import annotations

import sys
from pathlib import Path

from glimpse.chat.failure import Failure


def write_report(text: str, path: Path | None) -> None:
    """Without a path to standard output. Raises Failure (`output_unwritable`)."""
    if path is None:
        sys.stdout.write(text)
    else:
        write_file(path, text)


def write_file(path: Path, text: str) -> None:
    """Raises Failure (`output_unwritable`)."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failure("output_unwritable", path=str(path), detail=error.strerror or str(error)) from None

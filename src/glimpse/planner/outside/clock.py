"""Today's date, asked for in one place."""

from __future__ import annotations

import datetime


def today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()

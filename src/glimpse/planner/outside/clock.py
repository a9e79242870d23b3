"""The date, the time and the seconds that pass, asked for in one place."""

from __future__ import annotations

import datetime
import time


def today() -> datetime.date:
    return now().date()


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def seconds() -> float:
    """Seconds since some moment, for measuring how long something takes."""
    return time.monotonic()

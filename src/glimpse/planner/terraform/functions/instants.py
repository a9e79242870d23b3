"""
Points in time and durations, read and written as Go does. Sources: Go's package time; cty's `formatdate`.

The calendar is reckoned here and not by Python's datetime, because Go knows the year 0 and years after 9999.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from glimpse.planner.terraform.errors import EvaluationError

DAY = 86_400
MONTHS = "January February March April May June July August September October November December".split()
WEEKDAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time: seconds since 1970 in UTC, nanoseconds after those, and the offset that it is shown with."""

    seconds: int
    nanoseconds: int
    offset: int

    @property
    def shown_seconds(self) -> int:
        """Seconds since 1970 on the clock that shows it."""
        return self.seconds + self.offset

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day in the Gregorian calendar, by eras of 400 years that begin in March."""
        era, day = divmod(self.shown_seconds // DAY + 719_468, 146_097)
        year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
        day -= 365 * year + year // 4 - year // 100
        month = (5 * day + 2) // 153
        return (
            year + era * 400 + (month > 9),
            month - 9 if month > 9 else month + 3,
            day - (153 * month + 2) // 5 + 1,
        )

    def zone(self, colon: str) -> str:
        minutes = abs(self.offset) // 60
        return f"{'-' if self.offset < 0 else '+'}{minutes // 60:02d}{colon}{minutes % 60:02d}"

    def __str__(self) -> str:
        """RFC 3339 without a fraction of a second, as Go's time.RFC3339 writes it."""
        year, month, day = self.date
        hour, minute, second = clock(self.shown_seconds)
        years = f"-{-year:04d}" if year < 0 else f"{year:04d}"
        zone = self.zone(":") if self.offset else "Z"
        return f"{years}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


def clock(seconds: int) -> tuple[int, int, int]:
    """Hour, minute and second of a day."""
    return seconds % DAY // 3600, seconds % 3600 // 60, seconds % 60


TIMESTAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)


def timestamp(text: str) -> Instant:
    """What RFC 3339 allows. Raises EvaluationError for anything else."""
    match = TIMESTAMP.fullmatch(text)
    found = match and instant(match)
    if not found:
        raise EvaluationError("not a valid RFC 3339 timestamp")
    return found


def instant(match: re.Match[str]) -> Instant | None:
    """
    The time of ten groups: six numbers from the year to the second, the digits of a fraction, and the offset's sign,
    hours and minutes, of which the last four may be missing. None where the calendar or the clock has no such time.
    """
    year, month, day, hour, minute, second = (int(match[place] or 0) for place in range(1, 7))
    if not 1 <= month <= 12 or not 1 <= day <= _days_in(year, month) or hour > 23 or minute > 59 or second > 59:
        return None
    offset = 60 * (60 * int(match[9] or 0) + int(match[10] or 0)) * (-1 if match[8] == "-" else 1)
    nanoseconds = int((match[7] or "0")[:9].ljust(9, "0"))
    return Instant(_days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset, nanoseconds, offset)


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 28 + leap if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970."""
    year -= month < 3
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
PART = re.compile(r"(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)", re.ASCII)


def nanoseconds_of(text: str) -> int:
    """A duration as Go parses it, which reckons fractions in floats. Raises EvaluationError."""
    sign, rest = (-1 if text.startswith("-") else 1), text[1:] if text.startswith(("+", "-")) else text
    if rest == "0":
        return 0
    total, end = 0, 0
    while match := PART.match(rest, end):
        whole, fraction, unit = match[1], match[2] or "", UNITS[match[3]]
        if not whole and not fraction:
            break
        total, end = total + int((whole or "0")[:30]) * unit, match.end()
        kept = fraction[: _digits_kept(fraction)]
        if kept and int(kept):
            total += int(float(int(kept)) * (float(unit) / 10.0 ** len(kept)))
        if total > 1 << 63:
            break
    if not end or end != len(rest) or total > (1 << 63) - (sign > 0):
        raise EvaluationError("invalid duration")
    return sign * total


def _digits_kept(fraction: str) -> int:
    """How many digits Go reads before they overflow 63 bits."""
    value = 0
    for place, digit in enumerate(fraction):
        if value > ((1 << 63) - 1) // 10 or value * 10 + int(digit) > 1 << 63:
            return place
        value = value * 10 + int(digit)
    return len(fraction)


TOKEN = re.compile(r"''|'(?:[^']|'')*'(?!')|'(?:[^']|'')*''\Z|([a-zA-Z])\1*|[^'a-zA-Z]+")
"""A quote, a quoted text, one that ends with a doubled quote, a verb, what stands for itself."""


def formatted(time: Instant, format_: str) -> str:
    """Raises EvaluationError."""
    verbs = _verbs(time)
    made: list[str] = []
    end = 0
    while match := TOKEN.match(format_, end):
        part, end = match[0], match.end()
        if match[1]:
            if part not in verbs:
                raise EvaluationError("invalid date format verb")
            made.append(verbs[part])
        elif part == "''":
            made.append("'")
        else:
            made.append(re.sub("'.?", "'", part[1:-1]) if part.startswith("'") else part)
    if end != len(format_):
        raise EvaluationError("unterminated literal '")
    return "".join(made)


def _verbs(time: Instant) -> dict[str, str]:
    year, month, day = time.date
    hour, minute, second = clock(time.shown_seconds)
    weekday = WEEKDAYS[(time.shown_seconds // DAY + 4) % 7]
    numbers = {"M": month, "D": day, "h": hour, "H": hour % 12 or 12, "m": minute, "s": second}
    half = "am" if hour < 12 else "pm"
    return {
        "YY": f"{year % 100:02d}",
        "YYYY": f"{year:04d}",
        **{letter: str(number) for letter, number in numbers.items()},
        **{letter * 2: f"{number:02d}" for letter, number in numbers.items()},
        "MMM": MONTHS[month - 1][:3],
        "MMMM": MONTHS[month - 1],
        "EEE": weekday[:3],
        "EEEE": weekday,
        "aa": half,
        "AA": half.upper(),
        "Z": time.zone(":") if time.offset else "Z",
        "ZZZ": time.zone("") if time.offset else "UTC",
        "ZZZZ": time.zone(""),
        "ZZZZZ": time.zone(":"),
    }

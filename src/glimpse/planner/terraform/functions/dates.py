"""
Date and time functions. Source of every entry: Terraform's documentation, "Date and Time Functions".

What computes them is imported when a stack first calls one: most stacks call none.
"""

from __future__ import annotations

from glimpse.planner.terraform.functions.table import Table, function, not_computed
from glimpse.planner.terraform.types import NUMBER, STRING

DATES: Table = {}

# Both give the time of the run.
function(DATES, "timestamp", returns=STRING)(lambda: not_computed("timestamp"))
function(DATES, "plantimestamp", returns=STRING)(lambda: not_computed("plantimestamp"))


@function(
    DATES,
    "timecmp",
    STRING,
    STRING,
    returns=NUMBER,
    examples=[
        'timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00") == 0',
        'timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00.1Z") == -1',
        'can(timecmp("2017-11-22", "2017-11-22T00:00:00Z")) == false',
    ],
)
def _timecmp(one: str, other: str) -> int:
    from glimpse.planner.terraform.functions.instants import timestamp

    first, second = timestamp(one), timestamp(other)
    left, right = (first.seconds, first.nanoseconds), (second.seconds, second.nanoseconds)
    return (left > right) - (left < right)


@function(
    DATES,
    "timeadd",
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'timeadd("2017-11-22T00:00:00Z", "1h30m") == "2017-11-22T01:30:00Z"',
        'timeadd("2020-03-01T00:30:00+02:00", "-1.5h") == "2020-02-29T23:00:00+02:00"',
        'timeadd("2017-11-22T00:00:00.9Z", "100ms") == "2017-11-22T00:00:01Z"',
        'can(timeadd("2017-11-22T00:00:00Z", "1d")) == false',
    ],
)
def _timeadd(text: str, duration: str) -> str:
    from glimpse.planner.terraform.functions.instants import Instant, nanoseconds_of, timestamp

    start = timestamp(text)
    seconds, nanoseconds = divmod(start.nanoseconds + nanoseconds_of(duration), 10**9)
    return str(Instant(start.seconds + seconds, nanoseconds, start.offset))


@function(
    DATES,
    "formatdate",
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z") == "02 Jan 2018 23:12 UTC"',
        'formatdate("EEEE DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00") == "Tuesday 02-Jan-18 23:12:01 -0800"',
        'formatdate("H \'o\'\'clock\' aa Z", "2018-01-02T00:12:01Z") == "12 o\'clock am Z"',
        'can(formatdate("YYY", "2018-01-02T23:12:01Z")) == false',
        'can(formatdate("\'", "2018-01-02T23:12:01Z")) == false',
    ],
)
def _formatdate(format_: str, text: str) -> str:
    from glimpse.planner.terraform.functions.instants import formatted, timestamp

    return formatted(timestamp(text), format_)

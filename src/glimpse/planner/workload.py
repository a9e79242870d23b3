"""
What people do: the workload, as `glimpse.toml` states it.

Every key stands once in KEYS, with its unit, its bounds and the value of the built-in workload; checking,
the reference page and the built-in all come from there. Amounts are rates per user, so that changing
`users` changes everything that follows from it.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from glimpse.planner.given_usage import EMPTY, GivenUsage, given_usage_from
from glimpse.planner.quantities import DAYS_PER_MONTH
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.toml_values import as_fraction, shown


@dataclass(frozen=True, slots=True)
class Key:
    """One number of `glimpse.toml`: its section and name, unit, built-in value and bounds."""

    section: str
    name: str
    unit: str
    built_in: str
    lowest: str = "0"
    highest: str = "1e12"
    whole: bool = False


KEYS = (
    Key("people", "users", "users", "500", whole=True),
    Key("people", "peak_socket_share", "of users", "0.5", highest="1"),
    Key("each_user_a_day", "connects", "a day", "4"),
    Key("each_user_a_day", "messages", "a day", "20"),
    Key("each_user_a_day", "requests", "a day", "45"),
    Key("each_user_a_day", "uploads", "a day", "0.1"),
    Key("each_user_a_day", "downloads", "a day", "2.4"),
    Key("sizes", "message_bytes", "bytes", "500"),
    Key("sizes", "request_bytes", "bytes", "500"),
    Key("sizes", "response_bytes", "bytes", "1500"),
    Key("sizes", "upload_mb", "MB", "2"),
    Key("sizes", "download_mb", "MB", "0.1"),
    Key("sizes", "log_bytes_per_event", "bytes", "1000"),
    Key("sizes", "database_bytes_per_event", "bytes", "4000"),
    Key("sizes", "stored_mb_per_user", "MB", "10"),
    Key("sizes", "image_gb", "GB", "0.3"),
    Key("sizes", "function_ms", "ms", "100"),
    Key("habits", "recipients_per_message", "sockets", "2"),
    Key("habits", "requests_per_connection", "requests", "10", lowest="1"),
    Key("habits", "alarm_emails_a_month", "a month", "0"),
    Key("habits", "fetched_gb_a_month", "GB", "1"),
)

# Share of the busiest hour, 0:00 to 23:00 local time; the mean is 0.6 of the peak.
BUILT_IN_HOURS = tuple(
    Fraction(hundredths, 100)
    for hundredths in (
        *(35, 20, 15, 10, 10, 15, 30, 50, 65, 70, 70, 75),
        *(85, 75, 70, 70, 75, 80, 85, 90, 95, 100, 90, 60),
    )
)

TERMS = {
    f"reserved_{years}yr_{upfront}": 12 * years
    for years in (1, 3)
    for upfront in ("no_upfront", "partial_upfront", "all_upfront")
}


@dataclass(frozen=True, slots=True)
class Promises:
    """What the stack must keep. The defaults are the built-in promises; None is shown and not judged."""

    websocket: bool = True
    min_tasks: int = 2
    min_on_demand_tasks: int = 1
    database: str = "postgresql"
    no_commitment: bool = True
    connections_fit: bool | None = None
    sockets: int | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """A reservation: it prices the hours of one resource. `bought_on` None is one that is only proposed."""

    address: str
    term: str
    bought_on: datetime.date | None = None

    @property
    def until(self) -> datetime.date | None:
        if self.bought_on is None:
            return None
        years = TERMS[self.term] // 12
        try:
            return self.bought_on.replace(year=self.bought_on.year + years)
        except ValueError:  # the 29th of February
            return self.bought_on.replace(year=self.bought_on.year + years, day=28)

    def holds(self, today: datetime.date) -> bool:
        return self.bought_on is None or self.until is None or self.bought_on <= today < self.until


@dataclass(frozen=True, slots=True)
class Accepted:
    """An unpriced or unresolved thing that the team knows about: `address` may hold `*`."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A monthly figure with the formula that gave it."""

    name: str
    value: Fraction
    unit: str
    formula: str


@dataclass(frozen=True, eq=False)
class Workload:
    """
    All that `glimpse.toml` says. Only the same one is equal, so that what follows from it can be kept.

    `has_people`: it says how many users there are. Without that, what people do is unknown, and `numbers` holds
    nothing that may be counted.
    """

    source: str
    numbers: Mapping[str, Fraction]
    has_people: bool = False
    hours: tuple[Fraction, ...] = BUILT_IN_HOURS
    capacity: str | None = None
    document: str | None = None
    promises: Promises = Promises()
    commitments: tuple[Commitment, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    usage: GivenUsage = EMPTY

    def __getitem__(self, key: str) -> Fraction:
        return self.numbers[key]

    def monthly(self, what: str) -> Fraction:
        """How often people do `what` (messages, requests, uploads, …) in a month of 730 hours."""
        return self["users"] * self[what] * DAYS_PER_MONTH

    @cached_property
    def peak_sockets(self) -> Fraction:
        return self["users"] * self["peak_socket_share"]

    @cached_property
    def events(self) -> Fraction:
        """Messages and requests together: what is logged, and what asks the database."""
        return self.monthly("messages") + self.monthly("requests")

    @cached_property
    def served_gb(self) -> Fraction:
        """What the service sends to people: deliveries and answers."""
        delivered = self.monthly("messages") * self["recipients_per_message"] * self["message_bytes"]
        return (delivered + self.monthly("requests") * self["response_bytes"]) / 10**9

    @cached_property
    def downloaded_gb(self) -> Fraction:
        return self.monthly("downloads") * self["download_mb"] / 1000

    def sent_gb(self, with_uploads: bool) -> Fraction:
        """What people send to the service; files are among it where they pass the API."""
        sent = self.monthly("messages") * self["message_bytes"] + self.monthly("requests") * self["request_bytes"]
        uploaded = self.monthly("uploads") * self["upload_mb"] / 1000 if with_uploads else Fraction(0)
        return sent / 10**9 + uploaded

    @cached_property
    def internet_out_gb(self) -> Fraction:
        return self.served_gb + self.downloaded_gb

    @cached_property
    def log_gb(self) -> Fraction:
        return self.events * self["log_bytes_per_event"] / 10**9

    @cached_property
    def stored_gb(self) -> Fraction:
        return self["users"] * self["stored_mb_per_user"] / 1000

    def derived(self) -> tuple[Derived, ...]:
        monthly = "users × {} × 730/24"
        return (
            Derived("peak_sockets", self.peak_sockets, "sockets", "users × peak_socket_share"),
            *(
                Derived(f"monthly_{name}", self.monthly(name), "monthly", monthly.format(name))
                for name in ("messages", "requests", "connects", "uploads", "downloads")
            ),
            Derived(
                "internet_out_gb",
                self.internet_out_gb,
                "gb_monthly",
                "monthly_messages × recipients_per_message × message_bytes + monthly_requests × response_bytes"
                " + monthly_downloads × download_mb",
            ),
            Derived("log_gb", self.log_gb, "gb_monthly", "(monthly_messages + monthly_requests) × log_bytes_per_event"),
            Derived("stored_gb", self.stored_gb, "gb", "users × stored_mb_per_user"),
        )


def unstated() -> Workload:
    """What holds where there is no `glimpse.toml`: nobody said how many people there are, or what they use."""
    return Workload(source="", numbers={key.name: Fraction(key.built_in) for key in KEYS})


class WorkloadError(ValueError):
    """The workload file says something that cannot be used; one sentence for each such thing."""

    def __init__(self, problems: Iterable[Sentence], source: str | None = None) -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(", ".join(problem.code for problem in self.problems))


def workload_from(table: Mapping[str, Any], source: str) -> Workload:
    """
    The workload that a parsed `glimpse.toml` states; what it leaves out is as in the built-in one.

    Raises WorkloadError with every problem found, each naming its key.
    """
    return _Checker(table).workload(source)


class _Checker:
    """Walks the table once and collects what is wrong instead of stopping at the first."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        self.problems: list[Sentence] = []

    def workload(self, source: str) -> Workload:
        sections: dict[str, set[str]] = {}
        for key in KEYS:
            sections.setdefault(key.section, set()).add(key.name)
        sections["people"].add("hours")
        sections["service"] = {"capacity"}
        sections["plan"] = {"document"}
        sections["promises"] = set(Promises.__dataclass_fields__)
        self._refuse_unknown("", self.table, {*sections, "commitments", "accepted", "usage"})
        tables = {name: self._section(name, known) for name, known in sections.items()}

        workload = Workload(
            source=source,
            numbers={key.name: self._number(key, tables[key.section]) for key in KEYS},
            has_people="users" in tables["people"],
            hours=self._hours(tables["people"]),
            capacity=self._text("service.capacity", tables["service"].get("capacity")),
            document=self._text("plan.document", tables["plan"].get("document")),
            promises=self._promises(tables["promises"]),
            commitments=tuple(self._commitments()),
            accepted=tuple(self._accepted()),
            usage=self._usage(source),
        )
        if self.problems:
            raise WorkloadError(self.problems, source)
        return workload

    def _refuse_unknown(self, prefix: str, table: Mapping[str, Any], known: set[str]) -> None:
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                code = "workload_key_unknown_near" if near else "workload_key_unknown"
                params = {"near": prefix + near[0]} if near else {"known": ", ".join(sorted(known))}
                self.problems.append(say(code, key=prefix + name, **params))

    def _section(self, name: str, known: set[str]) -> Mapping[str, Any]:
        section = self.table.get(name, {})
        if not isinstance(section, Mapping):
            self._wrong(name, "table", section)
            return {}
        self._refuse_unknown(f"{name}.", section, known)
        return section

    def _wrong(self, key: str, wanted: str, found: object, **params: str) -> None:
        self.problems.append(say(f"workload_wants_{wanted}", key=key, found=shown(found), **params))

    def _number(self, key: Key, section: Mapping[str, Any]) -> Fraction:
        built_in_value = Fraction(key.built_in)
        if key.name not in section:
            return built_in_value
        found = section[key.name]
        number = as_fraction(found)
        lowest, highest = Fraction(key.lowest), Fraction(key.highest)
        if number is None or not lowest <= number <= highest or (key.whole and number.denominator != 1):
            wanted = "whole_number" if key.whole else "number"
            self._wrong(f"{key.section}.{key.name}", wanted, found, lowest=key.lowest, highest=key.highest)
            return built_in_value
        return number

    def _hours(self, section: Mapping[str, Any]) -> tuple[Fraction, ...]:
        if "hours" not in section:
            return BUILT_IN_HOURS
        found = section["hours"]
        numbers = [as_fraction(item) for item in found] if isinstance(found, list) else []
        if len(numbers) != 24 or any(n is None or not 0 <= n <= 10**6 for n in numbers) or not any(numbers):
            self._wrong("people.hours", "hours", found)
            return BUILT_IN_HOURS
        return tuple(n for n in numbers if n is not None)

    def _text(self, key: str, found: object) -> str | None:
        if found is not None and not isinstance(found, str):
            self._wrong(key, "text", found)
            return None
        return found

    def _promises(self, section: Mapping[str, Any]) -> Promises:
        kept: dict[str, Any] = {}
        for name, field in Promises.__dataclass_fields__.items():
            if name not in section:
                continue
            found = section[name]
            wanted = {"b": bool, "i": int, "s": str}[str(field.type)[0]]
            if type(found) is not wanted or (isinstance(found, int) and found < 0):
                self._wrong(f"promises.{name}", {bool: "flag", int: "count", str: "text"}[wanted], found)
                continue
            kept[name] = found.lower() if isinstance(found, str) else found
        return Promises(**kept)

    def _rows(self, name: str, known: set[str]) -> Iterable[tuple[str, Mapping[str, Any]]]:
        rows = self.table.get(name, [])
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            self._wrong(name, "tables", rows)
            return
        for number, row in enumerate(rows, start=1):
            prefix = f"{name}[{number}]."
            self._refuse_unknown(prefix, row, known)
            address = row.get("address")
            if not isinstance(address, str) or not address:
                self._wrong(prefix + "address", "text", address)
                continue
            yield prefix, row

    def _commitments(self) -> Iterable[Commitment]:
        for prefix, row in self._rows("commitments", {"address", "term", "bought_on"}):
            term, bought_on = row.get("term"), row.get("bought_on")
            if term not in TERMS:
                self._wrong(prefix + "term", "term", term, known=", ".join(TERMS))
            elif type(bought_on) is not datetime.date:
                self._wrong(prefix + "bought_on", "date", bought_on)
            else:
                yield Commitment(row["address"], term, bought_on)

    def _usage(self, source: str) -> GivenUsage:
        usage, problems = given_usage_from(self.table.get("usage", {}), source)
        self.problems += problems
        return usage

    def _accepted(self) -> Iterable[Accepted]:
        for prefix, row in self._rows("accepted", {"address", "reason"}):
            reason = row.get("reason")
            if not isinstance(reason, str) or not reason.strip():
                self._wrong(prefix + "reason", "text", reason)
            else:
                yield Accepted(row["address"], reason)

"""
The `glimpse.toml` that `glimpse init` writes: every key that one stack can use, commented out.

Stack, prices and answers → text. Which keys of people's use matter is found by trying them: a key is written where some
quantity of the bill depends on it. Until a line's # is removed the file states nothing.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from glimpse.planner.bill import Bill, Line
from glimpse.planner.capacity import Capacity
from glimpse.planner.finding import Finding
from glimpse.planner.given_usage import INDEX
from glimpse.planner.levers import LEVERS
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text
from glimpse.planner.promises import own_promises
from glimpse.planner.quantities import Cases
from glimpse.planner.report.wrapping import wrapped
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Resource, Stack
from glimpse.planner.usage import usage_of
from glimpse.planner.words import Words, plain
from glimpse.planner.workload import TERMS, Commitment, Promises, Workload, unstated
from glimpse.planner.workload_checks import WorkloadError, workload_from
from glimpse.planner.workload_keys import BUILT_IN_HOURS, KEYS, Key

WIDTH = 100
PROBE = 10**6
"""A key is tried at so many times its value and at so much of it: far enough to show where only the largest counts."""

YES, NO = ("y", "yes", "예", "네"), ("n", "no", "아니요", "아니오")
PRODUCTION, DEVELOPMENT = "production", "development"

PEOPLE = replace(unstated(), has_people=True)
"""People at the built-in figures."""
FLAT = replace(PEOPLE, hours=(Fraction(1),) * len(BUILT_IN_HOURS))
"""The same people through a day without a busiest hour."""

NOWHERE = Origin("")

Quantity = tuple[str, str, Cases | None]
"""Where, of which component, how much."""

Answers = Mapping[tuple[str, str], int | str]
"""What a person answered, by section and name of the key that it states."""


@dataclass(frozen=True, slots=True)
class Question:
    """One key that a person is asked for; nothing is stated where they only press Enter."""

    section: str
    name: str
    text: Sentence
    choices: tuple[str, ...] = ()

    def value(self, answer: str) -> int | str:
        """What an answer states. Raises WorkloadError where the key cannot hold it."""
        text = answer.strip()
        digits = text.replace(",", "").replace("_", "")
        value: int | str = text
        if digits.isascii() and digits.isdigit() and len(digits) < 20:
            value = int(digits)
        elif self.name == "environment":
            value = PRODUCTION if text.lower() in YES else DEVELOPMENT if text.lower() in NO else text
        if self.choices and value not in self.choices:
            raise WorkloadError([say("init_choices", choices=", ".join(self.choices))])
        workload_from({self.section: {self.name: value}}, "")
        return value


@dataclass(frozen=True)
class InitialWorkload:
    """
    What `glimpse.toml` can state about a stack. `bill` is the stack's without any statement; `capacities` are the
    measured services by name.
    """

    bill: Bill
    today: datetime.date
    capacities: Mapping[str, Capacity]

    @property
    def stack(self) -> Stack:
        return self.bill.stack

    def questions(self) -> Iterator[Question]:
        """What a person is asked, most important first."""
        if self.keys:
            yield Question("people", "users", say("init_ask_users"))
        if self.capacities and self.stack.has(FargateService):
            names = tuple(sorted(self.capacities))
            yield Question("service", "runs", say("init_ask_runs", names=", ".join(names)), names)
        if self.stack.resources:
            yield Question("stack", "environment", say("init_ask_production"))

    def text(self, words: Words, answers: Answers) -> str:
        """The file, with what was answered stated and all else commented out."""
        blocks = (
            *self._lists(words),
            *self._people(words, answers),
            *self._service(words, answers),
            *self._promises(words),
            *self._usage(words),
        )
        return "\n".join([*_prose(words("init_about")), "", *(line for block in blocks for line in (*block, ""))])

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The numbers of people's use on which some quantity depends; none where nothing follows from people."""
        found: set[str] = set()
        for capacity in self._capacities:
            before = self._quantities(PEOPLE, capacity)
            if before == self._quantities(unstated(), capacity):
                continue
            found |= {
                key.name
                for key in KEYS
                if key.name not in found
                and any(self._quantities(people, capacity) != before for people in _probes(key))
            }
        return tuple(key for key in KEYS if found and key.name in found | {"users"})

    @property
    def _capacities(self) -> tuple[Capacity | None, ...]:
        """The services that may run in this stack: each makes other things of what people do."""
        return (None, *self.capacities.values()) if self.stack.has(FargateService) else (None,)

    @cached_property
    def _different(self) -> Stack:
        """One of those resources that differ only in where they stand: all of them depend on the same keys."""
        first: dict[str, Resource] = {}
        for resource in self.stack.resources:
            first.setdefault(repr(replace(resource, origin=NOWHERE)), resource)  # type: ignore[type-var]
        return replace(self.stack, resources=tuple(first.values()))

    def _quantities(self, workload: Workload, capacity: Capacity | None, stack: Stack | None = None) -> list[Quantity]:
        """Every quantity of a stack, of the different resources' if none is given."""
        meters = usage_of(stack or self._different, workload, capacity, self.today).meters
        return [(meter.origin.address, meter.component, meter.quantity) for meter in meters]

    def _lists(self, words: Words) -> Iterator[list[str]]:
        """`accepted` and `commitments`: arrays, which TOML wants before the first table."""
        names = dict.fromkeys(filter(str.isprintable, map(_name_of, self.bill.not_accepted())))
        if names:
            reason = _quoted(words("init_reason"))
            rows = [f"#  {{ address = {_quoted(name)}, reason = {reason} }}," for name in names]
            yield [*_prose(words("init_accepted")), "accepted = [", *rows, "]"]
        if reservable := self._reservable():
            rows = [
                f'#  {{ address = {_quoted(row.address)}, term = "{row.term}", bought_on = {self.today.isoformat()} }},'
                for row in reservable
            ]
            yield [*_prose(f"{words('init_commitments')} {', '.join(TERMS)}."), "commitments = [", *rows, "]"]

    def _reservable(self) -> tuple[Commitment, ...]:
        """What could have been bought today: of each resource the first term that is sold and that it is charged by."""
        sold: dict[str, Commitment] = {}
        for line in self.bill.lines:
            address = line.meter.origin.address
            terms = [term for term in self.bill.catalogue.terms(line.meter.sku) if term in TERMS]
            if terms and address.isprintable():
                sold.setdefault(address, Commitment(address, terms[0], self.today))
        bought = replace(unstated(), commitments=tuple(sold.values()))
        meters = usage_of(self.stack, bought, None, self.today).meters
        charged = {(meter.origin.address, meter.sku.term) for meter in meters}
        return tuple(row for row in sold.values() if (row.address, row.term) in charged)

    def _people(self, words: Words, answers: Answers) -> Iterator[list[str]]:
        sections: dict[str, list[str]] = {}
        for key in self.keys:
            answer = answers.get((key.section, key.name))
            meaning = f"{words(f'key_{key.name}')} ({key.unit})"
            sections.setdefault(key.section, []).append(_setting(key.name, key.built_in, meaning, answer))
        if not sections:
            return
        if any(self._quantities(FLAT, each) != self._quantities(PEOPLE, each) for each in self._capacities):
            hours = ", ".join(decimal_text(hour) for hour in BUILT_IN_HOURS)
            sections["people"] += [*_prose(words("key_hours")), f"#hours = [{hours}]"]
        for section, lines in sections.items():
            yield [*(_prose(words("init_people")) if section == "people" else ()), f"[{section}]", *lines]

    def _service(self, words: Words, answers: Answers) -> Iterator[list[str]]:
        for question in self.questions():
            if question.section != "people":
                answer = answers.get((question.section, question.name))
                choices = question.choices or (PRODUCTION,)
                comment = words(f"key_{question.name}")
                if question.choices:
                    comment += f" ({', '.join(question.choices)})"
                yield [f"[{question.section}]", _setting(question.name, _quoted(choices[0]), comment, answer)]

    def _promises(self, words: Words) -> Iterator[list[str]]:
        had: dict[str, list[str | int | bool]] = {}
        for promises in own_promises(self.stack, unstated()).values():
            for promise in promises:
                had.setdefault(promise.name, []).append(promise.value)
        if not had:
            return
        lines = []
        for name in Promises.__dataclass_fields__:
            values = had.get(name, [])
            if name == "no_commitment":
                values = [True]
            numbers = [value for value in values if isinstance(value, int)]
            if values and (numbers or len(set(values)) == 1):
                # Stated, it is one promise for every resource: the least that any of them has today.
                value = min(numbers) if numbers else values[0]
                lines.append(_setting(name, json.dumps(value), words(f"key_{name}")))
        offered = (lever for lever in LEVERS.values() if not (lever.is_planned or lever.requires))
        asked = {lever.gives_up for lever in offered if lever.gives_up and lever.change(self.stack) != self.stack}
        lines.append(_setting("may_give_up", "[]", f"{words('key_may_give_up')}: {', '.join(sorted({*had, *asked}))}"))
        yield [*_prose(words("init_promises")), "[promises]", *lines]

    def _usage(self, words: Words) -> Iterator[list[str]]:
        tables: dict[str, dict[str, Line]] = {}
        for line in self._lines():
            table = tables.setdefault(line.meter.origin.address, {})
            for key in _keys_of(line):
                table.setdefault(key, line)
        # Some uses have no key of their own yet: the bill names them, and nothing can be stated.
        tables = {address: table for address, table in tables.items() if table}
        same: dict[str, list[str]] = {}
        for address in tables:
            same.setdefault(INDEX.sub("[*]", address), []).append(address)
        filled, about = self._filled(), _prose(words("init_usage"))
        for pattern, addresses in same.items():
            name = pattern if len(addresses) > 1 else addresses[0]
            lines = [_setting(key, "0", _rate(line, filled, words)) for key, line in tables[addresses[0]].items()]
            yield [*about, f"[usage.{_quoted(name)}]", *lines]
            about = []

    def _lines(self) -> list[Line]:
        """The lines whose usage nobody gave, the dearest unit first."""
        symbols = [line for line in self.bill.lines if line.meter.is_symbol and line.meter.origin.address.isprintable()]
        return sorted(symbols, key=_usd_of_unit, reverse=True)

    def _filled(self) -> frozenset[tuple[str, str]]:
        """The lines that people's use fills, by address and component."""
        rows = self._quantities(PEOPLE, None, self.stack)
        return frozenset((address, component) for address, component, quantity in rows if quantity is not None)


def _probes(key: Key) -> Iterator[Workload]:
    """People with one number far from its built-in value, up and down."""
    value = Fraction(key.built_in)
    for probe in ((value or Fraction(1)) * PROBE, value / PROBE):
        yield replace(PEOPLE, numbers={**PEOPLE.numbers, key.name: probe})


def _keys_of(line: Line) -> tuple[str, ...]:
    """The usage keys that give a line's quantity; others of its meter are words, or decide what is charged."""
    needs = line.meter.needs
    if needs is not None and needs.code == "needs_usage":
        return tuple(str(needs.params["keys"]).split(", "))
    return line.meter.usage_keys


def _usd_of_unit(line: Line) -> Fraction:
    """What a unit costs in the first tier that is not free; 0 where no price is held."""
    tiers = line.price.tiers if line.price else ()
    return next((tier.usd for tier in tiers if tier.usd), Fraction(0))


def _rate(line: Line, filled: frozenset[tuple[str, str]], words: Words) -> str:
    """What a line counts and what a unit of it costs."""
    what, unit = line.meter.component, line.meter.unit
    usd = decimal_text(_usd_of_unit(line))
    text = (
        words("init_rate", what=what, usd=usd, unit=unit) if line.price else words("init_no_rate", what=what, unit=unit)
    )
    follows = (line.meter.origin.address, what) in filled
    return f"{text}, {words('init_from_people')}" if follows else text


def _name_of(entry: object) -> str:
    """The address under which something may be accepted; a finding without one goes by its file."""
    if isinstance(entry, Finding):
        variable = entry.what.params.get("name") if entry.what.code == "choice_open" else None
        return f"var.{variable}" if variable else str(entry.what.params.get("address", entry.file or ""))
    return str(entry.origin.address)  # type: ignore[attr-defined]


def _setting(name: str, default: str, comment: str, answer: int | str | None = None) -> str:
    """A line of the file: what was answered, else a default that is commented out."""
    value = default if answer is None else _quoted(answer) if isinstance(answer, str) else str(answer)
    return f"{'#' if answer is None else ''}{name} = {value} # {plain(comment)}"


def _prose(text: str) -> list[str]:
    return [f"# {line}" for paragraph in text.strip().split("\n") for line in wrapped(paragraph, WIDTH)]


def _quoted(text: str) -> str:
    """A TOML string of printable text, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)

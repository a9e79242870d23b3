"""
The `glimpse.toml` that `glimpse init` writes: every key that a stack can use, commented out.

Stack, prices and answers → text. The file states nothing until a person removes the # of a line.
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
from glimpse.planner.money import decimal_text
from glimpse.planner.promises import own_promises
from glimpse.planner.relevant_keys import RelevantKeys
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.sentence import say
from glimpse.planner.stack import Stack
from glimpse.planner.usage import usage_of
from glimpse.planner.workload import TERMS, Commitment, Promises, unstated
from glimpse.planner.workload_keys import BUILT_IN_HOURS
from glimpse.planner.workload_questions import PRODUCTION, Answers, Question
from glimpse.words import Words, plain
from glimpse.words.wrapping import wrapped

WIDTH = 100
"""Columns of a comment."""


@dataclass(frozen=True)
class InitialWorkload:
    """
    What `glimpse.toml` can state about a stack. `bill` is the stack's bill without a workload; `capacities` are the
    measured services by name.
    """

    bill: Bill
    today: datetime.date
    capacities: Mapping[str, Capacity]

    @property
    def stack(self) -> Stack:
        return self.bill.stack

    @cached_property
    def relevant(self) -> RelevantKeys:
        return RelevantKeys(self.stack, self.capacities, self.today)

    def questions(self) -> Iterator[Question]:
        """What a person is asked, most important first."""
        if self.relevant.keys:
            yield Question("people", "users", say("init_ask_users"))
        if self.capacities and self.stack.has(FargateService):
            names = tuple(sorted(self.capacities))
            yield Question("service", "runs", say("init_ask_runs", names=", ".join(names)), names)
        if self.stack.resources:
            yield Question("stack", "environment", say("init_ask_production"))

    def text(self, words: Words, answers: Answers) -> str:
        """The file: a person's answers are stated, and everything else is commented out."""
        blocks = (
            *self._lists(words),
            *self._people(words, answers),
            *self._service(words, answers),
            *self._promises(words),
            *self._usage(words),
        )
        return "\n".join([*_prose(words("init_about")), "", *(line for block in blocks for line in (*block, ""))])

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
        """
        What could have been bought today: for each resource the first term that AWS sells and that changes its price.
        """
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
        for key in self.relevant.keys:
            answer = answers.get((key.section, key.name))
            meaning = f"{words(f'key_{key.name}')} ({words(key.unit_code)})"
            sections.setdefault(key.section, []).append(_setting(key.name, key.built_in, meaning, answer))
        if not sections:
            return
        if self.relevant.depends_on_hours:
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
                # A stated promise holds for every resource, so it is the least that any of them has today.
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
        # Some usage has no key yet: the bill names it, and nothing can be stated.
        tables = {address: table for address, table in tables.items() if table}
        same: dict[str, list[str]] = {}
        for address in tables:
            same.setdefault(INDEX.sub("[*]", address), []).append(address)
        filled, about = self.relevant.filled_lines, _prose(words("init_usage"))
        for pattern, addresses in same.items():
            name = pattern if len(addresses) > 1 else addresses[0]
            lines = [_setting(key, "0", _rate(line, filled, words)) for key, line in tables[addresses[0]].items()]
            yield [*about, f"[usage.{_quoted(name)}]", *lines]
            about = []

    def _lines(self) -> list[Line]:
        """The lines whose usage nobody gave, the dearest unit first."""
        symbols = [line for line in self.bill.lines if line.meter.is_symbol and line.meter.origin.address.isprintable()]
        return sorted(symbols, key=_usd_of_unit, reverse=True)


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
    """The address under which something may be accepted; for a finding without an address, its file."""
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

"""
Turns a parsed `glimpse.toml` into a Workload, or lists everything that is wrong with it, each with its key.

The checks are written out here, although a library could make some of them: people get all problems at once, in their
language, with the allowed range and the nearest known key.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from glimpse.planner.given_usage import GivenUsage, given_usage_from
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.toml_values import as_fraction, shown
from glimpse.planner.workload import TERMS, Acceptance, Commitment, Promises, Workload
from glimpse.planner.workload_keys import BUILT_IN_HOURS, KEYS, OPTIONAL_KEYS, TEXT_KEYS, NumberKey, TextKey

OWN_SCENARIOS = ("today", "best", "best_with_planned")
"""Names that a stated scenario must not have: the planner makes these scenarios itself."""


class WorkloadError(ValueError):
    """The workload file says something that cannot be used; one sentence for each such thing."""

    def __init__(self, problems: Iterable[Sentence], source: str | None = None) -> None:
        self.problems = tuple(problems)
        self.source = source
        super().__init__(", ".join(problem.code for problem in self.problems))


def workload_from(table: Mapping[str, Any], source: str) -> Workload:
    """
    The workload that a parsed `glimpse.toml` states. What it leaves out has its built-in value.

    Raises WorkloadError with every problem, each with its key.
    """
    return _Checker(table).workload(source)


class _Checker:
    """Walks the table once and collects all problems instead of stopping at the first."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        self.problems: list[Sentence] = []

    def workload(self, source: str) -> Workload:
        sections: dict[str, set[str]] = {}
        for key in (*KEYS, *OPTIONAL_KEYS, *TEXT_KEYS):
            sections.setdefault(key.section, set()).add(key.name)
        sections["people"].add("hours")
        sections["promises"] = set(Promises.__dataclass_fields__)
        self._refuse_unknown("", self.table, {*sections, "commitments", "accepted", "usage", "scenarios"})
        tables = {name: self._section(name, known) for name, known in sections.items()}

        workload = Workload(
            source=source,
            numbers={
                key.name: self._number(key, tables[key.section])
                for key in (*KEYS, *OPTIONAL_KEYS)
                if key.built_in or key.name in tables[key.section]
            },
            has_people="users" in tables["people"],
            hours=self._hours(tables["people"]),
            **{key.name: self._text(key, tables[key.section]) for key in TEXT_KEYS},
            scenarios=dict(self._scenarios()),
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
        if wanted not in ("table", "tables"):
            params["meaning"] = key.rpartition(".")[2]
        self.problems.append(say(f"workload_wants_{wanted}", key=key, found=shown(found), **params))

    def _number(self, key: NumberKey, section: Mapping[str, Any]) -> Fraction:
        built_in_value = Fraction(key.built_in or 0)
        if key.name not in section:
            return built_in_value
        found = section[key.name]
        number = as_fraction(found)
        lowest, highest = Fraction(key.lowest), Fraction(key.highest)
        if number is None or not lowest <= number <= highest or (key.whole and number.denominator != 1):
            wanted = "whole_number" if key.whole else "number"
            self._wrong(key.path, wanted, found, lowest=key.lowest, highest=key.highest)
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

    def _text(self, key: TextKey, section: Mapping[str, Any]) -> Any:
        found = section.get(key.name)
        if found is not None and not (isinstance(found, str) and found):
            self._wrong(key.path, "text", found)
            return None
        return found

    def _promises(self, section: Mapping[str, Any]) -> Promises:
        kept: dict[str, Any] = {}
        for name, field in Promises.__dataclass_fields__.items():
            if name not in section:
                continue
            found = section[name]
            if name == "may_give_up":
                kept[name] = frozenset(self._names(f"promises.{name}", found))
                continue
            wanted = {"b": bool, "i": int, "s": str}[str(field.type)[0]]
            if type(found) is not wanted or (isinstance(found, int) and found < 0):
                self._wrong(f"promises.{name}", {bool: "flag", int: "count", str: "text"}[wanted], found)
                continue
            kept[name] = found.lower() if isinstance(found, str) else found
        return Promises(**kept)

    def _scenarios(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        scenarios = self.table.get("scenarios", {})
        if not isinstance(scenarios, Mapping):
            self._wrong("scenarios", "table", scenarios)
            return
        for name, levers in scenarios.items():
            if name in OWN_SCENARIOS:
                self.problems.append(say("scenario_name_taken", name=name))
            yield name, self._names(f"scenarios.{name}", levers)

    def _names(self, key: str, found: object) -> tuple[str, ...]:
        """A list of names."""
        if not isinstance(found, list) or not all(isinstance(name, str) and name for name in found):
            self.problems.append(say("workload_wants_names", key=key, found=shown(found)))
            return ()
        return tuple(found)

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

    def _accepted(self) -> Iterable[Acceptance]:
        for prefix, row in self._rows("accepted", {"address", "reason"}):
            reason = row.get("reason")
            if not isinstance(reason, str) or not reason.strip():
                self._wrong(prefix + "reason", "text", reason)
            else:
                yield Acceptance(row["address"], reason)

"""Writes measured values into the text of a `glimpse.toml`, which keeps its layout and its comments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from glimpse.chat.failure import Failure
from glimpse.operations.monitoring.measured import Stated, Value

MARK = "CloudWatch:"
"""Begins what a value's comment says about its metric; a later run replaces it from here on."""

FACTS = "# Seen in CloudWatch: "
FACT_LINES = re.compile(rf"(?m)^{FACTS}.*\n?")
HOURS_A_LINE = 12

DEFAULTS = {"connects": 4.0, "messages": 20.0, "requests_per_connection": 10.0}
"""Of keys that a file leaves out (docs/reference/workload.md)."""


def stated_in(text: str, path: str) -> Stated:
    """Raises Failure: `workload_not_toml`, and `workload_no_users` where the file does not say how many people."""
    table = _parsed(text, path).unwrap()
    people = table.get("people")
    users = people.get("users") if isinstance(people, dict) else None
    if not isinstance(users, int) or isinstance(users, bool) or users < 1:
        raise Failure("workload_no_users", path=path)

    def number(section: str, key: str) -> float:
        found = table.get(section)
        value = found.get(key, DEFAULTS[key]) if isinstance(found, dict) else DEFAULTS[key]
        return float(value) if isinstance(value, int | float) else DEFAULTS[key]

    return Stated(
        users=users,
        connects=number("each_user_a_day", "connects"),
        messages=number("each_user_a_day", "messages"),
        requests_per_connection=max(1.0, number("habits", "requests_per_connection")),
    )


def value_in(text: str, section: str, key: str) -> object:
    """None where the file has no such key."""
    found = tomlkit.parse(text).unwrap().get(section)
    return found.get(key) if isinstance(found, dict) else None


def edited(text: str, values: Sequence[Value], facts: Sequence[str], path: str) -> str:
    """The text with the measured values, and with the facts at its end. Raises Failure: `workload_not_toml`."""
    ending = "\r\n" if "\r\n" in text else "\n"
    document = _parsed(FACT_LINES.sub("", text).rstrip() + ending, path)
    for value in values:
        if value.section not in document:
            document[value.section] = tomlkit.table()
        _set(document[value.section], value)
    seen = "".join(f"{FACTS}{fact}{ending}" for fact in facts)
    return tomlkit.dumps(document).rstrip() + ending + (ending + seen if seen else "")


def _parsed(text: str, path: str) -> tomlkit.TOMLDocument:
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise Failure("workload_not_toml", path=path, detail=str(error)[:200]) from None


def _set(section: Any, value: Value) -> None:
    old = section.get(value.key)
    comment = old.trivia.comment if hasattr(old, "trivia") else ""
    section[value.key] = _item(value.value)
    if isinstance(section, InlineTable):
        # A comment would end the line, and the table with it.
        return
    said = comment.lstrip("# ").partition(MARK)[0].rstrip("; ")
    new = section[value.key]
    new.trivia.comment_ws = " "
    new.trivia.comment = "# " + "; ".join(filter(None, (said, f"{MARK} {value.source}")))


def _item(value: float | Sequence[float]) -> Any:
    if isinstance(value, float | int):
        return tomlkit.item(_number(value))
    rows = [value[start : start + HOURS_A_LINE] for start in range(0, len(value), HOURS_A_LINE)]
    lines = "".join(f"  {', '.join(str(_number(each)) for each in row)},\n" for row in rows)
    return tomlkit.parse(f"array = [\n{lines}]\n")["array"]


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value

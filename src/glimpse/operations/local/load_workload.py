"""The load of a running stack as a `glimpse.toml`: what `glimpse plan` would price if this load lasted all month."""

from __future__ import annotations

import datetime
import json
import tomllib
from typing import Any

from msgspec import Struct

SECONDS_PER_DAY = 86_400
NOTICEABLE = 0.2
"""A load that differs by less than this share is priced the same: messages a second are never twice equal."""


class Load(Struct, frozen=True):
    """What clients do at one moment."""

    sockets: int
    messages_per_second: float

    def differs(self, other: Load) -> bool:
        """Whether the two are far enough apart to be priced anew."""
        return _differ(self.sockets, other.sockets) or _differ(self.messages_per_second, other.messages_per_second)


def workload_of(load: Load, text: str) -> str:
    """
    The `glimpse.toml` in `text` with the people of this load, at every hour of the day: each open socket is one user,
    who sends an equal part of the messages. Every other key stays, those of one user's requests and files too. Raises
    tomllib.TOMLDecodeError.
    """
    table = tomllib.loads(text)
    users = load.sockets or int(load.messages_per_second > 0)
    people = {"users": users, "peak_socket_share": 1 if load.sockets else 0, "hours": [1] * 24}
    messages = load.messages_per_second * SECONDS_PER_DAY / users if users else 0
    return toml_text({
        **table,
        "people": {**table.get("people", {}), **people},
        "each_user_a_day": {**table.get("each_user_a_day", {}), "messages": messages},
    })  # fmt: skip


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > NOTICEABLE * max(one, other)


def toml_text(table: dict[str, Any]) -> str:
    """A table of tomllib as TOML: the standard library only reads it."""
    return "".join(f"{_text(name)} = {_text(value)}\n" for name, value in table.items())


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(name)} = {_text(inside)}" for name, inside in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    # JSON writes the rest as TOML does, but for DEL, which TOML wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")

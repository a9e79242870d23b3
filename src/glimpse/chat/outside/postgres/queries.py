"""The statements of `queries.sql`, by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files

_NAMED = re.compile(r"^-- name: (\w+)\n((?:--[^\n]*\n)+)(.*?)(?=^--|\Z)", re.MULTILINE | re.DOTALL)


def named(text: str) -> Mapping[str, str]:
    """
    Each statement of a text by its name. Of its sentence nothing is sent to the server.

        -- name: users
        -- Those of some ids that exist, in the order asked.
        select …;
    """
    return {name: statement.strip().rstrip(";") for name, _sentence, statement in _NAMED.findall(text)}


QUERIES = named((files("glimpse.chat.outside.postgres") / "queries.sql").read_text(encoding="utf-8"))

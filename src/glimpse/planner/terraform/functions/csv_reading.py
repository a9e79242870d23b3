"""CSV documents as `csvdecode` reads them (RFC 4180, as Go's package encoding/csv understands it)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.types import STRING, object_of
from glimpse.planner.terraform.values import List

FIELD = re.compile(r'"((?:[^"]|"")*)"(?=,|\n|\Z)|([^",\n][^,"\n]*)?(?=,|\n|\Z)')


def csv_value(text: str) -> List:
    """A list of objects, whose attributes the first line names. Raises EvaluationError."""
    rows = _rows(text)
    header = next(rows, None)
    if header is None:
        raise EvaluationError("missing header line")
    if len(set(header)) < len(header):
        raise EvaluationError("duplicate column name")
    found = []
    for row in rows:
        if len(row) != len(header):
            raise EvaluationError("wrong number of fields")
        found.append(dict(zip(header, row, strict=True)))
    return List(found, object_of(dict.fromkeys(header, STRING)))


def _rows(text: str) -> Iterator[list[str]]:
    """Empty lines are left out, quotes stand around a whole field or nowhere."""
    text = text.replace("\r\n", "\n").removesuffix("\r")
    place = 0
    row: list[str] = []
    while place < len(text):
        if not row and text[place] == "\n":
            place += 1
            continue
        match = FIELD.match(text, place)
        if not match:
            raise EvaluationError("a quote is out of place")
        row.append(match[1].replace('""', '"') if match[1] is not None else match[2] or "")
        place = match.end() + 1
        if text[match.end() : place] != ",":
            yield row
            row = []
    if row:
        yield [*row, ""]

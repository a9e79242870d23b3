"""The JSON Schemas that the package ships, and what they say of a document."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator


def schema_of(name: str) -> Any:
    """`name` as in `glimpse.NAME/1`."""
    return json.loads((files("glimpse.operations") / f"schemas/{name}.json").read_text(encoding="utf-8"))


def undescribed(text: bytes | str) -> Sequence[str]:
    """What of a document its schema does not describe; the document names its schema."""
    document = json.loads(text)
    validator = Draft202012Validator(schema_of(document["schema"].removeprefix("glimpse.").removesuffix("/1")))
    return [error.message for error in validator.iter_errors(document)]

"""
What the JSON documents have in common, and `glimpse.errors/1`.

The names are promises to scripts. Money and quantities are decimal strings. Every sentence has its stable English code,
its facts, and its text in the reader's language. Null and empty fields are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from glimpse.planner.finding import Finding
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.sentence import Sentence
from glimpse.words import Words, plain

Json = dict[str, Any]

LINE_ALWAYS = ("quantity", "monthly_usd")
"""What a line always has, null where nobody knows it."""


def errors_as_json(errors: Iterable[Finding], words: Words) -> Json:
    return {"schema": "glimpse.errors/1", "errors": [without_empty(finding_as_json(error, words)) for error in errors]}


def finding_as_json(found: Finding, words: Words) -> Json:
    return {**sentence_as_json(found.what, words), "file": plain_or_none(found.file), "line": found.line}


def sentence_as_json(sentence: Sentence, words: Words) -> Json:
    """A sentence as its stable code, its facts, and its text."""
    params = {name: plain(value) if isinstance(value, str) else value for name, value in sentence.params.items()}
    return {"code": sentence.code, "params": params, "text": words.render(sentence)}


def place_as_json(origin: Origin) -> Json:
    return {"address": plain(origin.address), "file": plain_or_none(origin.file), "line": origin.line}


def plain_or_none(text: str | None) -> str | None:
    return None if text is None else plain(text)


def usd_or_none(amount: Fraction | None) -> str | None:
    return None if amount is None else usd_text(amount)


def without_empty(document: Json, always: tuple[str, ...] = ()) -> Json:
    """The same document without null and empty fields (`always` names those of the top level that stay)."""
    always = (*always, *LINE_ALWAYS) if "component" in document and "quantity" in document else always
    items = ((name, item if name in always else _value_without_empty(item)) for name, item in document.items())
    return {name: item for name, item in items if name in always or item not in (None, {}, [], "")}


def _value_without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return without_empty(value)
    return [_value_without_empty(item) for item in value] if isinstance(value, list) else value

"""What a check found."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

CONFIRMED, REFUTED, UNKNOWN = "confirmed", "refuted", "unknown"


class Finding(Struct, frozen=True):
    """
    `verdict`, and why: a sentence of `words/LANGUAGE/verify.ftl` and its values. `document`: what the plan document
    says about the same figure ("> 70%"), None where it says nothing or there is no such document.
    """

    verdict: str
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    document: str | None = None


def confirmed(code: str, **values: str | int) -> Finding:
    return Finding(CONFIRMED, code, values)


def refuted(code: str, **values: str | int) -> Finding:
    return Finding(REFUTED, code, values)


def unknown(code: str, **values: str | int) -> Finding:
    return Finding(UNKNOWN, code, values)

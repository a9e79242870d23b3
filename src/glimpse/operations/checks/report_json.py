"""A verification as `glimpse.verify/1`: codes and values for programs, and the same as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from glimpse.operations.checks.report import VERDICTS, Verification, why
from glimpse.operations.options import Say

SCHEMA = "glimpse.verify/1"


class Why(Struct, frozen=True):
    """A stable English code, its values, and its text in the reader's language."""

    code: str
    values: Mapping[str, str | int]
    text: str
    document: str | None
    """What the plan document says about the same figure, as it writes it."""


class CheckDocument(Struct, frozen=True):
    """One check. `verdict` is "confirmed", "refuted" or "unknown"; `seconds` is how long it took."""

    name: str
    title: str
    verdict: str
    why: Why
    seconds: float


class BoxDocument(Struct, frozen=True):
    """One box of the plan document's checklist, its line there, and the names of the checks that answer it."""

    group: str
    quote: str
    source_line: int
    verdict: str
    checks: Sequence[str]


class VerificationDocument(Struct, frozen=True):
    """
    What `glimpse verify` found. `target` is "local", "url" or "aws"; `address` names what was checked; `at` is an ISO
    time. `left`: how many messages, files and accounts of `verify` itself could not be deleted.
    """

    target: str
    address: str
    at: str
    verdicts: Mapping[str, int]
    """How many checks have each verdict."""

    boxes: Sequence[BoxDocument]
    checks: Sequence[CheckDocument]
    left: int
    schema: str = SCHEMA


def json_document(verification: Verification, say: Say) -> VerificationDocument:
    return VerificationDocument(
        target=verification.target,
        address=verification.address,
        at=verification.at,
        verdicts={verdict: verification.count(verdict) for verdict in VERDICTS},
        boxes=[
            BoxDocument(
                answered.box.group,
                answered.box.quote,
                answered.box.source_line,
                answered.verdict,
                [outcome.name for outcome in answered.outcomes],
            )
            for answered in verification.boxes
        ],
        checks=[
            CheckDocument(
                name=outcome.name,
                title=say(f"verify_title_{outcome.name}"),
                verdict=outcome.finding.verdict,
                why=Why(
                    outcome.finding.code,
                    dict(outcome.finding.values),
                    why(outcome.finding, say),
                    outcome.finding.document,
                ),
                seconds=round(outcome.seconds, 2),
            )
            for outcome in verification.outcomes
        ],
        left=verification.left,
    )


def json_text(verification: Verification, say: Say) -> str:
    return msgspec.json.format(msgspec.json.encode(json_document(verification, say)), indent=2).decode() + "\n"

"""A verification as `glimpse.verify/1`."""

from __future__ import annotations

from typing import Any

import msgspec

from glimpse.operations.checks.report import VERDICTS, Verification
from glimpse.operations.options import Say

SCHEMA = "glimpse.verify/1"


def json_document(verification: Verification, say: Say) -> dict[str, Any]:
    """Codes and values for programs, and the same as text for people."""
    return {
        "schema": SCHEMA,
        "target": verification.target,
        "address": verification.address,
        "at": verification.at,
        "verdicts": {verdict: verification.count(verdict) for verdict in VERDICTS},
        "boxes": [
            {
                "group": box.box.group,
                "quote": box.box.quote,
                "source_line": box.box.source_line,
                "verdict": box.verdict,
                "checks": [outcome.name for outcome in box.outcomes],
            }
            for box in verification.boxes
        ],
        "checks": [
            {
                "name": outcome.name,
                "title": say(f"verify_title_{outcome.name}"),
                "verdict": outcome.finding.verdict,
                "why": {
                    "code": outcome.finding.code,
                    "values": dict(outcome.finding.values),
                    "text": say(outcome.finding.code, **outcome.finding.values),
                },
                "seconds": round(outcome.seconds, 2),
            }
            for outcome in verification.outcomes
        ],
        "left": verification.left,
    }


def json_text(verification: Verification, say: Say) -> str:
    return msgspec.json.format(msgspec.json.encode(json_document(verification, say)), indent=2).decode() + "\n"

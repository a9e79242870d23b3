"""Secrets in what checks found: a service may answer with the token or the password that it was sent."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from glimpse.operations.checks.check import Outcome

REDACTED = "…"


def redact(outcome: Outcome, secrets: Iterable[str]) -> Outcome:
    """The outcome with REDACTED instead of each secret."""

    def redacted(value: str | int) -> str | int:
        for secret in secrets if isinstance(value, str) else ():
            value = str(value).replace(secret, REDACTED)
        return value

    finding = outcome.finding
    values = {name: redacted(value) for name, value in finding.values.items()}
    return replace(outcome, finding=replace(finding, values=values))

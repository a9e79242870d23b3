"""The settings of a task on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from glimpse.chat.settings import PREFIX, SETTINGS
from glimpse.operations.timings import Timings

OF_AWS = frozenset(
    PREFIX + name
    for name in (
        "ALLOWED_ORIGINS", "BUS_URL", "CLOUDFRONT_KEY_ID", "CLOUDFRONT_PRIVATE_KEY", "CLOUDFRONT_URL", "DATA",
        "DATABASE_URL", "JWKS", "JWKS_URL", "JWT_AUDIENCE", "JWT_ISSUER", "JWT_SECRETS", "S3_BUCKET", "S3_ENDPOINT",
        "S3_REGION",
    )
)  # fmt: skip
"""What names something outside this machine, or the issuer of its users, who sign up here instead."""

ADDRESS_REQUESTS_PER_SECOND = 100_000
"""All clients on this machine have one address; a limit for each address would refuse what comes from many on AWS."""


def task_environment(
    terraform: Mapping[str, str], parts: Mapping[str, str], deployed: Mapping[str, str], timings: Timings, port: int
) -> Mapping[str, str]:
    """
    `terraform`: a task's environment as the Terraform has it, of which counts what the service knows and what makes
    sense here. `parts`: the addresses of the other parts and their secrets. `deployed`: what deploys have set since.
    """
    known = {setting.variable for setting in SETTINGS}
    kept = {name: value for name, value in terraform.items() if name in known - OF_AWS}
    here: dict[str, str | int] = {
        "TRUSTED_PROXIES": 1,
        "SIGNUP": "on",
        "ADDRESS_REQUESTS_PER_SECOND": ADDRESS_REQUESTS_PER_SECOND,
        # A drain of 0 s is none at all, and no speed makes one of it.
        "DRAIN_SECONDS": max(1, round(timings.drain)) if timings.drain else 0,
    }
    place: dict[str, str | int] = {"HOST": "127.0.0.1", "PORT": port}
    return {**kept, **_named(here), **parts, **deployed, **_named(place)}


def _named(settings: Mapping[str, str | int]) -> dict[str, str]:
    return {PREFIX + name: str(value) for name, value in settings.items()}

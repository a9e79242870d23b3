"""The settings of a task on this machine."""

from __future__ import annotations

from collections.abc import Mapping

from glimpse.chat.settings import PREFIX, SETTINGS
from glimpse.operations.timings import Timings

AWS_ONLY = frozenset(
    PREFIX + name
    for name in (
        "ALLOWED_ORIGINS", "BUS_URL", "CLOUDFRONT_KEY_ID", "CLOUDFRONT_PRIVATE_KEY", "CLOUDFRONT_URL", "DATA",
        "DATABASE_URL", "JWKS", "JWKS_URL", "JWT_AUDIENCE", "JWT_ISSUER", "JWT_SECRETS", "S3_BUCKET", "S3_ENDPOINT",
        "S3_REGION",
    )
)  # fmt: skip
"""Settings that name something outside this machine, among them the issuer of tokens: people sign up here instead."""

ADDRESS_REQUESTS_PER_SECOND = 100_000
"""All clients on this machine have one address; a limit for each address would refuse what comes from many on AWS."""


def task_environment(
    terraform: Mapping[str, str], parts: Mapping[str, str], deployed: Mapping[str, str], timings: Timings, port: int
) -> Mapping[str, str]:
    """
    `terraform`: a task's environment as the Terraform has it; settings that the service does not know, or that mean
    nothing here, are left out. `parts`: the addresses of the other parts and their secrets. `deployed`: what deploys
    have set since.
    """
    known = {setting.variable for setting in SETTINGS}
    kept = {name: value for name, value in terraform.items() if name in known - AWS_ONLY}
    here: dict[str, str | int] = {
        "TRUSTED_PROXIES": 1,
        "SIGNUP": "on",
        "ADDRESS_REQUESTS_PER_SECOND": ADDRESS_REQUESTS_PER_SECOND,
        # 0 s means no drain at all, which no speed may make of a drain.
        "DRAIN_SECONDS": max(1, round(timings.drain)) if timings.drain else 0,
    }
    place: dict[str, str | int] = {"HOST": "127.0.0.1", "PORT": port}
    return {**kept, **_named(here), **parts, **deployed, **_named(place)}


def _named(settings: Mapping[str, str | int]) -> dict[str, str]:
    return {PREFIX + name: str(value) for name, value in settings.items()}

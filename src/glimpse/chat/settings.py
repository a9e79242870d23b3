"""
What a task is told by its environment. `KEYS` is the whole list: the reading, `--help` and the reference page come
from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from glimpse.chat.failure import Failure

PREFIX = "GLIMPSE_"

DATABASES = ("postgresql://", "postgres://")
CACHES = ("redis://", "rediss://", "valkey://", "valkeys://")
SAME_DATABASE = "postgresql:"
"""A bus over the database that holds the messages."""

MIN_SECRET_BYTES = 32
"""Bytes; a key for HS256 is no shorter than its hash (RFC 7518 section 3.2)."""


@dataclass(frozen=True)
class Settings:
    """Seconds, bytes and counts as the names say. `database_url` None: the embedded database under `data`."""

    database_url: str | None
    data: str
    host: str
    port: int
    jwt_secrets: tuple[str, ...]
    token_seconds: int
    allowed_origins: frozenset[str]
    keep_alive_seconds: int
    drain_seconds: int
    bus_url: str | None
    database_pool: int
    body_characters: int
    events_per_second: int
    sockets_per_user: int
    sockets: int
    address_requests_per_second: int
    s3_bucket: str
    s3_region: str
    s3_endpoint: str
    cloudfront_url: str
    cloudfront_key_id: str
    cloudfront_private_key: str
    uploads_per_minute: int
    storage_mb_per_user: int


class SettingsWrong(Exception):
    """Everything that is wrong, in the order of `KEYS`; each failure names its `variable`, never a secret."""

    def __init__(self, failures: Sequence[Failure]) -> None:
        super().__init__(*failures)
        self.failures = tuple(failures)


@dataclass(frozen=True)
class Key:
    """One variable: the field it fills, and how its text is read; that may raise Failure. The words say what it is."""

    field: str
    read: Callable[[str], Any]
    default: str

    @property
    def variable(self) -> str:
        return PREFIX + self.field.upper()


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and len(text) <= 9 and least <= int(text) <= most):
            raise Failure("setting_number", least=least, most=most)
        return int(text)

    return read


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in text.split(",") if part.strip())
    if any(len(secret.encode()) < MIN_SECRET_BYTES for secret in secrets):
        raise Failure("setting_secret", least=MIN_SECRET_BYTES)
    return secrets


def _origins(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _database(text: str) -> str | None:
    if text and not text.startswith(DATABASES):
        raise Failure("setting_database")
    return text or None


def _bus(text: str) -> str | None:
    if text and text != SAME_DATABASE and not text.startswith(DATABASES + CACHES):
        raise Failure("setting_bus")
    return text or None


def _bucket(text: str) -> str:
    if text and not _BUCKET.fullmatch(text):
        raise Failure("setting_bucket")
    return text


def _url(text: str) -> str:
    if text and not _URL.fullmatch(text):
        raise Failure("setting_url")
    return text


_BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_URL = re.compile(r"https?://[^/\s?#]+/?")

KEYS = (
    Key("database_url", _database, ""),
    Key("bus_url", _bus, ""),
    Key("data", str, "glimpse-data"),
    Key("host", str, "::"),
    Key("port", _number(0, 65_535), "3001"),
    Key("jwt_secrets", _secrets, ""),
    Key("token_seconds", _number(60, 31_536_000), "3600"),
    Key("allowed_origins", _origins, ""),
    Key("keep_alive_seconds", _number(1, 4_000), "65"),
    Key("drain_seconds", _number(0, 110), "25"),
    Key("database_pool", _number(1, 500), "4"),
    Key("body_characters", _number(1, 100_000), "4000"),
    Key("events_per_second", _number(1, 100_000), "50"),
    Key("sockets_per_user", _number(1, 10_000), "20"),
    Key("sockets", _number(1, 1_000_000), "20000"),
    Key("address_requests_per_second", _number(1, 100_000), "50"),
    Key("s3_bucket", _bucket, ""),
    Key("s3_region", str, "ap-northeast-2"),
    Key("s3_endpoint", _url, ""),
    Key("cloudfront_url", _url, ""),
    Key("cloudfront_key_id", str, ""),
    Key("cloudfront_private_key", str, ""),
    Key("uploads_per_minute", _number(1, 100_000), "30"),
    Key("storage_mb_per_user", _number(1, 100_000_000), "1000"),
)

TOGETHER = ("cloudfront_url", "cloudfront_key_id", "cloudfront_private_key")
"""All of them, or none."""


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises SettingsWrong with everything that is wrong, not only the first."""
    read: dict[str, Any] = {}
    failures: list[Failure] = []
    for key in KEYS:
        try:
            read[key.field] = key.read(environment.get(key.variable, "").strip() or key.default)
        except Failure as failure:
            failures.append(Failure(failure.code, variable=key.variable, **failure.values))
    if read.get("database_url") and read.get("jwt_secrets") == ():
        failures.append(Failure("setting_secret_missing", variable=PREFIX + "JWT_SECRETS"))
    given = [name for name in TOGETHER if read.get(name)]
    if given and len(given) < len(TOGETHER):
        missing = next(name for name in TOGETHER if name not in given)
        failures.append(Failure("setting_together", variable=PREFIX + missing.upper()))
    if failures:
        raise SettingsWrong(failures)
    return Settings(**read)

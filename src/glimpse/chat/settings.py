"""
What a task is told by its environment. `KEYS` is the whole list: the reading, `--help` and the reference page come
from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "GLIMPSE_"

SHORTEST_SECRET = 32
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
    database_pool: int
    body_characters: int
    events_per_second: int
    sockets_per_user: int


class SettingsWrong(Exception):
    """`problems` are (variable, code of the sentence, values for it); a secret is never among the values."""

    def __init__(self, problems: list[tuple[str, str, dict[str, str]]]) -> None:
        super().__init__(", ".join(name for name, _, _ in problems))
        self.problems = problems


class Unfit(Exception):
    """A text that a variable does not take: the code of a sentence, and its values."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Key:
    """One variable: the field it fills, how its text is read (it may raise Unfit), and what it means."""

    field: str
    read: Callable[[str], Any]
    default: str
    english: str
    korean: str

    @property
    def variable(self) -> str:
        return PREFIX + self.field.upper()


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdecimal() and least <= int(text) <= most):
            raise Unfit("setting_number", least=str(least), most=str(most))
        return int(text)

    return read


def _secrets(text: str) -> tuple[str, ...]:
    secrets = tuple(part.strip() for part in text.split(",") if part.strip())
    if any(len(secret.encode()) < SHORTEST_SECRET for secret in secrets):
        raise Unfit("setting_secret", least=str(SHORTEST_SECRET))
    return secrets


def _origins(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _database(text: str) -> str | None:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise Unfit("setting_database")
    return text or None


KEYS = (
    Key(
        "database_url",
        _database,
        "",
        "PostgreSQL, as postgresql://user:password@host/name; empty: an embedded one is started",
        "PostgreSQL 주소(postgresql://user:password@host/name). 비워 두면 내장 PostgreSQL을 시작해요",
    ),
    Key(
        "data",
        str,
        "glimpse-data",
        "the folder of the embedded database and its secret",
        "내장 DB와 비밀 키를 두는 폴더",
    ),
    Key("host", str, "::", "the address to listen on; :: is every address", "수신할 주소. ::는 모든 주소예요"),
    Key("port", _number(0, 65_535), "3001", "the port to listen on", "수신할 포트"),
    Key(
        "jwt_secrets",
        _secrets,
        "",
        "what tokens are signed with, comma-separated: the first signs, all verify; needed with a database of yours",
        "토큰 서명 키(쉼표로 구분). 첫 번째 키로 서명하고 모든 키로 검증해요. 직접 준비한 DB를 쓸 때 꼭 필요해요",
    ),
    Key("token_seconds", _number(60, 31_536_000), "3600", "how long a token is valid", "토큰의 유효 시간(초)"),
    Key(
        "allowed_origins",
        _origins,
        "",
        "origins of pages that may use the service, comma-separated; its own page always may",
        "이 서비스를 쓸 수 있는 페이지의 origin(쉼표로 구분). 서비스 자신의 페이지는 늘 쓸 수 있어요",
    ),
    Key(
        "keep_alive_seconds",
        _number(1, 4_000),
        "65",
        "how long an idle HTTP connection is kept; longer than the balancer's idle timeout",
        "유휴 HTTP 연결을 유지하는 시간(초). 로드 밸런서의 유휴 제한 시간보다 길어야 해요",
    ),
    Key(
        "database_pool",
        _number(2, 500),
        "4",
        "connections to the database, at most; a task needs few, for messages share commits",
        "DB 연결 수의 상한. 메시지를 묶어 커밋하므로 태스크 하나에 많이 필요하지 않아요",
    ),
    Key("body_characters", _number(1, 100_000), "4000", "the longest message", "메시지의 최대 글자 수"),
    Key(
        "events_per_second",
        _number(1, 100_000),
        "50",
        "events of one user a second, on this task",
        "이 태스크가 사용자 한 명에게서 1초에 받는 이벤트 수",
    ),
    Key(
        "sockets_per_user",
        _number(1, 10_000),
        "20",
        "sockets of one user, on this task; the oldest closes",
        "이 태스크에서 한 사용자가 여는 소켓 수. 넘으면 가장 오래된 소켓을 닫아요",
    ),
)


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings of an environment. Raises SettingsWrong with everything that is wrong, not only the first."""
    read: dict[str, Any] = {}
    problems: list[tuple[str, str, dict[str, str]]] = []
    for key in KEYS:
        try:
            read[key.field] = key.read(environment.get(key.variable, "").strip() or key.default)
        except Unfit as unfit:
            problems.append((key.variable, unfit.code, unfit.values))
    if read.get("database_url") and read.get("jwt_secrets") == ():
        problems.append((PREFIX + "JWT_SECRETS", "setting_secret_missing", {}))
    if problems:
        raise SettingsWrong(problems)
    return Settings(**read)

"""The options of `up`, `drill` and `verify`, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from glimpse.operations.drills.names import DEFAULT_CLIENTS


class Say(Protocol):
    """Renders the sentence of a code in the reader's language. `language` is "en" or "ko"."""

    language: str

    def __call__(self, code: str, /, **values: str | int) -> str: ...

    def in_language(self, language: str) -> Say: ...


class StackOptions(Struct, frozen=True):
    """
    `arguments`: what `glimpse plan` is to read: the path and its options, as on a command line. `bus` and `tasks` are
    None where the Terraform decides. Port 0 is any free one.
    """

    arguments: Sequence[str]
    data: Path
    bus: str | None = None
    tasks: int | None = None
    port: int = 8080
    page_port: int = 8090
    speed: float = 1.0


class DrillOptions(Struct, frozen=True):
    """`environment`: settings that a deploy gives to the new tasks. `speed` None: that of the stack."""

    name: str
    stack: StackOptions
    speed: float | None = None
    clients: int = DEFAULT_CLIENTS
    seed: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    format: str = "terminal"
    output: Path | None = None


class VerifyOptions(Struct, frozen=True):
    """
    `target`: "local", "aws" or a URL. `tokens`: of two users, where nobody can sign up. `drill`: the ECS service that
    may lose a task. `asks`: whether a person is there who can be asked whether a task may be taken away; `is_agreed`:
    that person has agreed already.
    """

    target: str
    arguments: Sequence[str]
    data: Path
    tokens: Sequence[str] = ()
    is_slow: bool = False
    drill: str | None = None
    asks: bool = True
    is_agreed: bool = False
    only: Sequence[str] = ()
    region: str | None = None
    format: str = "terminal"
    output: Path | None = None
    is_strict: bool = False


class DeployOptions(Struct, frozen=True):
    """
    `arguments`: what `glimpse plan` is to read: the path and its options. `image`: the digest to run instead of a new
    image. `rehearsal`: the name of what shall happen in a rehearsal against fakes, None for AWS itself. `asks`: whether
    a person is there who can be asked; `is_agreed`: that person has agreed already.
    """

    arguments: Sequence[str]
    region: str | None = None
    image: str | None = None
    is_dry_run: bool = False
    rehearsal: str | None = None
    asks: bool = True
    is_agreed: bool = False


class WatchOptions(Struct, frozen=True):
    """`days` are those before today that are compared. `send`: sns:ARN, or slack, whose URL is in the environment."""

    arguments: Sequence[str]
    region: str | None = None
    days: int = 7
    format: str = "terminal"
    output: Path | None = None
    send: str | None = None


class MeasureOptions(Struct, frozen=True):
    """Of `glimpse workload from-cloudwatch`. `output` None: the report alone, nothing is written."""

    arguments: Sequence[str]
    region: str | None = None
    days: int = 30
    output: Path | None = None

"""
What a client notes while a drill runs. Every `at` is in seconds since 1970, and `client` is the client's name, which is
also its user's id in `data` and `answer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class Note(Struct, frozen=True):
    at: float
    client: str


class Connected(Note, frozen=True):
    """The namespace was joined. `transport`: "websocket" or "polling"."""

    transport: str


class Disconnected(Note, frozen=True):
    """`reason` is Socket.IO's: "transport close", "ping timeout", …"""

    reason: str


class ConnectionRefused(Note, frozen=True):
    """An attempt to connect failed; the client tries again after its back-off."""


class Draining(Note, frozen=True):
    """The task said that it is going away, and when this client is to reconnect."""

    reconnect_seconds: float


class Sent(Note, frozen=True):
    """The client wrote a message. It is sent once the client's messages before it have their answers."""

    conversation_id: str
    client_id: str


class Acknowledged(Note, frozen=True):
    conversation_id: str
    client_id: str
    id: str
    seq: int


class Failed(Note, frozen=True):
    """The message was refused, and a retry would not help."""

    conversation_id: str
    client_id: str
    code: str


class Heard(Note, frozen=True):
    """An event: `name` and `data` as in the chat's contract."""

    name: str
    data: Mapping[str, Any]


class Synced(Note, frozen=True):
    """The answer to `sync` with the cursors that the client had."""

    answer: Mapping[str, Any]


class Fetched(Note, frozen=True):
    """One answer to `sync` without cursors, at the end. Later pages of the same fetch are notes of their own."""

    answer: Mapping[str, Any]


class Left(Note, frozen=True):
    """The client closed its own connection, because the drill is over."""

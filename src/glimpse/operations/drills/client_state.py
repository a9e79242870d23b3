"""What a client knows of its conversations, from events and answers to `sync`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ClientState:
    """What a user knows about their conversations."""

    members: dict[str, list[str]] = field(default_factory=dict)
    reads: dict[tuple[str, str], int] = field(default_factory=dict)
    bodies: dict[tuple[str, int], str | None] = field(default_factory=dict)
    """(conversation, seq) → the text; None for an entry that has no text or whose text was deleted."""

    deleted: set[tuple[str, int]] = field(default_factory=set)
    """Kept so that the answer to an earlier sync does not bring a deleted text back."""

    def apply_sync(self, answer: Mapping[str, Any]) -> None:
        for conversation in answer["conversations"]:
            self.members[conversation["id"]] = conversation["memberIds"]
            for reader, seq in conversation["reads"].items():
                self.read(conversation["id"], reader, seq)
        for entry in answer["messages"]:
            key = entry["conversationId"], entry["seq"]
            self.bodies[key] = None if key in self.deleted else entry.get("body")
            if entry["type"] == "deleted":
                self.delete(entry["conversationId"], entry["of"])

    def apply_event(self, name: str, data: Mapping[str, Any]) -> None:
        if name == "message":
            self.bodies.setdefault((data["conversationId"], data["seq"]), data["body"])
        elif name == "deleted":
            self.bodies[data["conversationId"], data["seq"]] = None
            self.delete(data["conversationId"], data["of"])
        elif name == "conversation":
            self.members[data["id"]] = data["memberIds"]
            if data["lastSeq"]:
                self.bodies[data["id"], data["lastSeq"]] = None
        elif name == "read":
            self.read(data["conversationId"], data["userId"], data["seq"])

    def delete(self, conversation_id: str, seq: int) -> None:
        self.bodies[conversation_id, seq] = None
        self.deleted.add((conversation_id, seq))

    def read(self, conversation_id: str, reader: str, seq: int) -> None:
        self.reads[conversation_id, reader] = max(seq, self.reads.get((conversation_id, reader), 0))


def entry_key(name: str, data: Mapping[str, Any]) -> tuple[str, int] | None:
    """The conversation and seq of the entry that an event announces; None where it announces none."""
    if name in ("message", "deleted"):
        return data["conversationId"], data["seq"]
    if name == "conversation" and data["lastSeq"]:
        return data["id"], data["lastSeq"]
    return None

"""What happens to the clients of a drill, told to the stack's timeline."""

from __future__ import annotations

import asyncio

from glimpse.operations.drills.notes import Connected, Disconnected, Draining, Note
from glimpse.operations.ports import LocalStack
from glimpse.operations.state import CLIENTS

WATCH_SECONDS = 0.25


class ClientWatch:
    """Tells the timeline what happens to clients, those of the last WATCH_SECONDS together."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._closed_at: dict[str, float] = {}
        self._told = self._closed = 0
        self._back: list[float] = []

    def on_note(self, note: Note) -> None:
        if isinstance(note, Draining):
            self._told += 1
        elif isinstance(note, Disconnected):
            self._closed_at[note.client] = note.at
            self._closed += 1
        elif isinstance(note, Connected) and (at := self._closed_at.pop(note.client, None)) is not None:
            self._back.append(note.at - at)

    async def tell(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            if self._told:
                self._stack.record(CLIENTS, "drill_clients_told", clients=self._told)
            if self._closed:
                self._stack.record(CLIENTS, "drill_clients_closed", clients=self._closed)
            if self._back:
                longest = round(max(self._back), 1)
                self._stack.record(CLIENTS, "drill_clients_back", clients=len(self._back), seconds=longest)
            self._told, self._closed, self._back = 0, 0, []

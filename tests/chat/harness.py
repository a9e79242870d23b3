"""The service on a store in memory, with handed-in time and recording clients."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from glimpse.chat.authentication import Authentication
from glimpse.chat.background import BackgroundTasks
from glimpse.chat.commit import GroupCommit
from glimpse.chat.conversations import Conversations
from glimpse.chat.counts import Counts
from glimpse.chat.messages import Messages
from glimpse.chat.ports import Store
from glimpse.chat.presence_notifier import PresenceNotifier
from glimpse.chat.protocol.outgoing import OutgoingText
from glimpse.chat.protocol.socketio import ACK, CONNECT_ERROR, DISCONNECT, EVENT, ROOT, Decoder, Packet, Peer
from glimpse.chat.publisher import LocalPublisher, Publisher
from glimpse.chat.refusals import Refusal
from glimpse.chat.service import Limits, Service
from glimpse.chat.sockets import Sockets
from glimpse.chat.tokens import Tokens
from glimpse.chat.users import Users
from tests.chat.conftest import memory_store

SECRET = "a secret of at least thirty-two bytes"
Document = dict[str, Any]
OnAnswer = Callable[[Document], None]


class RecordingSocket:
    """The session of one client: what the client received, whether it had to leave, and how it was closed."""

    state, language, deadline = "websocket", "", None

    def __init__(self) -> None:
        self.heard: list[tuple[str, Document]] = []
        self.refused: Document | None = None
        self.closed: str | None = None
        self.is_disconnected = False
        self.on_answer: dict[int, OnAnswer] = {}

    def send(self, messages: Iterable[str | bytes]) -> None:
        decoder = Decoder()
        for message in messages:
            packet = decoder.receive(message)
            if packet is None:
                continue
            if packet.type == EVENT:
                name, document = packet.data
                self.heard.append((name, document))
            elif packet.type == ACK and packet.id is not None:
                self.on_answer.pop(packet.id)(*packet.data)
            elif packet.type == CONNECT_ERROR:
                self.refused = packet.data
            elif packet.type == DISCONNECT:
                self.is_disconnected = True

    def send_text(self, text: OutgoingText) -> None:
        self.send([text.packet[1:]])

    def flush(self) -> None: ...

    def allows_other(self, cost: int = 1) -> bool:
        return True

    def close(self, reason: str) -> None:
        self.closed = reason

    def names(self) -> list[str]:
        return [name for name, _ in self.heard]

    def of(self, wanted: str) -> list[Document]:
        return [document for name, document in self.heard if name == wanted]


@dataclass
class TaskUnderTest:
    """One task without transports: tests call what sockets and REST would call."""

    service: Service
    users: Users
    conversations: Conversations
    messages: Messages
    notifier: PresenceNotifier
    counts: Counts
    failures: list[BaseException]
    tokens: Tokens
    now: Callable[[], float]

    async def enters(self, user_id: str) -> tuple[Peer, RecordingSocket]:
        peer, socket = await self.connects({"token": self.tokens.issue(user_id, self.now())})
        assert peer.joined == (ROOT,), socket.refused or socket.closed
        return peer, socket

    async def connects(self, auth: dict[str, Any]) -> tuple[Peer, RecordingSocket]:
        """A client connects; it need not have a valid token."""
        socket = RecordingSocket()
        peer = Peer(self.service, socket, lambda: 0.0)  # type: ignore[arg-type]
        self.service.on_connect(peer, ROOT, auth)
        await self.service.wait_until_idle()
        return peer, socket

    def emits(self, peer: Peer, name: str, *arguments: Any, answer: OnAnswer = lambda document: None) -> None:
        """A client sends an event; `answer` is called with its acknowledgement."""
        on_answer = peer.session.on_answer  # type: ignore[attr-defined]
        ack_id = len(on_answer) + max(on_answer, default=0)
        on_answer[ack_id] = answer
        self.service.on_event(peer, Packet(EVENT, ROOT, [name, *arguments], ack_id))

    async def asks(self, peer: Peer, name: str, *arguments: Any) -> Document:
        """Send an event; the document of its acknowledgement, {} where there is none."""
        answers: list[Document] = []
        self.emits(peer, name, *arguments, answer=answers.append)
        await self.service.wait_until_idle()
        assert len(answers) <= 1
        return answers[0] if answers else {}

    async def says(self, peer: Peer, room: str, client_id: str, body: str = "hello") -> Document:
        return await self.asks(peer, "message", {"conversationId": room, "clientId": client_id, "body": body})

    def disconnects(self, peer: Peer, reason: str = "transport close") -> None:
        peer.on_close(reason)


def task_on(
    store: Store,
    sockets: Sockets,
    publisher: Publisher,
    counts: Counts,
    failures: list[BaseException],
    tokens: Tokens,
    now: Callable[[], float],
    make_id: Callable[[], str],
    limits: Limits,
) -> TaskUnderTest:
    """A task on this store and publisher. Errors that it did not expect are appended to `failures`."""
    commits, background = GroupCommit(store, counts, failures.append), BackgroundTasks(failures.append)
    notifier = PresenceNotifier(store, sockets, publisher, now, background)
    users = Users(store, publisher, notifier)
    conversations = Conversations(store, commits, publisher, notifier, make_id)
    messages = Messages(store, commits, publisher)
    authentication = Authentication(store, tokens, None, now)
    service = Service(
        commits, authentication, conversations, messages, sockets, publisher, notifier, background, counts,
        failures.append, limits, now, make_id,
    )  # fmt: skip
    return TaskUnderTest(service, users, conversations, messages, notifier, counts, failures, tokens, now)


class ServiceHarness(TaskUnderTest):
    """One task alone, whose time a test sets; its methods are short sentences about users and what they say."""

    def __init__(self, events_per_second: int = 1000, sockets_per_user: int = 3, tokens: Tokens | None = None) -> None:
        self.time = 1_000_000.0
        self.store, counts = memory_store(), Counts()
        numbers = itertools.count(1)
        sockets = Sockets(sockets_per_user, counts)
        limits = Limits(body_characters=4000, events_per_second=events_per_second)
        made = task_on(
            self.store, sockets, LocalPublisher(sockets), counts, [], tokens or Tokens([SECRET], 3600), lambda: self.time,
            lambda: f"room-{next(numbers)}", limits,
        )  # fmt: skip
        super().__init__(**vars(made))

    async def room(self, *user_ids: str) -> str:
        for user_id in user_ids:
            await self.store.ensure_user(user_id)
        made = await self.conversations.create(user_ids[0], user_ids[1:])
        assert not isinstance(made, Refusal)
        return made[0].id


def code(answer: Document) -> str:
    found: str = answer["error"]["code"]
    return found

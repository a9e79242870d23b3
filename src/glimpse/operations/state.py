"""The state of a local stack at one moment: what `GET /state` of the page answers, as `glimpse.stack/1`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

SCHEMA = "glimpse.stack/1"
MAX_EVENTS = 200

STARTING, RUNNING, DRAINING, STOPPED, FAILED = "starting", "running", "draining", "stopped", "failed"
"""
The states of parts and tasks. STOPPED: it has ended and will be started again. FAILED: it keeps ending, and the next
start waits for longer.
"""

FARGATE, FARGATE_SPOT = "FARGATE", "FARGATE_SPOT"

BALANCER, DATABASE, BUS, STORAGE = "balancer", "database", "bus", "storage"
PARTS = (BALANCER, DATABASE, BUS, STORAGE)
"""The names of the parts. There is no part BUS where the database carries the events."""

SERVICE, CLIENTS, DRILL, STACK = "service", "clients", "drill", "stack"
"""Subjects of events that are no single task's or part's. STACK: a defect of what watches the stack."""


class Addresses(Struct, frozen=True):
    """
    Where the parts of a running stack listen, all on loopback. `chat` and `chat_2` are two listeners of the balancer,
    each with a cookie of its own. `bus` is empty where the database carries the events.
    """

    page: str
    chat: str
    chat_2: str
    database: str
    bus: str
    files: str
    bucket: str

    def without_password(self) -> Addresses:
        """As others on this machine may see them; the file of the running stack has the password, for its owner."""
        scheme, _, rest = self.database.partition("://")
        credentials, at, host = rest.rpartition("@")
        user = credentials.partition(":")[0]
        return replace(self, database=f"{scheme}://{user}{at}{host}")


class PartState(Struct, frozen=True):
    """
    One of PARTS, by its `name`. Times are seconds since 1970. `program`: what it runs with its version, "PostgreSQL
    18.6". `explanation`: the last lines of its log, where it failed.
    """

    name: str
    program: str
    state: str
    since: float
    restarts: int = 0
    pid: int | None = None
    memory_mib: float | None = None
    explanation: str | None = None


class TaskState(Struct, frozen=True):
    """
    `name` is unique for the life of the stack ("task-3"). `server` is the server of HAProxy's backend that leads to it;
    once it has ended, another task gets that server. `is_registered`: the balancer sends it new connections.
    `cpu_percent` is of the task's vCPU.
    """

    name: str
    server: str
    capacity_provider: str
    state: str
    since: float
    port: int
    is_registered: bool = False
    pid: int | None = None
    sockets: int = 0
    database_connections: int = 0
    cpu_percent: float | None = None
    memory_mib: float | None = None
    explanation: str | None = None


class Traffic(Struct, frozen=True):
    """Of the last seconds, over all tasks. `p99_ms`: from a message's arrival to its acknowledgement; null: none."""

    sockets: int = 0
    messages_per_second: float = 0.0
    deliveries_per_second: float = 0.0
    p99_ms: float | None = None
    drops: Mapping[str, int] = field(default_factory=dict)
    """Sockets that left since the stack started, by reason."""

    balancer_5xx: int = 0
    """Answers with 5xx since the stack started."""


class TimelineEvent(Struct, frozen=True):
    """
    Something that happened: `code` and `values` are a sentence of `operations/words/`. `subject` is what it happened
    to: the name of a task ("task-3") or of a part (PARTS), or one of SERVICE, CLIENTS, DRILL and STACK. `at`: seconds
    since 1970.
    """

    at: float
    subject: str
    code: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)


class Limits(Struct, frozen=True):
    """Whether each task really has the vCPU and the memory of the Terraform; `why_not` is a code."""

    vcpu: float
    memory_mib: int
    are_enforced: bool
    why_not: str | None = None


class StackState(Struct, frozen=True):
    at: float
    speed: float
    addresses: Addresses
    limits: Limits
    parts: Sequence[PartState]
    tasks: Sequence[TaskState]
    traffic: Traffic
    timeline: Sequence[TimelineEvent] = ()
    """The last MAX_EVENTS, oldest first."""

    drill: str | None = None
    """The name of the drill that runs now."""

    schema: str = SCHEMA

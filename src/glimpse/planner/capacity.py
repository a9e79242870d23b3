"""What a service was measured to need: where the planner and the chat service meet."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from glimpse.planner.quantities import CostCases


@dataclass(frozen=True, slots=True)
class Capacity:
    """
    What one service was measured to need (`capacity/*.json`); a coefficient nobody measured is None.

    CPU in microseconds of one vCPU an event, and a MB of a file that passes the task; memory in MiB for the task and
    bytes a socket. `bytes_per_message` is what PostgreSQL stores for one, with its indexes, for short, usual and long
    texts; `log_bytes_per_event` is what is logged for a message or a request where nothing fails.
    """

    service: str
    source: str
    message_us: Fraction | None = None
    connect_us: Fraction | None = None
    upload_mb_us: Fraction | None = None
    base_mib: Fraction | None = None
    bytes_per_socket: Fraction | None = None
    limit_sockets: int | None = None
    bytes_per_message: CostCases | None = None
    log_bytes_per_event: Fraction | None = None

"""What the planner reads of this service: `capacity/glimpse.json`."""

from __future__ import annotations

import platform
import statistics
from datetime import date
from importlib.metadata import version

from benchmarks.chat.rows import BODIES, LOW_RATE, MAX_MEMORY_BYTES, SHARE, Figures
from glimpse.chat.settings import Settings


def capacity(found: dict[str, Figures], machine: str, commit: str) -> dict[str, object]:
    """What the planner reads of a service, from all rows. What no row measures is left out and named."""

    def of(row: str, name: str) -> float:
        return round(statistics.median(found[f"glimpse, {row}"][name]), 1)

    def of_two(row: str, name: str) -> float:
        return statistics.median(found[row][name])

    full, idle = "full load", "idle sockets, 20 conversations each"
    apart = {bus: f"two tasks, {bus}, partners apart" for bus in ("PostgreSQL", "Valkey")}
    alone_us = of_two("one task, full load", "server µs a message")
    slow = f"{LOW_RATE} a second"
    return {
        "service": "glimpse",
        "version": version("glimpse-chat"),
        "commit": commit,
        "task": {"vcpu": str(SHARE), "memory_mib": MAX_MEMORY_BYTES // 2**20, "arch": platform.machine()},
        "cpu_us": {
            "message": of(full, "server µs a message"),
            "delivery": of("a conversation of 100", "server µs a delivery"),
            "request": of("requests", "server µs a page of 50"),
            "connect": of("connects", "µs polling, then upgrade"),
            "sync": of("requests", "server µs a sync"),
            "idle_socket_per_hour": of(idle, "µs a socket an hour"),
            # An event that another task hears, too: both tasks' CPU, less what one task spends on the message.
            "bus_event": round(
                of_two(f"{apart['PostgreSQL']}, full load", "server µs a message") - alone_us, 1
            ),
        },
        "database": {
            "cpu_us_per_message": of(full, "database µs a message"),
            "cpu_us_per_sync": of("requests", "database µs a sync"),
            # The dear end: each message is published alone.
            "cpu_us_per_bus_event": round(
                of_two(f"{apart['PostgreSQL']}, {slow}", "database µs a message")
                - of_two(f"{apart['Valkey']}, {slow}", "database µs a message"),
                1,
            ),
            # The spread is the length of the texts: how long people's are, nobody measured.
            "bytes_per_message": {
                name: round(of(f"texts of {length} characters", "bytes stored a message"))
                for name, length in zip(("low", "expected", "high"), BODIES, strict=True)
            },
        },
        "logs": {"bytes_per_event": of("messages and requests", "bytes logged an event")},
        "memory": {
            "base_mib": of(idle, "MiB before anybody came"),
            "bytes_per_socket": round(of(idle, "bytes a socket")),
        },
        "limits": {
            "sockets": Settings().sockets,
            "messages_per_second": {
                "1": round(of(full, "messages a second")),
                "2": round(of_two(f"{apart['PostgreSQL']}, full load", "messages a second")),
            },
            "p99_ms": round(of(full, "p99 ms")),
        },
        "measured": {
            "date": date.today().isoformat(),
            "machine": machine,
            "command": "python -m benchmarks.chat.measure --capacity FILE",
            "runs": len(found[f"glimpse, {full}"]["messages a second"]),
            "spread": f"{min(found[f'glimpse, {full}']['server µs a message']):.1f} to "
            f"{max(found[f'glimpse, {full}']['server µs a message']):.1f} µs a message; socket.io with pg took "
            f"{statistics.median(found['socket.io + pg, full load']['server µs a message']):.0f} µs beside it",
        },
        "unknown": ["cpu_us.upload_mb_through_api", "database.cpu_us_per_connect", "database.commits_per_second",
                    "limits.messages_per_second.4"],
    }  # fmt: skip

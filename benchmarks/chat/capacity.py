"""Writes the measured capacity that the planner reads: `capacity/glimpse.json`."""

from __future__ import annotations

import platform
import statistics
from datetime import date
from importlib.metadata import version

from benchmarks.chat.rows import BODY_LENGTHS, MAX_MEMORY_BYTES, STEADY_RATE, TASK_VCPU, Figures
from glimpse.chat.settings import Settings


def capacity(results: dict[str, Figures], machine: str, commit: str) -> dict[str, object]:
    """The capacity file from the results of all rows. `unknown` lists the figures that no row measures."""

    def median(row: str, name: str) -> float:
        return round(statistics.median(results[f"glimpse, {row}"][name]), 1)

    def exact_median(row: str, name: str) -> float:
        return statistics.median(results[row][name])

    full, idle = "full load", "idle sockets, 20 conversations each"
    apart = {bus: f"two tasks, {bus}, partners apart" for bus in ("PostgreSQL", "Valkey")}
    one_task_us = exact_median("one task, full load", "server µs a message")
    steady = f"{STEADY_RATE} a second"
    return {
        "service": "glimpse",
        "version": version("glimpse-chat"),
        "commit": commit,
        "task": {"vcpu": str(TASK_VCPU), "memory_mib": MAX_MEMORY_BYTES // 2**20, "arch": platform.machine()},
        "cpu_us": {
            "message": median(full, "server µs a message"),
            "delivery": median("a conversation of 100", "server µs a delivery"),
            "request": median("requests", "server µs a page of 50"),
            "connect": median("connects", "µs polling, then upgrade"),
            "sync": median("requests", "server µs a sync"),
            "idle_socket_per_hour": median(idle, "µs a socket an hour"),
            # The cost of relaying an event to another task: the CPU of both tasks, minus that of one task alone.
            "bus_event": round(
                exact_median(f"{apart['PostgreSQL']}, full load", "server µs a message") - one_task_us, 1
            ),
        },
        "database": {
            "cpu_us_per_message": median(full, "database µs a message"),
            "cpu_us_per_connect": median("connects", "database µs polling, then upgrade"),
            "cpu_us_per_sync": median("requests", "database µs a sync"),
            # The expensive case: each message is published alone.
            "cpu_us_per_bus_event": round(
                exact_median(f"{apart['PostgreSQL']}, {steady}", "database µs a message")
                - exact_median(f"{apart['Valkey']}, {steady}", "database µs a message"),
                1,
            ),
            # Low, expected and high are lengths of texts; how long real texts are was not measured.
            "bytes_per_message": {
                name: round(median(f"texts of {length} characters", "bytes stored a message"))
                for name, length in zip(("low", "expected", "high"), BODY_LENGTHS, strict=True)
            },
        },
        "logs": {"bytes_per_event": median("messages and requests", "bytes logged an event")},
        "memory": {
            "base_mib": median(idle, "MiB before anybody came"),
            "bytes_per_socket": round(median(idle, "bytes a socket")),
        },
        "limits": {
            "sockets": Settings().sockets,
            "messages_per_second": {
                "1": round(median(full, "messages a second")),
                "2": round(exact_median(f"{apart['PostgreSQL']}, full load", "messages a second")),
            },
            "p99_ms": round(median(full, "p99 ms")),
        },
        "measured": {
            "date": date.today().isoformat(),
            "machine": machine,
            "command": "python -m benchmarks.chat.measure --capacity FILE",
            "runs": len(results[f"glimpse, {full}"]["messages a second"]),
            "spread": f"{min(results[f'glimpse, {full}']['server µs a message']):.1f} to "
            f"{max(results[f'glimpse, {full}']['server µs a message']):.1f} µs a message; socket.io with pg took "
            f"{statistics.median(results['socket.io + pg, full load']['server µs a message']):.0f} µs beside it",
        },
        "unknown": ["cpu_us.upload_mb_through_api", "database.commits_per_second", "limits.messages_per_second.4"],
    }  # fmt: skip

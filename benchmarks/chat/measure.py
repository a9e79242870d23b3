"""
What one task of a quarter vCPU and 512 MB does, beside the same chat in plain Socket.IO.

Run:     python -m benchmarks.chat.measure [--rounds 5] [--seconds 8] [ROW …]     rows: see --help; none is all
Compare: servers take turns within each round, so that a noisy minute is everybody's; quote ratios.
Needs:   Linux with two cores, root for control groups, and npm for the rivals. The server has the first core, a quarter
         of it; a durable PostgreSQL and these clients share the second.

Each message is 100 bytes, stored before its acknowledgement, and heard by the two of its conversation. A latency
counts from when the message was due, so what holds the clients up is in it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
from datetime import date
from pathlib import Path

import uvloop

from benchmarks.chat.capacity import capacity
from benchmarks.chat.rows import ROWS, USERS, Bench, Figures
from benchmarks.chat.servers import database, install_rivals, people


def table(found: dict[str, Figures]) -> str:
    lines = ["| | what | median | least to most |", "|---|---|---:|---:|"]
    for row, figures in found.items():
        for name, values in figures.items():
            digits = 0 if statistics.median(values) >= 100 else 1
            spread = f"{min(values):,.{digits}f} to {max(values):,.{digits}f}" if len(values) > 1 else "one run"
            lines.append(f"| {row} | {name} | {statistics.median(values):,.{digits}f} | {spread} |")
    return "\n".join(lines)


def commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True).stdout.strip() or "unknown"


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return f"{os.cpu_count()} cores of {cpu}, Python {platform.python_version()}"


def main() -> None:
    rows = "\n".join(f"  {name:9} {row.__doc__}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"rows:\n{rows}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="one of those below; none is all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--idle", type=int, default=9_000, help="how many sockets come to those 1,000 that are there")
    parser.add_argument("--churn", type=int, default=100_000)
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    parser.add_argument("--json", type=Path, help="write every number there, too")
    parser.add_argument("--capacity", type=Path, help="write there what the planner reads; needs every row and rival")
    given = parser.parse_args()
    if unknown := set(given.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    chosen = given.rows or list(ROWS)
    if given.capacity and (given.alone or set(chosen) != set(ROWS)):
        parser.error("--capacity needs every row, and the rivals")
    if not given.alone and {"speed", "connects"} & set(chosen):
        install_rivals()
    print(f"{date.today()}, {machine()}, commit {commit()}", flush=True)
    with database() as (url, cage):
        uvloop.run(people(url, USERS + given.idle, 20 if "idle" in chosen else 1))
        bench = Bench(url, cage, given)
        for name in chosen:
            print(f"measuring {name} …", flush=True)
            ROWS[name](bench)
    print(table(bench.found))
    if given.capacity:
        given.capacity.write_text(json.dumps(capacity(bench.found, machine(), commit()), indent=2) + "\n")
    if given.json:
        given.json.write_text(
            json.dumps({"machine": machine(), "commit": commit(), "rows": bench.found}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()

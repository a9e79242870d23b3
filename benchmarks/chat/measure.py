"""
Measure one chat task of a quarter vCPU and 512 MB, beside the same chat in plain Socket.IO.

Run:     python -m benchmarks.chat.measure [--rounds 5] [--seconds 8] [ROW …]     rows: see --help; none is all
Compare: servers take turns within each round, so that noise affects all alike; compare ratios.
Needs:   Linux with two cores, root for control groups, and npm for the rivals. The server has the first core, a quarter
         of it; a durable PostgreSQL and these clients share the second.

Each message has 100 bytes, is stored before its acknowledgement, and is delivered to both members of its conversation.
A latency is measured from when the message was due, so it includes delays of the clients.
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
from benchmarks.chat.servers import create_users, database, install_rivals


def table(results: dict[str, Figures]) -> str:
    lines = ["| | what | median | least to most |", "|---|---|---:|---:|"]
    for row, figures in results.items():
        for name, values in figures.items():
            digits = 0 if statistics.median(values) >= 100 else 1
            spread = f"{min(values):,.{digits}f} to {max(values):,.{digits}f}" if len(values) > 1 else "one run"
            lines.append(f"| {row} | {name} | {statistics.median(values):,.{digits}f} | {spread} |")
    return "\n".join(lines)


def commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return f"{os.cpu_count()} cores of {cpu}, Python {platform.python_version()}"


def main() -> None:
    rows = "\n".join(f"  {name:9} {row.__doc__}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"rows:\n{rows}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="one or more of those below; default: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--idle", type=int, default=9_000, help="idle sockets beyond the first 1,000")
    parser.add_argument("--churn", type=int, default=100_000, help="connects of the row churn")
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    parser.add_argument(
        "--capacity", type=Path, help="write the capacity file of the planner; needs every row and rival"
    )
    options = parser.parse_args()
    if unknown := set(options.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    chosen = options.rows or list(ROWS)
    if options.capacity and (options.alone or set(chosen) != set(ROWS)):
        parser.error("--capacity needs every row, and the rivals")
    if not options.alone and {"speed", "connects"} & set(chosen):
        install_rivals()
    print(f"{date.today()}, {machine()}, commit {commit()}", flush=True)
    with database() as (url, group):
        uvloop.run(create_users(url, USERS + options.idle, 20 if "idle" in chosen else 1))
        bench = Bench(url, group, options)
        for name in chosen:
            print(f"measuring {name} …", flush=True)
            ROWS[name](bench)
    print(table(bench.results))
    if options.capacity:
        options.capacity.write_text(json.dumps(capacity(bench.results, machine(), commit()), indent=2) + "\n")
    if options.json:
        options.json.write_text(
            json.dumps({"machine": machine(), "commit": commit(), "rows": bench.results}, indent=2) + "\n"
        )


if __name__ == "__main__":
    main()

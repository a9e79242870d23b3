"""
Measure one chat task of a quarter vCPU and 512 MB, beside the same chat in plain Socket.IO.

Run:     python -m benchmarks.chat.measure [--rounds 5] [--seconds 8] [ROW …]     rows: see --help; none is all
Compare: servers take turns within each round, so that noise affects all alike; compare ratios.
Needs:   Linux with two cores, root for control groups, and npm for the rivals. The server has the first core, a quarter
         of it; a durable PostgreSQL and these clients share the second. glimpse runs on the image's interpreter, set up
         once in .venv-image; the first lines of the output say on which.

Each message has 100 bytes, is stored before its acknowledgement, and is delivered to both members of its conversation.
A latency is measured from when the message was due, so it includes delays of the clients.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import uvloop

from benchmarks.chat import connect_rows, idle_rows, load_rows, request_rows
from benchmarks.chat.capacity import capacity
from benchmarks.chat.interpreter import Interpreter, image_python, read_interpreter
from benchmarks.chat.rows import FIRST_IDLE_USER, IDLE_CONVERSATIONS, STORM_CLIENTS, USERS, Bench, table
from benchmarks.chat.servers import create_rival_users, create_users, database, install_rivals

ROWS: dict[str, Callable[[Bench], None]] = {
    row.__name__: row
    for row in (
        load_rows.speed,
        load_rows.poisson,
        load_rows.steady,
        load_rows.two,
        load_rows.nobody,
        load_rows.commits,
        load_rows.logins,
        connect_rows.connects,
        connect_rows.storm,
        load_rows.fanout,
        request_rows.requests,
        idle_rows.idle,
        idle_rows.quiet,
        idle_rows.start,
        connect_rows.churn,
        request_rows.written,
    )
}


def commit() -> str:
    """The commit of this checkout, and whether its files differ from it."""
    git = [["git", "rev-parse", "--short", "HEAD"], ["git", "status", "--porcelain"]]
    name, changes = (subprocess.run(command, capture_output=True, text=True).stdout.strip() for command in git)
    return f"{name or 'unknown'}{' with uncommitted changes' if changes else ''}"


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    return f"{os.cpu_count()} cores of {cpu}, Python {platform.python_version()}"


def header(interpreter: Interpreter) -> str:
    """What every figure depends on."""
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    return "\n".join(
        [
            f"{date.today()}, commit {commit()}: python -m benchmarks.chat.measure {' '.join(sys.argv[1:])}".rstrip(),
            f"{machine()} for the clients; glimpse on {interpreter}; rivals on Node {node.removeprefix('v')}",
        ]
    )


def main() -> None:
    rows = "\n".join(f"  {name:9} {row.__doc__}" for name, row in ROWS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"rows:\n{rows}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="one or more of those below; default: all")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--pairs", type=int, default=9, help="turns of the row steady")
    parser.add_argument("--idle", type=int, default=9_000, help="idle sockets beyond the first 1,000")
    parser.add_argument(
        "--idle-seconds",
        type=float,
        default=50.0,
        help="how long idle sockets are measured; a multiple of the 25 s between two heartbeats",
    )
    parser.add_argument("--churn", type=int, default=100_000, help="connects of the row churn")
    parser.add_argument("--alone", action="store_true", help="without the rivals")
    parser.add_argument("--python", type=Path, help="the interpreter of glimpse; default: the image's")
    parser.add_argument("--json", type=Path, help="also write every number to this file, after each row")
    parser.add_argument(
        "--capacity", type=Path, help="write the capacity file of the planner; needs every row and rival"
    )
    options = parser.parse_args()
    if unknown := set(options.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    chosen = options.rows or list(ROWS)
    if options.capacity and (options.alone or set(chosen) != set(ROWS)):
        parser.error("--capacity needs every row, and the rivals")
    if not options.alone and {"speed", "steady", "connects", "storm"} & set(chosen):
        install_rivals()
    options.python = options.python or image_python()
    interpreter = read_interpreter(options.python)
    print(header(interpreter), flush=True)
    with database() as (url, group):
        uvloop.run(create_users(url, STORM_CLIENTS, 1))
        if "idle" in chosen:
            uvloop.run(create_users(url, USERS + options.idle, IDLE_CONVERSATIONS, FIRST_IDLE_USER))
        if not options.alone:
            uvloop.run(create_rival_users(url, STORM_CLIENTS))
        bench = Bench(url, group, options)
        for name in chosen:
            print(f"measuring {name} …", flush=True)
            ROWS[name](bench)
            if options.json:
                measured = {"header": header(interpreter), "rows": bench.results}
                options.json.write_text(json.dumps(measured, indent=2) + "\n")
    print(table(bench.results))
    where = f"{machine()}; glimpse on {interpreter}"
    if options.capacity:
        options.capacity.write_text(json.dumps(capacity(bench.results, where, commit()), indent=2) + "\n")


if __name__ == "__main__":
    main()

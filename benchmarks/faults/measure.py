"""
Break every part of a running chat while users talk, and check that the service keeps each promise.

Run:     python -m benchmarks.faults.measure [--seed 1] [--rounds 20] [--faults 2] [--always FAULT] [FAULT …]
Needs:   haproxy, node and npm. PostgreSQL and Valkey come with the development requirements.

Each round starts two tasks behind a balancer and seven users on the unmodified socket.io-client, and injects --faults
faults at once. The seed decides which ones, and whether PostgreSQL or Valkey is the bus. The checker sees only what the
clients observed and what the database stores. Notes and logs of a round with a broken promise go to the --keep folder.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from benchmarks.chat.measure import commit, machine
from benchmarks.faults.clients import install_clients
from benchmarks.faults.cluster import SERVE, running_database
from benchmarks.faults.faults import FAULTS, SHORT_FAULTS
from benchmarks.faults.planted import BUGS
from benchmarks.faults.round import RoundResult, run_round

CACHE = Path(tempfile.gettempdir()) / "glimpse-benchmark-clients"


def faults_of_round(seed: str, number: int, names: Sequence[str], at_once: int) -> Sequence[str]:
    """The faults of one round. Each round takes the next ones of a shuffled list, so that all come up equally often."""
    shuffled: list[str] = []
    shuffle = random.Random(f"{seed}-pack").sample
    while len(shuffled) < (number + 1) * at_once:
        shuffled += shuffle(list(names), len(names))
    return shuffled[number * at_once : (number + 1) * at_once]


def table(rounds: Sequence[RoundResult]) -> str:
    by_fault: dict[str, list[RoundResult]] = defaultdict(list)
    for each in rounds:
        for name in each.faults:
            by_fault[name].append(each)
    lines = [
        "| fault, perhaps beside another | rounds | broken | messages | connections lost | back after its own close, s:"
        " median (most) | longest without any acknowledgement, s: median (most) | slowest acknowledgement, s: median"
        " (most) | latest event, s: median (most) |",
        "|---|" + "---:|" * 8,
    ]
    for name in [*sorted(by_fault), "all"]:
        selected = rounds if name == "all" else by_fault[name]
        back = [ms for each in selected for ms in each.back]
        cells = [
            str(len(selected)),
            str(sum(bool(each.broken) for each in selected)),
            f"{sum(each.messages for each in selected):,}",
            str(sum(each.moved for each in selected)),
            *(
                _spread(values)
                for values in (
                    back,
                    [each.without_service for each in selected],
                    [each.slowest for each in selected],
                    [each.latest for each in selected],
                )
            ),
        ]
        lines.append(f"| {name.replace('_', ' ')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _spread(ms: Sequence[float]) -> str:
    return f"{statistics.median(ms) / 1000:.2f} ({max(ms) / 1000:.2f})" if ms else "–"


def main() -> None:
    faults = "\n".join(f"  {name:16} {(fault.__doc__ or '').strip()}" for name, fault in FAULTS.items())
    bugs = "\n".join(f"  {name:16} {(bug.__doc__ or '').strip()}" for name, bug in BUGS.items())
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"faults:\n{faults}\n\nbugs, for --planted:\n{bugs}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "chosen", nargs="*", metavar="FAULT", help="one or more of those below; default: all that end within 10 s"
    )
    parser.add_argument("--seed", default="1")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--faults", type=int, default=2, help="how many at once, in each round")
    parser.add_argument("--always", choices=FAULTS, metavar="FAULT", help="a fault of every round, beside the others")
    parser.add_argument(
        "--keep",
        type=Path,
        default=Path("broken-rounds"),
        help="the folder for the notes and logs of rounds with a broken promise",
    )
    parser.add_argument("--planted", choices=BUGS, help="run a service with this bug; the checker must find it")
    parser.add_argument("--json", type=Path, help="also write the result of every round to this file")
    options = parser.parse_args()
    if unknown := set(options.chosen) - FAULTS.keys():
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    names = [name for name in options.chosen or SHORT_FAULTS if name != options.always]
    command = [sys.executable, "-m", "benchmarks.faults.planted", options.planted] if options.planted else SERVE
    # SIGTERM works like Ctrl-C, so that everything that was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    clients = install_clients(CACHE)
    print(f"{date.today()}, {machine()}, commit {commit()}, seed {options.seed}", flush=True)
    rounds: list[RoundResult] = []
    with running_database() as database:
        for number in range(options.rounds):
            seed, faults_now = f"{options.seed}-{number}", faults_of_round(options.seed, number, names, options.faults)
            faults_now = [*([options.always] if options.always else []), *faults_now]
            folder = Path(tempfile.mkdtemp(prefix="round-"))
            result = asyncio.run(run_round(folder, clients, database, seed, faults_now, command))
            rounds.append(result)
            print(
                f"round {number}: {' and '.join(faults_now)}, over {result.bus}: {result.messages} messages,"
                f" {result.moved} connections lost, {result.seconds:.0f} s, "
                + (f"{len(result.broken)} PROMISES BROKEN" if result.broken else "every promise kept"),
                flush=True,
            )
            for sentence in result.broken[:10]:
                print(f"    {sentence[:300]}", flush=True)
            if result.broken:
                options.keep.mkdir(exist_ok=True, parents=True)
                (folder / "haproxy.sock").unlink(missing_ok=True)
                shutil.copytree(folder, options.keep / seed, dirs_exist_ok=True)
            shutil.rmtree(folder)
    print(table(rounds))
    if options.json:
        options.json.write_text(json.dumps([asdict(each) for each in rounds], indent=2) + "\n")
    sys.exit(1 if any(each.broken for each in rounds) else 0)


if __name__ == "__main__":
    main()

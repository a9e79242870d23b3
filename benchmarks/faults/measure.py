"""
Two tasks behind a balancer, people who talk, and whatever may fail: is every promise kept?

Run:     python -m benchmarks.faults.measure [--seed 1] [--rounds 20] [--faults 2] [--keep FOLDER] [FAULT …]
Needs:   PostgreSQL and Valkey come with the development requirements; haproxy, node and npm must be here.

A round has its own tasks, its own people on the unmodified socket.io-client, and as many faults at once as --faults
says, drawn as its seed says; PostgreSQL or Valkey carries its events. Whoever checks it sees what people saw and what
the database holds, and nothing else. What a round saw is kept in a folder where a promise was broken.
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
from benchmarks.faults.cluster import SERVE, a_database
from benchmarks.faults.faults import FAULTS, SHORT
from benchmarks.faults.people import installed_clients
from benchmarks.faults.planted import BUGS
from benchmarks.faults.round import Round, play

CACHE = Path(tempfile.gettempdir()) / "glimpse-benchmark-clients"


def drawn(seed: str, number: int, names: Sequence[str], at_once: int) -> Sequence[str]:
    """Every fault comes up as often as any other: each round takes the next ones of a shuffled pack."""
    pack: list[str] = []
    shuffle = random.Random(f"{seed}-pack").sample
    while len(pack) < (number + 1) * at_once:
        pack += shuffle(list(names), len(names))
    return pack[number * at_once : (number + 1) * at_once]


def table(rounds: Sequence[Round]) -> str:
    by_fault: dict[str, list[Round]] = defaultdict(list)
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
        ours = rounds if name == "all" else by_fault[name]
        back = [ms for each in ours for ms in each.back]
        cells = [
            str(len(ours)),
            str(sum(bool(each.broken) for each in ours)),
            f"{sum(each.messages for each in ours):,}",
            str(sum(each.moved for each in ours)),
            *(
                _spread(values)
                for values in (
                    back,
                    [each.without_service for each in ours],
                    [each.slowest for each in ours],
                    [each.latest for each in ours],
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
    parser.add_argument("chosen", nargs="*", metavar="FAULT", help="of those below; none is all that end within 10 s")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--faults", type=int, default=2, help="at once, in each round")
    parser.add_argument("--keep", type=Path, default=Path("broken-rounds"), help="where broken rounds are kept")
    parser.add_argument("--planted", choices=BUGS, help="a service with this bug: rounds must break")
    parser.add_argument("--json", type=Path, help="write what came of every round there, too")
    given = parser.parse_args()
    if unknown := set(given.chosen) - FAULTS.keys():
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    names = given.chosen or list(SHORT)
    command = [sys.executable, "-m", "benchmarks.faults.planted", given.planted] if given.planted else SERVE
    # Ends like Ctrl-C: everything that was started is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    clients = installed_clients(CACHE)
    print(f"{date.today()}, {machine()}, commit {commit()}, seed {given.seed}", flush=True)
    rounds: list[Round] = []
    with a_database() as database:
        for number in range(given.rounds):
            seed, picked = f"{given.seed}-{number}", drawn(given.seed, number, names, given.faults)
            folder = Path(tempfile.mkdtemp(prefix="round-"))
            played = asyncio.run(play(folder, clients, database, seed, picked, command))
            rounds.append(played)
            print(
                f"round {number}: {' and '.join(picked)}, over {played.bus}: {played.messages} messages,"
                f" {played.moved} connections lost, {played.seconds:.0f} s, "
                + (f"{len(played.broken)} PROMISES BROKEN" if played.broken else "every promise kept"),
                flush=True,
            )
            for sentence in played.broken[:10]:
                print(f"    {sentence[:300]}", flush=True)
            if played.broken:
                given.keep.mkdir(exist_ok=True, parents=True)
                (folder / "haproxy.sock").unlink(missing_ok=True)
                shutil.copytree(folder, given.keep / seed, dirs_exist_ok=True)
            shutil.rmtree(folder)
    print(table(rounds))
    if given.json:
        given.json.write_text(json.dumps([asdict(each) for each in rounds], indent=2) + "\n")
    sys.exit(1 if any(each.broken for each in rounds) else 0)


if __name__ == "__main__":
    main()

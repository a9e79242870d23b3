"""
Attack one chat task of a quarter vCPU and 512 MiB, and measure what honest users notice.

Run:     python -m benchmarks.attacks.measure [--only NAME …] [--commit REV | --source FOLDER] [--json FILE]
Compare: --beside FILE prints each row beside that of an earlier --json, as of a run with --commit.
Needs:   Linux with two cores, and root for control groups. The task has the first core, a quarter of it; a durable
         PostgreSQL, the honest users and the attacker, each in a process of its own, share the second.

Honest users chat for ten seconds without the attack, then while it goes on, then for ten seconds after it. A latency is
measured from when a message was due; a message that nobody acknowledged counts as one that takes for ever.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from benchmarks.attacks.attacks import ATTACKS, LONG_HISTORIES, Attack, attack_in_process
from benchmarks.attacks.honest_load import ACK, HANDSHAKE, HEALTH, LOGIN, HonestLoad, Sample
from benchmarks.chat.measure import commit, machine
from benchmarks.chat.processes import resident_bytes
from benchmarks.chat.rows import MAX_MEMORY_BYTES, TASK_VCPU
from benchmarks.chat.servers import SECRET, SERVER_CORE, Server, database, glimpse, running_server
from benchmarks.faults.faults import insert_long_messages
from glimpse.operations.outside.control_group import ControlGroup

REPOSITORY = Path(__file__).parents[2]
USERS = max(attack.users for attack in ATTACKS.values())
BEFORE_SECONDS, AFTER_SECONDS = 10.0, 10.0
SAMPLE_SECONDS = 0.1

MIB = 2**20


@dataclass(frozen=True)
class Tried:
    """How many attempts there were, how many failed, and how long the slowest of the others took."""

    attempts: int
    failed: int
    slowest: float

    def __str__(self) -> str:
        return f"{self.attempts - self.failed} of {self.attempts}, {self.slowest:.1f} s" if self.attempts else "–"


@dataclass(frozen=True)
class Result:
    """
    One attack. `without` and `during` are the 50th and the 99th percentile of the acknowledgements, in ms, None where
    more messages than that were never acknowledged. `cpu` is the part of its quarter vCPU that the task used.
    """

    memory_without: float
    """MiB of the control group, socket buffers of the kernel included; the median."""

    memory_peak: float
    resident_peak: float
    """MiB of the process."""

    died_after: float | None
    """Seconds from the beginning of the attack to the task's death."""

    health: Tried
    handshakes: Tried
    logins: Tried
    messages: int
    failed: int
    lost: int
    """Connections of honest users."""

    without: Sequence[float | None]
    during: Sequence[float | None]
    after: Sequence[float | None]
    cpu_without: float
    cpu_during: float
    got: Mapping[str, int]
    """What the attacker got."""


@dataclass
class Watch:
    """Reads the memory of the task, and sees when it dies."""

    pid: int
    group: ControlGroup
    memory: list[float]
    resident: list[float]
    died_at: float | None = None

    async def run(self) -> None:
        while self.died_at is None:
            with contextlib.suppress(OSError):
                # The state follows the name, which may contain spaces.
                state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
                if state in "ZX":
                    self.died_at = time.perf_counter()
                self.memory.append(self.group.memory_bytes() / MIB)
                self.resident.append(resident_bytes(self.pid) / MIB)
            await asyncio.sleep(SAMPLE_SECONDS)


def server_of(source: Path, attack: Attack) -> Server:
    """The service from another source folder; settings that it does not know have no effect."""
    # The limit by address is what users have, and not what other benchmarks raise it to.
    limits = {"address_requests_per_second": "50", "trusted_proxies": str(attack.proxies)}
    settings = {"signup": "on", **limits, **attack.settings}
    server = glimpse(**settings)
    limit = ("sh", "-c", f'ulimit -n {attack.files} && exec "$@"', "sh") if attack.files else ()
    return replace(
        server,
        command=(*limit, *server.command),
        environment={**server.environment, "PYTHONPATH": str(source / "src")},
    )


async def run_attack(name: str, port: int, pid: int, group: ControlGroup, seconds: float) -> Result:
    attack = ATTACKS[name]
    load = HonestLoad(port, SECRET, attack.users, attack.proxies, attack.logins)
    ready, watch = asyncio.Event(), Watch(pid, group, [], [])
    tasks = [asyncio.create_task(load.run(ready)), asyncio.create_task(watch.run())]
    readying = asyncio.create_task(ready.wait())
    await asyncio.wait((readying, tasks[0]), return_when=asyncio.FIRST_COMPLETED)
    if tasks[0].done():
        tasks[0].result()
    began, cpu_began, sampled = time.perf_counter(), group.cpu_seconds(), len(watch.memory)
    await asyncio.sleep(BEFORE_SECONDS)
    attacked, cpu_attacked, memory_without = time.perf_counter(), group.cpu_seconds(), watch.memory[sampled:]
    got = await attack_in_process(name, port, SECRET, seconds, attack.proxies)
    ended, cpu_ended = time.perf_counter(), group.cpu_seconds()
    await asyncio.sleep(AFTER_SECONDS if watch.died_at is None else 0)
    load.finish()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    during = [sample for sample in load.samples if attacked <= sample.due < ended]
    acks = [sample for sample in during if sample.kind == ACK]
    return Result(
        memory_without=sorted(memory_without)[len(memory_without) // 2],
        memory_peak=max(watch.memory),
        resident_peak=max(watch.resident),
        died_after=None if watch.died_at is None else watch.died_at - attacked,
        health=_tried(during, HEALTH),
        handshakes=_tried(during, HANDSHAKE),
        logins=_tried(during, LOGIN),
        messages=len(acks),
        failed=sum(sample.seconds is None for sample in acks),
        lost=load.lost,
        without=_percentiles([sample for sample in load.samples if sample.due < attacked]),
        during=_percentiles(during),
        after=_percentiles([sample for sample in load.samples if sample.due >= ended]),
        cpu_without=(cpu_attacked - cpu_began) / (attacked - began) / TASK_VCPU,
        cpu_during=(cpu_ended - cpu_attacked) / (ended - attacked) / TASK_VCPU,
        got=got,
    )


def _tried(samples: Sequence[Sample], kind: str) -> Tried:
    seconds = [sample.seconds for sample in samples if sample.kind == kind]
    succeeded = [each for each in seconds if each is not None]
    return Tried(len(seconds), len(seconds) - len(succeeded), max(succeeded, default=0.0))


def _percentiles(samples: Sequence[Sample]) -> Sequence[float | None]:
    ranked = sorted(
        math.inf if sample.seconds is None else sample.seconds * 1000 for sample in samples if sample.kind == ACK
    )
    chosen = [ranked[min(len(ranked) - 1, len(ranked) * percent // 100)] for percent in (50, 99)] if ranked else []
    return [None if each == math.inf else each for each in chosen]


# ---- What is measured, and the table


@contextmanager
def source_of(revision: str) -> Iterator[Path]:
    """A folder with the files of an earlier commit."""
    command = ["git", "archive", revision, "src", "benchmarks"]
    archive = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True).stdout
    with tempfile.TemporaryDirectory() as folder, tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
        yield Path(folder)


def make_users(source: Path, url: str) -> None:
    """Migrate the database as the source does it, and store the users who chat and those with a long history."""
    code = f"import asyncio, sys, benchmarks.chat.servers as s; asyncio.run(s.create_users(sys.argv[1], {USERS}, 1))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(source / "src"), str(source)))}
    subprocess.run([sys.executable, "-c", code, url], cwd=source, env=environment, check=True)

    async def insert() -> None:
        connection = await asyncpg.connect(url)
        for number in range(LONG_HISTORIES):
            await insert_long_messages(connection, f"reader-{number}")
        await connection.close()

    asyncio.run(insert())


def measure(source: Path, names: Sequence[str], seconds: float) -> Iterator[tuple[str, Result]]:
    """Each attack on a new task of the same database."""
    with database() as (url, _):
        make_users(source, url)
        for name in names:
            with (
                ControlGroup(
                    f"glimpse-benchmark-attacked-{os.getpid()}", SERVER_CORE, TASK_VCPU, MAX_MEMORY_BYTES
                ) as group,
                running_server(server_of(source, ATTACKS[name]), url, group) as (port, pid),
            ):
                try:
                    result = uvloop.run(run_attack(name, port, pid, group, seconds))
                finally:
                    # A task that an attack made too slow would not end by itself.
                    os.kill(pid, signal.SIGKILL)
            yield name, result


COLUMNS = (
    "attack", "MiB without, peak (of the process)", "task died", "p50, p99 without, ms", "p50, p99 during, ms",
    "p99 during / without", "messages failed", "connections lost", "`/health`: succeeded, slowest", "handshakes",
    "log-ins", "CPU without, during", "what the attacker got",
)  # fmt: skip
HEADER = f"| {' | '.join(COLUMNS)} |\n|---|{'---:|' * (len(COLUMNS) - 2)}---|"


def row(name: str, result: Result) -> str:
    cells = (
        name.replace("_", " "),
        f"{result.memory_without:.0f}, {result.memory_peak:.0f} ({result.resident_peak:.0f})",
        "no" if result.died_after is None else f"**after {result.died_after:.1f} s**",
        _milliseconds(result.without),
        _milliseconds(result.during),
        _times(result),
        f"{result.failed:,} of {result.messages:,}",
        f"{result.lost:,}",
        str(result.health),
        str(result.handshakes),
        str(result.logins),
        f"{result.cpu_without:.0%}, {result.cpu_during:.0%}",
        ", ".join(f"{count:,} {what}" for what, count in result.got.items()),
    )
    return f"| {' | '.join(cells)} |"


def _milliseconds(percentiles: Sequence[float | None]) -> str:
    return ", ".join("never" if each is None else f"{each:,.0f}" for each in percentiles)


def _times(result: Result) -> str:
    if not result.during or not result.without or result.without[1] is None:
        return "–"
    return "never" if result.during[1] is None else f"{result.during[1] / result.without[1]:.1f}"


def read_results(path: Path) -> dict[str, Result]:
    rows = json.loads(path.read_text())["attacks"]
    tried = ("health", "handshakes", "logins")
    return {name: Result(**{**each, **{key: Tried(**each[key]) for key in tried}}) for name, each in rows.items()}


def main() -> None:
    attacks = "\n".join(f"  {name:28} {(attack.run.__doc__ or '').strip()}" for name, attack in ATTACKS.items())
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=f"attacks:\n{attacks}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=ATTACKS, default=list(ATTACKS))
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--commit", metavar="REV", help="attack the service of an earlier commit")
    source.add_argument("--source", type=Path, default=REPOSITORY, help="attack the service in another folder")
    parser.add_argument("--seconds", type=float, default=15.0, help="how long each attack goes on")
    parser.add_argument("--json", type=Path, help="also write every number to this file")
    parser.add_argument("--beside", type=Path, metavar="FILE", help="print the rows of an earlier --json, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    revision = options.commit or commit()
    print(f"{date.today()}, {machine()}, commit {revision}", flush=True)
    source_folder = source_of(options.commit) if options.commit else contextlib.nullcontext(options.source.resolve())
    earlier = read_results(options.beside) if options.beside else {}
    document: dict[str, Any] = {"machine": machine(), "commit": revision, "seconds": options.seconds, "attacks": {}}
    print(HEADER, flush=True)
    with source_folder as folder:
        for name, result in measure(folder, options.only, options.seconds):
            if name in earlier:
                print(row(f"{name}, earlier", earlier[name]))
            print(row(name, result), flush=True)
            document["attacks"][name] = asdict(result)
            if options.json:
                options.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()

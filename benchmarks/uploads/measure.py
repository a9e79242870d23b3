"""
The same files through the task and past it, each in a task of a quarter vCPU and 512 MB.

Run:     python -m benchmarks.uploads.measure [--rounds 3] [--seconds 8] [--capacity FILE]
Compare: the two ways take turns within each round, so that a noisy minute is both's; quote ratios.
Needs:   Linux with two cores, and root for control groups. The task has the first core, a quarter of it; PostgreSQL,
         SeaweedFS and these clients share the second.

`through the API` is a plain multipart endpoint that lives in this folder alone: the form puts aside what is larger than
a megabyte, and sends it on from there without reading it into memory, which is kinder to it than the plan document's.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import urllib3
import uvloop
from botocore.credentials import Credentials

from benchmarks.chat.cage import Cage, resident_bytes, tree
from benchmarks.chat.load import Tally, joined, open_loop, settled
from benchmarks.chat.measure import commit, machine, table
from benchmarks.chat.rows import LOW_RATE, MAX_MEMORY_BYTES, SHARE, USERS, WARM_SECONDS, Figures, pairs
from benchmarks.chat.servers import OTHER_CORE, SECRET, SERVER_CORE, Server, database, glimpse, people, running
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.tokens import Tokens

MB = 10**6
SMALL_MB, LARGE_MB = 2, 20
"""`sizes.upload_mb` of the built-in workload, and a picture of a good camera."""

SENDERS = 10
"""People who send one file after the other, as fast as it goes."""

CROWD, CROWD_FILES_A_SECOND = 100, 10
"""People who send beside a chat, and how many files they send together: each one of 2 MB every ten seconds."""

TURNS, TURN_SECONDS = 18, 3.0
"""
How often the three ways take turns beside a chat, and for how long: a p99 here is a matter of single pauses, so many
short turns are compared, each with those beside it.
"""

ABOVE = "p99 ms above"

CONTENTS = {size_mb: b"\xff\xd8\xff\xe0" + os.urandom(size_mb * MB - 4) for size_mb in (SMALL_MB, LARGE_MB)}


@dataclass(frozen=True)
class Way:
    """`send` sends one file of so many MB for a token to the service at a port."""

    name: str
    server: Server
    send: Callable[[int, str, int], Awaitable[None]]


class Wires:
    """HTTP of the clients, on threads: they share a core with the stores, so it is as lean as it gets."""

    def __init__(self) -> None:
        self._http = urllib3.PoolManager(maxsize=CROWD, retries=False, timeout=60)
        self._boundary = "a-boundary-that-no-file-has"

    async def direct(self, port: int, token: str, size_mb: int) -> None:
        await asyncio.to_thread(self._direct, port, token, CONTENTS[size_mb])

    async def through_api(self, port: int, token: str, size_mb: int) -> None:
        await asyncio.to_thread(self._through_api, port, token, CONTENTS[size_mb])

    async def past_everybody(self, address: str) -> None:
        """A file into the bucket alone: what the other core has to do for the other two."""
        await asyncio.to_thread(self._asked, "PUT", address, {"content-type": "image/jpeg"}, CONTENTS[SMALL_MB])

    def _direct(self, port: int, token: str, content: bytes) -> None:
        service = f"http://127.0.0.1:{port}"
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        asked = {"fileName": "picture.jpg", "contentType": "image/jpeg", "size": len(content)}
        told = self._asked("POST", f"{service}/files/presigned-url", headers, json.dumps(asked).encode())
        upload = json.loads(told)
        self._asked("PUT", upload["uploadUrl"], upload["headers"], content)
        self._asked("POST", f"{service}/files/{upload['fileId']}/complete", headers, b"")

    def _through_api(self, port: int, token: str, content: bytes) -> None:
        head = (
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="file"; filename="picture.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{self._boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={self._boundary}"
        headers = {"authorization": f"Bearer {token}", "content-type": kind}
        self._asked("POST", f"http://127.0.0.1:{port}/upload", headers, body)

    def _asked(self, method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
        answer = self._http.request(method, url, headers=headers, body=body)
        assert answer.status < 300, (url, answer.status, answer.data[:300])
        return answer.data


class Bench:
    def __init__(self, url: str, environment: dict[str, str], given: argparse.Namespace) -> None:
        self.url, self.given = url, given
        self.found: dict[str, Figures] = {}
        self._tokens, self._wires = Tokens([SECRET], 3600), Wires()
        unhurried = {"uploads_per_minute": "100000", "storage_mb_per_user": "100000000", "events_per_second": "100000"}
        ours = glimpse(**unhurried)
        ours = replace(ours, environment={**ours.environment, **environment})
        theirs = replace(ours, command=(sys.executable, "-m", "benchmarks.uploads.through_api"))
        self.ways = (
            Way("past the task", ours, self._wires.direct),
            Way("through the API", theirs, self._wires.through_api),
        )

    def note(self, row: str, **figures: float) -> None:
        for name, value in figures.items():
            self.found.setdefault(row, {}).setdefault(name, []).append(value)

    def serve(self, way: Way, work: Callable[[Way, int, int, Cage], Awaitable[None]]) -> None:
        with (
            Cage("glimpse-benchmark-task", SERVER_CORE, SHARE, MAX_MEMORY_BYTES) as cage,
            running(way.server, self.url, cage) as (port, pid),
        ):
            uvloop.run(work(way, port, pid, cage))

    # ---- As fast as it goes

    async def alone(self, way: Way, port: int, pid: int, cage: Cage, size_mb: int) -> None:
        """Some people send one file after the other."""
        _with_threads(SENDERS + 2)
        await way.send(port, self._token(0), SMALL_MB)
        base, base_resident = cage.memory_bytes(), resident_bytes(pid)
        cpu, began = cage.cpu_seconds(), time.perf_counter()
        until = began + self.given.seconds
        sending = (self._sending(way, port, number, until, size_mb) for number in range(SENDERS))
        sent = sum(await asyncio.gather(*sending))
        seconds, cpu = time.perf_counter() - began, cage.cpu_seconds() - cpu
        self.note(
            f"{size_mb} MB {way.name}",
            **{
                "files a second": sent / seconds,
                "CPU ms a MB": cpu / (sent * size_mb) * 1e3,
                "CPU ms a file": cpu / sent * 1e3,
                "more resident MiB, ten at once": _most_resident_mib(pid) - base_resident / 2**20,
                "more MiB of the control group, ten at once": (cage.most_memory_bytes() - base) / 2**20,
            },
        )

    async def _sending(self, way: Way, port: int, number: int, until: float, size_mb: int) -> int:
        sent = 0
        while time.perf_counter() < until:
            await way.send(port, self._token(number), size_mb)
            sent += 1
        return sent

    # ---- Beside a chat

    async def beside_chat(self, way: Way, port: int, pid: int, cage: Cage, address: str) -> None:
        """300 messages a second: alone, while the other core carries the files, and while the service is asked too."""
        _with_threads(CROWD + 2)
        tally = Tally()
        crowd = await joined(port, SECRET, USERS, tally, pairs)
        await way.send(port, self._token(0), SMALL_MB)
        await open_loop(crowd, LOW_RATE, WARM_SECONDS, seed=1)
        await settled(crowd)
        control = "the same files past everybody"
        ways: dict[str, Callable[[int], Awaitable[None]] | None] = {
            "no files": None,
            control: lambda number: self._wires.past_everybody(address),
            way.name: lambda number: way.send(port, self._token(number), SMALL_MB),
        }
        # In every order equally often: each turn leaves something behind for the next.
        for turn, order in enumerate(itertools.islice(itertools.cycle(itertools.permutations(ways)), TURNS)):
            seen: dict[str, float] = {}
            for name in order:
                send = ways[name]
                tally.begin()
                cpu, began = cage.cpu_seconds(), time.perf_counter()
                sending = asyncio.create_task(self._crowd(send)) if send else None
                await open_loop(crowd, LOW_RATE, TURN_SECONDS, seed=turn)
                if sending:
                    sending.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await sending
                await settled(crowd)
                cpu, seconds = cage.cpu_seconds() - cpu, time.perf_counter() - began
                assert not tally.lost
                seen[name] = tally.percentile(99) * 1e3
                self.note(
                    f"chat, {LOW_RATE} messages a second, {name}",
                    **{
                        "p50 ms": tally.percentile(50) * 1e3,
                        "p95 ms": tally.percentile(95) * 1e3,
                        "p99 ms": seen[name],
                        "CPU of the task, % of its quarter": cpu / seconds / SHARE * 100,
                    },
                )
            self.note(f"chat, {way.name}", **{f"{ABOVE} {control}, of one turn": seen[way.name] - seen[control]})
        for person in crowd:
            person.leave()

    async def _crowd(self, send: Callable[[int], Awaitable[None]]) -> None:
        """So many files a second, evenly, whether or not those before have arrived; at most one of each person."""
        busy: set[asyncio.Task[None]] = set()
        due, number = time.perf_counter(), 0
        try:
            while True:
                due += 1 / CROWD_FILES_A_SECOND
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                if len(busy) < CROWD:
                    number = (number + 1) % CROWD
                    task = asyncio.ensure_future(send(number))
                    busy.add(task)
                    task.add_done_callback(busy.discard)
        finally:
            # What is under way is nobody else's turn.
            await asyncio.gather(*busy)

    # ---- Signing

    async def presigns(self, way: Way, port: int, pid: int, cage: Cage) -> None:
        """Addresses alone, one after the other."""
        http = urllib3.PoolManager()
        headers = {"authorization": f"Bearer {self._token(0)}", "content-type": "application/json"}
        asked = json.dumps({"fileName": "a.jpg", "contentType": "image/jpeg", "size": 100}).encode()

        def ask(count: int) -> None:
            for _ in range(count):
                url = f"http://127.0.0.1:{port}/files/presigned-url"
                assert http.request("POST", url, headers=headers, body=asked).status == 201

        await asyncio.to_thread(ask, 200)
        cpu = cage.cpu_seconds()
        await asyncio.to_thread(ask, 1000)
        self.note("a presigned URL", **{"CPU ms, with its request and its row": cage.cpu_seconds() - cpu})

    def _token(self, number: int) -> str:
        return self._tokens.issued(f"u{number}", time.time())


def signing_ms() -> float:
    """CPU of the signature alone."""

    async def signed() -> float:
        objects = S3Objects(Bucket.of("", "ap-northeast-2", "files"), Credentials("key", "secret"), time.time)
        for _ in range(200):
            await objects.presign_put("pending/someone/something", "image/jpeg", 100, "ab" * 32, 300)
        began = time.process_time()
        for _ in range(2000):
            await objects.presign_put("pending/someone/something", "image/jpeg", 100, "ab" * 32, 300)
        objects.close()
        return (time.process_time() - began) / 2000 * 1e3

    return asyncio.run(signed())


def likely(values: Sequence[float]) -> tuple[float, float]:
    """
    Where the median of what these are a sample of lies, at 95 %, as if they were independent: by rank, from how often a
    fair coin falls. Of fewer than six it is all that there are, which is less than 95 %.
    """
    ranked, count = sorted(values), len(values)
    low, tail = 0, 2.0**-count
    while (tail := tail + math.comb(count, low + 1) * 2.0**-count) <= 0.025:
        low += 1
    return ranked[low], ranked[count - 1 - low]


def _with_threads(count: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(count))


def _most_resident_mib(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@contextlib.contextmanager
def object_store() -> Iterator[tuple[dict[str, str], str]]:
    """The settings of a SeaweedFS on the core of these clients, and a URL there that accepts a file."""
    with tempfile.TemporaryDirectory() as folder:
        storage = EmbeddedStorage(Path(folder) / "files", lambda code, **values: None)
        try:
            objects = asyncio.run(storage.open())
            bucket = objects.bucket  # type: ignore[attr-defined]
            known = objects.credentials.get_frozen_credentials()  # type: ignore[attr-defined]
            for pid in tree(os.getpid())[1:]:
                os.sched_setaffinity(pid, {OTHER_CORE})
            presigned = asyncio.run(
                objects.presign_put("pending/benchmark", "image/jpeg", len(CONTENTS[SMALL_MB]), None, 7200)
            )
            yield (
                {
                    "GLIMPSE_S3_BUCKET": bucket.name,
                    "GLIMPSE_S3_REGION": bucket.region,
                    "GLIMPSE_S3_ENDPOINT": bucket.origin,
                    "AWS_ACCESS_KEY_ID": known.access_key,
                    "AWS_SECRET_ACCESS_KEY": known.secret_key,
                },
                presigned.url,
            )
        finally:
            asyncio.run(storage.close())


def written(path: Path, found: dict[str, Figures]) -> None:
    """What the planner reads of a file that passes the task, into the capacity that is there."""
    capacity = json.loads(path.read_text())
    through = found[f"{SMALL_MB} MB through the API"]["CPU ms a MB"]
    capacity["cpu_us"]["upload_mb_through_api"] = round(statistics.median(through) * 1e3, 1)
    capacity["cpu_us"]["upload"] = round(
        statistics.median(found[f"{SMALL_MB} MB past the task"]["CPU ms a file"]) * 1e3, 1
    )
    capacity["measured"]["uploads"] = (
        f"{date.today()}, commit {commit()}, python -m benchmarks.uploads.measure --capacity FILE; "
        f"{min(through):.2f} to {max(through):.2f} ms of CPU a MB through the API"
    )
    capacity["unknown"] = [name for name in capacity["unknown"] if name != "cpu_us.upload_mb_through_api"]
    path.write_text(json.dumps(capacity, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--capacity", type=Path, help="the file of measured capacity to write the result into")
    given = parser.parse_args()
    print(f"{date.today()}, {machine()}, commit {commit()}", flush=True)
    with database() as (url, _), object_store() as (environment, address):
        uvloop.run(people(url, USERS, 1))
        bench = Bench(url, environment, given)
        for number in range(given.rounds):
            print(f"round {number + 1} of {given.rounds} …", flush=True)
            for size_mb in CONTENTS:
                for way in bench.ways:
                    bench.serve(way, lambda *caged, size_mb=size_mb: bench.alone(*caged, size_mb))
            for way in bench.ways:
                bench.serve(way, lambda *caged: bench.beside_chat(*caged, address))
            bench.serve(bench.ways[0], bench.presigns)
            bench.note("a presigned URL", **{"CPU ms, its signature alone": signing_ms()})
    print(table(bench.found))
    for row, figures in bench.found.items():
        for name, values in figures.items():
            if name.startswith(ABOVE):
                low, high = likely(values)
                print(f"{row}: {name}: median {statistics.median(values):.1f}, at 95 % from {low:.1f} to {high:.1f}")
    if given.capacity:
        written(given.capacity, bench.found)


if __name__ == "__main__":
    main()

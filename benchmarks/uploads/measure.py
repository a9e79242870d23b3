"""
Measure what uploads cost a task of a quarter vCPU and 512 MB: straight to the bucket, and through the task.

Run:     python -m benchmarks.uploads.measure [--rounds 3] [--seconds 8] [--capacity FILE]
Compare: the two variants take turns within each round, so that noise affects both alike; compare ratios.
Needs:   Linux with two cores, and root for control groups. The task has the first core, a quarter of it; PostgreSQL,
         SeaweedFS and these clients share the second.

`past the task` is the service itself, with presigned URLs. `through the API` is a plain multipart endpoint that exists
only in this folder. It spools forms of more than a megabyte to disk and forwards them without reading them into memory,
which costs less memory than the endpoint of the plan document.
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

from benchmarks.chat.load import LoadStats, connect_clients, finish_sending, open_loop
from benchmarks.chat.measure import commit, machine, table
from benchmarks.chat.processes import process_tree, resident_bytes
from benchmarks.chat.rows import MAX_MEMORY_BYTES, STEADY_RATE, TASK_VCPU, USERS, WARM_UP_SECONDS, Figures, pairs
from benchmarks.chat.servers import (
    CLIENT_CORE,
    SECRET,
    SERVER_CORE,
    Server,
    create_users,
    database,
    glimpse,
    running_server,
)
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.tokens import Tokens
from glimpse.operations.outside.control_group import ControlGroup

MB = 10**6
SMALL_MB, LARGE_MB = 2, 20
"""`sizes.upload_mb` of the built-in workload, and the size of a picture from a good camera."""

SENDERS = 10
"""Users who upload one file after the other without a pause."""

UPLOADERS, UPLOADS_PER_SECOND = 100, 10
"""Users who upload while others chat, and their uploads in total: 2 MB from each user every ten seconds."""

TURNS, TURN_SECONDS = 18, 3.0
"""
How often the three variants take turns beside a chat, and for how long. A single pause decides a p99 here, so many
short turns are compared, each with its neighbours.
"""

ABOVE = "p99 ms above"

CONTENTS = {size_mb: b"\xff\xd8\xff\xe0" + os.urandom(size_mb * MB - 4) for size_mb in (SMALL_MB, LARGE_MB)}


@dataclass(frozen=True)
class Variant:
    """`send` uploads one file to the service at a port: its arguments are the port, a token and the size in MB."""

    name: str
    server: Server
    send: Callable[[int, str, int], Awaitable[None]]


class UploadClient:
    """HTTP in threads. It does as little as possible, because it shares a core with PostgreSQL and SeaweedFS."""

    def __init__(self) -> None:
        self._http = urllib3.PoolManager(maxsize=UPLOADERS, retries=False, timeout=60)
        self._boundary = "a-boundary-that-no-file-has"

    async def direct(self, port: int, token: str, size_mb: int) -> None:
        await asyncio.to_thread(self._direct, port, token, CONTENTS[size_mb])

    async def through_api(self, port: int, token: str, size_mb: int) -> None:
        await asyncio.to_thread(self._through_api, port, token, CONTENTS[size_mb])

    async def bucket_only(self, url: str) -> None:
        """A file into the bucket, without the service: the load that the other two variants put on the second core."""
        await asyncio.to_thread(self._request, "PUT", url, {"content-type": "image/jpeg"}, CONTENTS[SMALL_MB])

    def _direct(self, port: int, token: str, content: bytes) -> None:
        service = f"http://127.0.0.1:{port}"
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        picture = {"fileName": "picture.jpg", "contentType": "image/jpeg", "size": len(content)}
        announced = self._request("POST", f"{service}/files/presigned-url", headers, json.dumps(picture).encode())
        upload = json.loads(announced)
        self._request("PUT", upload["uploadUrl"], upload["headers"], content)
        self._request("POST", f"{service}/files/{upload['fileId']}/complete", headers, b"")

    def _through_api(self, port: int, token: str, content: bytes) -> None:
        head = (
            f'--{self._boundary}\r\nContent-Disposition: form-data; name="file"; filename="picture.jpg"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{self._boundary}--\r\n".encode()
        content_type = f"multipart/form-data; boundary={self._boundary}"
        headers = {"authorization": f"Bearer {token}", "content-type": content_type}
        self._request("POST", f"http://127.0.0.1:{port}/upload", headers, body)

    def _request(self, method: str, url: str, headers: dict[str, str], body: bytes) -> bytes:
        response = self._http.request(method, url, headers=headers, body=body)
        assert response.status < 300, (url, response.status, response.data[:300])
        return response.data


class Bench:
    def __init__(self, url: str, environment: dict[str, str], options: argparse.Namespace) -> None:
        self.url, self.options = url, options
        self.results: dict[str, Figures] = {}
        self._tokens, self._client = Tokens([SECRET], 3600), UploadClient()
        limits = {"uploads_per_minute": "100000", "storage_mb_per_user": "100000000", "events_per_second": "100000"}
        presigning = glimpse(**limits)
        presigning = replace(presigning, environment={**presigning.environment, **environment})
        forwarding = replace(presigning, command=(sys.executable, "-m", "benchmarks.uploads.through_api"))
        self.variants = (
            Variant("past the task", presigning, self._client.direct),
            Variant("through the API", forwarding, self._client.through_api),
        )

    def record(self, row: str, **figures: float) -> None:
        for name, value in figures.items():
            self.results.setdefault(row, {}).setdefault(name, []).append(value)

    def serve(self, variant: Variant, work: Callable[[Variant, int, int, ControlGroup], Awaitable[None]]) -> None:
        with (
            ControlGroup("glimpse-benchmark-task", SERVER_CORE, TASK_VCPU, MAX_MEMORY_BYTES) as group,
            running_server(variant.server, self.url, group) as (port, pid),
        ):
            uvloop.run(work(variant, port, pid, group))

    # ---- Uploads alone

    async def alone(self, variant: Variant, port: int, pid: int, group: ControlGroup, size_mb: int) -> None:
        """SENDERS users upload one file after the other."""
        _set_thread_count(SENDERS + 2)
        await variant.send(port, self._token(0), SMALL_MB)
        base, base_resident = group.memory_bytes(), resident_bytes(pid)
        cpu, began = group.cpu_seconds(), time.perf_counter()
        until = began + self.options.seconds
        sending = (self._upload_repeatedly(variant, port, number, until, size_mb) for number in range(SENDERS))
        sent = sum(await asyncio.gather(*sending))
        seconds, cpu = time.perf_counter() - began, group.cpu_seconds() - cpu
        self.record(
            f"{size_mb} MB {variant.name}",
            **{
                "files a second": sent / seconds,
                "CPU ms a MB": cpu / (sent * size_mb) * 1e3,
                "CPU ms a file": cpu / sent * 1e3,
                "more resident MiB, ten at once": _peak_resident_mib(pid) - base_resident / 2**20,
                "more MiB of the control group, ten at once": (group.peak_memory_bytes() - base) / 2**20,
            },
        )

    async def _upload_repeatedly(self, variant: Variant, port: int, number: int, until: float, size_mb: int) -> int:
        sent = 0
        while time.perf_counter() < until:
            await variant.send(port, self._token(number), size_mb)
            sent += 1
        return sent

    # ---- Beside a chat

    async def beside_chat(self, variant: Variant, port: int, pid: int, group: ControlGroup, bucket_url: str) -> None:
        """300 messages a second: without uploads, with uploads to the bucket only, and with uploads of this variant."""
        _set_thread_count(UPLOADERS + 2)
        stats = LoadStats()
        clients = await connect_clients(port, SECRET, USERS, stats, pairs)
        await variant.send(port, self._token(0), SMALL_MB)
        await open_loop(clients, STEADY_RATE, WARM_UP_SECONDS, seed=1)
        await finish_sending(clients)
        control = "the same files into the bucket"
        variants: dict[str, Callable[[int], Awaitable[None]] | None] = {
            "no files": None,
            control: lambda number: self._client.bucket_only(bucket_url),
            variant.name: lambda number: variant.send(port, self._token(number), SMALL_MB),
        }
        # Every order comes up equally often, because each turn affects the next one.
        for turn, order in enumerate(itertools.islice(itertools.cycle(itertools.permutations(variants)), TURNS)):
            p99s: dict[str, float] = {}
            for name in order:
                send = variants[name]
                stats.reset()
                cpu, began = group.cpu_seconds(), time.perf_counter()
                sending = asyncio.create_task(self._upload_steadily(send)) if send else None
                await open_loop(clients, STEADY_RATE, TURN_SECONDS, seed=turn)
                if sending:
                    sending.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await sending
                await finish_sending(clients)
                cpu, seconds = group.cpu_seconds() - cpu, time.perf_counter() - began
                assert not stats.lost
                p99s[name] = stats.percentile(99) * 1e3
                self.record(
                    f"chat, {STEADY_RATE} messages a second, {name}",
                    **{
                        "p50 ms": stats.percentile(50) * 1e3,
                        "p95 ms": stats.percentile(95) * 1e3,
                        "p99 ms": p99s[name],
                        "CPU of the task, % of its quarter": cpu / seconds / TASK_VCPU * 100,
                    },
                )
            self.record(
                f"chat, {variant.name}", **{f"{ABOVE} {control}, of one turn": p99s[variant.name] - p99s[control]}
            )
        for client in clients:
            client.close()

    async def _upload_steadily(self, send: Callable[[int], Awaitable[None]]) -> None:
        """UPLOADS_PER_SECOND at even intervals, whether or not earlier ones are done; at most UPLOADERS at a time."""
        busy: set[asyncio.Task[None]] = set()
        due, number = time.perf_counter(), 0
        try:
            while True:
                due += 1 / UPLOADS_PER_SECOND
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                if len(busy) < UPLOADERS:
                    number = (number + 1) % UPLOADERS
                    task = asyncio.ensure_future(send(number))
                    busy.add(task)
                    task.add_done_callback(busy.discard)
        finally:
            # Pending uploads must not go on in the next turn.
            await asyncio.gather(*busy)

    # ---- Signing

    async def presigns(self, variant: Variant, port: int, pid: int, group: ControlGroup) -> None:
        """Requests for presigned URLs, one after the other, without uploads."""
        http = urllib3.PoolManager()
        headers = {"authorization": f"Bearer {self._token(0)}", "content-type": "application/json"}
        asked = json.dumps({"fileName": "a.jpg", "contentType": "image/jpeg", "size": 100}).encode()

        def ask(count: int) -> None:
            for _ in range(count):
                url = f"http://127.0.0.1:{port}/files/presigned-url"
                assert http.request("POST", url, headers=headers, body=asked).status == 201

        await asyncio.to_thread(ask, 200)
        cpu = group.cpu_seconds()
        await asyncio.to_thread(ask, 1000)
        self.record("a presigned URL", **{"CPU ms, with its request and its row": group.cpu_seconds() - cpu})

    def _token(self, number: int) -> str:
        return self._tokens.issue(f"u{number}", time.time())


def signing_ms() -> float:
    """CPU milliseconds of one presigned URL, without its request and its row."""

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


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """
    The 95 % confidence interval of the median, as if the values were independent: from their ranks, by the binomial
    distribution. For fewer than six values it is their whole range, which covers less than 95 %.
    """
    ranked, count = sorted(values), len(values)
    low, tail = 0, 2.0**-count
    while (tail := tail + math.comb(count, low + 1) * 2.0**-count) <= 0.025:
        low += 1
    return ranked[low], ranked[count - 1 - low]


def _set_thread_count(count: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(count))


def _peak_resident_mib(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@contextlib.contextmanager
def object_store() -> Iterator[tuple[dict[str, str], str]]:
    """A SeaweedFS on the clients' core: the settings with which a service uses it, and a presigned URL for one file."""
    with tempfile.TemporaryDirectory() as folder:
        storage = EmbeddedStorage(Path(folder) / "files", lambda code, **values: None)
        try:
            objects = asyncio.run(storage.open())
            bucket = objects.bucket  # type: ignore[attr-defined]
            credentials = objects.credentials.get_frozen_credentials()  # type: ignore[attr-defined]
            for pid in process_tree(os.getpid())[1:]:
                os.sched_setaffinity(pid, {CLIENT_CORE})
            presigned = asyncio.run(
                objects.presign_put("pending/benchmark", "image/jpeg", len(CONTENTS[SMALL_MB]), None, 7200)
            )
            yield (
                {
                    "GLIMPSE_S3_BUCKET": bucket.name,
                    "GLIMPSE_S3_REGION": bucket.region,
                    "GLIMPSE_S3_ENDPOINT": bucket.origin,
                    "AWS_ACCESS_KEY_ID": credentials.access_key,
                    "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
                },
                presigned.url,
            )
        finally:
            asyncio.run(storage.close())


def write_capacity(path: Path, results: dict[str, Figures]) -> None:
    """Add the cost of an upload to the capacity file, which the planner reads."""
    capacity = json.loads(path.read_text())
    through = results[f"{SMALL_MB} MB through the API"]["CPU ms a MB"]
    capacity["cpu_us"]["upload_mb_through_api"] = round(statistics.median(through) * 1e3, 1)
    capacity["cpu_us"]["upload"] = round(
        statistics.median(results[f"{SMALL_MB} MB past the task"]["CPU ms a file"]) * 1e3, 1
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
    parser.add_argument("--capacity", type=Path, help="the capacity file to add the result to")
    options = parser.parse_args()
    print(f"{date.today()}, {machine()}, commit {commit()}", flush=True)
    with database() as (url, _), object_store() as (environment, bucket_url):
        uvloop.run(create_users(url, USERS, 1))
        bench = Bench(url, environment, options)
        for number in range(options.rounds):
            print(f"round {number + 1} of {options.rounds} …", flush=True)
            for size_mb in CONTENTS:
                for variant in bench.variants:
                    bench.serve(variant, lambda *caged, size_mb=size_mb: bench.alone(*caged, size_mb))
            for variant in bench.variants:
                bench.serve(variant, lambda *caged: bench.beside_chat(*caged, bucket_url))
            bench.serve(bench.variants[0], bench.presigns)
            bench.record("a presigned URL", **{"CPU ms, its signature alone": signing_ms()})
    print(table(bench.results))
    for row, figures in bench.results.items():
        for name, values in figures.items():
            if name.startswith(ABOVE):
                low, high = median_interval(values)
                print(f"{row}: {name}: median {statistics.median(values):.1f}, at 95 % from {low:.1f} to {high:.1f}")
    if options.capacity:
        write_capacity(options.capacity, bench.results)


if __name__ == "__main__":
    main()

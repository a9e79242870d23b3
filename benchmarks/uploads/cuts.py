"""
Upload files over connections to the service and the bucket that are cut at random, and check what remains.

Run:     python -m benchmarks.uploads.cuts [--files 1000] [--seed first]
Needs:   node, which runs the upload client for apps.

Every upload must end complete or refused with a code. The complete files are posted in messages, and the sweep runs as
if a day had passed. Then the bucket must hold each complete file in full, under one key, and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import re
import shutil
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.faults.faulty_proxy import CHUNK, FaultyProxy
from glimpse.chat.app import Task, make_id
from glimpse.chat.counts import Counts
from glimpse.chat.outside.postgres.embedded import EmbeddedPostgres
from glimpse.chat.outside.postgres.migrate import migrate
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.outside.s3.bucket import Bucket
from glimpse.chat.outside.s3.file_storage import EmbeddedStorage
from glimpse.chat.outside.s3.objects import S3Objects
from glimpse.chat.settings import read_settings
from glimpse.chat.tokens import Tokens
from glimpse.chat.uploads import Uploads
from glimpse.chat.values import NewMessage, StoredEntry

SENDERS = Path(__file__).parent / "senders.mjs"
SECRET = "s" * 32
OWNERS, CONCURRENT_UPLOADS = 10, 20
BUCKET_CUT_AFTER, SERVICE_CUT_AFTER = 150_000, 4_000
"""
Average bytes in one direction until a cut. A file has 100 kB on average, a request to the service and its answer less
than 1 kB, and a connection carries several of them.
"""

TIMEOUT_SECONDS = 600.0


class CuttingProxy(FaultyProxy):
    """Cuts each connection after a random number of bytes, which the seed determines."""

    def __init__(self, target: int, seed: str, cut_after: int) -> None:
        super().__init__(target)
        self.cuts, self._cut_after = 0, cut_after
        self._rng = random.Random(seed)

    # Overrides.
    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *rest: Any, **more: Any) -> None:
        left = self._rng.expovariate(1 / self._cut_after)
        try:
            while data := await reader.read(CHUNK):
                left -= len(data)
                if left < 0:
                    # The bytes before the cut still arrive.
                    writer.write(data[: int(left)])
                    await writer.drain()
                    self.cuts += 1
                    return
                writer.write(data)
                await writer.drain()
        except OSError:
            return


@dataclass
class Outcome:
    """What the clients reported, and what the bucket and the database held after the sweep."""

    files: int
    complete: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    cuts: int = 0
    service_cuts: int = 0
    rows_before: int = 0
    rows: set[str] = field(default_factory=set)
    objects: dict[str, int] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    def violations(self) -> Sequence[str]:
        """A sentence for each broken promise."""
        found = list(self.errors)
        if len(self.complete) + self.refused.total() != self.files:
            found.append(f"{self.files - len(self.complete) - self.refused.total()} files ended in neither way")
        if unexpected := self.refused.keys() - {"offline"}:
            found.append(f"refused for another reason than the network: {sorted(unexpected)}")
        expected = {_key(file): file["size"] for file in self.complete.values()}
        if lost := expected.keys() - self.objects.keys():
            found.append(f"complete and not in the bucket: {sorted(lost)}")
        if orphans := self.objects.keys() - expected.keys():
            found.append(f"in the bucket and nobody's: {sorted(orphans)}")
        if [key for key in expected if self.objects.get(key, expected[key]) != expected[key]]:
            found.append("an object is not what was sent")
        if self.rows != self.complete.keys():
            found.append(f"rows without a complete file, or the other way round: {self.rows ^ self.complete.keys()}")
        return found


def _key(file: dict[str, Any]) -> str:
    owner = hashlib.sha256(f"u{file['owner']}".encode()).hexdigest()[:32]
    return f"uploads/{owner}/{file['fileId']}"


async def run_uploads(count: int, seed: str, folder: Path, url: str) -> Outcome:
    """Upload `count` files, with the database at `url` and an object store in `folder`."""
    outcome = Outcome(count)
    async with AsyncExitStack() as stack:
        storage = EmbeddedStorage(folder / "files", lambda code, **values: None)
        stack.push_async_callback(storage.close)
        direct_objects = await storage.open()
        assert isinstance(direct_objects, S3Objects)
        port = int(direct_objects.bucket.origin.rpartition(":")[2])
        bucket_proxy = await stack.enter_async_context(CuttingProxy(port, f"{seed} bucket", BUCKET_CUT_AFTER).running())
        # Clients and the service reach the bucket only through the proxy, because its address is in the presigned URLs.
        endpoint = f"http://127.0.0.1:{bucket_proxy.port}"
        bucket = Bucket.of(endpoint, direct_objects.bucket.region, direct_objects.bucket.name)
        objects = S3Objects(bucket, direct_objects.credentials, time.time)
        stack.callback(objects.close)
        store = await PostgresStore.open(url)
        stack.push_async_callback(store.close)
        required = {"JWT_SECRETS": SECRET, "HOST": "127.0.0.1", "PORT": "0", "DRAIN_SECONDS": "0"}
        limits = {
            "UPLOADS_PER_MINUTE": "100000", "STORAGE_MB_PER_USER": "100000", "EVENTS_PER_SECOND": "100000",
            "ADDRESS_REQUESTS_PER_SECOND": "100000",
        }  # fmt: skip
        settings = read_settings({f"GLIMPSE_{name}": value for name, value in {**required, **limits}.items()})
        task = Task(store, settings, storage=_OpenStorage(objects))
        served = await stack.enter_async_context(task.serving())
        service_proxy = await stack.enter_async_context(
            CuttingProxy(served, f"{seed} service", SERVICE_CUT_AFTER).running()
        )
        await _run_senders(outcome, service_proxy.port, seed, folder)
        outcome.service_cuts = service_proxy.cuts
        outcome.cuts = bucket_proxy.cuts + service_proxy.cuts
        await _post_files(outcome, store)
        await _sweep(outcome, store, direct_objects, url)
    return outcome


class _OpenStorage:
    """A FileStorage whose object store is already open."""

    problem = ""

    def __init__(self, objects: S3Objects) -> None:
        self._objects = objects

    def origins(self, host: str) -> Sequence[str]:
        return ()

    async def open(self, host: str = "") -> S3Objects:
        return self._objects

    async def close(self) -> None: ...


async def _run_senders(outcome: Outcome, port: int, seed: str, folder: Path) -> None:
    scripts = folder / "senders"
    scripts.mkdir()
    for script in (files("glimpse.chat") / "page/client").iterdir():
        (scripts / script.name).write_text(script.read_text())
    shutil.copy(SENDERS, scripts)
    (scripts / "package.json").write_text('{"type": "module"}')
    tokens = [Tokens([SECRET], 86_400).issue(f"u{number}", time.time()) for number in range(OWNERS)]
    commands = {
        "url": f"http://127.0.0.1:{port}",
        "tokens": tokens,
        "files": outcome.files,
        "atOnce": CONCURRENT_UPLOADS,
        "seed": random.Random(seed).getrandbits(31),
    }
    senders = await asyncio.create_subprocess_exec(
        "node",
        str(scripts / SENDERS.name),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(TIMEOUT_SECONDS):
        stdout, stderr = await senders.communicate(json.dumps(commands).encode())
    if senders.returncode:
        outcome.errors.append(stderr.decode()[-500:])
    for report in map(json.loads, stdout.decode().splitlines()):
        if "fileId" in report:
            if report["fileId"] in outcome.complete:
                outcome.errors.append(f"two files have one id: {report}")
            outcome.complete[report["fileId"]] = report
        else:
            outcome.refused[report["code"]] += 1


async def _post_files(outcome: Outcome, store: PostgresStore) -> None:
    """Post every complete file in a message of its owner."""
    for number in range(OWNERS):
        await store.ensure_user(f"u{number}")
    await store.create_conversation("c0", "u0", [f"u{number}" for number in range(1, OWNERS)])
    messages = [
        NewMessage("c0", f"u{file['owner']}", file_id, "", file_id) for file_id, file in outcome.complete.items()
    ]
    refused = [answer for answer in await store.append(messages) if not isinstance(answer, StoredEntry)]
    if refused:
        outcome.errors.append(f"{len(refused)} complete files cannot be posted: {refused[0]}")


async def _sweep(outcome: Outcome, store: PostgresStore, objects: S3Objects, url: str) -> None:
    """Run the sweep as if a day had passed, and read what is left."""
    connection = await asyncpg.connect(url)
    outcome.rows_before = await connection.fetchval("select count(*) from files")
    await connection.execute("update files set upload_until = '-infinity'")
    await connection.execute("update files set unused_since = '-infinity' where unused_since is not null")

    async def open_objects(host: str) -> S3Objects:
        return objects

    uploads = Uploads(store, open_objects, 1, 1, Counts(), print, time.time, make_id)
    for _ in range(2 + 2 * outcome.rows_before // 100):
        await uploads.sweep()
    rows = await connection.fetch("select id, size, owner_id, is_pending from files")
    outcome.rows = {row["id"] for row in rows}
    if any(row["is_pending"] for row in rows):
        outcome.errors.append("the sweep did not come to an end")
    reserved = await connection.fetchval("select coalesce(sum(stored_bytes), 0)::bigint from users")
    if reserved != sum(row["size"] for row in rows):
        outcome.errors.append(f"{reserved} bytes are reserved for {sum(row['size'] for row in rows)}")
    await connection.close()
    outcome.objects = await asyncio.to_thread(_list_bucket, objects)


def _list_bucket(objects: S3Objects) -> dict[str, int]:
    """Each key in the bucket with its size. Calls a private method, because the service itself never lists a bucket."""
    found: dict[str, int] = {}
    after = ""
    while True:
        answer = objects._request("GET", f"?list-type=2&start-after={after}").data.decode()
        page = re.findall(r"<Key>([^<]+)</Key>.*?<Size>(\d+)</Size>", answer, re.DOTALL)
        found |= {key: int(size) for key, size in page}
        if "<IsTruncated>true" not in answer:
            return found
        after = page[-1][0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", default=uuid.uuid4().hex[:8])
    options = parser.parse_args()

    async def run(folder: Path, url: str) -> Outcome:
        connection = await asyncpg.connect(url)
        await migrate(connection)
        await connection.close()
        return await run_uploads(options.files, options.seed, folder, url)

    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "database") as url:
        began = time.monotonic()
        outcome = asyncio.run(run(Path(folder), url))
    refused = ", ".join(f"{count} {code}" for code, count in outcome.refused.items()) or "none"
    print(
        f"seed {options.seed}: {options.files} files in {time.monotonic() - began:.0f} s over {outcome.cuts} cuts",
        end="",
    )
    print(f" ({outcome.service_cuts} before the service)")
    print(f"complete {len(outcome.complete)}; refused: {refused}; announced {outcome.rows_before}")
    print("\n".join(outcome.violations()) or "every file is there once or not at all, and nothing else is")
    raise SystemExit(bool(outcome.violations()))


if __name__ == "__main__":
    main()

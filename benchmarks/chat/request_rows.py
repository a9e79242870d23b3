"""The rows of requests, and of the bytes that messages and requests leave behind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
import uvloop

from benchmarks.chat.load import LoadStats, closed_loop, connect_clients, finish_sending
from benchmarks.chat.polling import http_request
from benchmarks.chat.rows import BODY_LENGTHS, USERS, Bench, task_group
from benchmarks.chat.servers import SECRET, LogSize, running_server
from glimpse.chat.tokens import Tokens
from glimpse.operations.outside.control_group import ControlGroup

ID_LENGTH = 36
PAGE_REQUESTS = 500
"""Requests for a page of messages that accompany the messages of each length; a tenth of them has no token."""


def requests(bench: Bench) -> None:
    """A page of 50 messages over HTTP, and a sync that returns 50 messages; one request after the other."""
    server = bench.glimpse_with(events_per_second="100000")
    for _ in range(bench.options.rounds):
        bench.serve(server, lambda *task: _requests(bench, *task), None)


async def _requests(bench: Bench, port: int, pid: int, group: ControlGroup) -> None:
    # A user whom no other row uses.
    user, conversation, count = f"u{USERS}", f"c{USERS // 2}", 500
    [client] = await connect_clients(port, SECRET, 1, LoadStats(), lambda number: (user, conversation))
    known = 50 * len(bench.results.get("glimpse, requests", {}).get("server µs a sync", []))
    for _ in range(50):
        client.send(time.perf_counter())
    await finish_sending([client])
    http = await asyncio.open_connection("127.0.0.1", port)
    authorization = "Authorization: Bearer " + Tokens([SECRET], 3600).issue(user, time.time())
    path = f"/conversations/{conversation}/messages?limit=50"
    page = f"GET {path} HTTP/1.1\r\nHost: benchmark\r\n{authorization}\r\n\r\n".encode()
    requests: dict[str, Callable[[], Awaitable[bytes]]] = {
        "page of 50": lambda: http_request(http, page),
        "sync": lambda: client.request(f'["sync",{{"cursors":{{"{conversation}":{known}}}}}]'.encode()),
    }
    for name, request in requests.items():
        for _ in range(50):
            await request()
        cpu, stored = group.cpu_seconds(), bench.database.cpu_seconds()
        for _ in range(count):
            await request()
        cpu, stored = group.cpu_seconds() - cpu, bench.database.cpu_seconds() - stored
        figures = {f"server µs a {name}": cpu / count * 1e6, f"database µs a {name}": stored / count * 1e6}
        bench.record("glimpse, requests", **figures)
    http[1].close()
    client.close()


def written(bench: Bench) -> None:
    """Bytes that the task logs and the database stores per message, in conversations of two with UUIDs as ids."""
    server = bench.glimpse_with(events_per_second="100000")
    for _ in range(bench.options.rounds):
        for length in BODY_LENGTHS:
            log = LogSize()
            with task_group() as group, running_server(server, bench.url, group, log) as (port, _):
                uvloop.run(_written(bench, port, log, length))


async def _written(bench: Bench, port: int, log: LogSize, length: int) -> None:
    connection = await asyncpg.connect(bench.url)
    users = [row["user_id"] for row in await connection.fetch(CREATE_PAIRS_WITH_UUIDS, USERS)]
    memberships = await connection.fetch("select user_id, conversation_id from members where user_id = any($1)", users)
    stats, stored, logged = LoadStats(), await connection.fetchrow(STORED_BYTES), log.bytes
    body, user_of = "x" * length, (lambda number: tuple(memberships[number]))
    clients = await connect_clients(port, SECRET, USERS, stats, user_of, body=body, client_id_length=ID_LENGTH)
    await closed_loop(clients, stats, bench.options.seconds, 0)
    await finish_sending(clients)
    http = await asyncio.open_connection("127.0.0.1", port)
    user, conversation = memberships[0]
    token = Tokens([SECRET], 3600).issue(user, time.time())
    for number in range(PAGE_REQUESTS):
        has_token = number % 10 > 0
        authorization = f"Authorization: Bearer {token}\r\n" if has_token else ""
        page = f"GET /conversations/{conversation}/messages?limit=50 HTTP/1.1\r\nHost: b\r\n{authorization}\r\n"
        await http_request(http, page.encode(), 200 if has_token else 401)
    http[1].close()
    for client in clients:
        client.close()
    # Whatever the disconnects log is written by then.
    await asyncio.sleep(1)
    now = await connection.fetchrow(STORED_BYTES)
    await connection.close()
    assert stored, now
    assert not stats.refused
    messages = now["messages"] - stored["messages"]
    grown, events, written = now["bytes"] - stored["bytes"], messages + PAGE_REQUESTS, log.bytes - logged
    bench.record(f"glimpse, texts of {length} characters", **{"bytes stored a message": grown / messages})
    figures = {"events": events, "bytes logged": written, "bytes logged an event": written / events}
    bench.record("glimpse, messages and requests", **figures)


CREATE_PAIRS_WITH_UUIDS = """
with made as (
    select gen_random_uuid()::text as id, least(one collate "C", other) as low, greatest(one collate "C", other) as high
    from (select gen_random_uuid()::text as one, gen_random_uuid()::text as other from generate_series(1, $1 / 2)) pair
), users as (
    insert into users (id) select unnest(array[low, high]) from made
), conversations as (
    insert into conversations (id, changed_at, member_ids, is_pair, pair_low, pair_high)
    select id, now(), array[low, high], true, low, high from made
)
insert into members (conversation_id, user_id) select id, unnest(array[low, high]) from made returning user_id
"""
STORED_BYTES = """
select (select count(*) from entries) as messages, sum(pg_total_relation_size(oid))::bigint as bytes
from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
"""
"""The size of all tables with their indexes; between two queries only messages are stored."""

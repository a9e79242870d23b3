"""
Two tasks behind a real balancer, and the unmodified socket.io-client through it, as the Terraform sets it up: health
checks, the stickiness cookie for polling, an idle time of 60 s.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.chat.serving import Wire, eventually
from tests.chat.test_serve import Serving, serve

PEOPLE = (("websocket",), ("websocket",), ("polling", "websocket"), ("polling", "websocket"))
DRAIN_SECONDS = 5
BACK_SECONDS = 5.0

CONFIGURATION = """
defaults
    mode http
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout tunnel 60s
    option forwardfor
frontend people
    bind 127.0.0.1:{port}
    default_backend tasks
backend tasks
    balance roundrobin
    cookie AWSALB insert indirect nocache
    option httpchk GET /health
    default-server check inter 300ms fall 2 rise 1
{servers}
"""


@contextmanager
def balancer(folder: Path, port: int, tasks: Sequence[Serving]) -> Iterator[int]:
    haproxy = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    if haproxy is None:
        pytest.skip("haproxy is not here: install the package haproxy to put a balancer before two tasks")
    servers = "\n".join(f"    server task{n} 127.0.0.1:{task.port} cookie task{n}" for n, task in enumerate(tasks))
    (folder / "haproxy.cfg").write_text(CONFIGURATION.format(port=port, servers=servers))
    with subprocess.Popen([haproxy, "-q", "-f", str(folder / "haproxy.cfg")]) as process:
        try:
            yield port
        finally:
            process.terminate()


@pytest.fixture
def environment(database_url: str) -> Mapping[str, str]:
    return {
        "GLIMPSE_DATABASE_URL": database_url,
        "GLIMPSE_JWT_SECRETS": "a secret of at least thirty-two bytes",
        "GLIMPSE_BUS_URL": "postgresql:",
        "GLIMPSE_DRAIN_SECONDS": str(DRAIN_SECONDS),
        "GLIMPSE_EVENTS_PER_SECOND": "10000",
    }


@contextmanager
def people(folder: Path, port: int, told: Sequence[Mapping[str, Any]]) -> Iterator[subprocess.Popen[str]]:
    command = ["node", str(folder / "stay.mjs"), f"http://127.0.0.1:{port}", json.dumps(told)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_when_a_task_goes_its_people_come_back_by_themselves_and_nothing_is_lost(
    tmp_path: Path, environment: Mapping[str, str], node_clients: Path, unused_port: int, how: signal.Signals
) -> None:
    with serve(tmp_path, environment) as staying, serve(tmp_path, environment) as going:
        signed_up = [staying.sign_up(f"person-{how.name}-{number}") for number in range(len(PEOPLE))]
        _, room = staying.rest("POST", "/conversations", {"memberIds": [i for i, _ in signed_up[1:]]}, signed_up[0][1])
        told = [
            {"token": token, "room": room["id"], "transports": transports}
            for (_, token), transports in zip(signed_up, PEOPLE, strict=True)
        ]
        with balancer(tmp_path, unused_port, (staying, going)) as port, people(node_clients, port, told) as process:
            assert eventually(lambda: sockets(staying) + sockets(going) == len(PEOPLE) and sockets(going) > 0, 10)
            said = last_seq(staying, signed_up[0][1])
            assert eventually(lambda: last_seq(staying, signed_up[0][1]) > said + 50, 10), "they talk"
            began = time.monotonic()
            going.process.send_signal(how)
            assert going.process.wait(DRAIN_SECONDS + 5) == (0 if how == signal.SIGTERM else -how)
            assert time.monotonic() - began < DRAIN_SECONDS + 1
            assert eventually(lambda: sockets(staying) == len(PEOPLE), BACK_SECONDS)
            said = last_seq(staying, signed_up[0][1])
            assert eventually(lambda: last_seq(staying, signed_up[0][1]) > said + 50, 10), "they go on talking"
            everybody = json.loads(process.communicate("stop\n", timeout=20)[0])
        check(everybody, stored(staying, room["id"], signed_up[0][1]), has_drained=how == signal.SIGTERM)
        staying.process.kill()


def sockets(task: Serving) -> int:
    with Wire(task.port) as wire:
        measured = wire.request("GET", "/metrics").body
    return int(float(measured.partition("\nglimpse_sockets ")[2].split()[0]))


def last_seq(task: Serving, token: str) -> int:
    _, listed = task.rest("GET", "/conversations", token=token)
    found: int = listed["conversations"][0]["lastSeq"]
    return found


def stored(task: Serving, room: str, token: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    while True:
        _, page = task.rest("GET", f"/conversations/{room}/messages?after={len(entries)}&limit=200", token=token)
        if not page["messages"]:
            return entries
        entries += page["messages"]


def check(everybody: list[list[dict[str, Any]]], entries: list[dict[str, Any]], has_drained: bool) -> None:
    """What people saw, against what is stored."""
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1)), "no gap"
    by_client = {entry["clientId"]: entry["seq"] for entry in entries}
    assert len(by_client) == len(entries), "none twice"
    moved = 0
    for happened in everybody:
        acknowledged = {each["clientId"]: each["seq"] for each in happened if each["what"] == "acknowledged"}
        assert acknowledged
        assert acknowledged.items() <= by_client.items(), "nothing acknowledged is lost"
        connects = [each["at"] for each in happened if each["what"] == "connect"]
        gone = [each["at"] for each in happened if each["what"] == "disconnect" and each["at"] < connects[-1]]
        moved += len(gone)
        for lost, back in zip(gone, connects[1:], strict=True):
            assert back - lost < BACK_SECONDS * 1000
            assert not has_drained or any(each["what"] == "draining" and each["at"] <= lost for each in happened)
        heard: list[int] = []
        for each in happened:
            if each["what"] == "connect":
                heard = []
            elif each["what"] == "heard":
                heard.append(each["seq"])
        assert heard == list(range(heard[0], heard[0] + len(heard))), "each connection hears in order, without a gap"
    assert moved, "somebody was on the task that went"

"""The server of the live page, with a stack of values: what it answers, and what it refuses."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Deployment
from glimpse.operations.drills.names import DEFAULT_CLIENTS, DRILL_NAMES, MAX_CLIENTS, MIN_CLIENTS
from glimpse.operations.drills.result import Drill, DrillRequest
from glimpse.operations.outside.costs import Costs
from glimpse.operations.outside.page_server import serving_page
from glimpse.operations.state import CLIENTS, DRILL, PARTS, SERVICE, STACK, StackState, Traffic
from glimpse.words import Words
from tests.operations.schemas import undescribed
from tests.operations.served_page import MAX_SECONDS, PLANNED, Served, served_page

PAGE = Path(__file__).parents[2] / "src/glimpse/operations/page"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with served_page(tmp_path) as page:
        yield page


def request(
    served: Served, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=MAX_SECONDS)
    with contextlib.closing(connection):
        connection.request(method, path, body, {"content-type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_the_state_can_be_decoded(served: Served) -> None:
    status, body = request(served, "GET", "/state")
    state = msgspec.json.decode(body, type=StackState)
    assert (status, state) == (200, served.stack.state())
    assert undescribed(body) == []
    deployment = msgspec.json.decode(request(served, "GET", "/deployment")[1], type=Deployment)
    assert deployment.tasks == served.stack.deployment.tasks


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example:80"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"content-type": "text/plain"},
    ],
)
def test_a_page_of_the_web_cannot_start_a_drill(served: Served, headers: Mapping[str, str]) -> None:
    assert request(served, "POST", "/drills/spot", "{}", headers)[0] == 403
    assert served.asked == []


def test_a_page_of_the_web_cannot_read_the_state(served: Served) -> None:
    assert request(served, "GET", "/state", headers={"host": "rebound.example"})[0] == 403
    assert request(served, "GET", "/events", headers={"origin": "https://evil.example"})[0] == 403


def test_a_drill_tells_what_happens_and_then_its_result(served: Served) -> None:
    served.may_end.set()
    status, body = request(served, "POST", "/drills/deploy", json.dumps({"clients": 3, "environment": {"A": "b"}}))
    first, last = map(json.loads, body.splitlines())
    assert status == 200
    assert served.asked == [DrillRequest("deploy", 3, None, {"A": "b"})]
    assert (first["event"]["subject"], first["event"]["code"]) == ("task-2", "task_reclaimed")
    assert msgspec.convert(last["result"], Drill).name == "deploy"
    assert served.stack.drill is None


def test_a_second_drill_is_refused_with_a_sentence_while_one_runs(served: Served) -> None:
    first = threading.Thread(target=request, args=(served, "POST", "/drills/spot", "{}"))
    first.start()
    assert served.has_begun.wait(MAX_SECONDS)
    status, body = request(served, "POST", "/drills/crash", "{}")
    assert status == 409
    assert json.loads(body)["failure"] == {"code": "page_drill_running", "values": {"name": "spot"}}
    assert "spot" in json.loads(body)["sentence"]["ko"]
    served.call(served.may_end.set)
    first.join()
    assert [asked.name for asked in served.asked] == ["spot"]


@pytest.mark.parametrize(
    ("failure", "code"),
    [(Failure("up_tasks_wrong", count=0, most=9), "up_tasks_wrong"), (RuntimeError("odd"), "page_drill_crashed")],
)
def test_a_drill_that_could_not_run_says_why(served: Served, failure: Exception, code: str) -> None:
    served.failure = failure
    served.may_end.set()
    _, body = request(served, "POST", "/drills/spot", "{}")
    assert json.loads(body.splitlines()[-1])["failure"]["code"] == code
    served.failure = None
    assert request(served, "POST", "/drills/spot", "{}")[0] == 200, "the next one may run"


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("earthquake", "{}", 404, "drill_unknown"),
        ("spot", "{", 400, "page_drill_request"),
        ("spot", '{"clients": "many"}', 400, "page_drill_request"),
        ("spot", '{"client": 3}', 400, "page_drill_request"),
        ("spot", '{"clients": 1}', 400, "drill_clients_count"),
        ("spot", '{"clients": 1000000}', 400, "drill_clients_count"),
        ("spot", '{"environment": {"A": "' + "b" * 20_000 + '"}}', 400, "page_drill_request"),
    ],
)
def test_a_wrong_request_is_refused(served: Served, name: str, body: str, status: int, code: str) -> None:
    answered, said = request(served, "POST", f"/drills/{name}", body)
    assert (answered, json.loads(said)["failure"]["code"]) == (status, code)
    assert served.asked == []


def test_a_drill_goes_on_when_its_browser_has_gone(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=MAX_SECONDS)
    connection.request("POST", "/drills/spot", "{}", {"content-type": "application/json"})
    connection.getresponse()
    connection.close()
    ended = threading.Event()
    served.call(
        lambda: served.stack.subscribers.add(lambda event: ended.set() if event.code == "task_serving" else None)
    )
    assert served.stack.drill == "spot"
    served.call(served.may_end.set)
    with events(served) as heard:
        assert until(heard, "drill", lambda drill: drill["running"] is None)["result"]["name"] == "spot"


def test_a_port_that_is_taken_is_a_failure(served: Served, tmp_path: Path) -> None:
    async def serve_too() -> None:
        async with serving_page(
            served.stack, served.run_drill, Costs(PLANNED, None, served.price), Words("en"), tmp_path, served.port
        ):
            pass

    with pytest.raises(Failure) as raised:
        asyncio.run(serve_too())
    assert raised.value.code == "up_port_taken"


def test_the_windows_are_on_the_tasks_that_their_cookies_name(served: Served) -> None:
    cookies = {"cookie": "AWSALB=server-1; AWSALB2=server-2"}
    assert json.loads(request(served, "GET", "/windows", headers=cookies)[1]) == {"chat": "task-1", "chat_2": "task-2"}
    served.change("task-2", state="draining", is_registered=False)
    assert json.loads(request(served, "GET", "/windows", headers=cookies)[1])["chat_2"] == "task-2", "its sockets stay"
    served.change("task-2", state="starting")
    assert json.loads(request(served, "GET", "/windows", headers=cookies)[1]) == {"chat": "task-1", "chat_2": None}
    assert json.loads(request(served, "GET", "/windows")[1]) == {"chat": None, "chat_2": None}


@contextlib.contextmanager
def events(served: Served) -> Iterator[Iterator[tuple[str, Any]]]:
    """What `GET /events` says, as pairs of an event and its value."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=MAX_SECONDS)
    connection.request("GET", "/events")
    answer = connection.getresponse()

    def heard() -> Iterator[tuple[str, Any]]:
        while line := answer.readline():
            if line.startswith(b"event: "):
                yield line[7:].strip().decode(), json.loads(answer.readline()[6:])

    with contextlib.closing(connection):
        yield heard()


def until(heard: Iterator[tuple[str, Any]], event: str, is_it: Callable[[Any], bool] = lambda value: True) -> Any:
    return next(value for name, value in heard if name == event and is_it(value))


def test_a_browser_hears_everything_at_first_and_then_what_happens(served: Served) -> None:
    with events(served) as heard:
        first = [next(heard) for _ in range(5)]
        assert [name for name, _ in first] == ["history", "timeline", "drill", "costs", "state"]
        assert len(dict(first)["timeline"]) == 6, "three tasks have started, and serve"
        served.call(served.stack.record, "task-1", "unheard_of")
        assert until(heard, "timeline")[0]["sentence"] == {"en": "unheard_of", "ko": "unheard_of"}
        served.call(lambda: served.stack.record("task-1", "task_ended", exit=0))
        assert until(heard, "timeline")[0]["sentence"]["en"] == "Ended (exit code 0)."
        served.call(setattr, served.stack, "traffic", Traffic(sockets=7))
        assert until(heard, "state", lambda state: state["traffic"]["sockets"] == 7)["tasks"][0]["name"] == "task-1"


def test_the_costs_follow_the_load(served: Served) -> None:
    with events(served) as heard:
        costs = until(heard, "costs", lambda costs: costs["at_load"] is not None)
    assert costs["planned"][0]["monthly_usd"] == "87.63"
    assert costs["at_load"][1] == {"name": "best", "monthly_usd": "60.50", "at_least": True}
    assert len(served.priced) == 1
    assert json.loads(request(served, "GET", "/costs")[1])["schema"] == "glimpse.costs/1"


def test_the_chart_library_is_made_by_another_process_and_kept(served: Served, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="The charts need vl-convert-python.")
    status, script = request(served, "GET", "/vega.js")
    assert (status, b"vegaEmbed" in script) == (200, True)
    assert [file.suffix for file in tmp_path.iterdir()] == [".js"]
    assert request(served, "GET", "/vega.js")[1] == script


def test_every_text_of_the_page_exists_in_both_languages() -> None:
    texts = {file.name: file.read_text(encoding="utf-8") for file in PAGE.iterdir()}
    english, korean = (
        dict(re.findall(r'(?<![\w"])"?([\w-]+)"?: "((?:[^"\\]|\\.)*)"', block))
        for block in texts["words.js"].partition("\n};")[0].split("  ko: {")
    )
    assert english.keys() == korean.keys()
    for word, text in english.items():
        assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", korean[word])), word
    used = set(re.findall(r'data-(?:word|label|title)="(\w+)"', texts["index.html"]))
    for text in texts.values():
        used |= set(re.findall(r'say\("(\w+)"', text))
    assert used <= english.keys()
    buttons = re.search(r"const DRILLS = (\[.*\]);", texts["drills.js"])
    assert buttons
    assert json.loads(buttons[1]) == list(DRILL_NAMES)
    limits = f'min="{MIN_CLIENTS}" max="{MAX_CLIENTS}" value="{DEFAULT_CLIENTS}"'
    assert limits in texts["index.html"]
    assert {f"part_{subject}" for subject in (*PARTS, SERVICE, CLIENTS, DRILL, STACK)} <= english.keys()
    for name in DRILL_NAMES:
        assert {f"drill_{name}", f"does_{name}"} <= english.keys()

"""`glimpse drill`: on a real stack it keeps its promises, finds a bug that was planted, and says so by its exit code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
import msgspec
import pytest

from glimpse.chat.failure import Failure
from glimpse.operations import drill
from glimpse.operations.drills import promises
from glimpse.operations.drills.chart import specification
from glimpse.operations.drills.drills import DRILLS
from glimpse.operations.drills.html import page
from glimpse.operations.drills.result import Drill, DrillFailure, DrillLine, DrillRequest
from glimpse.operations.drills.terminal import MAX_LINES, event_text, lines, verdict
from glimpse.operations.options import DrillOptions, StackOptions
from glimpse.operations.outside import drill_on_page, drill_runner
from glimpse.operations.outside.local_stack import SupervisedStack, local_stack
from glimpse.operations.outside.plan import read_plan
from glimpse.operations.state import Addresses, TimelineEvent
from glimpse.words import Words
from tests.conftest import OWN
from tests.operations.schemas import undescribed

BEST = [str(OWN), "--var-file", str(OWN / "best.tfvars")]
SPEED = 40.0


class Lossy(SupervisedStack):
    """Loses the newest message when it kills a task, although its sender got an acknowledgement."""

    def __init__(self, stack: SupervisedStack) -> None:
        self._stack = stack

    def __getattribute__(self, name: str) -> Any:
        if name in ("kill_task", "_stack"):
            return object.__getattribute__(self, name)
        return getattr(object.__getattribute__(self, "_stack"), name)

    async def kill_task(self, task: str, random: Random) -> None:
        await self._stack.kill_task(task, random)
        connection = await asyncpg.connect(self._stack.addresses.database)
        newest = "(select id from entries where type = 'message' order by created_at desc limit 1)"
        await connection.execute(f"delete from entries where id = {newest}")
        await connection.close()


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Drill, Drill]]:
    """A Spot drill on a real stack, and a crash drill on the same stack, which then loses a message."""

    async def both() -> tuple[Drill, Drill]:
        options = StackOptions(BEST, tmp_path_factory.mktemp("stack"), tasks=2, port=0, page_port=0, speed=SPEED)
        async with local_stack(options, await read_plan(BEST), lambda code, **values: None) as stack:
            spot = await drill_runner.run_drill(stack, DrillRequest("spot", clients=4, seed=1))
            return spot, await drill_runner.run_drill(Lossy(stack), DrillRequest("crash", clients=4, seed=1))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drill_runner, "BEFORE_SECONDS", 2.0)
        patch.setattr(drill_runner, "AFTER_SECONDS", 1.0)
        # How fast clients are back is measured by benchmarks/drills, not on a machine that runs other tests beside.
        for bound in ("RECONNECT_SECONDS", "ACKNOWLEDGED_SECONDS"):
            patch.setattr(promises, bound, 100.0)
        try:
            yield asyncio.run(both())
        except Failure as failure:
            if failure.code.endswith("_missing"):
                pytest.skip(f"a part of the stack is not installed: {failure.code}")
            raise


def test_a_spot_drill_keeps_its_promises(results: tuple[Drill, Drill]) -> None:
    spot, _ = results
    assert [promise for promise in spot.promises if not promise.is_kept] == []
    assert spot.is_kept
    assert spot.figures.acknowledged > 0
    assert spot.figures.closes
    assert spot.recovery_seconds


def test_a_stack_that_loses_an_acknowledged_message_is_found_out(results: tuple[Drill, Drill]) -> None:
    _, crash = results
    broken = {promise.code for promise in crash.promises if not promise.is_kept}
    assert "drill_promise_nothing_lost" in broken
    assert not crash.is_kept
    assert len(crash.figures.lost) == 1


def encoded(result: Drill) -> bytes:
    return msgspec.json.encode(result)


def test_the_json_is_what_its_schema_describes(results: tuple[Drill, Drill]) -> None:
    for result in results:
        assert undescribed(encoded(result)) == []


def test_the_report_fits_a_screen_in_both_languages(results: tuple[Drill, Drill]) -> None:
    for result in results:
        for language in ("en", "ko"):
            said = lines(result, Words(language))
            assert len(said) <= MAX_LINES
            assert "{" not in "".join(said)
            assert all(event_text(event, Words(language)) for event in result.timeline)
    assert "BROKEN" in lines(results[1], Words("en"))[0]
    assert any(line.startswith("  BROKEN") for line in lines(results[1], Words("en")))


def test_every_promise_and_every_drill_fits_a_screen(results: tuple[Drill, Drill]) -> None:
    for name, kind in DRILLS.items():
        assert len(kind.judges) + len(lines(results[0], Words("en"))) - len(results[0].promises) <= MAX_LINES, name


def test_the_page_has_the_promises_and_the_timeline(results: tuple[Drill, Drill]) -> None:
    import vl_convert

    result = msgspec.structs.replace(results[1], taken="<script>")
    svgs = [vl_convert.vegalite_to_svg(specification(result, Words("ko"), is_dark)) for is_dark in (False, True)]
    text = page(result, Words("ko"), *svgs)
    assert "<script>" not in text
    assert '<html lang="ko">' in text
    assert text.count("<svg") == 2
    assert "<td>클라이언트</td>" in text
    assert text.count('<td class="broken">') == sum(not promise.is_kept for promise in result.promises)


def test_the_result_survives_json(results: tuple[Drill, Drill]) -> None:
    for result in results:
        assert encoded(msgspec.json.decode(encoded(result), type=Drill)) == encoded(result)


def options(tmp_path: Path, **values: Any) -> DrillOptions:
    return DrillOptions("crash", StackOptions(BEST, tmp_path), **values)


@pytest.mark.parametrize(("which", "code"), [(0, 0), (1, 1)])
def test_a_broken_promise_makes_the_exit_code_1(
    results: tuple[Drill, Drill],
    which: int,
    code: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def run(given: DrillOptions, say: object) -> Drill:
        return results[which]

    monkeypatch.setattr(drill, "_drill", run)
    for form in ("terminal", "json", "html"):
        output = tmp_path / form
        assert drill.run(options(tmp_path, format=form, output=output), Words("en")) == code
        assert output.stat().st_size
        said = capsys.readouterr().err.splitlines()
        assert said == [verdict(results[which], Words("en")), f"The report is in {output}."]
    assert msgspec.json.decode((tmp_path / "json").read_bytes())["schema"] == "glimpse.drill/1"


@pytest.mark.parametrize("end", [KeyboardInterrupt, asyncio.CancelledError])
def test_a_drill_that_is_interrupted_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    end: type[BaseException],
) -> None:
    async def run(given: DrillOptions, say: object) -> Drill:
        raise end

    monkeypatch.setattr(drill, "_drill", run)
    assert drill.run(options(tmp_path), Words("en")) == 130
    assert capsys.readouterr() == ("", "Interrupted. There is no report.\n")


def test_an_output_that_cannot_be_written_is_a_sentence(
    results: tuple[Drill, Drill], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(given: DrillOptions, say: object) -> Drill:
        return results[0]

    monkeypatch.setattr(drill, "_drill", run)
    with pytest.raises(Failure, match="output_unwritable"):
        drill.run(options(tmp_path, output=tmp_path), Words("en"))


# ---- Through the page of a running stack


async def served(lines_said: list[DrillLine], speed: float | None, seen: list[TimelineEvent]) -> Drill:
    """A page with this answer, asked for a drill. The page itself is tested with its server."""
    from aiohttp import web

    async def state(request: web.Request) -> web.Response:
        return web.json_response({"speed": 1.0})

    async def run(request: web.Request) -> web.Response:
        assert msgspec.json.decode(await request.read(), type=DrillRequest) == DrillRequest("crash", 3, 7)
        return web.Response(body=b"".join(msgspec.json.encode(line) + b"\n" for line in lines_said))

    application = web.Application()
    application.add_routes([web.get("/state", state), web.post("/drills/crash", run)])
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        return await drill_on_page.run_drill(url, DrillRequest("crash", 3, 7), speed, seen.append)
    finally:
        await runner.cleanup()


def test_a_running_stack_tells_its_events_and_the_result(results: tuple[Drill, Drill]) -> None:
    event, seen = TimelineEvent(1.0, "task-1", "task_killed"), list[TimelineEvent]()
    answer = [DrillLine(event=event), DrillLine(result=results[1])]
    assert encoded(asyncio.run(served(answer, None, seen))) == encoded(results[1])
    assert seen == [event]
    assert encoded(asyncio.run(served(answer, 1.0, seen))) == encoded(results[1])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"name": "deploy", "environment": {"GLIMPSE_DRIAN_SECONDS": "3", "ANOTHER": "1"}}, "drill_setting_unknown"),
        ({"name": "spot", "environment": {"GLIMPSE_DRAIN_SECONDS": "3"}}, "drill_environment_unused"),
        ({"name": "spot", "clients": 1}, "drill_clients_count"),
    ],
)
def test_a_wrong_drill_is_refused_before_a_stack_starts_for_it(
    options: dict[str, Any], code: str, tmp_path: Path
) -> None:
    nowhere = StackOptions([str(tmp_path / "no-terraform")], tmp_path)
    with pytest.raises(Failure) as refused:
        drill.run(DrillOptions(**options, stack=nowhere), Words("en"))
    assert refused.value.code == code


def test_a_running_stack_of_another_speed_is_not_used() -> None:
    with pytest.raises(Failure, match="drill_other_speed"):
        asyncio.run(served([], 5.0, []))


def test_options_that_only_a_start_uses_are_refused_where_a_stack_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses = Addresses(page="http://127.0.0.1:1", chat="", chat_2="", database="", bus="", files="", bucket="")
    monkeypatch.setattr(drill.running_stack, "find", lambda folder: addresses)
    stack = StackOptions([*BEST, "--var", "task_cpu=512"], tmp_path, bus="valkey", tasks=3)
    with pytest.raises(Failure) as refused:
        drill.run(DrillOptions("crash", stack), Words("en"))
    assert refused.value.code == "drill_stack_runs"
    assert refused.value.values["options"] == "--bus, --tasks, --var-file, --var"


@pytest.mark.parametrize("changes", [{"speed": 0.0}, {"stack": {"tasks": 0}}])
def test_a_stack_for_the_drill_alone_has_the_bounds_of_up(tmp_path: Path, changes: dict[str, Any]) -> None:
    stack = StackOptions(BEST, tmp_path, port=0, page_port=0, **changes.pop("stack", {}))
    with pytest.raises(Failure, match=r"up_speed_wrong|up_tasks_wrong"):
        drill.run(DrillOptions("crash", stack, **changes), Words("en"))


def test_a_running_stack_says_why_a_drill_cannot_run() -> None:
    with pytest.raises(Failure, match="drill_no_task"):
        asyncio.run(served([DrillLine(failure=DrillFailure("drill_no_task"))], None, []))


def test_a_running_stack_that_ends_is_a_sentence() -> None:
    with pytest.raises(Failure, match="drill_page_gone"):
        asyncio.run(served([DrillLine(event=TimelineEvent(1.0, "task-1", "task_killed"))], None, []))
    with pytest.raises(Failure, match="drill_page_gone"):
        asyncio.run(drill_on_page.run_drill("http://127.0.0.1:1", DrillRequest("crash"), None, lambda event: None))

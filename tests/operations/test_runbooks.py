"""
The runbooks: what they say to do on this machine is done, beside a stack of `glimpse up`, block by block; what they say
to do on AWS is checked for its form, for there is no account to try it in.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from glimpse.cli import STACK_DATA
from glimpse.operations.outside import running_stack
from tests.conftest import REPOSITORY
from tests.operations.runbooks import AWS, FOLDER, LOCAL, NAMES, UP, Block, blocks, commands, problem

UP_SECONDS = 180
SCRIPT_SECONDS = 900
FASTER = ("--port", "0", "--page-port", "0", "--speed", "100")
"""Later options win, and a test that waits less tries the same."""

UP_WITH_SHORT_DRILLS = """
from glimpse.__main__ import run
from glimpse.operations.outside import drill_runner
drill_runner.BEFORE_SECONDS = drill_runner.AFTER_SECONDS = drill_runner.SETTLE_SECONDS = 0.5
run()
"""
SMALL_DRILLS = """
glimpse() {
    [ "$1" != drill ] || set -- "$@" --clients 2
    command glimpse "$@" || { code=$?; [ "$1" = drill ] && [ $code = 1 ]; }
}
"""
"""
Drills are judged elsewhere; here they have to end. Some promises are about seconds, which a busy machine breaks, so a
broken one is no failure.
"""


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_commands(name: str) -> None:
    english, korean = blocks(FOLDER / f"{name}.md"), blocks(FOLDER / f"{name}.ko.md")
    assert english == korean


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}.ko" for name in NAMES)])
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)#?[^)]*\)", (FOLDER / f"{name}.md").read_text())
    assert links
    assert [link for link in links if not (FOLDER / link).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_tried_or_checked(name: str) -> None:
    found = blocks(FOLDER / f"{name}.md")
    assert {block.mark for block in found if block.language == "sh"} == {UP, LOCAL, AWS}
    assert {block.mark for block in found if block.language != "sh"} <= {None}
    wrong = [
        (why, " ".join(words))
        for block in found
        if block.mark
        for words in commands(block.text)
        if (why := problem(words))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("glimpse verify --on aws --only spot_recovery --drill api", None),
        ("glimpse verfy", "usage_wrong"),
        ("glimpse verify --only spot_recoverey", "no such check: spot_recoverey"),
        ("glimpse plan --var buss=postgresql", "no variable buss=postgresql"),
        ("aws ecs stop-task --cluster a --task b --query c", None),
        ("aws ecs stop-task --cluster a", "ecs stop-task needs --task"),
        ("aws ecs stop-task --task b --tasks c", "ecs stop-task has no --tasks"),
        ("aws ecs stop-tasks --task b", "no operation ecs stop-tasks"),
        ("aws ecz stop-task --task b", "no service ecz"),
        ("aws ecs wait service-stable --services a", "no waiter ecs service-stable"),
        ('TASK=$(aws ecs list-task --cluster "a")', "no operation ecs list-task"),
        ("terraform -chdir=infrastructure/terraform/environments/startup-prod apply -var-file=bst.tfvars",
         "no variable file bst.tfvars"),
        ("terraform -chdir=infrastructure/terraform/environments/startup-prod apply -target=module.rds.aws_db_instance.it",
         "no resource module.rds.aws_db_instance.it"),
    ],
)  # fmt: skip
def test_a_command_that_does_not_exist_is_found(command: str, why: str | None) -> None:
    found = [problem(words) for words in commands(command)]
    assert any(why in str(text) for text in found) if why else found == [None]


class Stack:
    """A `glimpse up` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._command = ""
        (folder / "infrastructure").symlink_to(REPOSITORY / "infrastructure")
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "LANG": "C.UTF-8"}

    def start(self, command: str) -> None:
        """Go on with the stack that runs, where it was started alike: a runbook leaves it as it found it."""
        if self._process and self._command == command:
            return
        self.stop()
        with (self.folder / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", UP_WITH_SHORT_DRILLS, *shlex.split(command)[1:], *FASTER],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self._command = command
        until = time.monotonic() + UP_SECONDS
        while running_stack.find(self.folder / STACK_DATA) is None:
            is_starting = self._process.poll() is None and time.monotonic() < until
            assert is_starting, (self.folder / "up.log").read_text()[-3000:]
            time.sleep(0.1)

    def run(self, script: str) -> tuple[int, str]:
        """The exit code and what was said. Everything that the script left behind is ended."""
        with (self.folder / "script.log").open("w+b") as log:
            shell = subprocess.Popen(
                ["bash", "-euc", SMALL_DRILLS + script], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            try:
                code = shell.wait(SCRIPT_SECONDS)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(shell.pid, signal.SIGKILL)
                shell.wait()
        return code, (self.folder / "script.log").read_text(errors="replace")

    def stop(self) -> None:
        process, self._process = self._process, None
        if process:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    for program, needed_by in (("haproxy", "`glimpse up`"), ("curl", "the runbooks"), ("openssl", "the runbooks")):
        if shutil.which(program) is None:
            pytest.skip(f"{program}, which {needed_by} runs, is not installed")
    stack = Stack(tmp_path_factory.mktemp("runbooks"))
    try:
        yield stack
    finally:
        stack.stop()


def stages(name: str) -> Iterator[tuple[Block, str]]:
    """Each `up` of a runbook, with all that is run beside it: one shell, which keeps its variables."""
    found = [block for block in blocks(FOLDER / f"{name}.md") if block.mark in (UP, LOCAL)]
    starts = [index for index, block in enumerate(found) if block.mark == UP]
    for start, end in zip(starts, [*starts[1:], len(found)], strict=True):
        yield found[start], "\n".join(block.text for block in found[start + 1 : end])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_do_on_this_machine_can_be_done(stack: Stack, name: str) -> None:
    for up, script in stages(name):
        stack.start(up.text.strip())
        code, said = stack.run(script)
        if code:
            stack.stop()
        assert code == 0, f"{script}\n{said[-6000:]}"

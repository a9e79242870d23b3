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
from itertools import pairwise
from pathlib import Path

import pytest

from glimpse.commands import STACK_DATA
from glimpse.operations.outside import running_stack
from tests.conftest import OWN, REPOSITORY
from tests.operations.runbooks import (
    AWS,
    BOOTSTRAP,
    FOLDER,
    GUIDES,
    LOCAL,
    NAMES,
    SETUP,
    UP,
    Block,
    blocks,
    commands,
    problem,
    values_problem,
)

WORDS = REPOSITORY / "src/glimpse/operations/words"
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
    command glimpse "$@" || { code=$?; [ "$1" = drill ] && [ $code = 1 ] || return $code; }
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
    links = re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", (FOLDER / f"{name}.md").read_text())
    assert links
    wrong = [
        f"{path}#{heading}"
        for path, heading in links
        if not path.startswith("https:")
        and not ((FOLDER / path).exists() and (not heading or heading in headings(path or f"{name}.md")))
    ]
    assert wrong == []


def headings(path: str) -> set[str]:
    """As links name them."""
    found = re.findall(r"^#+ (.+)$", (FOLDER / path).read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_tried_or_checked(name: str) -> None:
    found = blocks(FOLDER / f"{name}.md")
    marks = {block.mark for block in found if block.language == "sh"}
    assert {LOCAL, AWS} <= marks <= {SETUP, UP, LOCAL, AWS}
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
        ("glimpse verfy", "command_unknown_near"),
        ("glimpse verify --only spot_recoverey", "no such check: spot_recoverey"),
        ("glimpse plan --var buss=postgresql", "no variable buss=postgresql"),
        ("aws ecs stop-task --cluster a --task b --query c", None),
        ("aws ecs stop-task --cluster a", "ecs stop-task needs --task"),
        ("aws ecs stop-task --task b --tasks c", "ecs stop-task has no --tasks"),
        ('aws ecs stop-task --cluster a --task b --query "tasks[0"', "--query tasks[0"),
        ("aws s3 rm s3://a --recursive", None),
        ("aws s3 rm s3://a --all", "s3 rm has no --all"),
        ("glimpse deploy --rehearse --yes", None),
        ("glimpse deploy --yess", "option_unknown_near"),
        ("glimpse workload from-cloudwatch --output a.toml", None),
        ("git worktree add ../a", None),
        ("git worktre add ../a", "no command git worktre"),
        ("dig +short NS a.example.com", None),
        ("dig +short a.example.com", "dig +short a.example.com"),
        ("terraform -chdir=infrastructure/terraform/bootstrap output deploy_role_arn", None),
        ("terraform -chdir=infrastructure/terraform/bootstrap output deploy_role", "no output deploy_role"),
        ("terraform -chdir=infrastructure/terraform/bootstrap destroy -target=a", "destroy has no -target"),
        ("aws ecs stop-tasks --task b", "no operation ecs stop-tasks"),
        ("aws ecz stop-task --task b", "no service ecz"),
        ("aws ecs wait service-stable --services a", "no waiter ecs service-stable"),
        ('TASK=$(aws ecs list-task --cluster "a")', "no operation ecs list-task"),
        ("terraform -chdir=infrastructure/terraform/environments/startup-prod apply -var-file=bst.tfvars",
         "no variable file bst.tfvars"),
        ("terraform -chdir=infrastructure/terraform/environments/startup-prod state rm module.rds.aws_db_instance.it",
         "no resource module.rds.aws_db_instance.it"),
    ],
)  # fmt: skip
def test_a_command_that_does_not_exist_is_found(command: str, why: str | None) -> None:
    found = [problem(words) for words in commands(command)]
    assert any(why in str(text) for text in found) if why else found == [None]


@pytest.mark.parametrize("name", GUIDES)
def test_the_files_of_values_that_a_guide_writes_have_variables_of_ours(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text()
    written = re.findall(r"^cat > (\S+) <<'HCL'\n(.*?)^HCL$", text, re.DOTALL | re.MULTILINE)
    assert written
    for path, values in written:
        assert values_problem(REPOSITORY / path.removeprefix("../chat-staging/"), values) is None


def test_a_variable_that_does_not_exist_is_found_in_a_file_of_values() -> None:
    assert values_problem(OWN / "a.auto.tfvars", 'domain = "a"\n') == "no variable domain"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_guide_quotes_what_deploy_says_when_a_step_fails(language: str) -> None:
    """A quotation is a part of a message that has no value in it."""
    text = (FOLDER / ("run-on-aws.md" if language == "en" else "run-on-aws.ko.md")).read_text()
    rows = re.findall(r"^\| [^|]+ \| (\*[^|]+) \| [^|]+ \|$", text, re.MULTILINE)
    quoted = [part for row in rows for part in re.findall(r"\*([^*]+)\*", row)]
    messages = "".join((WORDS / language / file).read_text() for file in ("deploy.ftl", "deploy_aws.ftl"))
    assert len(quoted) > 20
    steps = (FOLDER / ("aws-in-ten-steps.md" if language == "en" else "aws-in-ten-steps.ko.md")).read_text()
    quoted += re.findall(r"`([^`]+ \[y/N\])`", steps)
    assert [part for part in quoted if part not in messages] == []


@pytest.mark.parametrize("name", ["aws-in-ten-steps", "aws-in-ten-steps.ko"])
def test_the_guide_names_what_the_bill_comes_to(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text()
    for arguments in (["--var-file", str(OWN / "best.tfvars")], [str(BOOTSTRAP)]):
        ran = subprocess.run(
            [sys.executable, "-m", "glimpse", "bill", *arguments, "--lang", "en"],
            cwd=REPOSITORY, capture_output=True, text=True, check=True,
        )  # fmt: skip
        total = re.search(r"\$[\d.]+", ran.stdout)
        assert total
        assert total[0] in text


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


def stages(name: str) -> Iterator[tuple[Block | None, str]]:
    """
    Each `up` of a runbook, with all that is run beside it: one shell, which keeps its variables. What comes before the
    first `up` needs none.
    """
    found = [block for block in blocks(FOLDER / f"{name}.md") if block.mark in (UP, LOCAL)]
    starts = [index for index, block in enumerate(found) if block.mark == UP]
    if before := found[: starts[0] if starts else None]:
        yield None, "\n".join(block.text for block in before)
    for start, end in pairwise([*starts, len(found)]):
        yield found[start], "\n".join(block.text for block in found[start + 1 : end])


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_do_on_this_machine_can_be_done(stack: Stack, name: str) -> None:
    for up, script in stages(name):
        if up is not None:
            stack.start(up.text.strip())
        code, said = stack.run(script)
        if code:
            stack.stop()
        assert code == 0, f"{script}\n{said[-6000:]}"

"""
Git, asked for objects by one `git cat-file --batch`.

It gives commits, trees and files as they are stored: it runs no filter, no hook and no textconv, writes nothing, and
fetches nothing that a partial clone lacks. The repository may be a stranger's.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from glimpse.planner.finding import InputError
from glimpse.planner.outside.file_trees import MAX_INPUT_BYTES
from glimpse.planner.sentence import say

MAX_SECONDS = 30.0
"""For each answer of git; a thousand files take it a tenth of a second together."""

MAX_NAME_LENGTH = 1_000
MAX_HEADER_BYTES = 256
"""Of an answer's first line: an object's name, type and size, or what was asked and what is wrong with it."""

DROPPED = frozenset((
    "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE", "GIT_NAMESPACE",
    "GIT_REPLACE_REF_BASE", "GIT_CONFIG",
))  # fmt: skip
"""Variables that lead git to another repository than that of the folder (`git rev-parse --local-env-vars`)."""

SET = {
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_NO_REPLACE_OBJECTS": "1", "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0", "GIT_GRAFT_FILE": os.devnull, "LC_ALL": "C", "LANGUAGE": "C",
}  # fmt: skip
"""
Nothing is fetched (older gits know only GIT_ALLOW_PROTOCOL), commits have the parents that are stored, and git's
messages are those that are looked for.
"""

OPTIONS = (
    "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
)  # fmt: skip
"""Commands that a repository's own configuration may name are not run."""

OWNER = re.compile(r"dubious ownership in repository at '(.+)'")
"""Git's own words, with the folder that `safe.directory` has to name."""

HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) ([0-9]+)\n")


class GitUnavailable(Exception):
    """There is no repository to ask: `code` and `params` of the sentence that says why."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.why = say(code, **params)


class _Ended(Exception):
    """Git ended in the middle of an answer."""


class Repository:
    """
    The git repository that holds a folder. Raises GitUnavailable.

    `top` is the folder of its working tree; of a bare one that of its objects. To be closed after use.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._environment = {name: value for name, value in environment.items() if name not in DROPPED} | SET
        self._folder = folder
        self._held: dict[bytes, tuple[bytes, bytes] | None] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self.is_bare = False
        self.top = self._top()

    def _top(self) -> Path:
        shown = self._run("rev-parse", "--show-toplevel")
        if shown.returncode and b"must be run in a work tree" in shown.stderr:
            self.is_bare = True
            shown = self._run("rev-parse", "--absolute-git-dir")
        if shown.returncode:
            detail = os.fsdecode(shown.stderr).strip()
            if owned := OWNER.search(detail):
                raise GitUnavailable("git_owner", path=owned[1])
            if "not a git repository" in detail:
                raise GitUnavailable("git_no_repository", path=str(self._folder))
            raise GitUnavailable("git_failed", detail=detail[:200] or f"exit {shown.returncode}")
        return Path(os.fsdecode(shown.stdout.removesuffix(b"\n")))

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        try:
            return subprocess.run(  # noqa: S603
                self._command(*arguments), env=self._environment, stdin=subprocess.DEVNULL, capture_output=True,
                timeout=MAX_SECONDS, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise GitUnavailable("git_missing") from None
        except subprocess.TimeoutExpired:
            raise GitUnavailable("git_slow", seconds=f"{MAX_SECONDS:.0f}") from None
        except OSError as error:
            raise GitUnavailable("git_failed", detail=error.strerror or "") from None

    def _command(self, *arguments: str) -> list[str]:
        return ["git", *OPTIONS, "-C", str(self._folder), *arguments]

    def close(self) -> None:
        """End git, if it runs. The next question starts it again."""
        process, self._process = self._process, None
        if process:
            for stream in (process.stdin, process.stdout):
                if stream:
                    with suppress(OSError):
                        stream.close()
            # Without its input git ends by itself; one that does not is in the middle of an answer.
            try:
                process.wait(1)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def is_shallow(self) -> bool:
        """Whether this clone lacks the older commits."""
        shown = self._run("rev-parse", "--is-shallow-repository")
        return shown.stdout.strip() == b"true"

    def object(self, name: bytes) -> tuple[bytes, bytes] | None:
        """An object's id and content; None where the repository lacks it. Raises InputError past a bound."""
        if name not in self._held:
            try:
                self._held[name] = self._asked(name)
            except _Ended:
                # Git gives up where it would have to fetch what a partial clone lacks.
                return None
        return self._held[name]

    def _asked(self, name: bytes) -> tuple[bytes, bytes] | None:
        process = self._batch()
        # Killed, git ends its answer, so that no read waits for ever.
        timer = threading.Timer(MAX_SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        try:
            return self._answer(process, name)
        except _Ended:
            self.close()
            if process.returncode == -signal.SIGKILL:
                raise InputError(say("git_slow", seconds=f"{MAX_SECONDS:.0f}")) from None
            raise
        finally:
            timer.cancel()

    def _answer(self, process: subprocess.Popen[bytes], name: bytes) -> tuple[bytes, bytes] | None:
        requests, answers = process.stdin, process.stdout
        if requests is None or answers is None:
            raise _Ended
        try:
            requests.write(name + b"\n")
            requests.flush()
        except OSError:
            raise _Ended from None
        line = answers.readline(MAX_NAME_LENGTH + MAX_HEADER_BYTES)
        found = HEADER.fullmatch(line)
        if not found:
            if not line.endswith(b"\n"):
                raise _Ended
            return None
        size = int(found[3])
        # Git names the size before the content, so that a larger object is never read.
        if size > MAX_INPUT_BYTES:
            raise InputError(say("git_object_large", limit=MAX_INPUT_BYTES))
        content = answers.read(size + 1)
        if len(content) != size + 1:
            raise _Ended
        return found[1], content[:-1]

    def _batch(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603
                self._command("cat-file", "--batch"), env=self._environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        return self._process

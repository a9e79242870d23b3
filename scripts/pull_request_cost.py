#!/usr/bin/env python3
"""
What `action.yml` runs: compares the stack with that of the pull request's base, writes the report to the job's summary
and into one comment of the pull request, and exits as `glimpse diff` does.

It reads the environment of a GitHub job and the inputs as `INPUT_…`, and needs nothing but Python. That the comment
cannot be written (the token of a fork only reads) is said and fails nothing: the budget decides.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARKER = "<!-- glimpse-diff -->"
"""The first line of the report. The comment's own marker names the stack, so that each stack has a comment."""

SHOWN_DIGITS = 12
"""Of a commit: few enough to be read in the report, enough to be the only one."""

PAGE = 100
MAX_PAGES = 100
TIMEOUT_SECONDS = 30
MAX_REASON_BYTES = 10_000
WRITERS = ("OWNER", "MEMBER", "COLLABORATOR")
"""Who may have written the comment that is updated, besides a bot: a stranger's may begin with the marker as well."""

NOTHING = {
    "schema": "glimpse.bill/1",
    "region": "",
    "currency": "USD",
    "free_tier": "none",
    "catalogue": {"id": ""},
    "at_least": False,
    "range": {"max": "0.00"},
    "lines": [],
}
"""The bill of a stack that the base does not have."""


class Unusable(Exception):
    """What was given cannot be used; the text says what to do."""


@dataclass(frozen=True)
class Job:
    """One run of the action: its inputs, its environment, and the event that started it."""

    environment: Mapping[str, str]
    event: Mapping[str, Any]

    def input(self, name: str) -> str:
        return self.environment.get(f"INPUT_{name.upper().replace('-', '_')}", "").strip()

    @property
    def pull_request(self) -> Mapping[str, Any] | None:
        return self.event.get("pull_request")


def main() -> int:
    environment = os.environ
    event_file = environment.get("GITHUB_EVENT_PATH")
    event = json.loads(Path(event_file).read_text(encoding="utf-8")) if event_file else {}
    job = Job(environment, event)
    try:
        with tempfile.TemporaryDirectory() as folder:
            return run(job, Path(folder))
    except Unusable as why:
        print(f"::error::{escaped(str(why))}")
        return 2


def run(job: Job, folder: Path) -> int:
    before = base(job, folder)
    report = glimpse_diff(job, before, "markdown")
    print_foreign(report.stderr + report.stdout)
    if not report.stdout.startswith(MARKER):
        return report.returncode or 2
    append(job, "GITHUB_STEP_SUMMARY", report.stdout)
    write_outputs(job, json.loads(glimpse_diff(job, before, "json").stdout))
    if job.input("comment") == "true" and job.pull_request is not None:
        try:
            comment(job, int(job.pull_request["number"]), report.stdout)
        # LookupError and TypeError: an answer, or a job, without what GitHub's has.
        except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException) as problem:
            what = f"The comment could not be written: {problem}. The report is in the summary of this job."
            print(f"::notice::{escaped(what)}")
    return report.returncode


# ---- The two sides


def base(job: Job, folder: Path) -> str:
    """
    What to compare with: the input, else what the pull request is merged into, else what was there before the push.

    A pull request is checked out as its merge with the base: the first parent of that is the base as it is now, while
    the event has the base as it was when the pull request was opened or changed. Another merge, of a checkout that
    names its own `ref`, says nothing of the base.
    """
    given = job.input("base")
    if given:
        return given
    parents = parents_of_head()
    if job.pull_request is not None:
        is_merge = parents[1:] == [job.pull_request["head"]["sha"]]
        revision = parents[0] if is_merge else job.pull_request["base"]["sha"]
    else:
        revision = job.event.get("before", "")
    if not re.fullmatch(r"[0-9a-f]{40,64}", revision) or not revision.strip("0"):
        raise Unusable("There is nothing to compare with: this is no pull request and no push. Give the input `base`.")
    fetch(job, revision)
    path = Path(job.input("path"))
    folder_of_path, name = (path, "") if path.is_dir() else (path.parent, path.name)
    prefix = git("rev-parse", "--show-prefix", folder=str(folder_of_path))
    if prefix.returncode:
        raise Unusable(f"The input `path`, {path}, is not in the repository that is checked out.")
    where = (prefix.stdout.removesuffix("\n") + name).rstrip("/")
    if git("cat-file", "-e", f"{revision}:{where}").returncode:
        if git("cat-file", "-e", f"HEAD:{where}").returncode:
            raise Unusable(f"{path} is in no commit, so the base has none. Give the input `base`: a plan or a bill.")
        print(f"{path} is not in {revision[:SHOWN_DIGITS]}: the whole stack is new.")
        nothing = folder / "nothing.json"
        nothing.write_text(json.dumps(NOTHING), encoding="utf-8")
        return str(nothing)
    return revision[:SHOWN_DIGITS]


def parents_of_head() -> list[str]:
    """From the commit itself: `git log` hides the parents of a shallow clone."""
    header = git("cat-file", "commit", "HEAD").stdout.partition("\n\n")[0]
    return re.findall(r"^parent ([0-9a-f]+)$", header, re.MULTILINE)


def fetch(job: Job, revision: str) -> None:
    """The commit alone, where a shallow clone lacks it."""
    if not git("cat-file", "-e", f"{revision}^{{commit}}").returncode:
        return
    login = base64.b64encode(f"x-access-token:{job.input('token')}".encode()).decode()
    server = job.environment.get("GITHUB_SERVER_URL", "https://github.com")
    header = f"http.{server}/.extraheader"
    authorized = {
        "GIT_CONFIG_COUNT": "2",
        # The empty one takes away that of a checkout which kept its token: GitHub refuses a request with two.
        "GIT_CONFIG_KEY_0": header,
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": header,
        "GIT_CONFIG_VALUE_1": f"AUTHORIZATION: basic {login}",
        "GIT_TERMINAL_PROMPT": "0",
    }
    fetched = git("fetch", "--quiet", "--no-tags", "--depth=1", "origin", revision, **authorized)
    if fetched.returncode:
        what = fetched.stderr.strip().splitlines()[-1:] or [""]
        raise Unusable(
            f"The base {revision[:SHOWN_DIGITS]} could not be fetched ({what[0]}). Check out with `fetch-depth: 2`."
        )


def git(*arguments: str, folder: str = ".", **environment: str) -> subprocess.CompletedProcess[str]:
    return run_program(["git", "-C", folder, *arguments], {**os.environ, **environment})


def glimpse_diff(job: Job, before: str, form: str) -> subprocess.CompletedProcess[str]:
    # -P: without it `-m` would import from the checkout, where a pull request may place a module of any name.
    arguments = [sys.executable, "-P", "-m", "glimpse", "diff", "--format", form]
    for option in ("lang", "workload", "max-usd", "max-increase"):
        if value := job.input(option):
            arguments.append(f"--{option}={value}")
    # The token is for the comment alone.
    environment = {name: value for name, value in job.environment.items() if name != "INPUT_TOKEN"}
    return run_program([*arguments, "--", before, job.input("path")], environment | {"PYTHONUTF8": "1"})


def run_program(arguments: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """A commit may hold bytes that are no UTF-8."""
    return subprocess.run(
        arguments, capture_output=True, encoding="utf-8", errors="replace", check=False, env=environment
    )


# ---- What the job hands on


def append(job: Job, variable: str, text: str) -> None:
    if path := job.environment.get(variable):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def write_outputs(job: Job, document: Mapping[str, Any]) -> None:
    for name, value in (
        ("monthly_usd", document["after"]["monthly_usd"]),
        ("delta_usd", document["delta_usd"]),
    ):
        if not re.fullmatch(r"-?\d+(\.\d+)?", value):
            raise Unusable(f"{name} is no amount: {value!r}")
        append(job, "GITHUB_OUTPUT", f"{name}={value}\n")


def print_foreign(text: str) -> None:
    """Text with names from the pull request, in which the runner would find commands: `##[…]` anywhere in a line."""
    until = secrets.token_hex(16)
    print(f"::stop-commands::{until}", text, f"::{until}::", sep="\n")


def escaped(text: str) -> str:
    """For a command of the runner, which ends with its line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


# ---- The comment


def comment(job: Job, number: int, report: str) -> None:
    """Update the comment of this stack, or make it. Raises OSError where GitHub cannot be reached or refuses."""
    # `--` would end an HTML comment.
    marker = f"<!-- glimpse-diff {json.dumps(job.input('path')).replace('--', '- -')} -->"
    body = f"{marker}\n{report}"
    comments = f"/repos/{job.environment['GITHUB_REPOSITORY']}/issues/{number}/comments"
    for found in every_comment(job, comments):
        # Who wrote it may have no account any more.
        is_ours = (found["user"] or {}).get("type") == "Bot" or found["author_association"] in WRITERS
        if is_ours and (found["body"] or "").startswith(marker):
            if found["body"].strip() != body.strip():
                place = f"/repos/{job.environment['GITHUB_REPOSITORY']}/issues/comments/{int(found['id'])}"
                request(job, "PATCH", place, {"body": body})
            return
    request(job, "POST", comments, {"body": body})


def every_comment(job: Job, path: str) -> Iterator[Mapping[str, Any]]:
    for page in range(1, MAX_PAGES + 1):
        found = request(job, "GET", f"{path}?per_page={PAGE}&page={page}")
        if not isinstance(found, list):
            raise ValueError("GitHub answered no list of comments")
        yield from found
        if len(found) < PAGE:
            return


def request(job: Job, method: str, path: str, body: Mapping[str, str] | None = None) -> Any:
    server = job.environment.get("GITHUB_API_URL", "https://api.github.com")
    made = urllib.request.Request(  # noqa: S310 - the address is GitHub's own
        server + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {job.input('token')}",
            "Content-Type": "application/json",
            "User-Agent": "glimpse",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    try:
        with urllib.request.urlopen(made, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        raise OSError(f"GitHub answered {refused.code} {refused.reason}{reason(refused)}") from None


def reason(refused: urllib.error.HTTPError) -> str:
    """What GitHub says of a refusal, and what that comes from."""
    try:
        text = str(json.loads(refused.read(MAX_REASON_BYTES))["message"] or "")
    except (OSError, ValueError, LookupError, TypeError, http.client.HTTPException):
        text = ""
    if "not accessible" in text or "Must have" in text:
        text += "; the job needs `pull-requests: write`, which GitHub does not give to a pull request from a fork"
    return f": {text}" if text else ""


if __name__ == "__main__":
    sys.exit(main())

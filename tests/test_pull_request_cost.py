"""`action.yml` and its script: what a pull request is compared with, the comment, the budget, and whose token is used."""

from __future__ import annotations

import ast
import base64
import importlib.util
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "scripts/pull_request_cost.py"
ACTION = yaml.safe_load((REPOSITORY / "action.yml").read_text())
ENVIRONMENT = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Without the settings of whoever runs the tests, and without the repository that a hook of git runs them for."""

STACK = """
provider "aws" {{
  region = "ap-northeast-2"
}}
resource "aws_nat_gateway" "out" {{
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}}
resource "aws_ebs_volume" "data" {{
  availability_zone = "ap-northeast-2a"
  type              = "gp3"
  size              = {size}
}}
"""


class FakeServer:
    """Answers JSON on loopback, and remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.tokens: set[str | None] = set()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                fake.requests.append((self.command, self.path.partition("?")[0]))
                fake.tokens.update(self.headers.get_all("Authorization", [None]))
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                status, document = fake.answer(self.command, self.path, body)
                content = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = handle_any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        raise NotImplementedError

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class FakeGitHub(FakeServer):
    """The comments of one pull request. `refuses` is the status of every write."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.refuses: int | None = None
        self.answered: object = {}
        super().__init__()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        if method == "GET":
            page, size = (int(re.findall(rf"[?&]{name}=(\d+)", path)[0]) for name in ("page", "per_page"))
            return 200, self.comments[(page - 1) * size : page * size]
        if self.refuses is not None:
            return self.refuses, self.answered
        text = json.loads(body)["body"]
        if method == "POST":
            self.add(text)
        else:
            self.comments[int(path.rpartition("/")[2]) - 1]["body"] = text
        return 200, {}

    def add(self, body: str, kind: str = "Bot", association: str = "NONE") -> None:
        self.comments.append(
            {"id": len(self.comments) + 1, "body": body, "user": {"type": kind}, "author_association": association}
        )

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [row for row in self.requests if row[0] != "GET"]


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    fake = FakeGitHub()
    yield fake
    fake.close()


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
    return subprocess.run(
        ["git", *who, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        check=True,
        capture_output=True,
        text=True,
        errors="replace",
    ).stdout.strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    A pull request that makes a volume larger, checked out as its merge with a base that has moved on since: there a
    NAT gateway has become private, which is not the pull request's doing.
    """
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "-q")
    stack = folder / "infra"
    stack.mkdir()
    (stack / "main.tf").write_text(STACK.format(size=40))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "stack")
    git(folder, "checkout", "-qb", "change")
    (stack / "main.tf").write_text(STACK.format(size=140))
    (folder / "added").mkdir()
    (folder / "added/main.tf").write_text(STACK.format(size=1))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "larger")
    git(folder, "checkout", "-q", "main")
    (stack / "more.tf").write_text('resource "aws_kms_key" "later" {}\n')
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "meanwhile")
    git(folder, "merge", "-q", "--no-ff", "-m", "merge", "change")
    return folder


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    """As actions/checkout makes it: one commit, without its parents."""
    folder = tmp_path / "checkout"
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repository}", str(folder))
    return folder


def run_action(
    checkout: Path,
    tmp_path: Path,
    github: FakeGitHub,
    event: Mapping[str, Any] | None = None,
    server: str = "https://github.com",
    **inputs: str,
) -> tuple[subprocess.CompletedProcess[str], str, dict[str, str]]:
    """The step of the action that compares: what it printed, the job's summary and the outputs."""
    old = "0" * 39 + "1"
    head = re.findall(r"^parent (\w+)$", git(checkout, "cat-file", "commit", "HEAD"), re.MULTILINE)[-1:]
    pull_request = {"number": 7, "base": {"sha": old}, "head": {"sha": "".join(head)}}
    event = {"pull_request": pull_request} if event is None else event
    files = {name: tmp_path / name for name in ("event", "summary", "output")}
    for path in files.values():
        path.write_text("")
    files["event"].write_text(json.dumps(event))
    defaults = {name: row["default"] for name, row in ACTION["inputs"].items()} | {"token": "secret", "path": "infra"}
    given = defaults | {name.replace("_", "-"): text for name, text in inputs.items()}
    environment = ENVIRONMENT | {
        "PYTHONPATH": str(REPOSITORY / "src"),
        "GITHUB_API_URL": github.url,
        "GITHUB_EVENT_PATH": str(files["event"]),
        "GITHUB_OUTPUT": str(files["output"]),
        "GITHUB_REPOSITORY": "you/infra",
        "GITHUB_SERVER_URL": server,
        "GITHUB_STEP_SUMMARY": str(files["summary"]),
        **{f"INPUT_{name.upper().replace('-', '_')}": text for name, text in given.items()},
    }
    ran = subprocess.run(
        [sys.executable, str(SCRIPT)], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    outputs = dict(line.split("=", 1) for line in files["output"].read_text().splitlines())
    return ran, files["summary"].read_text(), outputs


def test_a_pull_request_is_compared_with_what_it_is_merged_into(
    checkout: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    ran, summary, outputs = run_action(checkout, tmp_path, github)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    # 100 GB of gp3 in Seoul; the key that the base got meanwhile is in neither.
    assert outputs == {"monthly_usd": outputs["monthly_usd"], "delta_usd": "9.12"}
    assert "aws_ebs_volume.data" in summary
    assert "aws_kms_key" not in summary
    [comment] = github.comments
    assert comment["body"].startswith('<!-- glimpse-diff "infra" -->\n<!-- glimpse-diff -->')
    assert comment["body"].endswith(summary)
    assert github.writes == [("POST", "/repos/you/infra/issues/7/comments")]
    assert github.tokens == {"Bearer secret"}
    assert "secret" not in ran.stdout + ran.stderr


def test_the_budget_fails_the_job_after_the_comment(checkout: Path, tmp_path: Path, github: FakeGitHub) -> None:
    ran, summary, outputs = run_action(checkout, tmp_path, github, max_increase="5")
    assert ran.returncode == 1
    assert "--max-increase" in ran.stdout
    assert outputs["delta_usd"] == "9.12"
    assert len(github.comments) == 1
    assert summary


def test_a_stack_that_the_base_does_not_have_is_new_as_a_whole(
    checkout: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    ran, _, outputs = run_action(checkout, tmp_path, github, path="added", comment="false")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert outputs["delta_usd"] == outputs["monthly_usd"] == "43.16"
    assert github.requests == []


def test_a_token_that_only_reads_is_a_notice_and_no_failure(checkout: Path, tmp_path: Path, github: FakeGitHub) -> None:
    github.refuses, github.answered = 403, {"message": "Resource not accessible by integration"}
    ran, summary, _ = run_action(checkout, tmp_path, github)
    assert ran.returncode == 0
    [notice] = [line for line in ran.stdout.splitlines() if line.startswith("::notice::")]
    assert "403" in notice
    assert "fork" in notice
    assert "aws_ebs_volume.data" in summary


def test_names_of_the_pull_request_are_no_commands_of_the_runner(
    checkout: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    (checkout / "infra/::set-output name=delta_usd::0.tf").write_text('resource "aws_eip" "##[set-output name=x]" {}\n')
    ran, _, _ = run_action(checkout, tmp_path, github, comment="false")
    lines = ran.stdout.splitlines()
    [until] = [line.removeprefix("::stop-commands::") for line in lines if line.startswith("::stop-commands::")]
    named = [at for at, line in enumerate(lines) if "set-output" in line]
    assert named
    assert lines.index(f"::stop-commands::{until}") < min(named) <= max(named) < lines.index(f"::{until}::")
    assert "set-output" not in ran.stderr


def test_a_merge_that_a_branch_made_itself_is_not_taken_for_the_one_with_the_base(
    repository: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    """HEAD is a merge of the branch's own, and the event names the base."""
    base = git(repository, "rev-list", "--max-parents=0", "HEAD")
    event = {
        "pull_request": {"number": 7, "base": {"sha": base}, "head": {"sha": git(repository, "rev-parse", "HEAD")}}
    }
    ran, summary, _ = run_action(repository, tmp_path, github, event, comment="false")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "aws_kms_key" in summary


def test_a_commit_whose_text_is_no_utf_8_is_read(repository: Path, tmp_path: Path, github: FakeGitHub) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repository), str(clone))
    (tmp_path / "message").write_bytes("größer".encode("latin-1"))
    git(clone, "-c", "i18n.commitEncoding=latin-1", "commit", "-q", "--amend", "-F", str(tmp_path / "message"))
    ran, _, outputs = run_action(clone, tmp_path, github, comment="false")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert outputs["delta_usd"] == "9.12"


@pytest.mark.parametrize(
    ("path", "says"),
    [("../plan.json", "not in the repository"), ("nowhere/infra", "not in the repository"), ("plan.json", "no commit")],
)
def test_what_no_commit_holds_needs_a_base(
    checkout: Path, tmp_path: Path, github: FakeGitHub, path: str, says: str
) -> None:
    (checkout / path).parent.is_dir() and (checkout / path).write_text("{}")
    ran, _, _ = run_action(checkout, tmp_path, github, path=path)
    assert ran.returncode == 2
    assert says in ran.stdout


class FakeGit(FakeServer):
    """Refuses every fetch, and remembers the headers that it came with."""

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        return 404, {}


def test_a_fetch_has_one_token_also_where_the_checkout_kept_its_own(
    checkout: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    server = FakeGit()
    git(checkout, "remote", "set-url", "origin", f"{server.url}/you/infra")
    git(checkout, "config", f"http.{server.url}/.extraheader", "AUTHORIZATION: basic of-the-checkout")
    event = {"before": "1" * 40}
    ran, _, _ = run_action(checkout, tmp_path, github, event, server=server.url)
    server.close()
    assert ran.returncode == 2
    assert "fetch-depth: 2" in ran.stdout
    assert server.tokens == {f"basic {base64.b64encode(b'x-access-token:secret').decode()}"}


def test_a_pull_request_cannot_run_its_own_code_beside_the_token(
    checkout: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    for name in ("json.py", "glimpse.py", "sitecustomize.py"):
        (checkout / name).write_text("import sys; sys.exit('planted')\n")
    ran, _, outputs = run_action(checkout, tmp_path, github, comment="false")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert outputs["delta_usd"] == "9.12"


def test_without_anything_to_compare_with_the_input_is_asked_for(
    checkout: Path, tmp_path: Path, github: FakeGitHub
) -> None:
    for event in ({}, {"before": "0" * 40}):
        ran, _, _ = run_action(checkout, tmp_path, github, event)
        assert ran.returncode == 2
        assert ran.stdout.startswith("::error::")
        assert "`base`" in ran.stdout


# ---- GitLab


class FakeGitLab(FakeServer):
    """The notes of one merge request."""

    def __init__(self) -> None:
        self.notes: list[dict[str, Any]] = [
            {"id": 1, "body": "assigned", "system": True},
            {"id": 2, "body": "hello", "system": False},
        ]
        super().__init__()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        text = parse_qs(body.decode()).get("body", [""])[0]
        if method == "POST":
            self.notes.append({"id": len(self.notes) + 1, "body": text, "system": False})
        if method == "PUT":
            self.notes[int(path.rpartition("/")[2]) - 1]["body"] = text
        return 200, self.notes


def test_the_job_for_gitlab_keeps_one_note_and_fails_past_the_budget(repository: Path, tmp_path: Path) -> None:
    english, korean = (
        re.findall(r"```yaml\n(cost:.*?)```", (REPOSITORY / f"docs/how-to/{name}").read_text(), re.DOTALL)
        for name in ("diff-in-a-pull-request.md", "diff-in-a-pull-request.ko.md")
    )
    assert english == korean
    script = "\n".join(yaml.safe_load(english[0])["cost"]["script"])
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    gitlab = FakeGitLab()
    environment = ENVIRONMENT | {
        "CI_API_V4_URL": gitlab.url,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(repository, "rev-parse", "HEAD^1"),
        "CI_MERGE_REQUEST_IID": "7",
        "CI_PROJECT_ID": "1",
        "GLIMPSE_TOKEN": "secret",
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY / "src"),
        "STACK": str(repository / "infra"),
    }
    for limit, code in (("50", 0), ("5", 1)):
        ran = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", script.replace("--max-increase 50", f"--max-increase {limit}")],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == code, ran.stdout + ran.stderr
    gitlab.close()
    assert [method for method, _ in gitlab.requests] == ["GET", "POST", "GET", "PUT"]
    assert [note["body"].startswith("<!-- glimpse-diff -->") for note in gitlab.notes] == [False, False, True]
    assert "<testsuite" in (tmp_path / "glimpse.xml").read_text()


# ---- The comment alone


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pull_request_cost", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def job(script: ModuleType, github: FakeGitHub, path: str = "infra") -> Any:
    environment = {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": "you/infra", "INPUT_PATH": path}
    return script.Job(environment | {"INPUT_TOKEN": "secret"}, {})


def test_the_same_comment_is_updated_wherever_it_stands(script: ModuleType, github: FakeGitHub) -> None:
    for number in range(230):
        github.add(f"remark {number}", "User")
    script.comment(job(script, github), 7, "one")
    for number in range(20):
        github.add(f"later {number}", "User")
    script.comment(job(script, github), 7, "two")
    assert [row["id"] for row in github.comments if "two" in row["body"]] == [231]
    assert github.writes == [
        ("POST", "/repos/you/infra/issues/7/comments"),
        ("PATCH", "/repos/you/infra/issues/comments/231"),
    ]


def test_a_report_that_has_not_changed_is_not_written_again(script: ModuleType, github: FakeGitHub) -> None:
    for _ in range(2):
        script.comment(job(script, github), 7, "one")
    assert len(github.writes) == 1


def test_each_stack_has_a_comment_of_its_own(script: ModuleType, github: FakeGitHub) -> None:
    for path in ("infra/prod", "infra", "infra --> x"):
        script.comment(job(script, github, path), 7, path)
    assert len(github.comments) == 3
    assert all(row["body"].partition("\n")[0].count("-->") == 1 for row in github.comments)


def test_a_comment_of_a_stranger_is_never_taken_for_ours(script: ModuleType, github: FakeGitHub) -> None:
    github.add('<!-- glimpse-diff "infra" -->\nfree of charge', "User", "CONTRIBUTOR")
    script.comment(job(script, github), 7, "one")
    assert [row["body"].splitlines()[1] for row in github.comments] == ["free of charge", "one"]


def test_a_member_who_gave_their_own_token_finds_their_comment_again(script: ModuleType, github: FakeGitHub) -> None:
    github.add('<!-- glimpse-diff "infra" -->\nold', "User", "MEMBER")
    script.comment(job(script, github), 7, "one")
    assert len(github.comments) == 1


def test_a_comment_of_somebody_who_has_no_account_any_more_is_passed_over(
    script: ModuleType, github: FakeGitHub
) -> None:
    github.add("hello")
    github.comments[0] |= {"user": None}
    script.comment(job(script, github), 7, "one")
    assert len(github.comments) == 2


@pytest.mark.parametrize(
    ("status", "answer", "says"),
    [
        (403, {"message": "Resource not accessible by integration"}, "403 Forbidden: Resource.*from a fork"),
        (
            403,
            {"message": "API rate limit exceeded for installation"},
            "403 Forbidden: API rate limit exceeded for installation$",
        ),
        (422, {"message": "Validation Failed"}, "Validation Failed$"),
        (502, "bad gateway", "502 Bad Gateway$"),
        (500, {"message": None}, "500 Internal Server Error$"),
    ],
)
def test_a_refusal_says_what_github_says_of_it(
    script: ModuleType, github: FakeGitHub, status: int, answer: object, says: str
) -> None:
    github.refuses, github.answered = status, answer
    with pytest.raises(OSError, match=says):
        script.comment(job(script, github), 7, "one")


@pytest.mark.parametrize("answer", [{"message": "moved"}, ["text"], [{"id": 1}], None, "text"])
def test_an_answer_that_is_no_list_of_comments_is_a_notice(
    script: ModuleType,
    github: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: object,
) -> None:
    report = subprocess.CompletedProcess[str]([], 0, f"{script.MARKER}\n", "")
    outputs = subprocess.CompletedProcess[str]([], 0, '{"after": {"monthly_usd": "1"}, "delta_usd": "1"}', "")
    monkeypatch.setattr(script, "base", lambda *_: "main")
    monkeypatch.setattr(script, "glimpse_diff", lambda *given: report if given[-1] == "markdown" else outputs)
    monkeypatch.setattr(github, "answer", lambda *_: (200, answer))
    given = job(script, github)
    given = script.Job({**given.environment, "INPUT_COMMENT": "true"}, {"pull_request": {"number": 7}})
    assert script.run(given, Path()) == 0
    assert "::notice::The comment could not be written" in capsys.readouterr().out


def test_what_reads_the_pull_request_does_not_have_the_token(
    script: ModuleType, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Mapping[str, str]] = []
    monkeypatch.setattr(script.subprocess, "run", lambda *_, env, **__: started.append(env))
    script.glimpse_diff(job(script, github), "main", "json")
    assert started
    assert "secret" not in started[0].values()


def test_each_input_of_the_action_reaches_the_script() -> None:
    step = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "diff")
    given = {name: text for name, text in step["env"].items() if name.startswith("INPUT_")}
    expected = {f"INPUT_{name.upper().replace('-', '_')}": f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}
    assert given == expected
    text = SCRIPT.read_text()
    [handed_on] = re.findall(r"for option in (\(.*\)):", text)
    read = {*re.findall(r"""input\(['\"]([a-z-]+)['\"]\)""", text), *ast.literal_eval(handed_on)}
    assert read == set(ACTION["inputs"])

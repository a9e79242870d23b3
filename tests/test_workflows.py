"""The workflows of the repository's host: their form, their rights, and the commands that they run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from glimpse.cli import parser
from glimpse.words import Words
from tests.conftest import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))


def scripts(workflow: dict[str, Any]) -> list[str]:
    return [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]


def glimpse_commands(script: str) -> list[list[str]]:
    """The arguments of each `glimpse` command, without what a variable holds or a redirection takes."""
    joined = re.sub(r"\\\n\s*", " ", script)
    commands = re.findall(r"^\s*python3 run\.py glimpse (.*)$", joined, re.MULTILINE)
    bare = [re.sub(r"\$\{\w+:\+([^}]*)\}", r"\1", command) for command in commands]
    bare = [
        re.sub(r'"?\$\w+"?(?= |$)', "", re.sub(r'"\$IMAGE"', "sha256:0", re.split(r">>|\|\|", line)[0]))
        for line in bare
    ]
    return [shlex.split(line) for line in bare]


def test_there_are_workflows_for_ci_the_deploy_the_report_and_the_prices() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "deploy", "prices", "watch"]


@each
def test_a_workflow_has_the_form_that_github_reads(path: Path) -> None:
    check = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", "vendor.github-workflows"]
    result = subprocess.run([*check, str(path)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@each
def test_an_auditor_of_workflows_finds_nothing(path: Path) -> None:
    auditor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if not auditor:
        pytest.skip("NOT RUN: zizmor has no wheel for this machine")
    result = subprocess.run(
        [auditor, "--offline", "--no-progress", str(path)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@each
def test_an_action_is_pinned_by_its_commit_and_says_its_version(path: Path) -> None:
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


@each
def test_a_job_has_only_the_rights_that_it_needs(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    rights = {name: job["permissions"] for name, job in workflow["jobs"].items()}
    assert (
        rights
        == {
            "ci": {"ci": {"contents": "read"}},
            "deploy": {"bill": {"contents": "read"}, "deploy": {"contents": "read", "id-token": "write"}},
            "prices": {"prices": {"contents": "write", "pull-requests": "write"}},
            "watch": {"watch": {"contents": "read", "id-token": "write"}},
        }[path.stem]
    )


@each
def test_no_workflow_keeps_a_key_of_aws(path: Path) -> None:
    assert not re.search(r"AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)", path.read_text())


@each
def test_the_commands_of_a_workflow_exist(path: Path) -> None:
    for script in scripts(read(path)):
        for arguments in glimpse_commands(script):
            parser(Words("en")).parse_args(arguments)


def test_the_hosted_ci_runs_the_same_script_as_any_other() -> None:
    assert "bash .ci/run" in scripts(read(WORKFLOWS[0]))


def test_each_workflow_that_needs_glimpse_runs_it() -> None:
    names = {
        path.stem: [line[0] for script in scripts(read(path)) for line in glimpse_commands(script)]
        for path in WORKFLOWS
    }
    assert names == {"ci": [], "deploy": ["bill", "deploy"], "prices": ["prices"], "watch": ["watch"]}

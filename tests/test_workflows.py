"""The workflows of the repository's host: their form, their rights, and the commands that they run."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
import yaml

from glimpse.commands import parser
from glimpse.words import Words
from tests.conftest import REPOSITORY

WORKFLOWS = sorted((REPOSITORY / ".github/workflows").glob("*.yml"))
ACTION = REPOSITORY / "action.yml"
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\$/")
"""An action by its commit, or this repository's own: `$/` is the commit that runs."""

each = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
each_and_action = pytest.mark.parametrize("path", [*WORKFLOWS, ACTION], ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text()))


def scripts(file: dict[str, Any]) -> list[str]:
    """The shell of a workflow, or of the action."""
    jobs = file["jobs"].values() if "jobs" in file else [file["runs"]]
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def glimpse_commands(script: str) -> list[list[str]]:
    """The arguments of each `glimpse` command, without what a variable holds or a redirection takes."""
    joined = re.sub(r"\\\n\s*", " ", script)
    commands = re.findall(r"^\s*python3 run\.py glimpse (?!--version)(.*)$", joined, re.MULTILINE)
    bare = [re.sub(r"\$\{\w+:\+([^}]*)\}", r"\1", command) for command in commands]
    bare = [
        re.sub(r'"?\$\w+"?(?= |$)', "", re.sub(r'"\$IMAGE"', "sha256:0", re.split(r">>|\|\|", line)[0]))
        for line in bare
    ]
    return [shlex.split(line) for line in bare]


def have_form(schema: str, *paths: Path) -> None:
    check = [str(Path(sys.executable).with_name("check-jsonschema")), "--builtin-schema", schema]
    result = subprocess.run([*check, *map(str, paths)], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_there_are_workflows_for_ci_the_cost_of_a_change_the_deploy_the_report_the_prices_and_the_site() -> None:
    assert [path.stem for path in WORKFLOWS] == ["ci", "cost", "deploy", "prices", "site", "watch"]


def test_workflows_and_the_action_have_the_form_that_github_reads() -> None:
    have_form("vendor.github-workflows", *WORKFLOWS)
    have_form("vendor.github-actions", ACTION)


def test_an_auditor_of_workflows_finds_nothing() -> None:
    auditor = shutil.which("zizmor", path=str(Path(sys.executable).parent))
    if not auditor:
        pytest.skip("NOT RUN: zizmor has no wheel for this machine")
    result = subprocess.run(
        [auditor, "--offline", "--no-progress", *map(str, WORKFLOWS), str(ACTION)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr


@each_and_action
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
            "cost": {"cost": {"contents": "read", "pull-requests": "write"}},
            "deploy": {"bill": {"contents": "read"}, "deploy": {"contents": "read", "id-token": "write"}},
            "prices": {"prices": {"contents": "write", "pull-requests": "write"}},
            "site": {"build": {"contents": "read"}, "publish": {"pages": "write", "id-token": "write"}},
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
    assert names == {
        "ci": [],
        "cost": [],
        "deploy": ["bill", "deploy"],
        "prices": ["prices"],
        "site": [],
        "watch": ["watch"],
    }


# ---- What other repositories use


def test_the_reusable_workflow_hands_on_what_it_is_given() -> None:
    workflow, action = read(WORKFLOWS[1]), read(ACTION)
    # YAML reads `on` as true.
    called = workflow[True]["workflow_call"]
    [step] = [step for step in workflow["jobs"]["cost"]["steps"] if step["uses"] == "$/"]
    assert set(step["with"]) == set(called["inputs"]) == set(action["inputs"]) - {"base", "token"}
    assert set(called["outputs"]) == set(workflow["jobs"]["cost"]["outputs"]) == set(action["outputs"])


@each_and_action
def test_no_text_of_an_event_or_an_input_is_put_into_a_script(path: Path) -> None:
    assert [script for script in scripts(read(path)) if "${{" in script] == []


def test_the_action_installs_pinned_versions_of_the_projects_own_lock() -> None:
    lock = REPOSITORY / "scripts/planner.lock"
    pins = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", lock.read_text(), re.MULTILINE))
    project = dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", (REPOSITORY / "requirements.lock").read_text(), re.MULTILINE))
    assert pins.items() <= project.items(), "run the command in scripts/planner.in"
    wanted = [line for line in (REPOSITORY / "scripts/planner.in").read_text().splitlines() if line[0] not in "#-"]
    assert set(wanted) <= set(pins)
    assert lock.read_text().count("--hash=sha256:") >= len(pins)


def test_what_the_action_installs_is_all_that_a_diff_imports() -> None:
    allowed = set(re.findall(r"^([a-z0-9-]+)==", (REPOSITORY / "scripts/planner.lock").read_text(), re.MULTILINE))
    code = (
        "import sys, glimpse.cli, glimpse.planner.diff, glimpse.planner.outside.usage_files\n"
        "from glimpse.planner.differences import json_report, markdown\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "from importlib.metadata import packages_distributions\n"
        "print(*(d for name, owners in packages_distributions().items() if name in names for d in owners))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    used = {name.lower().replace("_", "-") for name in ran.stdout.split()} - {"glimpse-chat", "setuptools"}
    assert used <= allowed


HOOKS = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_the_command_of_a_hook_exists(hook: dict[str, Any]) -> None:
    program, *arguments = [*shlex.split(hook["entry"]), *hook["args"]]
    assert program == "glimpse"
    parser(Words("en")).parse_args(arguments)
    assert {"id", "name", "entry", "language"} <= set(hook)


@pytest.mark.parametrize("name", ["diff-in-a-pull-request.md", "diff-in-a-pull-request.ko.md"])
def test_the_guide_shows_files_of_the_right_form_and_inputs_that_exist(name: str, tmp_path: Path) -> None:
    text = (REPOSITORY / "docs/how-to" / name).read_text()
    shown = [textwrap.dedent(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)]
    workflows = [block for block in shown if "runs-on" in block or "/.github/workflows/" in block]
    pipelines = [block for block in shown if "CI_MERGE_REQUEST" in block]
    hooks = [block for block in shown if "glimpse-diff" in block and "repos:" in block]
    assert (len(workflows), len(pipelines), len(hooks)) == (2, 1, 1)
    inputs = set(read(ACTION)["inputs"])
    for schema, blocks in (("github-workflows", workflows), ("gitlab-ci", pipelines)):
        paths = [tmp_path / f"{schema}-{number}.yml" for number in range(len(blocks))]
        for path, block in zip(paths, blocks, strict=True):
            path.write_text(block.replace("OWNER/REPOSITORY", "you/glimpse").replace("COMMIT", "0" * 40))
        have_form(f"vendor.{schema}", *paths)
    for block in workflows:
        for job in yaml.safe_load(block)["jobs"].values():
            steps = [job] if "uses" in job else [step for step in job["steps"] if "OWNER" in step.get("uses", "")]
            assert steps
            assert all(set(step["with"]) <= inputs for step in steps)
    [repository] = yaml.safe_load(hooks[0])["repos"]
    known = {hook["id"]: shlex.split(hook["entry"])[1:] for hook in HOOKS}
    for hook in repository["hooks"]:
        parser(Words("en")).parse_args([*known[hook["id"]], *hook["args"]])

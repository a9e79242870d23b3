"""What CONTRIBUTING tells people to run can be run, and the news of the next release can be built."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.conftest import REPOSITORY

CONTRIBUTING = (REPOSITORY / "CONTRIBUTING.md").read_text()
TOWNCRIER = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["towncrier"]
TYPES = {row["directory"]: row["name"] for row in TOWNCRIER["type"]}
NEWS = REPOSITORY / TOWNCRIER["directory"]


def build(*options: str, folder: Path = REPOSITORY) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "towncrier", "build", "--version", "9.9.9", "--date", "2026-11-29", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with this repository's configuration of the news, its change log and one fragment."""
    (tmp_path / "pyproject.toml").write_text((REPOSITORY / "pyproject.toml").read_text())
    (tmp_path / "CHANGELOG.md").write_text((REPOSITORY / "CHANGELOG.md").read_text())
    (tmp_path / "news").mkdir()
    (tmp_path / "news/+port.changed.md").write_text("The port is another one.\n")
    return tmp_path


@pytest.mark.parametrize("folder", ["benchmarks", "scripts"])
def test_what_a_benchmark_or_a_script_imports_from_glimpse_exists(folder: str) -> None:
    """No other test runs most of them, so a name that was moved would be noticed by their next user."""
    missing = []
    for path in sorted((REPOSITORY / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("glimpse"):
                module = importlib.import_module(node.module or "")
                names = [row.name for row in node.names if not hasattr(module, row.name)]
                missing += [f"{path.name}: {node.module}.{name}" for name in names if not _is_module(node.module, name)]
    assert missing == []


def _is_module(package: str | None, name: str) -> bool:
    return importlib.util.find_spec(f"{package}.{name}") is not None


def test_no_two_test_files_have_the_same_name() -> None:
    # pytest imports them by their names alone, and a run of one folder does not notice.
    names = [path.name for path in (REPOSITORY / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def test_the_news_of_the_next_release_holds_every_fragment() -> None:
    built = build("--draft")
    assert built.returncode == 0, built.stderr
    printed = " ".join(built.stdout.split())
    for fragment in NEWS.glob("*.*.md"):
        assert " ".join(fragment.read_text().split()) in printed, fragment.name


def test_a_release_puts_the_news_above_those_of_earlier_releases(project: Path) -> None:
    before = (project / "CHANGELOG.md").read_text()
    built = build("--yes", folder=project)
    assert built.returncode == 0, built.stderr
    first, _, earlier = (project / "CHANGELOG.md").read_text().partition("\n## 9.9.9 (2026-11-29)\n")
    assert before.startswith(first)
    assert earlier.startswith("\n### Changed\n\n- The port is another one.\n")
    assert earlier.endswith(before.removeprefix(first).lstrip())
    assert not list((project / "news").iterdir())


def test_a_fragment_of_an_unknown_type_is_an_error(project: Path) -> None:
    (project / "news/+port.improved.md").write_text("The port is a better one.\n")
    built = build("--draft", folder=project)
    assert built.returncode != 0
    assert "+port.improved.md" in built.stdout + built.stderr


def test_the_news_page_names_every_type() -> None:
    page = (NEWS / "README.md").read_text()
    assert all(f"`{name}`" in page for name in TYPES)


def test_the_pre_commit_hook_is_the_check_of_ci() -> None:
    configuration = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text())
    (repository,) = configuration["repos"]
    (hook,) = repository["hooks"]
    assert (repository["repo"], hook["language"], hook["pass_filenames"]) == ("local", "system", False)
    assert hook["entry"] in (REPOSITORY / ".ci/run").read_text().splitlines()


@pytest.mark.parametrize(
    "name", sorted(set(re.findall(r"python -m ([\w.]+)|`(tests\.[\w.]+)`", CONTRIBUTING))), ids="".join
)
def test_every_module_that_contributing_runs_exists(name: tuple[str, str]) -> None:
    spec = importlib.util.find_spec("".join(name))
    assert spec
    assert spec.origin
    assert '__name__ == "__main__"' in Path(spec.origin).read_text()


def test_every_file_that_contributing_names_exists() -> None:
    named = re.findall(r"(?:tests|scripts|benchmarks|chat|docs)/[\w/.-]*\w", CONTRIBUTING)
    assert "tests/chat/test_service.py" in named
    for path in named:
        assert (REPOSITORY / path).exists() or (REPOSITORY / "src/glimpse" / path).exists(), path


def test_every_command_of_run_py_is_one_that_it_knows() -> None:
    usage = (REPOSITORY / "run.py").read_text().split('"""')[1]
    for command in re.findall(r"python3 (run\.py \w+)", CONTRIBUTING):
        assert f"python3 {command}" in usage


def test_every_script_of_npm_exists() -> None:
    scripts = json.loads((REPOSITORY / "clients/typescript/package.json").read_text())["scripts"]
    assert "page" in scripts
    assert all(name in scripts for name in re.findall(r"npm run (\w+)", CONTRIBUTING))

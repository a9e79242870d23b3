"""The package as somebody installs it: everything that it needs is in it, and it prices a stack far from the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import site
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from glimpse import __version__
from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src/glimpse"
STACK = """
provider "aws" {
  region = "ap-northeast-2"
}
resource "aws_nat_gateway" "out" {
  subnet_id         = "subnet-1"
  connectivity_type = "private"
}
"""


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    ran = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the sdist and the wheel that is made of it, of a copy: building writes beside the sources."""
    copy, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in ("pyproject.toml", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(REPOSITORY / name, copy)
    shutil.copytree(SOURCE, copy / "src/glimpse", ignore=shutil.ignore_patterns("__pycache__"))
    tests = copy / "tests"
    tests.mkdir()
    shutil.copy(__file__, tests)
    # Without isolation nothing is downloaded: the build needs setuptools alone.
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", target, copy, folder=target)
    return target


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    [found] = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def glimpse(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the wheel; its libraries are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    run(
        *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--no-index", wheel),
        folder=folder,
    )
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    # A path file adds the folder alone: the path files in it, and so the repository's own sources, are not read.
    (packages / "libraries.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "bin/glimpse"


def test_both_archives_are_fit_for_an_index(built: Path) -> None:
    archives = sorted(built.iterdir())
    assert len(archives) == 2
    run(sys.executable, "-m", "twine", "check", "--strict", *archives, folder=built)


def test_the_wheel_has_every_file_of_the_sources_and_the_license(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        f"glimpse/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert sources - names == set(), "add them to package-data in pyproject.toml"
    information = {name.partition(".dist-info/")[2] for name in names - sources}
    assert "licenses/LICENSE" in information
    assert all(".dist-info/" in name for name in names - sources)


def test_the_metadata_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    [name] = [name for name in archive.namelist() if name.endswith("/METADATA")]
    metadata = Parser().parsestr(archive.read(name).decode())
    assert (metadata["Name"], metadata["Version"]) == ("glimpse-chat", __version__)
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_source_archive_has_the_sources_and_not_half_of_the_tests(built: Path) -> None:
    [archive] = built.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {"LICENSE", "README.md", "pyproject.toml", "src/glimpse/cli.py"} <= names
    assert not [name for name in names if name.startswith("tests")]


def test_the_installed_command_prices_a_stack_far_from_the_repository(glimpse: Path, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(STACK)
    document = json.loads(run(glimpse, "bill", ".", "--format", "json", folder=tmp_path).stdout)
    assert document["monthly_usd"] == "43.07"
    for language in ("en", "ko"):
        report = run(glimpse, "plan", ".", "--lang", language, folder=tmp_path).stdout
        assert "43.07" in report
    page = tmp_path / "report.html"
    run(glimpse, "plan", ".", "--format", "html", "--output", page, folder=tmp_path)
    assert re.search(r"43\.07", page.read_text())


def test_the_installed_command_is_the_installed_package(glimpse: Path, tmp_path: Path) -> None:
    python = glimpse.with_name("python")
    shown = run(python, "-c", "import glimpse; print(glimpse.__file__)", folder=tmp_path).stdout
    assert Path(shown.strip()).is_relative_to(glimpse.parents[1])
    assert run(glimpse, "--version", folder=tmp_path).stdout.strip() == f"glimpse {__version__}"
    # The chat and operations find their own files too.
    for command in ("serve", "migrate", "up", "drill", "verify", "deploy", "watch"):
        assert command in run(glimpse, command, "--help", "--lang", "ko", folder=tmp_path).stdout

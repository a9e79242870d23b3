"""The TypeScript client: its own tests, on the real service too, and the modules that the chat page takes from it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.clients.npm import CLIENTS, installed, npm
from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "src/glimpse/chat/page/client"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed("typescript", tmp_path_factory.mktemp("clients"))


def test_its_types_hold_and_its_own_tests_pass_on_the_real_service(client: Path) -> None:
    report = npm("test", folder=client)
    assert re.search(r"Tests +(\d+) passed \(\1\)", report), f"some were skipped:\n{report[-2000:]}"


def test_the_page_has_the_modules_as_they_are_built_now(client: Path, tmp_path: Path) -> None:
    npm("run", "page", "--", "--outDir", str(tmp_path), folder=client)
    built = {file.name: file.read_text() for file in tmp_path.glob("*.js")}
    kept = {file.name: file.read_text() for file in PAGE.glob("*.js")}
    assert built == kept, "run `npm run page` in clients/typescript"


def test_apps_can_import_it_and_uploads_need_no_other_package(client: Path) -> None:
    npm("run", "build", folder=client)
    program = (
        'import("./dist/upload.js").then(({ Files }) => console.log(typeof new Files({ url: "", token: () => "" })))'
    )
    process = subprocess.run(["node", "-e", program], cwd=client, capture_output=True, text=True, check=False)
    assert process.stdout.strip() == "object", process.stderr
    package = json.loads((client / "package.json").read_text())
    assert "dependencies" not in package
    for entry in package["exports"].values():
        assert all((client / path).exists() for path in entry.values())


def test_its_package_has_types_that_hold_and_files_that_exist(client: Path) -> None:
    npm("run", "build", folder=client)
    report = npm("run", "check-package", folder=client)
    assert "All good!" in report
    [packed] = json.loads(npm("pack", "--json", "--ignore-scripts", folder=client))
    names = {file["path"] for file in packed["files"]}
    assert {
        "package.json",
        "README.md",
        "dist/index.js",
        "dist/index.d.ts",
        "dist/upload.js",
        "dist/upload.d.ts",
    } <= names
    assert {name.partition("/")[0] for name in names} == {"package.json", "README.md", "dist"}


@pytest.mark.parametrize("name", ["page", "typescript"])
def test_a_lock_file_names_no_registry(name: str) -> None:
    lock = json.loads((CLIENTS / name / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all("resolved" not in package and package["integrity"] for package in packages.values())

"""
The five stacks of `examples/`, each with the report that its README links.

`python -m tests.test_examples` writes the reports anew.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from unittest.mock import patch

import pytest

from glimpse.planner import app
from glimpse.planner.outside import clock
from glimpse.words import Words
from tests.conftest import REPOSITORY, TODAY

EXAMPLES = sorted(path.parent for path in (REPOSITORY / "examples").glob("*/main.tf"))

each = pytest.mark.parametrize("folder", EXAMPLES, ids=lambda folder: folder.name)


def write_report(folder: Path, output: Path) -> int:
    """The exit code of `glimpse plan --format markdown`, on the day of the tests."""
    # The report names the command for more as it was typed: in the root of the repository.
    with patch.object(clock, "today", lambda: TODAY), contextlib.chdir(REPOSITORY):
        path = folder.relative_to(REPOSITORY)
        return app.run("plan", app.Options(Words("en"), path, format="markdown", output=str(output)))


@each
def test_the_report_of_an_example_is_the_one_on_file(folder: Path, tmp_path: Path) -> None:
    assert write_report(folder, tmp_path / "report.md") == app.DONE
    written, on_file = (path.read_text() for path in (tmp_path / "report.md", folder / "report.md"))
    assert written == on_file, "run `python -m tests.test_examples` and read the difference"


@each
def test_every_example_is_introduced(folder: Path) -> None:
    assert "](report.md)" in (folder / "README.md").read_text()
    overview = (REPOSITORY / "examples/README.md").read_text()
    assert f"]({folder.name}/README.md)" in overview
    assert f"]({folder.name}/report.md)" in overview


if __name__ == "__main__":
    for each_folder in EXAMPLES:
        write_report(each_folder, each_folder / "report.md")
        print((each_folder / "report.md").relative_to(REPOSITORY))

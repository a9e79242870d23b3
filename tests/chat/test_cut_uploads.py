"""Uploads over connections that are cut at random end complete or refused, and leave nothing else behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.uploads.cuts import Outcome, run_uploads

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="Files are sent by the client for apps; install node.")


async def test_files_over_cut_connections_are_there_once_or_not_at_all(tmp_path: Path, database_url: str) -> None:
    outcome = await run_uploads(100, "in the suite", tmp_path, database_url)
    assert outcome.violations() == []
    assert outcome.cuts > 20
    assert len(outcome.complete) > 50


def test_the_checker_notices_what_is_lost_left_behind_and_doubled() -> None:
    kept = {"number": 1, "owner": 0, "size": 5, "fileId": "f"}
    [lost] = Outcome(1, {"f": kept}, rows={"f"}).violations()
    assert lost.startswith("complete and not in the bucket: ['uploads/")
    assert Outcome(0, objects={"pending/x": 1}).violations() == ["in the bucket and nobody's: ['pending/x']"]
    assert Outcome(2).violations() == ["2 files ended in neither way"]
    assert "rows" in Outcome(0, rows={"x"}).violations()[0]

"""Control groups limit a process as Fargate limits a task, where the machine lets them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glimpse.operations.outside import control_group
from glimpse.operations.outside.control_group import ControlGroup, remove_control_groups, why_no_control_groups
from glimpse.operations.outside.launcher import launch_command

NAME = f"glimpse-test-{os.getpid()}"
needs_groups = pytest.mark.skipif(why_no_control_groups() is not None, reason="no control groups can be created here")
BURN = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"


@needs_groups
def test_a_process_gets_its_share_of_the_cpu_from_its_first_instruction() -> None:
    with ControlGroup(NAME, share=0.25) as group:
        began = time.monotonic()
        subprocess.run(launch_command([sys.executable, "-c", BURN], group.folders), check=True)
        # 0.3 s of CPU at a quarter of a core; a slow machine only makes it longer.
        assert time.monotonic() - began > 0.8
        assert group.cpu_seconds() >= 0.3
    assert not any(folder.exists() for folder in group.folders)


@needs_groups
def test_a_process_that_wants_more_memory_than_its_limit_is_killed() -> None:
    with ControlGroup(NAME, max_bytes=64 * 2**20) as group:
        hungry = launch_command([sys.executable, "-c", "bytearray(2**28)"], group.folders)
        assert subprocess.run(hungry, check=False).returncode == -9
        assert group.out_of_memory_kills() == 1
        assert group.peak_memory_bytes() <= 64 * 2**20


@needs_groups
def test_creating_a_group_again_changes_its_limits() -> None:
    with ControlGroup(NAME, share=0.5), ControlGroup(NAME, share=2.0) as group:
        texts = [path.read_text() for folder in group.folders for path in folder.glob("cpu.[mc]*")]
        assert any(text.split()[0] == "200000" for text in texts)


@needs_groups
def test_groups_that_a_killed_process_left_are_removed_by_their_prefix() -> None:
    left, other = ControlGroup(f"{NAME}-server-7", share=1.0), ControlGroup(f"{NAME}other-server-7", share=1.0)
    with other:
        left.create()
        remove_control_groups(NAME)
        assert not any(folder.exists() for folder in left.folders)
        assert all(folder.exists() for folder in other.folders)


def test_another_system_has_no_control_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert why_no_control_groups() == "limits_not_linux"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has control groups")
def test_it_is_said_why_no_group_can_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_group, "ROOT", tmp_path / "nothing is mounted here")
    assert why_no_control_groups() == "limits_no_controllers"

    def refuse(self: Path, exist_ok: bool = False) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert why_no_control_groups() == "limits_not_permitted"

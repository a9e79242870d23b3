"""The Tab key: what `glimpse completion` prints, tried by the shells themselves."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from glimpse.commands import SHELLS

ECHO = {
    "bash": 'glimpse() { echo "<$*>"; }',
    "zsh": 'glimpse() { echo "<$*>"; }',
    "fish": 'function glimpse; echo "<$argv>"; end',
}
"""A program of the same name, which prints what it was given."""

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source {script}"),
    "zsh": (["zsh", "-f", "-i"], "fpath+={folder}; autoload -Uz compinit; compinit -u -D"),
    "fish": (["fish", "--no-config", "-i"], "source {script}"),
}
COMPLETED = [
    ("glimpse dep", "<deploy>"),
    ("glimpse drill sp", "<drill spot>"),
    ("glimpse plan --str", "<plan --strict>"),
    ("glimpse plan --format j", "<plan --format json>"),
    ("glimpse prices sh", "<prices show>"),
    ("glimpse bill --region sa-ea", "<bill --region sa-east-1>"),
    ("glimpse plan --show sc", "<plan --show scenarios>"),
    ("glimpse plan produ", "<plan production>"),
    ("glimpse plan --var-file stag", "<plan --var-file staging.tfvars>"),
    ("glimpse bill --project produ", "<bill --project production>"),
]


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        printed = subprocess.run(
            [sys.executable, "-m", "glimpse", "completion", shell], capture_output=True, text=True, check=True
        )
        (folder / ("_glimpse" if shell == "zsh" else f"glimpse.{shell}")).write_text(printed.stdout)
    return folder


def typed(shell: str, scripts: Path, folder: Path, lines: list[str]) -> str:
    """What a shell at a terminal shows, once each line was typed, completed with the Tab key, and run."""
    command, load = START[shell]
    script = scripts / ("_glimpse" if shell == "zsh" else f"glimpse.{shell}")
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8", "HOME": str(folder), "PS1": "$ "}
        os.execvpe(command[0], command, environment)
    shown = ""
    until = time.monotonic() + 60
    keys = [load.format(script=script, folder=scripts), ECHO[shell], *(f"{line}\t" for line in lines)]
    try:
        for number, key in enumerate(keys):
            os.write(terminal, f"{key}\r echo done-{number}\r".encode())
            while f"\ndone-{number}" not in shown.replace("\r", "\n") and time.monotonic() < until:
                if select.select([terminal], [], [], 1)[0]:
                    shown += os.read(terminal, 65536).decode(errors="replace")
    finally:
        os.close(terminal)
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return shown


@pytest.mark.parametrize("shell", SHELLS)
def test_the_tab_key_completes_commands_options_values_files_and_folders(
    shell: str, scripts: Path, tmp_path: Path
) -> None:
    if not shutil.which(shell):
        pytest.skip(f"NOT RUN: {shell} is not installed here")
    (tmp_path / "production").mkdir()
    (tmp_path / "staging.tfvars").touch()
    # zsh drops the slash of a folder as soon as the word ends.
    shown = typed(shell, scripts, tmp_path, [line for line, _ in COMPLETED]).replace("/>", ">")
    assert [expected for _, expected in COMPLETED if expected not in shown] == [], shown

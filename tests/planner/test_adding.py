"""
ARCHITECTURE says how a lever and a key of `glimpse.toml` are added. This adds one of each to a copy of the program, by
exactly the files that the table names, and looks for them where people would.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

PLANNER = "src/glimpse/planner"
COPIED = ("src/glimpse", "tests/planner", "tests/levers", "scripts")

SECRET = """
provider "aws" {{
  region = "ap-northeast-2"
}}
resource "aws_secretsmanager_secret" "key" {{
  name = "key"
{replica}}}
"""
REPLICA = '  replica {\n    region = "us-east-1"\n  }\n'

LEVER = '''
"""Levers on copies of secrets."""

from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, each
from glimpse.planner.resources.secret import Secret


def one_region(secret):
    return replace(secret, replicas=(), must_stay=False) if secret.replicas else secret


LEVERS = (
    Lever(
        "one_region_secrets", "secret regions", GIVES_UP, each(Secret, one_region), TERRAFORM, "variable",
        gives_up="secret_replicas",
    ),
)
'''
LEVER_WORDS = {
    "en": """
lever_one_region_secrets = secrets in one region
how_one_region_secrets = remove the replica block of the secret
loses_one_region_secrets = the copies in other regions
risk_one_region_secrets = the secret cannot be read while its region is down
promise_secret_replicas = copies of secrets in other regions
""",
    "ko": """
lever_one_region_secrets = 시크릿을 한 리전에만
how_one_region_secrets = 시크릿의 replica 블록을 지우세요
loses_one_region_secrets = 다른 리전의 복제본
risk_one_region_secrets = 리전에 장애가 나면 시크릿을 읽을 수 없어요
promise_secret_replicas = 다른 리전의 시크릿 복제본
""",
}

KEY_ROW = '    NumberKey("habits", "kiosk_visits_a_month", "a month", "70"),\n'
KEY_WORDS = {
    "en": "key_kiosk_visits_a_month = visits of the kiosk by one user\n",
    "ko": "key_kiosk_visits_a_month = 사용자 한 명이 키오스크를 찾는 횟수\n",
}
ASKS_FOR_THE_KEY = """
from dataclasses import dataclass

from glimpse.planner.catalogue import Sku
from glimpse.planner.meter import Origin


@dataclass(frozen=True, slots=True)
class Kiosk:
    origin: Origin

    def meters(self, traffic):
        people = traffic.people
        visits = people["users"] * people["kiosk_visits_a_month"] if people else None
        sku = Sku("awskms", "request_10k")
        yield traffic.metering(self.origin).used("Visits", "visits", "monthly_visits", sku, quantity=visits)


READERS = {"aws_kiosk": lambda block, tree: iter([Kiosk(block.origin)])}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The program and its tests, where they can be edited."""
    for name in COPIED:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, tmp_path / "copy" / name, ignore=ignored)
    for name in ("pyproject.toml", "tests/conftest.py", "tests/__init__.py"):
        if (REPOSITORY / name).is_file():
            shutil.copy(REPOSITORY / name, tmp_path / "copy" / name)
    return tmp_path / "copy"


def run(copy: Path, *arguments: str) -> str:
    """What Python prints with the copied program."""
    environment = {**os.environ, "PYTHONPATH": f"{copy / 'src'}{os.pathsep}{copy}", "PYTHONDONTWRITEBYTECODE": "1"}
    ran = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def files_named_for(what: str) -> set[str]:
    """The files of one row of the table."""
    table = (REPOSITORY / "ARCHITECTURE.md").read_text().partition("## To add")[2]
    row = next(line for line in table.split("\n") if line.startswith(f"| {what} |"))
    return set(re.findall(r"`([^`]+)`★", row))


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_a_lever_is_added_by_the_files_that_the_table_names(copy: Path) -> None:
    assert files_named_for("a lever") == {"levers/FILE.py", "words/LANGUAGE/levers/FILE.ftl", "tests/levers/NAME/"}
    (copy / PLANNER / "levers/copies.py").write_text(LEVER)
    for language, words in LEVER_WORDS.items():
        (copy / PLANNER / f"words/{language}/levers/copies.ftl").write_text(words)
    case = copy / "tests/levers/one_region_secrets"
    for part, replica in (("before", REPLICA), ("after", "")):
        (case / part).mkdir(parents=True)
        (case / part / "main.tf").write_text(SECRET.format(replica=replica))

    writes = "from tests.planner.test_lever_cases import *; (CASES / {0!r} / 'bill.txt').write_text(printed({0!r}))"
    run(copy, "-c", writes.format("one_region_secrets"))
    run(copy, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "-k", "one_region_secrets",
        "tests/planner/test_lever_cases.py")  # fmt: skip
    plan = json.loads(run(copy, "-m", "glimpse", "plan", str(case / "before"), "--format", "json"))

    [lever] = [lever for lever in plan["levers"] if lever["name"] == "one_region_secrets"]
    # A secret costs $0.40 a month, and so does each copy.
    assert (lever["changes"], lever["saves_alone_usd"], lever["gives_up"]) == (True, "0.40", "secret_replicas")
    assert lever["how"]["text"] == "remove the replica block of the secret"


def test_a_key_is_added_by_the_files_that_the_table_names(copy: Path, tmp_path: Path) -> None:
    assert files_named_for("a key of `glimpse.toml`") == {"workload_keys.py", "words/LANGUAGE/workload.ftl"}
    last = '    NumberKey("habits", "fetched_gb_a_month", "GB", "1"),\n'
    edit(copy / PLANNER / "workload_keys.py", last, last + KEY_ROW)
    for language, words in KEY_WORDS.items():
        path = copy / PLANNER / f"words/{language}/workload.ftl"
        path.write_text(path.read_text() + words)
    # Something has to depend on the key: a family of resources, added as its own row of the table says.
    (copy / PLANNER / "outside/terraform_files/families/kiosk.py").write_text(ASKS_FOR_THE_KEY)
    stack = tmp_path / "stack"
    stack.mkdir()
    (stack / "main.tf").write_text('provider "aws" {\n  region = "ap-northeast-2"\n}\nresource "aws_kiosk" "k" {}\n')

    page = run(copy, "-c", "from scripts.make_reference import workload_page; print(workload_page())")
    assert "| `habits.kiosk_visits_a_month` | visits of the kiosk by one user · 사용자 한 명이" in page
    written = run(copy, "-m", "glimpse", "init", str(stack), "--output", "-", "--lang", "en")
    assert "#users = 500 #" in written
    assert "\n[habits]\n#kiosk_visits_a_month = 70 # visits of the kiosk by one user (a month)\n" in written
    assert "#messages" not in written
    (stack / "glimpse.toml").write_text("[people]\nusers = 3\n[habits]\nkiosk_visits_a_month = 5\n")
    bill = json.loads(run(copy, "-m", "glimpse", "bill", str(stack), "--format", "json"))
    assert [line["quantity"] for line in bill["lines"]] == ["15"]

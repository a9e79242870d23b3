"""The command: what it prints, where, and with which exit code; bad input is a sentence, never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from glimpse import cli
from glimpse.planner import app, scenarios
from glimpse.planner.outside import questions
from glimpse.words import Words
from tests.conftest import REPOSITORY

Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., Path]
OWN_STACK_COSTS = "87.20"
"""USD a month for this repository's own stack, with the people and the service that its glimpse.toml states."""
GOOD = 'resource "aws_eip" "a" {}\n'


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(REPOSITORY)
    # A slow machine prints a notice that these tests do not expect.
    monkeypatch.setattr(app, "SLOW_SECONDS", 3600.0)

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return int(ended.value.code or 0), out, err

    return call


def test_plan_prices_the_repositorys_own_stack_and_exits_0(run: Run) -> None:
    code, out, err = run("plan")
    assert (code, err) == (0, "")
    assert out.startswith(f"Costs now  ${OWN_STACK_COSTS} a month in ap-northeast-2")


def test_the_locale_chooses_korean_and_an_option_overrules_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ko_KR.UTF-8")
    assert run("bill")[1].startswith("지금 비용")
    assert run("bill", "--lang", "en")[1].startswith("Costs now")


def test_without_arguments_help_teaches_by_examples(run: Run) -> None:
    code, out, _ = run()
    assert code == 0
    assert "terraform show -json PLAN" in out
    assert "도움말" in run("--help", "--lang", "ko")[1]


@pytest.mark.parametrize("command", [("plan",), ("bill",), ("init",), ("prices", "show")])
def test_every_command_explains_itself_in_both_languages(run: Run, command: tuple[str, ...]) -> None:
    for language in ("en", "ko"):
        code, out, _ = run(*command, "--help", "--lang", language)
        assert code == 0
        assert Words(language)("help_lang") in " ".join(out.split())


def test_json_is_one_document_on_standard_output(run: Run) -> None:
    code, out, err = run("plan", "--format", "json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["schema"] == "glimpse.plan/1"
    assert document["today"]["monthly_usd"] == OWN_STACK_COSTS


def test_nobody_is_assumed_where_nothing_says_how_many_people_there_are(run: Run, write_stack: Write) -> None:
    _, out, _ = run("bill", write_stack(GOOD))
    assert "Workload: not stated" in out
    assert "so nothing is\n  sized by them" in out


def test_a_promise_that_is_stated_and_broken_exits_1_and_is_named(run: Run, write_stack: Write) -> None:
    folder = write_stack('resource "aws_db_instance" "d" {\n  engine = "mysql"\n  instance_class = "db.t4g.micro"\n}\n')
    assert run("plan", folder)[0] == 0
    (folder / "glimpse.toml").write_text('[promises]\ndatabase = "postgresql"\n')
    code, _, err = run("plan", folder)
    assert code == 1
    assert "database" in err


def test_the_same_stack_breaks_a_promise_when_it_is_told_to_run_one_task(run: Run) -> None:
    code, _, err = run("plan", "--var", "min_capacity=1")
    assert code == 1
    assert "minimum of tasks" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan", "/does/not/exist"),
        ("plan", "docs"),
        ("plan", "README.md"),
        ("plan", "--workload", "/does/not/exist"),
        ("plan", "--region", "moon-1"),
        ("plan", "--var", "novalue"),
        ("plan", "--var", "a b=c"),
        ("plan", "--var-file", "/does/not/exist"),
        ("plan", "--format", "poem"),
        ("plan", "--free-tier", "sometimes"),
        ("plan", "--nonsense"),
        ("init", "/does/not/exist"),
        ("fly",),
        ("plan", "--output", "/does/not/exist/report.txt"),
        ("prices", "show", "--region", "moon-1"),
    ],
)
def test_bad_input_is_one_sentence_on_standard_error_and_exit_2(run: Run, arguments: tuple[str, ...]) -> None:
    for language in ("en", "ko"):
        code, out, err = run(*arguments, "--lang", language)
        assert (code, out) == (2, "")
        assert len(err.strip().splitlines()) == 1


def test_a_variable_that_nobody_declared_is_refused_with_the_nearest_one(run: Run) -> None:
    code, _, err = run("plan", "--var", "min_capcity=1")
    assert code == 2
    assert "min_capacity?" in err


def test_a_broken_variable_file_is_named_with_its_line(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x.tfvars"
    path.write_text("a = 1\nb = = 2\n")
    code, _, err = run("plan", "--var-file", path)
    assert code == 2
    assert f"{path}:2" in err


def test_a_broken_file_is_named_before_what_follows_from_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = = "x"\n}\n')
    code, _, err = run("plan", tmp_path)
    assert code == 2
    assert err.startswith("main.tf:2: ")
    assert "--region" in err


def test_an_encoding_without_our_letters_costs_a_letter_not_the_report() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp949"}
    command = [sys.executable, "-m", "glimpse", "plan", "--lang", "ko"]
    ran = subprocess.run(command, capture_output=True, env=environment, cwd=REPOSITORY, check=False)
    assert ran.returncode == 0
    assert ran.stdout.decode("cp949").startswith("지금 비용")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_help_fits_80_columns_in_both_languages(run: Run, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in ((), ("plan",), ("bill",), ("prices", "show"), ("up",), ("drill",), ("verify",)):
        _, out, _ = run(*command, "--help", "--lang", language)
        assert max(cell_len(line) for line in out.splitlines()) <= 80


def test_both_totals_are_shown_whichever_was_asked_for(run: Run) -> None:
    for option in ("none", "always"):
        _, out, _ = run("bill", "--free-tier", option)
        assert OWN_STACK_COSTS in out
        assert "85.57" in out
        document = json.loads(run("bill", "--free-tier", option, "--format", "json")[1])
        assert document["monthly_usd_free_tier"] == "85.57"


def test_errors_are_json_when_json_was_asked_for(run: Run) -> None:
    code, out, err = run("plan", "/does/not/exist", "--format", "json")
    assert (code, err) == (2, "")
    [error] = json.loads(out)["errors"]
    assert error["code"] == "path_missing"
    assert error["params"] == {"path": "/does/not/exist"}
    assert "/does/not/exist" in error["text"]


def test_every_problem_of_a_workload_file_is_named_at_once(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "w.toml"
    path.write_text("[people]\nusers = -1\npeople = 3\n")
    code, _, err = run("plan", "--workload", path)
    assert code == 2
    assert all(line.startswith(f"{path}: people.") for line in err.strip().splitlines())
    assert len(err.strip().splitlines()) == 2


def test_strict_exits_3_until_what_is_unpriced_is_accepted_with_a_reason(run: Run, write_stack: Write) -> None:
    folder = write_stack('resource "aws_workspaces_pool" "jobs" {}\n')
    assert run("bill", folder)[0] == 0
    code, _, err = run("bill", folder, "--strict")
    assert code == 3
    assert "1" in err
    (folder / "glimpse.toml").write_text('[[accepted]]\naddress = "aws_workspaces_pool.jobs"\nreason = "pennies"\n')
    assert run("bill", folder, "--strict")[0] == 0


def test_an_unresolved_module_makes_the_total_at_least_and_advises_a_plan(run: Run, write_stack: Write) -> None:
    code, out, _ = run("bill", write_stack('module "vpc" {\n  source = "acme/vpc/aws"\n}\n'))
    assert code == 0
    assert "at least $0.00" in out
    assert "terraform show -json PLAN" in out


def test_a_report_can_be_written_to_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    code, out, err = run("bill", "--output", path)
    assert (code, out) == (0, "")
    assert str(path) in err
    assert path.read_text().startswith("Costs now")


def test_prices_show_tells_what_is_held_how_old_and_from_where(run: Run) -> None:
    _, out, _ = run("prices", "show")
    assert "ap-northeast-2" in out
    assert "aws-list-prices-" in out
    _, seoul, _ = run("prices", "show", "--region", "ap-northeast-2")
    assert "fgcalc" in seoul
    document = json.loads(run("prices", "show", "--region", "us-east-1", "--format", "json")[1])
    assert document["regions"][0]["newest_age_days"] >= 0
    assert sum(row["prices"] for row in document["sources"]) == document["regions"][0]["prices"]


def test_a_defect_of_our_own_is_admitted_in_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(scenarios, "plan_of", breaks)
    code, _, err = run("plan")
    assert code == 2
    assert "no such luck" in err


@pytest.mark.parametrize(
    ("command", "module", "package"),
    [
        (("plan",), "tree_sitter", "glimpse-chat"),
        (("plan", "--format", "json"), "tree_sitter", "glimpse-chat"),
        (("workload", "from-cloudwatch"), "tomlkit", "glimpse-chat[aws]"),
        (("verify",), "aiohttp", "glimpse-chat[operations]"),
    ],
)
def test_a_module_that_is_not_installed_as_in_the_image_is_named_with_its_package(
    command: tuple[str, ...], module: str, package: str
) -> None:
    script = f"import sys; sys.modules[{module!r}] = None; sys.argv[1:] = {list(command)}; import glimpse.cli as cli; cli.main()"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=False)
    assert ran.returncode == 2
    assert f"module {module}, which" in ran.stdout + ran.stderr
    assert f"pip install '{package}'" in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr


# ---- In a process of its own


def test_plan_imports_nothing_heavy() -> None:
    script = (
        "import sys, glimpse.cli, glimpse.planner.app, glimpse.planner.report.terminal; print(*sorted(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert "glimpse.planner.bill" in loaded
    assert loaded & {"boto3", "botocore", "numpy", "ortools", "altair", "pydantic", "tfparse", "asyncio"} == set()


def test_a_bill_waits_for_no_lever() -> None:
    script = "import sys; from glimpse.cli import main\ntry: main(['bill'])\nfinally: print(*sorted(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=REPOSITORY, check=False)
    loaded = ran.stdout.splitlines()[-1].split()
    assert "glimpse.planner.report.terminal" in loaded
    assert [name for name in loaded if "planner.levers" in name or "planner.scenarios" in name] == []


def test_no_network_is_ever_asked_for() -> None:
    """Without any network, in this process and in the one that evaluates, the answer is the same."""
    alone = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("NOT RUN: a process cannot be cut off from the network here")
    ran = subprocess.run(
        [*alone, sys.executable, "-m", "glimpse", "bill", "--lang", "en"],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(f"Costs now  ${OWN_STACK_COSTS}")


def test_whoever_waits_for_a_slow_file_is_told_what_is_being_read() -> None:
    command = [sys.executable, "-m", "glimpse", "bill", "-", "--lang", "en"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=REPOSITORY, **pipes) as process:  # type: ignore[call-overload]
        # The plan follows only when the notice has come.
        assert process.stderr.readline() == "Reading - …\n"
        out, err = process.communicate('{"format_version": "1.2", "planned_values": {}}')
    assert "Reading" not in out + err


def test_a_reader_that_stops_reading_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "glimpse", "bill", "--lang", "en"],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=REPOSITORY,
        check=False,
    )
    os.close(writing)
    # A slow machine is told what is being read, before anybody stops reading.
    notice = Words("en")("ui_reading", path=str(cli.OWN_STACK)) + "\n"
    assert (ran.returncode, ran.stderr.decode().replace(notice, "")) == (0, "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error(closed: str) -> None:
    script = f"{sys.executable} -m glimpse bill {closed}"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    # A slow machine is told what is being read.
    assert (ran.returncode, "Traceback" in ran.stderr) == (0, False)


def test_ctrl_c_while_python_imports_ends_without_a_word() -> None:
    script = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "glimpse.cli":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupted())
from glimpse.__main__ import run
run()
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (-signal.SIGINT, "", "")


def test_init_writes_a_file_beside_the_stack_and_names_the_next_command(run: Run, write_stack: Write) -> None:
    folder = write_stack(GOOD)
    code, out, err = run("init", folder)
    assert (code, err) == (0, "")
    assert out == (
        f"Wrote {folder}/glimpse.toml. Remove the # of the lines that you want to state, then run:"
        f" glimpse plan {folder}\n"
    )
    assert run("bill", folder, "--format", "json")[0] == 0


def test_init_never_writes_over_a_file(run: Run, write_stack: Write) -> None:
    folder = write_stack(GOOD)
    (folder / "glimpse.toml").write_text("[people]\nusers = 7\n")
    for arguments in ((folder,), (folder, "--output", folder / "main.tf")):
        code, out, err = run("init", *arguments)
        assert (code, out) == (2, "")
        assert "exists already and was not changed" in err
        assert "--output FILE" in err
    assert (folder / "glimpse.toml").read_text() == "[people]\nusers = 7\n"
    assert run("init", folder, "--output", folder / "second.toml")[1].endswith(f"--workload {folder}/second.toml\n")


def test_init_prints_where_the_output_is_a_dash(run: Run, write_stack: Write) -> None:
    folder = write_stack(GOOD)
    code, out, err = run("init", folder, "--output", "-", "--lang", "ko")
    assert (code, err) == (0, "")
    assert out.startswith("# 이 스택의 사용량과")
    assert not (folder / "glimpse.toml").exists()


def test_init_asks_only_where_a_person_is_there(run: Run, write_stack: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_stack(GOOD)

    def answered(prompt: str) -> str:
        return "yes"

    monkeypatch.setattr("builtins.input", answered)
    monkeypatch.setattr(questions, "somebody_is_there", lambda: True)
    assert "Is it production" not in run("init", folder, "--yes")[1]
    assert "environment = " in (folder / "glimpse.toml").read_text()
    assert "Is it production" in run("init", folder, "--output", folder / "asked.toml")[1]
    assert '\nenvironment = "production"' in (folder / "asked.toml").read_text()

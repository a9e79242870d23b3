"""The command: what it prints, where, and with which exit code; bad input is a sentence, never a traceback."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from glimpse import cli
from glimpse.commands import COMMAND_GROUPS, parser
from glimpse.planner import scenarios
from glimpse.planner.finding import InputError
from glimpse.planner.outside import questions
from glimpse.planner.outside.price_updates.cache import PriceCache, cache_folder
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
    assert "minimum number of tasks" in err


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


@pytest.mark.parametrize(
    ("arguments", "code", "meant"),
    [
        (("pln",), "command_unknown_near", "glimpse plan"),
        (("prices", "shw"), "command_unknown_near", "glimpse prices show"),
        (("show",), "command_unknown_near", "glimpse prices show"),
        (("from-cloudwach",), "command_unknown_near", "glimpse workload from-cloudwatch"),
        (("fly",), "command_unknown", "plan, bill"),
        (("infra/prod",), "command_is_path", "glimpse plan infra/prod"),
        (("plan", "--fomat", "terminal"), "option_unknown_near", "--format"),
        (("plan", "--form", "terminal"), "option_unknown_near", "--format"),
        (("plan", "--nonsense"), "option_unknown", "glimpse plan --help"),
        (("plan", "--compare-regions", "us-east-1"), "option_elsewhere", "glimpse bill"),
        (("--region", "us-east-1", "plan"), "option_before_command", "glimpse plan --format json"),
        (("bill", "--free-tier", "allways"), "choice_unknown_near", "always"),
        (("drill", "sopt"), "choice_unknown_near", "spot"),
        (("plan", "--lang", "de"), "choice_unknown", "en, ko"),
        (("drill",), "argument_missing_known", "spot, crash"),
        (("prices",), "argument_missing_known", "show, update"),
        (("diff",), "argument_missing", "A"),
        (("plan", "one", "two"), "argument_unexpected", "two"),
        (("plan", "--var"), "option_without_value", "--var NAME=VALUE"),
        (("plan", "--strict=yes"), "option_with_value", "--strict"),
        (("drill", "spot", "--tasks", "many"), "whole_number_expected", "many"),
        (("drill", "spot", "--speed", "fast"), "number_expected", "fast"),
    ],
)
def test_a_lost_word_of_a_command_gets_the_near_one_in_the_readers_language(
    run: Run, arguments: tuple[str, ...], code: str, meant: str
) -> None:
    language = () if "--lang" in arguments else ("--lang", "ko")
    # Each sentence is ours, and Korean: none of argparse's own, which are English.
    status, out, err = run(*arguments, *language)
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert meant in err
    assert not language or re.search("[가-힣]", err)
    with pytest.raises(InputError) as wrong:
        parser(Words("en")).parse_args(arguments)
    assert wrong.value.why.code == code


@pytest.mark.parametrize("format", ["json", "jsn", "JSON", "josn"])
def test_errors_are_json_also_where_the_format_itself_is_misspelt_or_unknown_to_the_command(
    run: Run, format: str
) -> None:
    for arguments in (("up", "--format", format), ("drill", "spot", f"--format={format}", "--nonsense")):
        code, out, err = run(*arguments)
        assert (code, err) == (2, "")
        [error] = json.loads(out)["errors"]
        assert error["code"].startswith(("option_", "choice_"))
        assert error["text"]


@pytest.mark.parametrize(
    ("given", "code", "meant"),
    [
        ("infra/prd", "path_missing_near", "infra/prod"),
        ("inf/prod", "path_missing_near", "infra/prod"),
        ("prod", "path_missing_near", "infra/prod"),
        ("infra/prod/gone", "path_missing_near", "infra/prod"),
        ("plan.jsn", "path_missing_near", "plan.json"),
        ("elsewhere", "path_missing_below", "infra/prod, infra/test"),
        (".", "no_terraform_below", "glimpse plan infra/prod"),
        ("infra", "no_terraform_below", "infra/prod, infra/test"),
        ("infra/prod/files", "no_terraform_above", "infra/prod"),
        ("infra/prod/notes.md", "file_beside_terraform", "infra/prod"),
        ("infra/modules/vpc/files", "no_terraform_above", "infra/modules/vpc"),
    ],
)
def test_a_path_without_a_stack_gets_the_path_of_one_nearby(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, code: str, meant: str
) -> None:
    for folder in ("infra/prod", "infra/test", "infra/modules/vpc"):
        (tmp_path / folder / "files").mkdir(parents=True)
        (tmp_path / folder / "main.tf").touch()
    (tmp_path / "infra/prod/notes.md").write_text("notes")
    (tmp_path / "plan.json").touch()
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    for language in ("en", "ko"):
        status, out, err = run("bill", given, "--lang", language)
        assert (status, out, len(err.splitlines())) == (2, "", 1)
        assert meant in err
    [error] = json.loads(run("bill", given, "--format", "json")[1])["errors"]
    assert error["code"] == code


def test_where_no_path_is_given_outside_this_repository_the_folder_one_is_in_is_meant(
    run: Run, write_stack: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_stack(GOOD)
    monkeypatch.chdir(folder)
    assert run("bill")[1].startswith("Costs now  $3.65 a month")
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder / "empty")
    assert "glimpse plan .." in run("plan")[2]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ('[usage."aws_eip.b"]\nmonthly_data_processed_gb = 3\n', "Did you mean aws_eip.a?"),
        ('[promises]\nmay_give_up = ["websockets"]\n', "Did you mean websocket?"),
        ("[comitments]\n", "Did you mean commitments?"),
        ("[[scenarios]]\n", "a table that begins with [scenarios]"),
    ],
)
def test_a_lost_word_of_glimpse_toml_gets_the_near_one(run: Run, write_stack: Write, text: str, near: str) -> None:
    folder = write_stack(GOOD)
    (folder / "glimpse.toml").write_text(text)
    _, out, err = run("plan", folder, "--full")
    assert near in " ".join((out + err).split()), out + err


def test_the_command_for_more_names_the_path_only_where_one_was_needed(run: Run) -> None:
    assert "\nMore: glimpse plan --full; " in run("plan")[1]
    assert "\nMore: glimpse plan examples/web_site --full; " in run("plan", "examples/web_site")[1]


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


def test_an_empty_text_is_no_side_of_a_comparison(run: Run) -> None:
    """As where a script's variable was never set."""
    code, out, err = run("diff", "", "--lang", "en")
    assert (code, out) == (2, "")
    assert err.startswith("`glimpse diff` needs A.")


def test_a_pipe_is_named_as_what_it_is(run: Run, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "plan")
    code, _, err = run("plan", tmp_path / "plan")
    assert code == 2
    assert "neither a file nor a folder" in err
    assert "glimpse plan -" in err


def test_a_project_that_is_no_folder_is_not_taken_for_the_stack(run: Run, write_stack: Write) -> None:
    code, _, err = run("plan", write_stack(GOOD), "--project", "nowhere")
    assert code == 2
    assert err.startswith("--project nowhere is no folder")


@pytest.mark.parametrize(
    "arguments", [("init", "x" * 5000), ("plan", "x" * 5000 + "/y"), ("plan", "src/" + "x" * 5000)]
)
def test_a_name_that_the_system_refuses_is_no_defect_of_glimpse(run: Run, arguments: tuple[str, ...]) -> None:
    code, _, err = run(*arguments)
    assert (code, len(err.splitlines())) == (2, 1)
    assert "Glimpse itself" not in err


def test_a_folder_that_was_removed_is_said(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for arguments in (("plan",), ("diff", "main"), ("init",)):
        code, _, err = run(*arguments)
        assert code == 2
        assert err == "The folder that you are in was removed. Go to one that exists.\n"


def test_a_user_without_a_home_is_served(run: Run, write_stack: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a container may have one. A cache is then nowhere, and the prices that ship are used."""

    def unknown(_: int) -> None:
        raise KeyError

    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    assert cache_folder(platform="linux") == Path("/dev/null/.cache/glimpse/prices")
    assert PriceCache(cache_folder(platform="linux"), "base").problem is None
    code, out, err = run("bill", write_stack(GOOD))
    assert (code, err) == (0, "")
    assert out.startswith("Costs now")


def test_the_language_is_not_read_from_a_path(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.search("[가-힣]", run("plan", "--lang", "ko", "--", "--lang=en")[2])


def test_an_encoding_without_our_letters_costs_a_letter_not_the_report() -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp949"}
    command = [sys.executable, "-m", "glimpse", "plan", "--lang", "ko"]
    ran = subprocess.run(command, capture_output=True, env=environment, cwd=REPOSITORY, check=False)
    assert ran.returncode == 0
    assert ran.stdout.decode("cp949").startswith("지금 비용")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_help_fits_80_columns_in_both_languages(run: Run, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in parser(Words(language)).descendants():
        _, out, _ = run(*command.prog.split()[1:], "--help", "--lang", language)
        assert command.prog in out
        assert [line for line in out.splitlines() if cell_len(line) > 80] == []


def test_every_command_has_a_title_in_the_help_and_an_example_of_its_own() -> None:
    top = parser(Words("en"))
    assert sorted(name for names in COMMAND_GROUPS.values() for name in names) == sorted(top.commands())
    leaves = [each for each in top.descendants() if not each.commands()]
    assert sorted(each.prog.removeprefix("glimpse ") for each in leaves) == sorted(set(cli.COMMANDS) - {""})
    without = [each.prog for each in leaves if not re.search(rf"\n  (\S+ )?{each.prog}\b", each.format_help())]
    assert without == []


@pytest.mark.parametrize("arguments", [(), ("--help",), ("--lang", "en")])
def test_glimpse_alone_says_what_to_do_first(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, err) == (0, "")
    first = out.index("glimpse plan PATH"), out.index("glimpse diff main"), out.index("glimpse serve")
    assert list(first) == sorted(first)
    assert first[-1] < out.index("what a stack costs:")


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


def test_a_report_for_a_dash_is_printed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "stack"
    folder.mkdir()
    (folder / "main.tf").write_text('provider "aws" {\n  region = "us-east-1"\n}\n' + GOOD)
    monkeypatch.chdir(tmp_path)
    for arguments in (("bill", "stack"), ("plan", "stack"), ("diff", "stack", "stack")):
        code, out, err = run(*arguments, "--output", "-", "--format", "json")
        assert (code, err) == (0, "")
        assert json.loads(out)["schema"]
    assert not Path("-").exists()


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
    """Without any network the answer is the same."""
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
    assert (ran.returncode, ran.stderr.decode()) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT RUN: this system has no device that is always full")
@pytest.mark.parametrize("path", ["infrastructure/terraform/environments/startup-prod", "/does/not/exist"])
@pytest.mark.parametrize("full", [">/dev/full", "2>/dev/full >&2", "--format json >/dev/full"])
def test_a_full_disk_is_exit_2_without_a_traceback(path: str, full: str) -> None:
    script = f"{sys.executable} -m glimpse bill {path} --lang en {full}"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, cwd=REPOSITORY)
    assert (ran.returncode, "Traceback" in ran.stderr) == (2, False)
    assert ran.stderr == "" or "No space left on device" in ran.stderr or "does not exist" in ran.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_error(closed: str) -> None:
    script = f"{sys.executable} -m glimpse bill {closed}"
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=False, cwd=REPOSITORY)
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

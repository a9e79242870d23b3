"""`glimpse diff` of git revisions: read from git alone, whatever the repository holds."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from glimpse import cli
from glimpse.planner.outside import git_objects
from glimpse.planner.outside.git_objects import Repository
from glimpse.planner.outside.git_revisions import revision_of
from tests.conftest import SEOUL

Run = Callable[..., tuple[int, str, str]]
PROVIDER = f'provider "aws" {{\n  region = "{SEOUL}"\n}}\n'
QUEUE = 'resource "aws_eip" "%s" {\n  domain = "vpc"\n}\n'
CALL = 'module "inner" {\n  source = "../%s"\n}\n'


class GitFolder:
    """A repository to write into; every commit has the same author and date."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")
        for name, value in (("user.name", "A"), ("user.email", "a@example.com"), ("commit.gpgsign", "false")):
            self.git("config", name, value)

    def git(self, *arguments: str, data: str | None = None) -> str:
        ran = subprocess.run(
            ["git", "-C", str(self.path), "-c", "protocol.file.allow=always", *arguments],
            check=True, capture_output=True, text=True, input=data,
        )  # fmt: skip
        return ran.stdout.strip()

    def write(self, name: str, text: str) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def commit(self, message: str = "x") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitFolder:
    # No setting of whoever runs the tests decides how git behaves.
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS", "GIT_DIR", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    made = GitFolder(tmp_path / "repository")
    monkeypatch.chdir(made.path)
    return made


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return call


@pytest.fixture
def changed(folder: GitFolder) -> GitFolder:
    """One address in `main`, two in the working tree; in `infra/prod`, with a module beside it."""
    folder.write("infra/prod/main.tf", PROVIDER + CALL % "network")
    folder.write("infra/network/main.tf", QUEUE % "one")
    folder.commit()
    folder.write("infra/network/main.tf", QUEUE % "one" + QUEUE % "two")
    return folder


def compared(run: Run, *arguments: object) -> Any:
    code, out, err = run("diff", *arguments, "--format", "json")
    assert code == 0, out + err
    return json.loads(out)


def refused(run: Run, *arguments: object) -> str:
    """The code of the sentence that says why nothing was compared."""
    code, out, err = run("diff", *arguments, "--format", "json")
    assert (code, err) == (2, "")
    found: str = json.loads(out)["errors"][-1]["code"]
    return found


def added(document: Any) -> list[str]:
    assert all(line["change"] == "added" for line in document["lines"])
    return [line["address"] for line in document["lines"]]


def test_a_revision_is_compared_with_the_working_tree(changed: GitFolder, run: Run) -> None:
    document = compared(run, "main", "infra/prod")
    assert added(document) == ["module.inner.aws_eip.two"]
    assert document["before"]["source"] == "main:infra/prod"
    assert document["before"]["commit"] == changed.git("rev-parse", "main")
    assert document["lines"][0]["file"] == "network/main.tf"


@pytest.mark.parametrize("before", ["main:infra/prod", "HEAD:infra/prod", "main~0:./infra/prod", "main:/infra/prod/"])
def test_a_path_may_be_named_with_the_revision_alone(changed: GitFolder, run: Run, before: str) -> None:
    assert added(compared(run, before)) == ["module.inner.aws_eip.two"]


def test_the_current_folder_is_meant_where_no_path_is_given(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(changed.path / "infra/prod")
    assert added(compared(run, "main")) == ["module.inner.aws_eip.two"]
    assert added(compared(run, "main:./")) == ["module.inner.aws_eip.two"]


def test_two_revisions_are_compared(changed: GitFolder, run: Run) -> None:
    changed.commit()
    changed.git("tag", "-a", "v1.0", "-m", "x", "HEAD~1")
    assert added(compared(run, "v1.0:infra/prod", "HEAD")) == ["module.inner.aws_eip.two"]
    assert added(compared(run, "HEAD~1", changed.git("rev-parse", "--short", "HEAD") + ":infra/prod")) == [
        "module.inner.aws_eip.two"
    ]


def test_each_revision_has_its_own_workload_and_variable_file(changed: GitFolder, run: Run) -> None:
    text = (
        PROVIDER + 'variable "count_of" {\n  type = number\n}\nresource "aws_eip" "one" {\n  count = var.count_of\n}\n'
    )
    text += 'resource "aws_nat_gateway" "one" {\n  subnet_id = "subnet-1"\n}\n'
    usage = '[usage."aws_nat_gateway.one"]\nmonthly_data_processed_gb = %d\n'
    changed.write("a/main.tf", text)
    changed.write("a/glimpse.toml", usage % 100)
    changed.write("prod.tfvars", "count_of = 1\n")
    changed.commit()
    changed.write("a/glimpse.toml", usage % 300)
    changed.write("prod.tfvars", "count_of = 2\n")
    document = compared(run, "main", "a", "--var-file", "prod.tfvars")
    causes = {(line["address"], line["cause"]) for line in document["lines"]}
    assert causes == {("aws_eip.one[1]", "stack"), ("aws_nat_gateway.one", "workload")}


def test_a_bill_that_was_committed_is_read_from_its_revision(changed: GitFolder, run: Run) -> None:
    _, out, _ = run("bill", "infra/prod", "--format", "json")
    changed.write("bill.json", out)
    changed.commit()
    (changed.path / "bill.json").unlink()
    assert compared(run, "main:bill.json", "infra/prod")["lines"] == []


def test_a_folder_comes_before_a_revision_of_the_same_name(changed: GitFolder, run: Run) -> None:
    changed.write("release/main.tf", PROVIDER + QUEUE % "only")
    changed.git("branch", "release")
    document = compared(run, "release", "infra/prod")
    assert document["before"]["source"] == "release"
    assert [warning["code"] for warning in document["warnings"]] == ["diff_folder_and_revision"]
    assert compared(run, "release:infra/prod", "infra/prod")["before"]["source"] == "release:infra/prod"


def test_no_filter_hook_or_textconv_of_the_repository_runs(changed: GitFolder, run: Run) -> None:
    trap = f"touch {changed.path}/ran; cat"
    for name in ("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.textconv", "core.fsmonitor"):
        changed.git("config", name, trap)
    changed.git("config", "core.sshCommand", trap)
    changed.write(".gitattributes", "*.tf filter=x diff=x\n")
    for name in ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction"):
        changed.write(f".git/hooks/{name}", f"#!/bin/sh\n{trap}\n").chmod(0o755)
    assert added(compared(run, "main", "infra/prod")) == ["module.inner.aws_eip.two"]
    assert not (changed.path / "ran").exists()


def test_nothing_is_written_into_the_repository(changed: GitFolder, run: Run) -> None:
    def state() -> dict[str, float]:
        return {str(path): path.stat().st_mtime for path in changed.path.rglob("*")}

    before = state()
    compared(run, "main", "infra/prod")
    assert state() == before


def test_a_link_is_followed_inside_the_tree_alone(changed: GitFolder, run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/main.tf").write_text(QUEUE % "stolen")
    (tmp_path / "secret.txt").write_text("stolen")
    folder = changed.path / "infra"
    os.symlink("network", folder / "linked")
    os.symlink(tmp_path / "secret", folder / "absolute")
    os.symlink("../../secret", folder / "relative")
    os.symlink("loop", folder / "loop")
    os.symlink(tmp_path / "secret/main.tf", folder / "prod/more.tf")
    calls = "".join(CALL.replace("inner", name) % name for name in ("linked", "absolute", "relative", "loop"))
    changed.write("infra/prod/main.tf", PROVIDER + calls)
    changed.write("infra/network/main.tf", QUEUE % "one")
    changed.commit()
    (folder / "prod/more.tf").unlink()
    document = compared(run, "main", "infra/prod")
    _, out, _ = run("diff", "main", "infra/prod", "--format", "json")
    assert "stolen" not in out
    # The working tree is read under the same rules, so that both sides have the same bill and the same gaps.
    assert (document["lines"], document["gaps"]) == ([], {"new": [], "gone": []})
    assert document["after"]["monthly_usd"] == "3.65"


def test_a_submodule_is_not_entered(changed: GitFolder, run: Run, tmp_path: Path) -> None:
    other = GitFolder(tmp_path / "other")
    other.write("main.tf", QUEUE % "theirs")
    other.commit()
    changed.git("submodule", "--quiet", "add", str(other.path), "infra/theirs")
    changed.write("infra/prod/main.tf", PROVIDER + CALL % "theirs")
    changed.commit()
    document = compared(run, "main", "infra/prod")
    assert document["before"]["at_least"]
    assert added(document) == ["module.inner.aws_eip.theirs"]


def test_odd_names_are_read_as_they_are(changed: GitFolder, run: Run) -> None:
    for name in ("new\nline", 'quo"te', "-dash", "tab\there", "\u200fhidden", "한글", ":colon"):
        changed.write(f"infra/prod/{name}.tf", QUEUE % f"n{abs(hash(name))}")
    changed.write("infra/odd name:\n/main.tf", PROVIDER + QUEUE % "one")
    changed.commit()
    assert compared(run, "main", "infra/prod")["lines"] == []
    assert compared(run, "main", "infra/odd name:\n")["lines"] == []
    _, out, _ = run("diff", "main", "infra/odd name:\n")
    assert "odd name:\\u{a}" in out


def test_a_tree_whose_names_lead_elsewhere_is_read_without_them(changed: GitFolder, run: Run) -> None:
    blob = changed.git("hash-object", "-w", "--stdin", data=PROVIDER + QUEUE % "one")
    entries = f"100644 blob {blob}\tmain.tf\n40000 tree {changed.git('rev-parse', 'main:infra')}\tdeep\n"
    tree = changed.git("mktree", data=entries)
    raw = subprocess.run(["git", "cat-file", "tree", tree], cwd=changed.path, capture_output=True, check=True).stdout
    evil = raw.replace(b"40000 deep\0", b"40000 ..\0")
    written = subprocess.run(
        ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"],
        cwd=changed.path, input=evil, capture_output=True, check=True,
    )  # fmt: skip
    name = written.stdout.decode().strip()
    changed.write("here/main.tf", PROVIDER + QUEUE % "one" + QUEUE % "two")
    assert added(compared(run, f"{name}:", "here")) == ["aws_eip.two"]


@pytest.mark.parametrize("content", [b"garbage", b"9999 x\0" + b"1" * 20, b"100644 main.tf\0" + b"1" * 20])
def test_a_damaged_tree_is_a_sentence(changed: GitFolder, run: Run, content: bytes) -> None:
    command = ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"]
    written = subprocess.run(command, cwd=changed.path, input=content, capture_output=True, check=True)
    assert refused(run, f"{written.stdout.decode().strip()}:", "infra/prod") == "git_object_missing"


def test_a_folder_of_a_revision_without_terraform_is_told_what_diff_takes(changed: GitFolder, run: Run) -> None:
    assert refused(run, "main:infra", "infra/prod") == "diff_no_terraform"


def test_a_huge_file_is_refused_before_it_is_read(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_objects, "MAX_INPUT_BYTES", 10_000)
    changed.write("infra/prod/huge.tf", "#" * 20_000)
    changed.write("infra/prod/huge.bin", "x" * 20_000)
    changed.commit()
    assert refused(run, "main", "infra/prod") == "git_object_large"


def test_a_file_that_terraform_does_not_read_may_be_huge(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_objects, "MAX_INPUT_BYTES", 10_000)
    changed.write("infra/prod/huge.bin", "x" * 20_000)
    changed.commit()
    assert compared(run, "main", "infra/prod")["lines"] == []


def test_a_stack_that_the_revision_does_not_have_is_all_new(changed: GitFolder, run: Run) -> None:
    changed.write("infra/new/main.tf", PROVIDER + QUEUE % "one")
    document = compared(run, "main", "infra/new")
    assert added(document) == ["aws_eip.one"]
    assert [warning["code"] for warning in document["warnings"]] == ["diff_absent"]
    assert "delta_percent" not in document
    changed.commit()
    document = compared(run, "HEAD:infra/new", "HEAD~1")
    assert [line["change"] for line in document["lines"]] == ["removed"]


def test_a_stack_that_the_working_tree_has_no_more_is_all_gone(changed: GitFolder, run: Run) -> None:
    (changed.path / "infra/prod/main.tf").unlink()
    (changed.path / "infra/prod").rmdir()
    document = compared(run, "main:infra/prod", "--max-usd", "1")
    assert [line["change"] for line in document["lines"]] == ["removed"]
    assert [warning["code"] for warning in document["warnings"]] == ["diff_absent"]
    _, _, err = run("diff", "main", "infra/prod")
    assert "To compare it as removed: glimpse diff main:infra/prod" in err


def test_a_bare_repository_has_revisions_only(changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changed.commit()
    changed.git("clone", "-q", "--bare", ".", "../bare.git")
    monkeypatch.chdir(changed.path.parent / "bare.git")
    assert added(compared(run, "HEAD~1:infra/prod", "HEAD:infra/prod")) == ["module.inner.aws_eip.two"]


def test_a_sparse_working_tree_does_not_hide_a_revision(changed: GitFolder, run: Run) -> None:
    changed.commit()
    changed.git("sparse-checkout", "set", "nothing")
    assert not (changed.path / "infra").exists()
    assert added(compared(run, "HEAD~1:infra/prod", "HEAD:infra/prod")) == ["module.inner.aws_eip.two"]


def test_what_a_partial_clone_lacks_is_not_fetched(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed.commit()
    changed.git("config", "uploadpack.allowFilter", "true")
    changed.git("clone", "-q", "--filter=blob:none", "--no-checkout", f"file://{changed.path}", "../partial")
    monkeypatch.chdir(changed.path.parent / "partial")
    assert refused(run, "HEAD~1:infra/prod", "HEAD:infra/prod") == "git_object_missing"


def test_a_shallow_clone_says_what_to_fetch(changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changed.commit()
    changed.git("clone", "-q", "--depth", "1", f"file://{changed.path}", "../shallow")
    monkeypatch.chdir(changed.path.parent / "shallow")
    assert refused(run, "HEAD~1", "infra/prod") == "diff_not_found_shallow"


def test_modules_that_terraform_init_installed_serve_both_sides(changed: GitFolder, run: Run) -> None:
    changed.write(".gitignore", ".terraform/\n")
    call = 'module "inner" {\n  source = "terraform-aws-modules/x/aws"\n  version = "1.0.0"\n}\n'
    changed.write("infra/prod/main.tf", PROVIDER + call)
    changed.commit()
    changed.write("infra/prod/.terraform/modules/inner/main.tf", QUEUE % "installed")
    listed = {"Modules": [{"Key": "inner", "Source": "x", "Dir": ".terraform/modules/inner"}]}
    changed.write("infra/prod/.terraform/modules/modules.json", json.dumps(listed))
    document = compared(run, "main", "infra/prod")
    assert document["lines"] == []
    assert document["before"]["monthly_usd"] == "3.65"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("nowhere", "diff_not_found_there"),
        ("main:infra/lost", "diff_not_in_revision"),
        ("main:../..", "diff_outside"),
        ("main..HEAD", "diff_not_found_there"),
        ("main\nHEAD", "diff_not_found_there"),
        ("HEAD^{/x", "diff_not_found_there"),
        ("", "argument_missing"),
        (":main.tf", "diff_not_found_there"),
    ],
)
def test_what_is_no_revision_is_a_sentence(changed: GitFolder, run: Run, name: str, code: str) -> None:
    assert refused(run, name, "infra/prod") == code


def test_an_option_of_git_is_no_revision(changed: GitFolder, run: Run) -> None:
    code, out, _ = run("diff", "--format", "json", "--", "--upload-pack=touch ran", "infra/prod")
    assert (code, json.loads(out)["errors"][-1]["code"]) == (2, "diff_not_found_there")
    assert not (changed.path / "ran").exists()


def test_without_git_paths_still_work_and_a_revision_says_why_not(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed.write("old/main.tf", PROVIDER)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert added(compared(run, "old", "infra/network", "--region", SEOUL)) == ["aws_eip.one", "aws_eip.two"]
    code, out, _ = run("diff", "main", "infra/prod", "--format", "json")
    assert code == 2
    assert [error["code"] for error in json.loads(out)["errors"]] == ["git_missing", "diff_not_found"]


def test_a_repository_of_another_user_names_the_folder_to_trust(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What git's own tests set.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    code, _, err = run("diff", "main", "infra/prod")
    assert code == 2
    assert f"safe.directory {changed.path}\n" in err


def test_a_commit_has_the_parents_that_are_stored(changed: GitFolder, run: Run) -> None:
    changed.write(".git/info/grafts", changed.commit() + "\n")
    assert added(compared(run, "HEAD~1", "infra/prod")) == ["module.inner.aws_eip.two"]


def test_outside_a_repository_a_revision_says_so(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plain").mkdir()
    monkeypatch.chdir(tmp_path / "plain")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    code, _, err = run("diff", "main")
    assert code == 2
    assert "is not in a git repository" in err


def test_the_repository_is_that_of_the_other_side(
    changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert added(compared(run, "main", "repository/infra/prod")) == ["module.inner.aws_eip.two"]


@pytest.mark.parametrize("toml", ["people = 5 = 6\n", "[people]\nusrs = 5\n"])
def test_errors_in_a_revision_name_the_revision(changed: GitFolder, run: Run, toml: str) -> None:
    changed.write("infra/prod/glimpse.toml", toml)
    changed.commit()
    (changed.path / "infra/prod/glimpse.toml").unlink()
    code, _, err = run("diff", "main", "infra/prod")
    assert code == 2
    assert "main:infra/prod/glimpse.toml" in err
    assert str(changed.path) not in err
    # What was committed cannot be mended.
    assert "--workload glimpse.toml" in err
    changed.write("good.toml", "")
    assert run("diff", "main", "infra/prod", "--workload", "good.toml")[0] == 0


def test_a_folder_is_not_compared_with_itself(changed: GitFolder, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(changed.path / "infra/prod")
    assert refused(run, ".") == "diff_same"


@pytest.fixture
def repository(changed: GitFolder) -> Iterator[Repository]:
    opened = Repository(changed.path, os.environ)
    yield opened
    opened.close()


def test_git_that_does_not_answer_is_ended(
    repository: Repository, changed: GitFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_objects, "MAX_SECONDS", 0.1)
    monkeypatch.setattr(repository, "_command", lambda *_: ["sleep", "60"])
    with pytest.raises(Exception, match="git_slow"):
        revision_of(repository, "main")

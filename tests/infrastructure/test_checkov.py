"""The policy checker: what it finds in the tree, and the exceptions to its rules."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.infrastructure.terraform_plans import CHOICES, TREE, source


@pytest.mark.parametrize("choice", ["none", "ipv6_and_cloudfront"])
def test_the_policy_checker_has_nothing_to_say_beyond_the_reasoned_exceptions(choice: str, tmp_path: Path) -> None:
    checkov = os.environ.get("GLIMPSE_CHECKOV") or shutil.which("checkov")
    if not checkov:
        pytest.skip("NOT RUN: checkov is not installed")
    configuration = str(TREE / ".checkov.yaml")
    chosen = tmp_path / "chosen.tfvars"
    variables = {"github_repository": "owner/name", **CHOICES.get(choice, {})}
    chosen.write_text("".join(f'{name} = "{value}"\n' for name, value in variables.items()))
    options = ["--config-file", configuration, "--var-file", str(chosen), "--output", "json"]
    done = subprocess.run(
        [checkov, "--directory", str(TREE), *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    summary = json.loads(done.stdout)["summary"]
    assert summary["failed"] == 0
    assert summary["parsing_errors"] == 0
    assert summary["passed"] > 100, "the checker has read too little"


def test_every_exception_to_the_policy_has_a_reason() -> None:
    lines = source(".checkov.yaml").splitlines()
    skips = [line for line in lines if re.match(r" +- CKV", line)]
    assert skips
    for line in skips:
        assert re.fullmatch(r"  - CKV2?_AWS_\d+ # \S.*", line), line
    assert len(skips) == len(set(skips))


def test_the_policy_checker_is_pinned_by_hash_and_without_addresses() -> None:
    lock = source("checkov.lock")
    assert re.search(r"^checkov==\d", lock, re.MULTILINE)
    assert "://" not in lock
    pins = re.findall(r"^[\w.\[\]-]+==\S+.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert pins
    assert all("--hash=sha256:" in pin for pin in pins)

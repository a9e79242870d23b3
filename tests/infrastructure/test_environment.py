"""The tree and its environment as a whole: that Terraform accepts them, and what every module keeps to."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from glimpse.chat.settings import SETTINGS, SHARED_ISSUERS, InvalidSettings, read_settings
from tests.infrastructure.terraform_plans import (
    BOOTSTRAP,
    ENVIRONMENT,
    HANGS_SECONDS,
    TREE,
    Plan,
    Terraform,
    source,
    sources,
    written_blocks,
)


@pytest.fixture(scope="module")
def validation_and_tests(terraform: Terraform) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Terraform's own validation and tests, all at once. They take longest, so they run from the start of this file."""
    running = {
        file.name: terraform.start(root, "test", "-no-color", f"-filter=tests/{file.name}")
        for root in (ENVIRONMENT, BOOTSTRAP)
        for file in sorted((TREE / root / "tests").glob("*.tftest.hcl"))
    }
    for root in (ENVIRONMENT, BOOTSTRAP):
        running[f"validate {root.name}"] = terraform.start(root, "validate", "-no-color")
    yield running
    for process in running.values():
        with process:
            if process.poll() is None:  # a test failed before it waited for this one
                os.killpg(process.pid, signal.SIGKILL)


def test_the_files_are_formatted(terraform: Terraform) -> None:
    done = terraform.run(Path(), "fmt", "-check", "-recursive", "-list=true")
    assert done.returncode == 0, f"run terraform fmt on: {done.stdout}{done.stderr}"


def test_the_configuration_is_valid_and_every_terraform_test_passes(
    validation_and_tests: dict[str, subprocess.Popen[str]],
) -> None:
    assert len(validation_and_tests) > 3, "there are no tests"
    for name, process in validation_and_tests.items():
        output, errors = process.communicate(timeout=HANGS_SECONDS)
        assert process.returncode == 0, output + errors
        assert name.startswith("validate ") or re.search(r"Success! [1-9]\d* passed, 0 failed\.", output), output


# What a reader and a static evaluator rely on


def test_every_variable_and_output_says_what_it_is() -> None:
    found = {
        kind: {
            (name, label): body
            for name, text in sources().items()
            for label, body in written_blocks(text, kind).items()
        }
        for kind in ("variable", "output")
    }
    assert min(map(len, found.values())) > 10, "the tree has more variables and more outputs than were found"
    for kind, blocks in found.items():
        for place, body in blocks.items():
            assert kind == "output" or re.search(r"^  type +=", body, re.MULTILINE), f"{place} has no type"
            assert re.search(r"^  description +=", body, re.MULTILINE), f"{place} has no description"


def test_the_number_of_resources_follows_from_the_variables_alone() -> None:
    written = [
        (name, line)
        for name, text in sources().items()
        for line in re.findall(r"^ *(?:count|for_each) += .*$", text, re.MULTILINE)
    ]
    assert written
    for name, line in written:
        assert "var." in line or re.search(r"for_each += \[[^\]]*\]$", line), f"{name}: {line}"
        assert not re.search(r"\b(data|module|aws_\w+)\.", line), f"{name}: {line}"


def test_what_the_tree_says_of_issuers_and_proxies_are_settings_of_the_service() -> None:
    (written,) = re.findall(
        r"^  identity_environment = merge\(\n(.*?)^  \)", source(str(ENVIRONMENT), "main.tf"), re.M | re.S
    )
    names = re.findall(r"GLIMPSE_\w+", written)
    assert len(names) == 6
    assert set(names) <= {setting.variable for setting in SETTINGS}


def test_the_tree_asks_for_an_audience_where_the_service_does() -> None:
    (hosts,) = re.findall(r'\[\.\]\)\?\((.*?)\)/", var\.jwks_url', source(str(ENVIRONMENT), "variables.tf"))
    assert hosts.replace("[.]", ".").split("|") == list(SHARED_ISSUERS)


ISSUER = "https://issuer.example.com/keys"


@pytest.mark.parametrize(
    ("environment", "refused"),
    [
        ({"SIGNUP": "on", "JWKS_URL": ISSUER, "JWT_SECRETS": "s" * 32}, "setting_two_issuers"),
        ({"SIGNUP": "on", "JWKS": "{}", "JWT_SECRETS": "s" * 32}, "setting_two_issuers"),
        ({"SIGNUP": "on", "JWKS_URL": ISSUER}, "setting_secret_missing"),
        ({"SIGNUP": "off"}, "setting_secret_missing"),
        ({"SIGNUP": "off", "JWKS_URL": ISSUER, "JWKS": "{}"}, "setting_one_of"),
        ({"SIGNUP": "off", "JWKS_URL": f"https://www.{SHARED_ISSUERS[0]}/keys"}, "setting_audience_missing"),
        ({"SIGNUP": "off", "JWKS": "-----BEGIN PUBLIC KEY-----"}, "setting_json"),
    ],
)
def test_the_service_refuses_the_issuers_that_the_tree_refuses(environment: dict[str, str], refused: str) -> None:
    given = {"DATABASE_URL": "postgresql://host/name", **environment}
    with pytest.raises(InvalidSettings) as caught:
        read_settings({f"GLIMPSE_{name}": value for name, value in given.items()})
    assert refused in {failure.code for failure in caught.value.failures}


def test_no_state_plan_or_choice_of_a_backend_lies_in_the_tree() -> None:
    patterns = (".terraform", "*.tfstate*", "*.tfplan", "backend_override.tf")
    assert not [file for pattern in patterns for file in TREE.rglob(pattern)]


def test_a_lock_file_in_the_tree_is_of_the_real_provider() -> None:
    for file in TREE.rglob(".terraform.lock.hcl"):
        assert '"zh:' in file.read_text(), f"{file}: its hashes are not those that the registry signs"


# What holds across modules


def test_names_fit_the_limits_of_aws(plan: Plan) -> None:
    for kind in ("aws_lb", "aws_lb_target_group"):
        assert len(plan.one(kind)["name"]) <= 32
    assert len(plan.one("aws_s3_bucket")["bucket_prefix"]) <= 37
    assert len(plan.one("aws_elasticache_replication_group")["replication_group_id"]) <= 40


def test_the_first_design_is_warned_about_and_the_balanced_one_is_not(
    plans: dict[str, Plan],
) -> None:
    for name in ("keep_alive_outlasts_balancer", "database_connections_fit"):
        assert plans["before"].check(name) == "fail"
        assert plans["balanced"].check(name) == "pass"


def test_a_task_that_listens_to_the_database_takes_one_connection_more(plans: dict[str, Plan]) -> None:
    assert plans["balanced"].check("database_connections_fit") == "pass", "with the same pool"
    assert plans["ipv6_and_postgresql"].check("database_connections_fit") == "fail"

"""Every function is beside examples of what it does, and each of them is true, to the product and to Terraform."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from glimpse.planner.terraform.functions import FUNCTIONS
from tests.planner.terraform.beside_terraform import TERRAFORM, environment, theirs
from tests.planner.terraform.generated_expressions import Expression
from tests.planner.terraform.ours import outputs_of

EXAMPLES = {
    f"{name.replace('::', '_')}_{number}": example
    for name, found in FUNCTIONS.items()
    for number, example in enumerate(found.examples)
}
NOT_COMPUTED = {"abspath", "base64gzip", "bcrypt", "issensitive", "plantimestamp", "timestamp", "uuid"}
"""Functions whose results depend on the moment, the machine, or marks that are not followed: always unknown."""

needs_terraform = pytest.mark.skipif(not TERRAFORM, reason="NOT RUN: terraform is not installed")


def test_every_example_is_true(tmp_path: Path) -> None:
    outputs = (f"output {json.dumps(name)} {{\n  value = {example}\n}}\n" for name, example in EXAMPLES.items())
    (tmp_path / "main.tf").write_text("".join(outputs))
    wrong = {EXAMPLES[name] for name, value in outputs_of(tmp_path).items() if value is not True}
    assert wrong == set()


def test_every_function_that_computes_has_an_example() -> None:
    assert {name for name, found in FUNCTIONS.items() if not found.examples} == NOT_COMPUTED


@needs_terraform
def test_every_example_is_true_to_terraform(tmp_path: Path) -> None:
    """Providers' functions need their provider, which no test downloads."""
    asked = {
        name: Expression(example, wrapped=True) for name, example in EXAMPLES.items() if "provider::" not in example
    }
    found = theirs(tmp_path, asked)
    wrong = {EXAMPLES[name]: planned for name, planned in found.items() if getattr(planned, "value", None) is not True}
    assert wrong == {}


@needs_terraform
def test_every_function_of_this_terraform_is_known(tmp_path: Path) -> None:
    command = [str(TERRAFORM), "metadata", "functions", "-json"]
    shown = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=True).stdout
    names = {name for name in json.loads(shown)["function_signatures"] if not name.startswith("core::")}
    assert names - set(FUNCTIONS) == {"can", "try"}

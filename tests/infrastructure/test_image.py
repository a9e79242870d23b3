"""The container image of the chat: what it is made of. test_image_started.py builds it and starts it."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from botocore.session import Session
from cryptography.x509 import Certificate, load_pem_x509_certificates
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "infrastructure" / "docker"
PROJECT_LOCK = ROOT / "requirements.lock"

REFUSES_OTHER_LIBRARIES = """
import runpy, sys
from importlib.metadata import packages_distributions

class Refuses:
    distributions = packages_distributions()
    def find_spec(self, name, path=None, target=None):
        owners = {each.lower().replace("_", "-") for each in self.distributions.get(name.partition(".")[0], ())}
        if owners and not owners & set(allowed):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

allowed = sys.argv.pop(1).split(",")
sys.meta_path.insert(0, Refuses())
"""


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> set[str]:
    lines = (DOCKER / "requirements.in").read_text().splitlines()
    return {line for line in lines if line and line[0] not in "#-"}


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", lock.read_text(), re.MULTILINE))


def imported_by_the_chat() -> Iterator[str]:
    """Names of the modules that its files and its messages import, also inside functions."""
    package = ROOT / "src" / "glimpse"
    for file in chain((package / "chat").rglob("*.py"), (package / "words").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def glimpse_with_the_images_libraries(*arguments: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """The command, or the code, where nothing can be imported that the image does not have."""
    program = REFUSES_OTHER_LIBRARIES + (code or "runpy.run_module('glimpse', run_name='__main__')")
    allowed = ",".join(["glimpse-chat", *pins(DOCKER / "requirements.lock")])
    command = [sys.executable, "-c", program, allowed, *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GLIMPSE_")}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


def certificates() -> list[Certificate]:
    return load_pem_x509_certificates((DOCKER / "rds-global-bundle.pem").read_bytes())


def test_the_image_has_exactly_the_libraries_that_the_chat_imports() -> None:
    owners = packages_distributions()
    tops = {name.partition(".")[0] for name in imported_by_the_chat()} - set(sys.stdlib_module_names)
    # uvicorn is told by their names which loop and which HTTP parser it shall use.
    named = {"uvloop", "httptools"}
    distributions = {normalised(owner) for top in tops | named for owner in owners[top]} - {"glimpse-chat"}
    assert distributions == required()


def test_the_images_versions_are_those_that_were_tested() -> None:
    image, project = pins(DOCKER / "requirements.lock"), pins(PROJECT_LOCK)
    assert required() <= image.keys()
    assert image.items() <= project.items()


def test_the_images_lock_has_hashes_and_no_addresses() -> None:
    lock = (DOCKER / "requirements.lock").read_text()
    assert "://" not in lock
    entries = re.findall(r"^[\w.-]+==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert len(entries) == len(pins(DOCKER / "requirements.lock"))
    assert all("--hash=sha256:" in entry for entry in entries)
    # pip asks the machine that builds about these, also when it builds for another one.
    assert not re.search(r"platform_machine|sys_platform", lock)


@pytest.mark.parametrize("arguments", [("--help",), ("serve", "--help"), ("migrate", "--help")])
def test_the_command_explains_itself_with_the_images_libraries_alone(arguments: tuple[str, ...]) -> None:
    done = glimpse_with_the_images_libraries(*arguments)
    assert "usage: glimpse" in done.stdout + done.stderr, done.stderr
    assert "No module named" not in done.stdout + done.stderr


def test_serving_and_migrating_need_no_other_library() -> None:
    used = """
import glimpse.chat.app, glimpse.chat.outside.valkey_bus, glimpse.chat.outside.s3.objects, botocore.session, uvloop
import argon2, jwt.algorithms, glimpse.chat.outside.metrics
from glimpse.chat.names import display_name
from glimpse.cli import main
display_name("Ada")
import os
os.environ["GLIMPSE_DATABASE_URL"] = "no url"
main(sys.argv[1:])
"""
    for command in ("serve", "migrate"):
        # The settings are refused: the sentence for that, too, needs no other library.
        done = glimpse_with_the_images_libraries(command, code=used)
        assert done.returncode == 2
        assert done.stderr.startswith("GLIMPSE_DATABASE_URL"), done.stderr


def test_a_library_of_the_planner_would_be_missed() -> None:
    done = glimpse_with_the_images_libraries(code="import yaml")
    assert "No module named 'yaml'" in done.stderr


def test_the_build_gets_only_what_the_image_is_made_of() -> None:
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    assert rules[0] == "*"
    allowed = {rule[1:] for rule in rules if rule[0] == "!"}
    assert all((ROOT / path).exists() for path in allowed)
    dockerfile = (DOCKER / "Dockerfile").read_text()
    copied = {
        path for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for path in line.split()
    }
    assert copied == allowed


def test_the_dockerfile_has_no_findings_of_hadolint() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    if not hadolint:
        pytest.skip("NOT RUN: hadolint is not installed")
    command = [hadolint, "--no-color", str(DOCKER / "Dockerfile")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_base_is_pinned_to_a_release_of_python() -> None:
    (base,) = re.findall(r"^ARG BASE=(\S+)$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert re.fullmatch(r"docker\.io/library/python:3\.11\.\d+-slim-bookworm(@sha256:[0-9a-f]{64})?", base)


def test_every_certificate_of_rds_is_an_authority_of_a_region_until_2060() -> None:
    authorities: dict[str, set[str]] = {}
    for each in certificates():
        each.verify_directly_issued_by(each)
        assert each.not_valid_after_utc.year >= 2060
        name = str(each.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
        if name.startswith(("Amazon RDS Beta", "Amazon RDS Preview")):
            continue
        region, kind = re.fullmatch(r"Amazon RDS (\S+) Root CA (\S+) G1", name).groups()  # type: ignore[union-attr]
        authorities.setdefault(region, set()).add(kind)
    # The three that a database can be given, as RDS names them: rds-ca-rsa2048-g1, rds-ca-rsa4096-g1, rds-ca-ecc384-g1.
    assert all(kinds == {"RSA2048", "RSA4096", "ECC384"} for kinds in authorities.values())
    assert authorities.keys() <= set(Session().get_available_regions("rds"))
    assert {"ap-northeast-2", "ap-northeast-1", "us-east-1", "eu-west-1"} <= authorities.keys()

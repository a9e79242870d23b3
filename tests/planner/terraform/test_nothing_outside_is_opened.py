"""A tree that does all it can to have something outside of it read: Python itself says what was opened."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from glimpse.planner.stack import Stack
from glimpse.planner.terraform.functions import FUNCTIONS
from tests.conftest import REPOSITORY, read_stack

SECRET = "nobody-may-read-this"
EVENTS = ("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename", "os.remove", "os.symlink", "subprocess.Popen")
EVENTS += ("os.exec", "os.posix_spawn", "os.fork", "os.system", "socket.connect", "socket.getaddrinfo", "pty.spawn")

ON_PATHS = (
    "file", "filebase64", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512",
    "fileexists", "fileset", "templatefile",
)  # fmt: skip
"""The functions that ask for a file. `test_every_function_that_asks_for_a_file_is_tried` keeps this list whole."""

_watched: list[tuple[str, object]] | None = None


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _watched is not None and event in EVENTS:
        _watched.append((event, arguments[0] if arguments else None))


@pytest.fixture(scope="module", autouse=True)
def hook() -> None:
    """A hook cannot be taken away again, so there is one, which is deaf most of the time."""
    sys.addaudithook(_hook)


@contextmanager
def watching() -> Iterator[list[tuple[str, object]]]:
    global _watched
    seen: list[tuple[str, object]] = []
    _watched = seen
    try:
        yield seen
    finally:
        _watched = None


def allowed() -> Sequence[Path]:
    """Python's own files and ours: modules and tables that are loaded when they are first needed."""
    places = {
        *sysconfig.get_paths().values(),
        *site.getsitepackages(),
        str(REPOSITORY / "src"),
        sys.prefix,
        sys.base_prefix,
    }
    return [Path(place).resolve() for place in places]


def outside(seen: Sequence[tuple[str, object]], tree: Path) -> list[tuple[str, object]]:
    """What was opened, listed, started or called that is neither in the tree nor Python's."""
    inside = [tree.resolve(), *allowed()]
    found = []
    for event, argument in seen:
        if isinstance(argument, int):
            continue  # a file that is open already
        is_path = event == "open" or event.startswith("os.")
        path = Path(os.fsdecode(argument) if isinstance(argument, str | bytes) else str(argument))
        if not is_path or not any(path.resolve().is_relative_to(place) for place in inside):
            found.append((event, argument))
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A project with a stack in it, beside a folder of secrets to which every kind of link leads."""
    secrets = tmp_path / "secrets"
    (secrets / "module").mkdir(parents=True)
    (secrets / "secret.txt").write_text(SECRET)
    (secrets / "secret.tf").write_text('resource "aws_eip" "secret" {}\n')
    (secrets / "values.tfvars").write_text(f'given = "{SECRET}"\n')
    (secrets / "values.json").write_text(f'{{"given": "{SECRET}"}}\n')
    (secrets / "environment").write_text(SECRET)
    (secrets / "module/main.tf").write_text('resource "aws_eip" "secret" {}\n')
    (secrets / "module/modules").mkdir()
    (secrets / "module/modules/modules.json").write_text('{"Modules": [{"Key": "away", "Dir": "../secrets/module"}]}')
    stack = tmp_path / "project/stack"
    stack.mkdir(parents=True)
    (tmp_path / "project/.git").mkdir()
    (stack / "main.tf").write_text(
        'provider "aws" {\n  region = "us-east-1"\n}\nvariable "given" { default = "default" }\n'
    )
    (stack / "link.txt").symlink_to(secrets / "secret.txt")
    (stack / "relative.txt").symlink_to("../../secrets/secret.txt")
    (stack / "linked").symlink_to(secrets)
    (stack / "twice").symlink_to("linked")
    (stack / "inside").mkdir()
    (stack / "inside/up").symlink_to("../..")
    (stack / "loop").symlink_to("loop")
    (stack / "first").symlink_to("second")
    (stack / "second").symlink_to("first")
    return stack


def read(stack: Path, text: str = "") -> tuple[Stack, list[tuple[str, object]]]:
    if text:
        with (stack / "main.tf").open("a") as file:
            file.write(text)
    with watching() as seen:
        found = read_stack(stack)
    assert [event for event, _ in seen], "the hook sees what is opened"
    return found, outside(seen, stack.parent)


WAYS_OUT: dict[str, Callable[[Path], str]] = {
    "absolute": lambda stack: str(stack.parents[1] / "secrets/secret.txt"),
    "relative": lambda stack: "../../secrets/secret.txt",
    "up from a folder that is not there": lambda stack: "nowhere/../../../secrets/secret.txt",
    "from the module's path": lambda stack: "${path.module}/../../secrets/secret.txt",
    "from the root's path": lambda stack: "${path.root}/../../secrets/secret.txt",
    "made of parts": lambda stack: '${join("/", ["..", "..", "secrets", "secret.txt"])}',
    "a link": lambda stack: "link.txt",
    "a relative link": lambda stack: "relative.txt",
    "through a linked folder": lambda stack: "linked/secret.txt",
    "through a link to a link": lambda stack: "twice/secret.txt",
    "through a link up": lambda stack: "inside/up/../secrets/secret.txt",
    "through a link up and in again": lambda stack: "inside/up/stack/../../secrets/secret.txt",
    "a loop of links": lambda stack: "loop",
    "two links in a loop": lambda stack: "first/x",
    "home": lambda stack: "~/.bashrc",
    "another's home": lambda stack: "~root/.bashrc",
    "the disk's root": lambda stack: "/",
    "what the system knows": lambda stack: "/proc/self/environ",
    "a device": lambda stack: "/dev/zero",
    "two slashes": lambda stack: "//etc/passwd",
    "a NUL": lambda stack: r"link.txt\u0000",
    "a very long name": lambda stack: '${format("%05000d", 0)}',
    "a very long path": lambda stack: '${join("/", [for part in range(1000): "linked/.."])}',
    "half of a pair": lambda stack: r"\ud800",
}


def call(function: str, path: str) -> str:
    rest = {"fileset": ', "**"', "templatefile": ", {}"}.get(function, "")
    return f'{function}("{path}"{rest})'


def test_every_function_that_asks_for_a_file_is_tried() -> None:
    asking = {name for name, found in FUNCTIONS.items() if found.with_context and "file" in name}
    assert asking == {*ON_PATHS}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_no_function_opens_what_lies_outside(tree: Path, way: str) -> None:
    path = WAYS_OUT[way](tree)
    tags = "".join(f"    {name} = try({call(name, path)}, 1)\n    x{name} = {call(name, path)}\n" for name in ON_PATHS)
    used = "".join(
        f'resource "aws_eip" "{name}" {{\n  for_each = toset([for found in [{call(name, path)}] : jsonencode(found)])\n}}\n'
        for name in ON_PATHS
    )
    stack, opened = read(tree, f'resource "aws_ebs_volume" "v" {{\n  size = 1\n  tags = {{\n{tags}  }}\n}}\n{used}')
    assert opened == []
    assert SECRET not in repr(stack)


@pytest.mark.parametrize(
    "pattern", ["../../secrets/*", "linked/*", "**/*", "inside/up/../secrets/**", "{.,../..}/**", "/etc/*"]
)
@pytest.mark.parametrize("folder", [".", "..", "../..", "/", "linked", "inside/up", "inside/up/.."])
def test_no_pattern_lists_what_lies_outside(tree: Path, folder: str, pattern: str) -> None:
    stack, opened = read(tree, f'resource "aws_eip" "found" {{\n  for_each = fileset("{folder}", "{pattern}")\n}}\n')
    assert opened == []
    assert "passwd" not in repr(stack)


@pytest.mark.parametrize(
    "source",
    [
        "../../secrets/module", "./linked/module", "./twice/module", "./inside/up/../secrets/module", "./nowhere/../../../secrets/module",
        "/etc", "file:///etc", "git::file:///etc", "./loop", "./first", "~/module", "./~root", "../../..", "./../../../../../../../..",
    ],
)  # fmt: skip
def test_no_module_is_read_from_outside(tree: Path, source: str) -> None:
    stack, opened = read(tree, f'module "away" {{\n  source = "{source}"\n}}\n')
    assert opened == []
    assert not stack.resources
    assert next(iter(stack.unresolved)).what.code.startswith("module_")


@pytest.mark.parametrize(
    "folder",
    [
        "../../secrets/module",
        "{secrets}/module",
        "linked/module",
        "inside/up/../secrets/module",
        "/etc",
        "~",
        r"linked\u0000",
        "",
    ],
)
def test_no_installed_module_is_read_from_outside(tree: Path, folder: str) -> None:
    (tree / ".terraform/modules").mkdir(parents=True)
    entry = f'{{"Key": "away", "Source": "x/y/z", "Dir": "{folder}"}}'.replace(
        "{secrets}", str(tree.parents[1] / "secrets")
    )
    (tree / ".terraform/modules/modules.json").write_text(f'{{"Modules": [{entry}]}}')
    stack, opened = read(tree, 'module "away" {\n  source = "x/y/z"\n}\n')
    assert opened == []
    assert not stack.resources


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("more.tf", "secret.tf"), ("more.tf.json", "values.json"), ("override.tf", "secret.tf"),
        ("terraform.tfvars", "values.tfvars"), ("terraform.tfvars.json", "values.json"),
        ("a.auto.tfvars", "values.tfvars"), ("a.auto.tfvars.json", "values.json"), ("more.tofu", "secret.tf"),
        (".terraform/environment", "environment"), (".terraform/modules/modules.json", "module/modules/modules.json"),
        (".terraform/modules", "module/modules"), (".terraform", "module"),
    ],
)  # fmt: skip
def test_no_file_that_terraform_reads_by_itself_may_be_a_link_outside(tree: Path, link: str, target: str) -> None:
    (tree / link).parent.mkdir(parents=True, exist_ok=True)
    (tree / link).symlink_to(tree.parents[1] / "secrets" / target)
    text = 'module "away" {\n  source = "x/y/z"\n}\nresource "aws_eip" "one" {\n  for_each = toset([var.given, terraform.workspace])\n}\n'
    stack, opened = read(tree, text)
    assert opened == []
    assert {resource.origin.address for resource in stack.resources} == {'aws_eip.one["default"]'}


def test_a_link_to_a_stack_elsewhere_bounds_the_reading_there(tree: Path) -> None:
    """Whoever names a link means what it leads to; what lies beside the link is not the project's."""
    (tree.parents[1] / "link").symlink_to(tree)
    with watching() as seen:
        stack = read_stack(tree.parents[1] / "link")
    assert outside(seen, tree.parent) == []
    assert not stack.resources


def test_a_pipe_is_not_waited_for(tree: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    for name in ("pipe", "pipe.tf", "terraform.tfvars", "a.auto.tfvars"):
        os.mkfifo(tree / name)
    stack, opened = read(tree, 'resource "aws_eip" "one" {\n  for_each = toset([file("pipe")])\n}\n')
    assert opened == []
    assert [found.what.code for found in stack.unresolved] == ["expression_error"]


def test_the_hook_would_see_a_file_outside(tree: Path) -> None:
    with watching() as seen, tempfile.TemporaryFile(), (tree.parents[1] / "secrets/secret.txt").open():
        os.listdir(tree.parents[1])
    found = [event for event, _ in outside(seen, tree.parent)]
    assert "open" in found
    assert "os.listdir" in found

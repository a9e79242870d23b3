"""The command blocks of the runbooks, as their comments mark them, and what can be said of a command without AWS."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import botocore.session
import jmespath
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from jmespath.exceptions import JMESPathError
from msgspec import Struct

from glimpse.commands import parser
from glimpse.planner.finding import InputError
from glimpse.words import Words
from tests.conftest import OWN, REPOSITORY

FOLDER = REPOSITORY / "docs/how-to"
BOOTSTRAP = OWN.parent.parent / "bootstrap"
GUIDES = ("aws-in-ten-steps", "run-on-aws")
NAMES = (
    *GUIDES, "roll-out-a-lever", "spot-loss", "connections-exhausted", "storage-full", "bad-migration",
    "move-from-nestjs", "rotate-the-signing-key", "restore-a-backup",
)  # fmt: skip
"""In an order in which one stack will do: the last two leave the tasks with another key, and another database."""
SETUP, UP, LOCAL, AWS = "setup", "up", "local", "aws"
"""
`up` starts a stack and stays; what is `local` is run beside it. What is for `aws` is checked for its form, and so is
`setup`, which makes a clone and its .venv.
"""

_BLOCK = re.compile(r"(?:<!-- (\w+) -->\n)?```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_HERE_DOCUMENT = re.compile(r"<<'(\w+)'\n.*?^\1$", re.DOTALL | re.MULTILINE)

# The AWS CLI has these beside the operations of the APIs, with these options.
_AWS_CLI_ONLY = {
    ("configure", "sso"): set[str](),
    ("sso", "login"): set[str](),
    ("s3", "cp"): {"recursive"},
    ("s3", "rm"): {"recursive"},
}
_AWS_CLI_OPTIONS = {"query", "output", "region", "profile"}
_TERRAFORM_COMMANDS = {
    "init": {"-migrate-state", "-reconfigure", "-backend-config"},
    "plan": {"-var", "-var-file", "-out"},
    "apply": {"-var", "-var-file"},
    "destroy": {"-var", "-var-file"},
    "import": {"-var", "-var-file"},
    "output": {"-raw"},
    "state": set[str](),
    "force-unlock": set[str](),
}
_GIT_COMMANDS = {
    "clone": set[str](),
    "add": set[str](),
    "commit": {"message"},
    "push": set[str](),
    "worktree": set[str](),
}


class Block(Struct, frozen=True):
    mark: str | None
    language: str
    text: str


def blocks(path: Path) -> Sequence[Block]:
    return [Block(mark or None, language, text) for mark, language, text in _BLOCK.findall(path.read_text())]


def commands(text: str) -> Iterator[list[str]]:
    """
    The words of each simple command, those inside `$(…)` too. Text in here documents, variables and redirections are
    left as they are.
    """
    text = _HERE_DOCUMENT.sub("", text)
    for inner in re.findall(r"\$\(((?:[^()]|\([^()]*\))*)\)", text):
        yield from commands(inner)
    for line in text.splitlines():
        words: list[str] = []
        for word in [*_words(_without_substitutions(line)), ";"]:
            if set(word) <= set(";|&") and word:
                if words:
                    yield words
                words = []
            else:
                words.append(word)


def _without_substitutions(line: str) -> str:
    return re.sub(r"\$\(((?:[^()]|\([^()]*\))*)\)", "SUBSTITUTED", line)


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=";|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def problem(words: Sequence[str]) -> str | None:
    """What is wrong with a command of one of the programs below; None where nothing is, or it is another program."""
    while words and (words[0] in ("time", "until", "!", "do", "if", "(") or re.match(r"\w+=", words[0])):
        words = words[1:]
    match words:
        case ["glimpse", *rest]:
            return _glimpse_problem(rest)
        case ["aws", *rest]:
            return _aws_problem(rest)
        case ["terraform", *rest]:
            return _terraform_problem(rest)
        case ["git", *rest]:
            return _git_problem(rest)
        case ["dig", *rest]:
            return _dig_problem(rest)
        case ["python3", "run.py", "glimpse", *rest]:
            return None if rest == ["--help"] else _glimpse_problem(rest)
    return None


def _glimpse_problem(arguments: Sequence[str]) -> str | None:
    if ">" in arguments:
        arguments = arguments[: arguments.index(">")]
    try:
        given = parser(Words("en")).parse_args(arguments)
    except InputError as error:
        return str(error.why)
    for kind, value in getattr(given, "values", ()):
        if kind == "file" and not _is_variable_file(REPOSITORY / value):
            return f"no variable file {value}"
        if kind == "option" and value.partition("=")[0] not in variables():
            return f"no variable {value}"
    if only := getattr(given, "only", None):
        from glimpse.operations.checks.catalogue import CHECKS

        if missing := set(only.split(",")) - {check.name for check in CHECKS}:
            return f"no such check: {', '.join(sorted(missing))}"
    return None


def _aws_problem(arguments: Sequence[str]) -> str | None:
    service, *rest = arguments
    if (query := next((after for word, after in pairwise(rest) if word == "--query"), None)) is not None:
        try:
            jmespath.compile(query)
        except JMESPathError as error:
            return f"--query {query}: {error}"
    if (service, rest[0]) in _AWS_CLI_ONLY:
        unknown = _options(rest) - _AWS_CLI_ONLY[service, rest[0]] - _AWS_CLI_OPTIONS
        return f"{service} {rest[0]} has no --{', --'.join(sorted(unknown))}" if unknown else None
    session = botocore.session.get_session()
    try:
        model = session.get_service_model(service)
    except UnknownServiceError:
        return f"no service {service}"
    if rest[0] == "wait":
        waiters = {xform_name(name, "-"): name for name in session.get_waiter_model(service).waiter_names}
        if rest[1] not in waiters:
            return f"no waiter {service} {rest[1]}"
        operation = session.get_waiter_model(service).get_waiter(waiters[rest[1]]).operation
        rest = rest[1:]
    else:
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        if rest[0] not in operations:
            return f"no operation {service} {rest[0]}"
        operation = operations[rest[0]]
    shape = model.operation_model(operation).input_shape
    members = {xform_name(name, "-"): member for name, member in (shape.members if shape else {}).items()}
    flags = {f"no-{name}" for name, member in members.items() if member.type_name == "boolean"}
    given = _options(rest)
    if unknown := given - set(members) - flags - _AWS_CLI_OPTIONS:
        return f"{service} {rest[0]} has no --{', --'.join(sorted(unknown))}"
    if missing := {xform_name(name, "-") for name in (shape.required_members if shape else ())} - given:
        return f"{service} {rest[0]} needs --{', --'.join(sorted(missing))}"
    return None


def _options(words: Sequence[str]) -> set[str]:
    return {word[2:].partition("=")[0] for word in words if word.startswith("--")}


def _terraform_problem(arguments: Sequence[str]) -> str | None:
    chdir, command, *rest = arguments
    folder = REPOSITORY / chdir.removeprefix("-chdir=")
    if folder not in (OWN, BOOTSTRAP):
        return f"not in a folder of ours: {chdir}"
    if command not in _TERRAFORM_COMMANDS:
        return f"no command {command}"
    for index, word in enumerate(rest):
        name, _, value = word.partition("=")
        if name.startswith("-") and name not in _TERRAFORM_COMMANDS[command]:
            return f"{command} has no {name}"
        if name == "-var-file" and not _is_variable_file(folder / value):
            return f"no variable file {value}"
        if name == "-var" and rest[index + 1].partition("=")[0] not in variables(folder):
            return f"no variable {rest[index + 1]}"
        if word.startswith("module.") and (found := _address_problem(word)):
            return found
    if command == "output" and rest and rest[-1] not in _named("output", folder):
        return f"no output {rest[-1]}"
    return None


def _git_problem(arguments: Sequence[str]) -> str | None:
    command, *rest = arguments
    if command not in _GIT_COMMANDS:
        return f"no command git {command}"
    if unknown := _options(rest) - _GIT_COMMANDS[command]:
        return f"git {command} has no --{', --'.join(sorted(unknown))}"
    return None


def _dig_problem(arguments: Sequence[str]) -> str | None:
    options = [word for word in arguments if word.startswith("+")]
    if unknown := set(options) - {"+short", "+trace"}:
        return f"dig has no {', '.join(sorted(unknown))}"
    kind, *names = [word for word in arguments if word not in options]
    return None if kind == "NS" and len(names) == 1 else f"dig {' '.join(arguments)}"


def variables(folder: Path = OWN) -> set[str]:
    return _named("variable", folder)


def values_problem(path: Path, text: str) -> str | None:
    """What is wrong with a file of values that a guide writes into the environment. It is the bootstrap's as well."""
    names = set(re.findall(r"^(\w+) +=", text, re.MULTILINE))
    unknown = names - variables(OWN) - variables(BOOTSTRAP)
    if path.parent != OWN:
        return f"not in the environment: {path}"
    return f"no variable {', '.join(sorted(unknown))}" if unknown else None


def _named(kind: str, folder: Path) -> set[str]:
    text = (folder / f"{kind}s.tf").read_text()
    return set(re.findall(rf'^{kind} "(\w+)"', text, re.MULTILINE))


def _is_variable_file(path: Path) -> bool:
    # Runbooks write these themselves.
    return path.exists() or path.name in ("lever.tfvars", "production.auto.tfvars")


def _address_problem(address: str) -> str | None:
    """Whether `module.NAME` or `module.NAME.TYPE.NAME` exists in our Terraform."""
    _, module, *resource = address.split(".")
    folder = OWN.parent.parent / "modules" / module
    if not folder.is_dir():
        return f"no module {module}"
    text = "".join(path.read_text() for path in folder.glob("*.tf"))
    if resource and f'resource "{resource[0]}" "{resource[1]}"' not in text:
        return f"no resource {address}"
    return None

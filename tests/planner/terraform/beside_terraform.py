"""
Expressions evaluated by Terraform itself and by the product, side by side.

    python -m tests.planner.terraform.beside_terraform --count 20000 --seed 1

Every expression is an output of one directory, so that one plan answers for thousands. `terraform show -json` says of
each output what it is and what of it is unknown.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from glimpse.planner.terraform.numbers import text_of
from glimpse.planner.terraform.types import Type
from glimpse.planner.terraform.values import Null, Unknown, Value, type_of, unknowns_in
from tests.planner.terraform.generated_expressions import DEFINITIONS, Expression, expressions
from tests.planner.terraform.ours import outputs_of

TERRAFORM = os.environ.get("GLIMPSE_TERRAFORM") or shutil.which("terraform")
KEPT = Path(__file__).with_name("expressions.txt")
LINE_BREAK = "⏎"
"""Stands for a line break in the file of kept expressions, which has one expression on a line."""

BATCH = 1000
OUTPUTS_IN_A_FILE = 50
UNKNOWN_SOURCE = "terraform_data.u.id"
SAMPLES = ("x", "7", "true", "a,b", "", "alpha")
"""What the unknown is tried as, where the product knows a value and Terraform does not."""


class Number(str):
    """A number as its decimal text: no float ever stands between two sides that must agree to the last digit."""


class _Unknown:
    def __repr__(self) -> str:
        return "(known after apply)"


UNKNOWN_VALUE = _Unknown()
REFUSED_BY_TERRAFORM = "FAULT: Terraform refuses it"
REFUSED = "ERROR"
"""What a wrapped expression gives where Terraform refuses it."""


@dataclass(frozen=True)
class Planned:
    """What Terraform says of an output: plain JSON with Number and UNKNOWN_VALUE, and the type if all is known."""

    value: Any
    type: Any = None


@dataclass(frozen=True)
class Refused:
    """`syntax`: the file does not parse. Otherwise the expression was refused in the plan."""

    why: str
    syntax: bool = False


class TerraformFailed(Exception):
    """A plan failed and its diagnostics name none of the outputs: a panic, or a value that no plan can hold."""


# Terraform's side


def write(folder: Path, outputs: Mapping[str, Expression], definitions: str = DEFINITIONS, together: int = 1) -> None:
    """Write the outputs, so many in a file. One that may not parse should have a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text(definitions, encoding="utf-8")
    names = list(outputs)
    for first in range(0, len(names), together):
        text = "".join(_output(name, outputs[name]) for name in names[first : first + together])
        (folder / f"{names[first]}.tf").write_text(text, encoding="utf-8")


def _output(name: str, expression: Expression) -> str:
    value = f"{{ v = {expression.text}\n}}"
    if expression.wrapped:
        value = f'try({value}, "{REFUSED}")'
    return f'output "{name}" {{\n  value = {value}\n}}\n'


def theirs(
    folder: Path, outputs: Mapping[str, Expression], definitions: str = DEFINITIONS, together: int = OUTPUTS_IN_A_FILE
) -> dict[str, Planned | Refused]:
    """What Terraform says of every output. What it refuses is left out of the plan until the rest plans."""
    found: dict[str, Planned | Refused] = {}
    left = dict(outputs)
    while left:
        shutil.rmtree(folder, ignore_errors=True)
        write(folder, left, definitions, together)
        refused = _refused(folder, left, "init", "-backend=false") or _refused(
            folder, left, "plan", "-out=plan", "-lock=false", "-refresh=false"
        )
        if not refused:
            return {**found, **_planned(folder, left)}
        found |= refused
        left = {name: expression for name, expression in left.items() if name not in refused}
        if TerraformFailed.__name__ in refused:
            break
    if not left:
        return found
    del found[TerraformFailed.__name__]
    if len(left) == 1:
        return {**found, next(iter(left)): Refused("Terraform fails without a word")}
    names = list(left)
    for half in (names[: len(names) // 2], names[len(names) // 2 :]):
        found |= theirs(folder, {name: left[name] for name in half}, definitions, together)
    return found


def _refused(folder: Path, outputs: Mapping[str, Expression], *command: str) -> dict[str, Refused]:
    done = _run(folder, command[0], "-json", *command[1:])
    if done.returncode == 0:
        return {}
    found: dict[str, Refused] = {}
    for line in done.stdout.splitlines():
        diagnostic = json.loads(line).get("diagnostic") if line.startswith("{") else None
        if not diagnostic or diagnostic["severity"] != "error" or "range" not in diagnostic:
            continue
        path = folder / diagnostic["range"]["filename"]
        before = path.read_text(encoding="utf-8").splitlines()[: diagnostic["range"]["start"]["line"]]
        name = next((line.split('"')[1] for line in reversed(before) if line.startswith('output "')), None)
        if name in outputs:
            why = f"{diagnostic['summary']}: {diagnostic['detail']}"
            found.setdefault(name, Refused(" ".join(why.split()), syntax=command[0] == "init"))
    return found or {TerraformFailed.__name__: Refused(done.stdout[-2000:] + done.stderr[-2000:])}


def _planned(folder: Path, names: Mapping[str, Expression]) -> dict[str, Planned | Refused]:
    document = json.loads(_run(folder, "show", "-json", "plan").stdout, parse_int=Number, parse_float=Number)
    found: dict[str, Planned | Refused] = {}
    for name in names:
        change = document["output_changes"][name]
        value = merged(change.get("after"), change.get("after_unknown"))
        type_ = document["planned_values"]["outputs"].get(name, {}).get("type")
        if isinstance(value, dict):
            found[name] = Planned(value.get("v"), type_[1]["v"] if isinstance(type_, list) else None)
        else:
            found[name] = Refused("in try") if value == REFUSED else Planned(value)
    return found


def merged(after: Any, unknown: Any) -> Any:
    """A planned value with UNKNOWN_VALUE in the places that `after_unknown` marks."""
    if unknown is True:
        return UNKNOWN_VALUE
    if isinstance(unknown, dict):
        after = after or {}
        keys = [*after, *(key for key in unknown if key not in after)]
        return {key: merged(after.get(key), unknown.get(key)) for key in keys}
    if isinstance(unknown, list):
        after = after or []
        size = max(len(after), len(unknown))
        return [merged(_at(after, place), _at(unknown, place)) for place in range(size)]
    return after


def _at(items: list[Any], place: int) -> Any:
    return items[place] if place < len(items) else None


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert TERRAFORM
    return subprocess.run([TERRAFORM, *arguments], cwd=folder, env=environment(folder), capture_output=True, text=True)


@cache
def short_circuits() -> bool:
    """From 1.12 on an operand of && and || that does not decide may fail, unless no bool can be made of it."""
    assert TERRAFORM
    shown = subprocess.run([TERRAFORM, "version", "-json"], env=environment(Path()), capture_output=True, check=True)
    major, minor, *_ = json.loads(shown.stdout)["terraform_version"].split(".")
    return (int(major), int(minor)) >= (1, 12)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """No variables and no settings of whoever runs this."""
    quiet = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TF_CLI_CONFIG_FILE": os.devnull, **quiet, **more}


# The product's side


def ours(folder: Path) -> dict[str, Value]:
    """What the product says of every output of a directory."""
    return outputs_of(folder)


@dataclass(frozen=True)
class Crash:
    """The product failed with an exception that is none of its own."""

    error: str


def ours_of(folder: Path, outputs: Mapping[str, Expression]) -> dict[str, Value | Crash]:
    """What the product says of these outputs. One that makes it fail does not take the others with it."""
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, outputs)
    try:
        return ours(folder)
    except Exception as error:  # any: no expression may end a reading
        if len(outputs) == 1:
            return dict.fromkeys(outputs, Crash(f"{type(error).__name__}: {error}"))
    names = list(outputs)
    halves = (names[: len(names) // 2], names[len(names) // 2 :])
    first, second = (ours_of(folder, {name: outputs[name] for name in half}) for half in halves)
    return {**first, **second}


# Both sides


@dataclass(frozen=True)
class Difference:
    """`kind` is value, less known, more known or type; `path` is the place inside the value."""

    kind: str
    path: str
    sentence: str


def compare(planned: Any, value: Value) -> str | None:
    """
    None where the product's value is Terraform's, else a sentence.

    Being less known than Terraform is allowed, and so is null for what Terraform will know later.
    """
    return next((each.sentence for each in differences(planned, value) if each.kind != "less known"), None)


def differences(planned: Any, value: Value, path: str = "it") -> Iterator[Difference]:
    """Where the two sides differ, at any depth."""
    kind = type(value)
    if planned is UNKNOWN_VALUE:
        if kind not in (Unknown, Null):
            yield Difference("more known", path, f"Terraform does not know what {path} is, the product {told(value)}")
        return
    if kind is Unknown:
        yield Difference("less known", path, f"Terraform says of {path} {json.dumps(planned, default=repr)}")
        return
    if isinstance(planned, Number):
        same = kind is not bool and not isinstance(value, str | tuple | dict | Null)
        same = same and text_of(value) == (planned if planned != "-0" else "0")
    elif isinstance(planned, list):
        same = isinstance(value, tuple) and len(value) == len(planned)
        if same:
            for place, (one, other) in enumerate(zip(planned, value, strict=True)):
                yield from differences(one, other, f"{path}[{place}]")
    elif isinstance(planned, dict):
        same = isinstance(value, dict) and value.keys() == planned.keys()
        if same:
            for name, one in planned.items():
                yield from differences(one, value[name], f"{path}.{name}")
    elif planned is None:
        same = kind is Null
    else:
        same = kind is type(planned) and value == planned
    if not same:
        yield Difference(
            "value", path, f"Terraform says of {path} {json.dumps(planned, default=repr)}, the product {told(value)}"
        )


def told(value: Value) -> str:
    """A value of the product's for a sentence."""
    text = repr(value)
    return text if len(text) < 300 else f"{text[:300]}…"


def type_document(type_: Type) -> Any:
    """A type as `terraform show -json` writes it."""
    if type_.kind == "any":
        return "dynamic"
    if type_.element:
        return [type_.kind, type_document(type_.element)]
    if type_.kind == "tuple":
        return ["tuple", [type_document(each) for each in type_.elements]]
    if type_.kind == "object":
        return ["object", {name: type_document(each) for name, each in type_.attributes.items()}]
    return type_.kind


@dataclass(frozen=True)
class ExpressionResult:
    """An expression with what both sides make of it."""

    expression: Expression
    theirs: Planned | Refused
    ours: Value | Crash | None
    also: tuple[Planned | Refused, ...] = ()
    """What Terraform says where the unknown is each of the samples; asked only where the product knows more."""

    @property
    def verdict(self) -> str:
        """What the two sides amount to; FAULT is the only one that must not be."""
        if isinstance(self.ours, Crash):
            return "FAULT: the product fails"
        if isinstance(self.theirs, Refused):
            return self._of_refused()
        if self.ours is None:
            return "FAULT: the product says nothing"
        if self.ours == REFUSED:
            return "FAULT: the product refuses it"
        value = self.ours["v"] if isinstance(self.ours, dict) else self.ours
        kinds = {each.kind for each in differences(self.theirs.value, value)}
        if "value" in kinds:
            return "FAULT: another value"
        if "more known" in kinds:
            return self._of_more_known(value)
        if "less known" in kinds:
            return "less known"
        if self.theirs.type is not None and type_document(type_of(value)) != self.theirs.type:
            return "another type"
        return "agreed"

    @property
    def needs_no_try(self) -> bool:
        """Whether more is to be learned without `try`: it hides why, and what is known beside an unknown."""
        hidden = isinstance(self.theirs, Planned) and self.theirs.value is UNKNOWN_VALUE
        return self.expression.wrapped and (hidden or self.verdict == REFUSED_BY_TERRAFORM)

    def _of_refused(self) -> str:
        assert isinstance(self.theirs, Refused)
        if self.ours is None or self.ours == REFUSED or isinstance(self.ours, Unknown):
            return "less known" if isinstance(self.ours, Unknown) and self.expression.wrapped else "refused by both"
        if self.theirs.syntax:
            return "read, though Terraform cannot parse it"
        if not self.expression.wrapped:
            return "accepted, though Terraform refuses it"
        if any(unknowns_in(self.ours)):
            return "less known"
        if re.search(r"&&|\|\|", self.expression.text) and "bool" not in self.theirs.why and not short_circuits():
            return "known by a short circuit, which this Terraform has not"
        return REFUSED_BY_TERRAFORM

    def _of_more_known(self, value: Value) -> str:
        accepted = [each.value for each in self.also if isinstance(each, Planned)]
        if any(compare(each, value) for each in accepted):
            return "FAULT: known, and other values are possible"
        return "known, and so for every value tried" if accepted else "FAULT: known, and Terraform accepts no sample"

    @property
    def sentence(self) -> str:
        said = (
            self.theirs.why
            if isinstance(self.theirs, Refused)
            else json.dumps(self.theirs.value, default=repr, ensure_ascii=False)
        )
        value = self.ours["v"] if isinstance(self.ours, dict) and "v" in self.ours else self.ours
        types = (
            f"\n  types      {json.dumps(self.theirs.type)} {json.dumps(type_document(type_of(value)))}"
            if self.verdict == "another type"
            else ""
        )
        return f"{self.verdict}\n  {self.expression.text}\n  Terraform  {said}\n  product    {told(value)}{types}"


def results_of(folder: Path, given: Sequence[Expression], together: int = OUTPUTS_IN_A_FILE) -> list[ExpressionResult]:
    """Both sides on every expression."""
    outputs = {f"e{place}": expression for place, expression in enumerate(given)}
    said = theirs(folder / "terraform", outputs, together=together)
    values = ours_of(folder / "product", outputs)
    found = {name: ExpressionResult(expression, said[name], values.get(name)) for name, expression in outputs.items()}
    bare = {name: replace(outputs[name], wrapped=False) for name, answer in found.items() if answer.needs_no_try}
    for name, said_bare in theirs(folder / "bare", bare).items():
        found[name] = replace(found[name], theirs=said_bare)
    doubted = {name: answer for name, answer in found.items() if answer.verdict.startswith("FAULT: known")}
    if doubted:
        tried = [
            _with_sample(folder / "samples", {name: outputs[name] for name in doubted}, sample) for sample in SAMPLES
        ]
        for name, answer in doubted.items():
            found[name] = replace(answer, also=tuple(each[name] for each in tried))
    return list(found.values())


def _with_sample(folder: Path, outputs: Mapping[str, Expression], sample: str) -> dict[str, Planned | Refused]:
    """What Terraform says where its unknown is this text."""
    safe = re.sub(rf"(tonumber|jsondecode)\({UNKNOWN_SOURCE}\)", rf"try(\1({UNKNOWN_SOURCE}), 7)", DEFINITIONS)
    definitions = safe.replace(UNKNOWN_SOURCE, "local.sample") + f"locals {{\n  sample = {json.dumps(sample)}\n}}\n"
    known = {
        name: Expression(expression.text.replace(UNKNOWN_SOURCE, "local.sample"), wrapped=True)
        for name, expression in outputs.items()
    }
    return theirs(folder, known, definitions)


def kept() -> list[Expression]:
    """The expressions in the file of cases."""
    lines = KEPT.read_text(encoding="utf-8").splitlines()
    texts = [line.replace(LINE_BREAK, "\n") for line in lines if line.strip() and not line.startswith("#")]
    return [Expression(text, wrapped=not re.search(r"terraform_data\.|local\.u_", text)) for text in texts]


def kind_of(text: str) -> str:
    """The form of an expression as its beginning tells it, for counting: a function's name, for, template …"""
    match = re.match(r"[a-z]\w*(?=\()|\[for|\{ for|\"|<<", text)
    if " ? " in text and not match:
        return "conditional"
    return (
        {"[for": "for", "{ for": "for", '"': "template", "<<": "template"}.get(match[0], match[0]) if match else "other"
    )


@dataclass
class Tally:
    """Counts of verdicts, and what is worth a look."""

    counts: Counter[str] = field(default_factory=Counter)
    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[ExpressionResult] = field(default_factory=list)
    shown: list[ExpressionResult] = field(default_factory=list)

    def add(self, answer: ExpressionResult, show: Sequence[str]) -> None:
        self.counts[answer.verdict] += 1
        self.kinds.setdefault(answer.verdict, Counter())[kind_of(answer.expression.text)] += 1
        if answer.verdict.startswith("FAULT"):
            self.faults.append(answer)
        elif answer.verdict in show:
            self.shown.append(answer)


def main() -> None:
    parser = argparse.ArgumentParser(description="Generated expressions, beside Terraform itself.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kept", action="store_true", help="the kept expressions instead of generated ones")
    parser.add_argument(
        "--show", action="append", default=[], help="also print what has this verdict, such as 'less known'"
    )
    parser.add_argument("--without", help="leave out expressions that match this pattern")
    parser.add_argument("--most", type=int, default=40, help="how many faults to print, the shortest first")
    options = parser.parse_args()
    if not TERRAFORM:
        sys.exit("NOT RUN: terraform is not installed")
    given = kept() if options.kept else expressions(options.seed, options.count)
    if options.without:
        given = [expression for expression in given if not re.search(options.without, expression.text)]
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, len(given), BATCH):
            batch = given[first : first + BATCH]
            for answer in results_of(Path(folder), batch, together=1 if options.kept else OUTPUTS_IN_A_FILE):
                tally.add(answer, options.show)
    for answer in [
        *sorted(tally.faults, key=_length)[: options.most],
        *sorted(tally.shown, key=_length)[: options.most],
    ]:
        print(answer.sentence, end="\n\n")
    for verdict, count in tally.counts.most_common():
        kinds = ", ".join(f"{kind} {many}" for kind, many in tally.kinds[verdict].most_common(8))
        print(f"{count:7} {verdict}" + (f" ({kinds})" if verdict not in ("agreed", "refused by both") else ""))
    sys.exit(1 if tally.faults else 0)


def _length(answer: ExpressionResult) -> int:
    return len(answer.expression.text)


if __name__ == "__main__":
    main()

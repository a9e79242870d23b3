"""
Small trees of Terraform's files, made from a seed, and what Terraform and the product read in them.

    python -m tests.planner.terraform.generated_trees --count 1000 --seed 1

Everything that decides how many instances there are is known, and no expression fails: a tree is one that
`terraform plan` accepts. Names are chosen so that their order tells nothing about what depends on what.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from glimpse.planner.outside.terraform_files.directory import Directory
from glimpse.planner.terraform.modules import UncountedResources
from glimpse.planner.terraform.numbers import text_of
from glimpse.planner.terraform.values import Null, Unknown, is_known
from glimpse.planner.terraform.worlds import World
from tests.planner.terraform.beside_terraform import UNKNOWN_VALUE, Number, compare, environment, merged, told
from tests.planner.terraform.generated_expressions import Generator, grammar
from tests.planner.terraform.ours import instances_of

REPOSITORY = Path(__file__).resolve().parents[3]
STAND_IN = REPOSITORY.parent / "shared" / "tools" / "terraform-offline" / "terraform-offline"
TERRAFORM = shutil.which("terraform") if STAND_IN.exists() else None
NOT_RUN = "NOT RUN: terraform or its stand-in provider is not here"

ALONE_SHARE = 0.1
"""How many trees have files of values. Each needs a plan of its own; the others are modules of one plan."""

SAFE = grammar(
    r"""
string:
    "${{string}}-{word}" ¦ "${{string}}-${{number}}" ¦ upper({string}) ¦ lower({string}) ¦
    {bool.} ? {string} : {string} ¦ {bool.} ? {string} : {bool.} ? {string} : {string} ¦
    format("%s-%03d", {string}, {number}) ¦ join("-", {strings}) ¦ try({settings!}.nope, {string}) ¦
    coalesce(null, {string}, "y") ¦ coalesce({string}, "x") ¦ lookup({string_map}, "zz", {string}) ¦
    lookup({string_map}, "a", {string}) ¦ element(concat({strings}, ["z"]), {small}) ¦
    replace({string}, "-", "_") ¦ substr({string}, 0, 3) ¦ try({string_map!}["a"], {string}) ¦
    try({items!}[0].name, {string}) ¦ one([{string}]) ¦ split("-", {string})[0] ¦ {settings!}.disk.type ¦
    coalesce({maybe}, {word_text}) ¦ {maybe.} == null ? {string} : {string} ¦
    "%{ if {bool} }{word}%{ else }${{string}}%{ endif }" ¦
    "%{ for @x in {strings} {+x:string}}${@x},%{ endfor }" ¦ {item!}.name ¦ tostring({number}) ¦
    try({settings!}.names[0], {string})
number:
    {number.} + 1 ¦ {number.} * 2 ¦ max({number}, {number}) ¦ min({number}, {number}) ¦
    {bool.} ? {number} : {number} ¦ length({strings}) ¦ length({string_map}) ¦ length({items}) ¦
    sum(concat([1], {items!}[*].size)) ¦ ceil({number.} / 3) ¦ {settings!}.disk.size ¦
    try({items!}[0].size, {number}) ¦ abs({number.} - {number.}) ¦ parseint("1{digit}", 10) ¦ {number.} % 5 ¦
    {item!}.size ¦ {bool.} ? {number} : {bool.} ? {number} : {number} ¦ tonumber("{digit}0") ¦ length({laters}) ¦
    try(tonumber({word_text}), {number}) ¦ max(0, [for @x in {items} {+x:item}: @x.size]...) == 0 ? 1 : 2
bool:
    !({bool}) ¦ {number.} > {number.} ¦ {string.} == {string.} ¦ {string.} != "" ¦ contains({strings}, {string}) ¦
    {bool.} && {bool.} ¦ {bool.} || {bool.} ¦ length({strings}) > 1 ¦ anytrue([{bool}, {bool}]) ¦
    alltrue({items!}[*].on) ¦ {settings!}.on ¦ can({settings!}.nope) ¦ startswith({string}, "p") ¦
    {bool.} ? {bool} : {bool} ¦ tobool("true") ¦ {maybe.} != null ¦ {item!}.on ¦
    contains(keys({item_map}), {word_text}) ¦ {number.} >= 2 && {bool.} || {bool.}
strings:
    concat({strings}, {strings}) ¦ [for @x in {strings} {+x:string}: "${@x}-{word}"] ¦ distinct({strings}) ¦
    compact({strings}) ¦ keys({string_map}) ¦ values({string_map}) ¦ {bool.} ? {strings} : [] ¦
    [{string}, {string}] ¦ {items!}[*].name ¦ [for @x in {items} {+x:item}: @x.name if @x.on] ¦ sort({strings}) ¦
    tolist({string_set}) ¦ flatten([{strings}, [{string}]]) ¦
    [for @k, @v in {string_map} {+k:string}{+v:string}: "${@k}=${@v}"] ¦ formatlist("%s-x", {strings}) ¦
    reverse({strings}) ¦ [for @x in range({count}) {+x:number}: "n${@x}"] ¦ keys({item_map}) ¦
    values({item_map})[*].name ¦ {settings!}.names ¦ slice(concat({strings}, ["z"]), 0, 1) ¦
    [for @x in {string_set} {+x:string}: @x]
string_set:
    toset({strings}) ¦ toset({bool.} ? {strings} : []) ¦ setunion({string_set}, {strings}) ¦
    setsubtract({string_set}, ["a"]) ¦ toset(keys({item_map})) ¦ toset([for @x in {items} {+x:item}: @x.name]) ¦
    toset([{string}])
string_map:
    { a = {string}, {word} = {string} } ¦ merge({string_map}, {string_map}) ¦
    { for @x in distinct({strings}) {+x:string}: @x => {string} } ¦ {bool.} ? {string_map} : {} ¦
    { for @k, @v in {string_map} {+k:string}{+v:string}: @k => upper(@v) if @v != "" } ¦ tomap({string_map}) ¦
    zipmap(["a", "b"], [{string}, {string}]) ¦ { for @x in {string_set} {+x:string}: @x => "v" } ¦
    { for @k, @v in {item_map} {+k:string}{+v:item}: @k => @v.name } ¦ { "${{string}}" = {string} } ¦
    { ({string}) = {string} }
items:
    [{ name = {string}, size = {number}, on = {bool} }, { name = {string}, size = {number}, on = {bool} }] ¦
    concat({items}, {items}) ¦ [for @x in {items} {+x:item}: @x if @x.on] ¦ values({item_map}) ¦
    {bool.} ? {items} : [] ¦
    [for @i, @x in {strings} {+i:number}{+x:string}: { name = @x, size = @i, on = {bool} }] ¦ tolist({items}) ¦
    [for @x in {items} {+x:item}: merge(@x, { size = @x.size * 2 })] ¦
    [for @k, @v in {item_map} {+k:string}{+v:item}: merge(@v, { name = @k })]
item_map:
    { a = { name = {string}, size = {number}, on = {bool} } } ¦
    { for @i, @x in {items} {+i:number}{+x:item}: "i${@i}" => @x } ¦ merge({item_map}, {item_map}) ¦
    { for @k, @v in {item_map} {+k:string}{+v:item}: @k => @v if @v.on } ¦ {bool.} ? {item_map} : {} ¦
    { for @x in distinct({strings}) {+x:string}: @x => { name = @x, size = {number}, on = {bool} } }
count:
    max(0, min({number}, 3)) ¦ {bool.} ? 1 : 0 ¦ {bool.} ? {small} : 0 ¦
    length(slice(concat({strings}, ["a", "b"]), 0, 2)) ¦ {small} ¦ {bool.} ? 2 : {bool.} ? 1 : 0 ¦
    length({laters}) > 1 ? 1 : 2 ¦ {maybe.} == null ? 0 : 1
later:
    "${{later}}-x" ¦ {bool.} ? {later} : {string} ¦ upper({later}) ¦ {laters!}[0] ¦ coalesce({later}, "x")
laters:
    [{later}, {string}] ¦ [{later}] ¦ concat({laters}, {strings}) ¦ [for @x in {laters} {+x:later}: @x]
later_number:
    length({later}) > 3 ? {number} : {number} ¦ length({later}) ¦ {number.} + length({later})
later_bool:
    {later.} == {string.} ¦ length({later}) > {number.}
"""
)

PLAIN = grammar(
    r"""
string:
    "prod" ¦ "gp3" ¦ "a" ¦ "web" ¦ "b-1" ¦ ""
word:
    a ¦ b ¦ prod ¦ x1 ¦ c
word_text:
    "a" ¦ "b" ¦ "prod"
number:
    0 ¦ 1 ¦ 2 ¦ 3 ¦ 10 ¦ 20 ¦ 100
digit:
    1 ¦ 2 ¦ 7
small:
    0 ¦ 1 ¦ 2 ¦ 3
bool:
    true ¦ false
strings:
    ["a", "b"] ¦ ["c"] ¦ [] ¦ ["b", "a", "prod"] ¦ tolist(["a"])
string_set:
    toset(["a", "b"]) ¦ toset([]) ¦ toset(["prod", "a"])
string_map:
    { a = "x", b = "y" } ¦ {} ¦ { prod = "z" } ¦ tomap({ b = "w" })
items:
    [{ name = "one", size = 10, on = true }, { name = "two", size = 20, on = false }] ¦
    [{ name = "a", size = 5, on = true }] ¦ []
item_map:
    { b = { name = "one", size = 10, on = true }, a = { name = "two", size = 20, on = false } } ¦ {}
item:
    { name = "a", size = 7, on = false }
settings:
    { on = true, names = ["n"], disk = { type = "st1", size = 50 } }
maybe:
    null ¦ "set"
later:
    "soon"
laters:
    ["soon", "sooner"]
"""
)

RESOURCES = """
aws_nat_gateway: allocation_id=later subnet_id=later connectivity_type=string
aws_eip: domain=string instance=later
aws_instance: ami=string instance_type=string ebs_optimized=bool subnet_id=later monitoring=bool
    root_block_device: volume_type=string volume_size=number encrypted=bool
    ebs_block_device*: device_name=string! volume_size=number volume_type=string iops=number
aws_ebs_volume: availability_zone=string! size=number type=string iops=number encrypted=bool
aws_db_instance: instance_class=string! allocated_storage=number engine=string multi_az=bool storage_type=string iops=number
aws_ecs_cluster: name=string!
    setting*: name=string! value=string!
aws_ecs_task_definition: family=string! cpu=string memory=number_text container_definitions=string! requires_compatibilities=strings
    runtime_platform: cpu_architecture=string operating_system_family=string
    ephemeral_storage: size_in_gib=number!
aws_ecs_service: name=string! desired_count=number task_definition=later launch_type=string
    capacity_provider_strategy*: capacity_provider=string! weight=number base=number
    network_configuration: subnets=laters! assign_public_ip=bool
aws_lb: name=string load_balancer_type=string internal=bool subnets=laters idle_timeout=number
    subnet_mapping*: subnet_id=later! allocation_id=later
    access_logs: bucket=string! enabled=bool
aws_subnet: vpc_id=string! cidr_block=string availability_zone=string tags=string_map
aws_cloudwatch_log_group: name=string retention_in_days=number log_group_class=string tags=string_map
aws_ssm_parameter: name=string! type=string! value=string tier=string
aws_vpc_endpoint: vpc_id=later! service_name=string vpc_endpoint_type=string subnet_ids=laters private_dns_enabled=bool
"""
"""Arguments by kind (! is required), with the blocks that each resource takes (* is several of them)."""


@dataclass(frozen=True)
class Body:
    """What may stand in a resource or a block."""

    name: str
    many: bool
    arguments: Mapping[str, str]
    required: frozenset[str]
    blocks: list[Body] = field(default_factory=list)


def _bodies(text: str) -> list[Body]:
    found: list[Body] = []
    for line in text.strip().splitlines():
        name, _, rest = line.strip().partition(":")
        pairs = dict(each.split("=") for each in rest.split())
        required = frozenset(argument for argument, kind in pairs.items() if kind.endswith("!"))
        body = Body(name.strip("*"), "*" in name, {each: kind.strip("!") for each, kind in pairs.items()}, required)
        (found[-1].blocks if line.startswith(" ") else found).append(body)
    return found


BODIES = _bodies(RESOURCES)

VARIABLE_TYPES = grammar(
    """
string:
    string ¦ untyped ¦ any
number:
    number ¦ number ¦ untyped
bool:
    bool ¦ untyped
strings:
    list(string) ¦ list(string) ¦ untyped ¦ list(any)
string_set:
    set(string)
string_map:
    map(string) ¦ map(string) ¦ map(any)
items:
    list(object({ name = string, size = number, on = bool })) ¦
    list(object({ name = string, size = optional(number, 8), on = optional(bool, true) }))
item_map:
    map(object({ name = string, size = number, on = bool })) ¦
    map(object({ name = optional(string, "unnamed"), size = optional(number, 8), on = optional(bool) }))
settings:
    object({ on = optional(bool, true), names = optional(list(string), ["first"]), extra = optional(string),
    disk = optional(object({ type = optional(string, "gp3"), size = optional(number, 30) }), {}) })
maybe:
    string
later:
    string
laters:
    list(string)
"""
)

LOOSE = grammar(
    """
string:
    "prod" ¦ "web" ¦ 7 ¦ true
number:
    3 ¦ "12" ¦ 40
bool:
    true ¦ false ¦ "true"
strings:
    ["a", "b"] ¦ [] ¦ ["1", 2] ¦ ["c", "c"]
string_set:
    ["b", "a", "b"] ¦ [] ¦ ["prod"]
string_map:
    { a = "x" } ¦ {} ¦ { a = 1, b = "2" }
items:
    [{ name = "one", size = "10", on = true }] ¦ [] ¦
    [{ name = "b", size = 4, on = "false" }, { name = "c", size = 5, on = true }]
item_map:
    { z = { name = "one", size = 10, on = true }, y = { name = "two", size = 1, on = false } } ¦ {}
settings:
    {} ¦ { on = false } ¦ { names = ["x", "y"], disk = { size = 77 } } ¦ { disk = { type = "io2" }, extra = "e" } ¦
    { disk = null, on = null }
maybe:
    null ¦ "set"
later:
    "early"
laters:
    ["early"]
"""
)
"""What may be given to a variable of a kind: its type converts and completes it."""

OUTPUT_KINDS = "string number bool strings string_set string_map items item_map later laters".split()

NAMES = "alpha beta core data edge front grid hub ingress jobs keys log main net ops pool queue relay site task users vault web xray yard zone".split()


@dataclass(frozen=True)
class Tree:
    """`alone`: it has files of values, which only a root may have."""

    files: Mapping[str, str]
    alone: bool

    def write(self, folder: Path) -> None:
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


Extra = Mapping[str, Sequence[str]]
"""What may be referred to in one block only, by kind."""


class _Expressions(Generator):
    """Expressions that cannot fail, of what a module may refer to."""

    productions = SAFE
    literals = PLAIN
    wrong_kind = 0.0
    bare_conditional = 0.0

    def __init__(self, chance: random.Random) -> None:
        super().__init__(chance)
        self.known: dict[str, list[str]] = {}

    def of(self, kind: str, depth: int = 2, **extra: Sequence[str]) -> str:
        """An expression of a kind; `extra` may be referred to here only, such as `each.value`."""
        self._scope = [(name, of) for of, names in extra.items() for name in names]
        return self._of(kind, self._random.randint(0, depth)).replace("\n", " ")

    def _leaves(self, kind: str) -> list[str]:
        known = self.known.get(kind, [])
        if known and self._random.random() < 0.75:
            return known
        return list(self.literals[kind])


@dataclass
class _Written:
    """A folder of a module that others may call."""

    folder: str
    variables: list[tuple[str, str, bool, bool]]
    """Name, kind, whether it has a default, whether null is taken for it."""
    outputs: list[tuple[str, str]]


@dataclass
class _Trees:
    chance: random.Random
    files: dict[str, str] = field(default_factory=dict)
    written: list[_Written] = field(default_factory=list)
    places: int = 0

    def tree(self) -> Tree:
        alone = self.chance.random() < ALONE_SHARE
        self._module("", self.chance.choice((0, 1, 1, 2)), alone)
        return Tree(dict(self.files), alone)

    def _module(self, folder: str, deeper: int, alone: bool = False) -> _Written:
        """Write a module and those that it calls, into their folders."""
        one = _Module(self.chance, folder)
        variables = [one.variable(root=not folder, alone=alone) for _ in range(self.chance.randint(1, 5))]
        steps = ["local"] * self.chance.randint(1, 5) + ["resource"] * self.chance.randint(1, 4)
        steps += ["module"] * (self.chance.randint(1, 2) if deeper else 0)
        self.chance.shuffle(steps)
        for step in steps:
            if step == "local":
                one.local()
            elif step == "resource":
                one.resource()
            else:
                one.call(self._callable(folder, deeper))
        outputs = [one.output() for _ in range(self.chance.randint(1, 4))]
        if alone and not folder:
            one.values(self.files)
        one.write(self.files)
        return _Written(folder, variables, outputs)

    def _callable(self, folder: str, deeper: int) -> _Written:
        if self.written and self.chance.random() < 0.3:
            return self.chance.choice(self.written)
        self.places += 1
        within = folder if folder and self.chance.random() < 0.5 else "modules"
        place = f"{within}/{self.chance.choice(NAMES)}-{self.places}"
        made = self._module(place, deeper - 1)
        self.written.append(made)
        return made


class _Module:
    """One module while it is written."""

    def __init__(self, chance: random.Random, folder: str) -> None:
        self.chance = chance
        self.folder = folder
        self.make = _Expressions(chance)
        self.blocks: list[str] = []
        self.overrides: list[str] = []
        self.given: list[tuple[str, str]] = []
        """Root variables that files of values give, with their kinds."""
        self._free = list(NAMES)
        chance.shuffle(self._free)

    def _name(self) -> str:
        return self._free.pop() if self._free else f"more{self.chance.randint(0, 10**6)}"

    def _knows(self, kind: str, text: str) -> None:
        self.make.known.setdefault(kind, []).append(text)

    def variable(self, root: bool, alone: bool) -> tuple[str, str, bool, bool]:
        kind = self.chance.choice(tuple(VARIABLE_TYPES))
        if root and kind in ("later", "laters"):
            kind = "string"
        name = self._name()
        type_ = self.chance.choice(VARIABLE_TYPES[kind])
        if type_ in ("untyped", "any") and kind in ("string", "number", "bool"):
            default = self.chance.choice(PLAIN[kind])
        elif type_ in ("untyped", "list(any)"):
            default = '["a", "b"]'
        else:
            default = self.chance.choice(LOOSE[kind])
        must = type_ not in ("untyped", "any") and alone if root else True
        without = kind != "maybe" and must and self.chance.random() < 0.4
        refuses_null = kind != "maybe" and not without and self.chance.random() < 0.25
        lines = [f"  type = {type_}"] if type_ != "untyped" else []
        lines += [] if without else [f"  default = {default}"]
        lines += ["  nullable = false"] if refuses_null else []
        lines += ['  description = "a $${thing}"'] if self.chance.random() < 0.1 else []
        self.blocks.append(_block(f'variable "{name}"', lines))
        if alone and (without or (type_ not in ("untyped", "any") and self.chance.random() < 0.5)):
            self.given.append((name, kind))
        if not without and type_ != "untyped" and self.chance.random() < 0.08:
            self.overrides.append(_block(f'variable "{name}"', [f"  default = {self.chance.choice(LOOSE[kind])}"]))
        self._knows(kind, f"var.{name}")
        if "optional(bool)" in type_:
            # Its `on` may be null, which no operator takes.
            self.make.known[kind].pop()
            self._knows("item_map", f"{{ for k, v in var.{name} : k => merge(v, {{ on = v.on == null }}) }}")
        return name, kind, not without, refuses_null or kind == "maybe"

    def local(self) -> None:
        kind = self.chance.choice(
            ("string", "number", "bool", "strings", "string_set", "string_map", "items", "item_map", "later", "laters")
        )
        name = self._name()
        value = self.make.of(kind, 3)
        if self.chance.random() < 0.1 and "\n" not in value:
            document = {"locals": {name: "${" + value + "}"}}
            self.blocks.append(f"json {json.dumps(document)}")
        else:
            self.blocks.append(_block("locals", [f"  {name} = {value}"]))
        if self.chance.random() < 0.06 and kind not in ("later", "laters"):
            self.overrides.append(_block("locals", [f"  {name} = {self.chance.choice(PLAIN[kind])}"]))
        self._knows(kind, f"local.{name}")

    def _repetition(self) -> tuple[list[str], Extra, str]:
        """Its line, what may be referred to inside, and which kind it is."""
        chosen = self.chance.choice(("", "", "count", "for_each", "for_each"))
        if chosen == "count":
            return (
                [f"  count = {self.make.of('count')}"],
                {"number": ["count.index"], "string": ['"n${count.index}"']},
                chosen,
            )
        if chosen == "for_each":
            over = self.chance.choice(("string_set", "string_map", "item_map"))
            value = {"string_set": "string", "string_map": "string", "item_map": "item"}[over]
            extra = {"string": ["each.key"], value: ["each.value"]}
            if value == "string":
                extra = {"string": ["each.key", "each.value"]}
            return [f"  for_each = {self.make.of(over, 3)}"], extra, chosen
        return [], {}, ""

    def resource(self) -> None:
        body = self.chance.choice(BODIES)
        name = self._name()
        lines, extra, repeated = self._repetition()
        known: dict[str, str] = {}
        for argument, kind in body.arguments.items():
            required = argument in body.required
            if not required and self.chance.random() < 0.35:
                continue
            text, certain = self._argument(kind, extra, required)
            lines.append(f"  {argument} = {text}")
            if certain:
                known[argument] = kind
        for block in body.blocks:
            lines += self._blocks(block, extra)
        head = f'resource "{body.name}" "{name}"'
        self.chance.shuffle(lines)
        self.blocks.append(_block(head, lines))
        self._override(head, known, body.blocks)
        self._refer(f"{body.name}.{name}", known, repeated)

    def _argument(self, kind: str, extra: Extra, required: bool) -> tuple[str, bool]:
        """An expression, and whether its value is known and not null."""
        if kind == "number_text":
            return f"tostring({self.make.of('number', **extra)})", False
        chance = self.chance.random()
        if kind in ("number", "bool") and chance < 0.08:
            return self.make.of(f"later_{kind}", **extra), False
        if kind == "string" and chance < 0.08:
            return self.make.of("later", **extra), False
        if kind in ("number", "bool", "string") and chance < 0.2 and not required:
            either = self.chance.choice(
                ("null", "null", "{condition} ? {value} : null", "{condition} ? null : {value}")
            )
            condition = f"({self.make.of('bool', **extra)})"
            return either.replace("{condition}", condition).replace("{value}", self.make.of(kind, **extra)), False
        if kind == "string" and chance < 0.25:
            return f"<<-EOT\n    ${{{self.make.of('string', 1, **extra)}}} text\n      more\n    EOT", False
        return self.make.of(kind, **extra), kind in ("number", "bool", "string")

    def _blocks(self, block: Body, extra: Extra) -> list[str]:
        """Static and dynamic blocks of one type, in any order: a text of several lines, which stay together."""
        found = []
        for _ in range(self.chance.choice((0, 1, 2, 3)) if block.many else self.chance.choice((0, 1))):
            if self.chance.random() < 0.5:
                found.append(f"  {block.name} {{\n{self._content(block, extra)}\n  }}")
            else:
                found.append(self._dynamic(block, extra))
        return ["\n".join(found)] if found else []

    def _dynamic(self, block: Body, extra: Extra) -> str:
        iterator = self.chance.choice((block.name, block.name, "it", "each_one"))
        if block.many:
            over = self.chance.choice(("items", "item_map", "strings", "string_set"))
            each = self.make.of(over, **extra)
        else:
            over = "one"
            each = f"({self.make.of('bool', **extra)}) ? [{self.make.of('string', **extra)}] : []"
        value = "item" if over in ("items", "item_map") else "string"
        bound = {**extra, value: [*extra.get(value, ()), f"{iterator}.value", f"{iterator}.value"]}
        if over in ("item_map", "string_set"):
            bound["string"] = [*bound.get("string", ()), f"{iterator}.key"]
        named = "" if iterator == block.name else f"    iterator = {iterator}\n"
        content = f"    content {{\n{self._content(block, bound)}\n    }}\n"
        return f'  dynamic "{block.name}" {{\n    for_each = {each}\n{named}{content}  }}'

    def _content(self, block: Body, extra: Extra) -> str:
        lines = []
        for argument, kind in block.arguments.items():
            if argument in block.required or self.chance.random() < 0.75:
                lines.append(f"      {argument} = {self._argument(kind, extra, argument in block.required)[0]}")
        return "\n".join(lines)

    def _override(self, head: str, known: Mapping[str, str], blocks: Sequence[Body]) -> None:
        """An override of literals: what refers to the resource must not become what it refers to."""
        if self.chance.random() > 0.12:
            return
        lines = [
            f"  {argument} = {self.chance.choice(PLAIN[kind])}"
            for argument, kind in known.items()
            if self.chance.random() < 0.4
        ]
        for block in blocks:
            if self.chance.random() < 0.5:
                content = "".join(
                    f"    {argument} = {self.chance.choice(PLAIN[kind])}\n"
                    for argument, kind in block.arguments.items()
                )
                lines.append(f"  {block.name} {{\n{content}  }}")
        self.overrides.append(_block(head, lines))

    def _refer(self, address: str, known: Mapping[str, str], repeated: str) -> None:
        """Let later expressions refer to the resource."""
        if not repeated:
            self._knows("later", f"{address}.id")
            for argument, kind in known.items():
                self._knows(kind, f"{address}.{argument}")
            return
        every = f"{address}[*]" if repeated == "count" else f"values({address})[*]"
        self._knows("laters", f'concat({every}.id, ["last"])')
        self._knows("number", f"length({address})")
        for argument, kind in known.items():
            if kind == "string":
                self._knows("strings", f"{every}.{argument}")
                if repeated == "for_each":
                    self._knows("string_map", f"{{ for k, v in {address} : k => v.{argument} }}")
            elif kind == "number":
                self._knows("number", f"sum(concat([0], {every}.{argument}))")
        if repeated == "for_each":
            self._knows("strings", f"keys({address})")
            self._knows("string_set", f"toset(keys({address}))")

    def call(self, called: _Written) -> None:
        name = self._name()
        lines, extra, repeated = self._repetition()
        lines.append(f'  source = "{_relative(self.folder, called.folder)}"')
        for variable, kind, has_default, takes_null in called.variables:
            if has_default and self.chance.random() < 0.4:
                continue
            if takes_null and self.chance.random() < 0.3:
                lines.append(f"  {variable} = null")
            elif kind in ("item_map", "items", "settings") and self.chance.random() < 0.3:
                lines.append(f"  {variable} = {self.chance.choice(LOOSE[kind])}")
            else:
                lines.append(f"  {variable} = {self.make.of(kind, 3, **extra)}")
        head = f'module "{name}"'
        self.blocks.append(_block(head, lines))
        strings = [variable for variable, kind, *_ in called.variables if kind == "string"]
        if strings and self.chance.random() < 0.1:
            self.overrides.append(_block(head, [f'  {strings[0]} = "overridden"']))
        for output, kind in called.outputs:
            self._use_output(f"module.{name}", output, kind, repeated)

    def _use_output(self, address: str, output: str, kind: str, repeated: str) -> None:
        if not repeated:
            self._knows(kind, f"{address}.{output}")
            return
        every = f"{address}[*].{output}" if repeated == "count" else f"values({address})[*].{output}"
        if kind == "string":
            self._knows("strings", every)
            self._knows("maybe", f"one(slice({every}, 0, min(1, length({address}))))")
            if repeated == "for_each":
                self._knows("string_map", f"{{ for k, m in {address} : k => m.{output} }}")
        elif kind == "number":
            self._knows("number", f"sum(concat([0], {every}))")
        elif kind == "bool":
            self._knows("bool", f"anytrue({every})")
        elif kind == "strings":
            self._knows("strings", f"flatten({every})")
        elif kind == "items":
            self._knows("items", f"flatten({every})")
        elif kind == "string_map":
            self._knows("string_map", f"merge({{}}, {every}...)")
        elif kind == "later":
            self._knows("laters", f'concat({every}, ["last"])')
        self._knows("number", f"length({address})")

    def output(self) -> tuple[str, str]:
        kind = self.chance.choice(OUTPUT_KINDS)
        name = self._name()
        self.blocks.append(_block(f'output "{name}"', [f"  value = {self.make.of(kind, 3)}"]))
        return name, kind

    def values(self, files: dict[str, str]) -> None:
        """Files of values for the root's variables, some in several of them."""
        places = ["terraform.tfvars", "b.auto.tfvars", "a.auto.tfvars", "z.auto.tfvars"]
        for name, kind in self.given:
            for place in self.chance.sample(places, self.chance.choice((1, 1, 2, 3))):
                files[place] = files.get(place, "") + f"{name} = {self.chance.choice(LOOSE[kind])}\n"
        strings = [name for name, kind in self.given if kind == "string"]
        if strings:
            place = self.chance.choice(("terraform.tfvars.json", "c.auto.tfvars.json"))
            files[place] = json.dumps({strings[0]: "from ${json}"})

    def write(self, files: dict[str, str]) -> None:
        self.chance.shuffle(self.blocks)
        for block in self.blocks:
            if block.startswith("json "):
                # Two documents in one file would need merging: each has its own.
                place = f"{_in(self.folder)}locals{len(files)}.tf.json"
                files[place] = block.removeprefix("json ")
                continue
            place = _in(self.folder) + self.chance.choice(("main.tf", "main.tf", "a.tf", "z.tf"))
            files[place] = files.get(place, "") + block
        for place, override in enumerate(self.overrides):
            name = "override.tf" if place == 0 else f"{self.chance.choice('abc')}_override.tf"
            files[_in(self.folder) + name] = files.get(_in(self.folder) + name, "") + override


def _block(head: str, lines: Sequence[str]) -> str:
    return f"{head} {{\n" + "".join(f"{line}\n" for line in lines) + "}\n\n"


def _in(folder: str) -> str:
    return f"{folder}/" if folder else ""


def _relative(of: str, to: str) -> str:
    path = os.path.relpath(to, of or ".")
    return path if path.startswith(".") else f"./{path}"


def trees(seed: int, count: int) -> list[Tree]:
    """The first so many of a seed."""
    return [_Trees(random.Random(f"{seed}-{place}")).tree() for place in range(count)]


# Terraform's side


@dataclass(frozen=True)
class PlannedValues:
    """The values of a plan, with UNKNOWN_VALUE where they are unknown, by the address of the instance."""

    instances: Mapping[str, Mapping[str, Any]]


class Refused(Exception):
    """Terraform refuses the tree, or trees."""


class Workshop:
    """
    A folder with the stand-in provider installed once; every plan is made in it.

    The provider is started several times for a plan and reads its whole schema each time, so it is given that of the
    few resources which the trees have.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.count = 0
        cache = self.folder / "provider"
        installed = self._installed()
        mirror = (
            cache / "mirror" / installed.parent.relative_to(next(x for x in installed.parents if x.name == "mirror"))
        )
        mirror.mkdir(parents=True)
        shutil.copy(installed, mirror)
        schema = json.loads((installed.parent / "schema.json").read_text())
        schema["resources"] = {body.name: schema["resources"][body.name] for body in BODIES}
        (mirror / "schema.json").write_text(json.dumps({**schema, "data": {}}))
        settings = f'provider_installation {{\n  filesystem_mirror {{ path = "{cache / "mirror"}" }}\n}}\n'
        (cache / "terraformrc").write_text(settings)
        (self.folder / "main.tf").write_text('provider "aws" {\n  region = "ap-northeast-2"\n}\n')
        self._run(self.folder, "init", "-backend=false")

    def _installed(self) -> Path:
        """The stand-in's executable, which its wrapper installs when it is first run."""
        subprocess.run([STAND_IN, "version"], capture_output=True, check=True)
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "terraform-offline"
        cache = Path(os.environ.get("TERRAFORM_OFFLINE_CACHE") or caches)
        return next(cache.glob("mirror/**/terraform-provider-aws_v*")).resolve()

    def read(self, given: Mapping[str, Tree]) -> dict[str, PlannedValues | Refused]:
        """The instances of every tree, by its name."""
        joined = {name: tree for name, tree in given.items() if not tree.alone}
        found: dict[str, PlannedValues | Refused] = self._joined(joined) if joined else {}
        for name, tree in given.items():
            if tree.alone:
                folder = self._place(name)
                tree.write(folder)
                try:
                    found[name] = PlannedValues(self._plan(folder))
                except Refused as refused:
                    found[name] = refused
        return found

    def _joined(self, given: Mapping[str, Tree]) -> dict[str, PlannedValues | Refused]:
        """All as modules of one root. One that is refused is left out."""
        folder = self._place("joined")
        for name, tree in given.items():
            tree.write(folder / name)
        calls = "".join(f'module "{name}" {{\n  source = "./{name}"\n}}\n' for name in given)
        (folder / "main.tf").write_text(calls)
        try:
            instances = self._plan(folder)
        except Refused as refused:
            blamed = {name for name in given if re.search(rf'"filename":"{name}/', str(refused))} or set(given)
            if len(given) > 1 and len(blamed) == len(given):
                # No file is named: each may be the one.
                return {
                    each: found for name, tree in given.items() for each, found in self._joined({name: tree}).items()
                }
            rest = {name: tree for name, tree in given.items() if name not in blamed}
            return {**dict.fromkeys(blamed, refused), **(self._joined(rest) if rest else {})}
        return {
            name: PlannedValues(
                {
                    address.removeprefix(f"module.{name}."): values
                    for address, values in instances.items()
                    if address.startswith(f"module.{name}.")
                }
            )
            for name in given
        }

    def _place(self, name: str) -> Path:
        self.count += 1
        folder = self.folder / f"{self.count}-{name}"
        folder.mkdir()
        return folder

    def _plan(self, folder: Path) -> dict[str, dict[str, Any]]:
        data = folder / ".terraform"
        data.mkdir()
        (data / "providers").symlink_to(self.folder / ".terraform" / "providers")
        shutil.copy(self.folder / ".terraform.lock.hcl", folder)
        self._run(folder, "get")
        self._run(folder, "plan", "-json", "-out=plan", "-lock=false", "-refresh=false")
        shown = self._run(folder, "show", "-json", "plan")
        document = json.loads(shown, parse_int=Number, parse_float=Number)
        found = {}
        for change in document.get("resource_changes", []):
            if change["mode"] == "managed":
                found[change["address"]] = merged(change["change"]["after"], change["change"]["after_unknown"])
        return found

    def _run(self, folder: Path, *arguments: str) -> str:
        assert TERRAFORM
        settings = str(self.folder / "provider" / "terraformrc")
        done = subprocess.run(
            [TERRAFORM, *arguments],
            cwd=folder,
            env=environment(folder, TF_CLI_CONFIG_FILE=settings),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Refused(done.stdout + done.stderr)
        return done.stdout


# The product's side, and both


def ours(folder: Path) -> dict[str, dict[str, Any]]:
    """What the product says of every instance: its arguments, nested blocks as sequences of the same."""
    return instances_of(folder)


def uncounted(folder: Path) -> set[str]:
    """Addresses, without keys, of which the product says that it does not know how many there are."""
    found = Directory(folder, None, (), {}).configuration(World()).instances()
    return {
        without_keys(address) for each in found if isinstance(each, UncountedResources) for address in each.addresses
    }


def without_keys(address: str) -> str:
    return re.sub(r'\[("(\\.|[^"\\])*"|\d+)\]', "", address)


def faults(
    read: PlannedValues, instances: Mapping[str, Mapping[str, Any]], not_counted: Collection[str] = ()
) -> Iterator[str]:
    """Where what the product knows is not what Terraform plans."""
    for address in sorted(read.instances.keys() - instances.keys()):
        if without_keys(address) not in not_counted:
            yield f"{address} is in the plan and the product does not see it"
    for address in sorted(instances.keys() - read.instances.keys()):
        yield f"{address} is seen by the product and is not in the plan"
    for address in sorted(read.instances.keys() & instances.keys()):
        planned = read.instances[address]
        yield from _argument_faults(address, planned, dict(instances[address]))


def _argument_faults(path: str, planned: Any, value: Any) -> Iterator[str]:
    if isinstance(value, Unknown | Null) or value is None:
        if value is not None and isinstance(value, Unknown):
            return
        if planned not in (None, UNKNOWN_VALUE):
            yield f"{path} is {json.dumps(planned, default=repr)} in the plan and left out for the product"
    elif isinstance(value, list | tuple):
        if not isinstance(planned, list) or len(planned) != len(value):
            if not (planned is UNKNOWN_VALUE and all(isinstance(item, Unknown) for item in value)):
                yield f"{path} is {json.dumps(planned, default=repr)} in the plan and {told(value)} for the product"
            return
        for place, (one, other) in enumerate(zip(planned, value, strict=True)):
            yield from _argument_faults(f"{path}[{place}]", one, other)
    elif isinstance(value, dict):
        if not isinstance(planned, dict):
            yield f"{path} is {json.dumps(planned, default=repr)} in the plan and {told(value)} for the product"
            return
        for name, inner in value.items():
            yield from _argument_faults(f"{path}.{name}", planned.get(name), inner)
        for name in planned.keys() - value.keys():
            if planned[name] not in (None, UNKNOWN_VALUE, [], {}):
                yield f"{path}.{name} is {json.dumps(planned[name], default=repr)} in the plan and missing for the product"
    elif not _same(planned, value):
        yield f"{path} is {json.dumps(planned, default=repr)} in the plan and {told(value)} for the product"


def _same(planned: Any, value: Any) -> bool:
    """The provider's schema converts what is written: 7 may be "7" in the plan, and true "true"."""
    if compare(planned, value) is None and planned is not UNKNOWN_VALUE:
        return True
    if isinstance(planned, Number):
        return isinstance(value, str) and value == planned
    if isinstance(planned, bool):
        return isinstance(value, str) and value == str(planned).lower()
    if isinstance(planned, str):
        return planned == (
            str(value).lower() if isinstance(value, bool) else text_of(value) if not isinstance(value, str) else value
        )
    return False


def unknown_share(instances: Mapping[str, Mapping[str, Any]]) -> tuple[int, int]:
    """How many arguments are wholly known to the product, and how many there are."""
    every = [value for arguments in instances.values() for value in arguments.values()]
    return sum(_wholly_known(value) for value in every), len(every)


def _wholly_known(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_wholly_known, value))
    if isinstance(value, dict):
        return all(map(_wholly_known, value.values()))
    return value is None or is_known(value)


def main() -> None:
    parser = argparse.ArgumentParser(description="Generated trees, beside Terraform itself.")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="write trees with faults here")
    parser.add_argument("--most", type=int, default=40, help="how many faults to print")
    options = parser.parse_args()
    if not TERRAFORM:
        sys.exit(NOT_RUN)
    counts: Counter[str] = Counter()
    made = {f"t{place}": tree for place, tree in enumerate(trees(options.seed, options.count))}
    names = list(made)
    with tempfile.TemporaryDirectory() as place:
        workshop = Workshop(Path(place) / "terraform")
        for first in range(0, len(names), 40):
            batch = {name: made[name] for name in names[first : first + 40]}
            for name, read in workshop.read(batch).items():
                counts["trees"] += 1
                if isinstance(read, Refused):
                    counts["refused by Terraform"] += 1
                    if counts["refused by Terraform"] <= 3:
                        print(f"{name}: refused by Terraform: {_summaries(str(read))}")
                    continue
                folder = Path(place) / "product" / name
                made[name].write(folder)
                try:
                    seen = ours(folder)
                except Exception as error:  # any: a tree that Terraform plans must be read
                    found = [f"{type(error).__name__}: {error}"]
                else:
                    not_counted = uncounted(folder)
                    counts["not counted by the product"] += len(not_counted)
                    found = list(faults(read, seen, not_counted))
                    known, every = unknown_share(seen)
                    counts["arguments"] += every
                    counts["arguments that are known"] += known
                counts["instances"] += len(read.instances)
                if found:
                    counts["trees with faults"] += 1
                    counts["faults"] += len(found)
                    if counts["trees with faults"] <= options.most:
                        print(f"{name} (seed {options.seed}): " + "\n    ".join(found[:4]))
                    if options.keep:
                        made[name].write(options.keep / name)
    for what, count in counts.items():
        print(f"{count:7} {what}")
    sys.exit(1 if counts["faults"] else 0)


def _summaries(text: str) -> str:
    found = [
        json.loads(line)["diagnostic"] for line in text.splitlines() if '"diagnostic"' in line and line.startswith("{")
    ]
    return (
        "; ".join(
            f"{each['summary']} {each['detail'][:200]} {each.get('range', {}).get('filename')} {each.get('snippet', {}).get('code', '')[:200]}"
            for each in found[:3]
        )
        or text[-1500:]
    )


if __name__ == "__main__":
    main()

"""From a path to a Stack: read the blocks, then let each family say what they are."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from glimpse.planner.finding import NotRead
from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.directory import Read, read_answer
from glimpse.planner.outside.terraform_files.evaluation import Evaluation
from glimpse.planner.outside.terraform_files.families import (
    balancing,
    compute,
    databases,
    ecs,
    edge,
    networking,
    serverless,
    small,
)
from glimpse.planner.outside.terraform_files.families.found import Found, Reader
from glimpse.planner.outside.terraform_files.families.free import FREE, HELPERS
from glimpse.planner.outside.terraform_files.plan_json import read_plan
from glimpse.planner.sentence import say
from glimpse.planner.stack import Resource, Stack, Unpriced

READERS: dict[str, Reader] = {
    **ecs.READERS,
    **balancing.READERS,
    **databases.READERS,
    **compute.READERS,
    **networking.READERS,
    **edge.READERS,
    **serverless.READERS,
    **small.READERS,
}

VARIABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")
MOST_VALUE_BYTES = 2_000_000


class Reading:
    """
    One reading under way. A directory is evaluated in its own process, begun when this is made;
    `stack` waits for it. Leave it as a context manager.
    """

    def __init__(self, path: Path, variable_files: Sequence[Path] = (), variables: Sequence[str] = ()) -> None:
        self.path = path
        self._evaluation: Evaluation | None = None
        if not path.exists():
            raise NotRead(say("path_missing", path=str(path)))
        values = [(str(file), _file_text(file)) for file in variable_files]
        values += [("--var", _assignment(given)) for given in variables]
        self._given = [given.partition("=")[0].strip() for given in variables]
        if path.is_dir():
            if not any(entry.name.endswith((".tf", ".tf.json")) for entry in path.iterdir()):
                raise NotRead(say("no_terraform", path=str(path)))
            self._evaluation = Evaluation(path, values)
        elif values:
            raise NotRead(say("variables_without_directory", path=str(path)))

    def __enter__(self) -> Reading:
        return self

    def __exit__(self, *_: object) -> None:
        if self._evaluation:
            self._evaluation.__exit__()

    def stack(self, region: str | None = None) -> Stack:
        """Raises NotRead. `region` overrules what the provider says."""
        if not self._evaluation:
            return stack_of(read_plan(self.path), self.path, region)
        answer = self._evaluation.answer()
        for name in self._given:
            if name not in answer["variables"]:
                near = difflib.get_close_matches(name, answer["variables"], n=1)
                code = "variable_undeclared_near" if near else "variable_undeclared"
                raise NotRead(say(code, name=name, path=str(self.path), **({"near": near[0]} if near else {})))
        stack = stack_of(read_answer(answer), self.path, region)
        return replace(stack, variables=frozenset(answer["variables"]))


def stack_of(read: Read, path: Path, region: str | None) -> Stack:
    chosen = region or read.region
    if chosen is None:
        raise NotRead(say("region_unknown", path=str(path)), because=read.unresolved)
    tree = Tree(read.blocks)
    resources: list[Resource] = []
    free: list[Origin] = []
    unpriced: list[Unpriced] = []
    for block in read.blocks:
        for found in _found(block, tree, chosen):
            if isinstance(found, Origin):
                free.append(found)
            elif isinstance(found, Unpriced):
                unpriced.append(found)
            else:
                resources.append(found)
    return Stack(
        path.resolve().name, chosen, tuple(resources), tuple(free), tuple(unpriced), read.unresolved, read.warnings
    )


# Arguments that decide what is charged and have a default: unknown is not the default.
DECIDING = {
    "aws_db_instance": ("instance_class", "multi_az", "storage_type", "allocated_storage", "iops", "engine"),
    "aws_lb": ("internal", "load_balancer_type", "ip_address_type"),
    "aws_ecs_service": ("launch_type",),
    "aws_ebs_volume": ("type", "iops", "throughput"),
    "aws_elasticache_replication_group": ("engine", "replicas_per_node_group"),
    "aws_elasticache_cluster": ("engine",),
    "aws_instance": ("tenancy",),
    "aws_vpc_endpoint": ("vpc_endpoint_type",),
    "aws_ssm_parameter": ("tier",),
    "aws_cloudwatch_log_group": ("log_group_class",),
    "aws_apigatewayv2_api": ("protocol_type",),
    "aws_dynamodb_table": ("billing_mode", "table_class"),
    "aws_elasticache_serverless_cache": ("engine",),
    "aws_lambda_function": ("memory_size", "architectures"),
    "aws_cloudfront_distribution": ("enabled",),
}


EVERYWHERE = frozenset(("aws_acm_certificate", "aws_cloudfront_distribution", "aws_route53_zone"))
"""What costs the same whichever region its provider names."""


def _found(block: Block, tree: Tree, region: str) -> Iterator[Found]:
    undecided = next((name for name in DECIDING.get(block.type, ()) if block.values.is_unknown(name)), None)
    if block.type in FREE or block.type.startswith(HELPERS):
        yield block.origin
    elif block.type not in READERS:
        code = "family_unknown" if block.type.startswith("aws_") else "not_aws"
        yield Unpriced(block.origin, block.type, say(code, type=block.type))
    elif block.region not in (None, region) and block.type not in EVERYWHERE:
        yield Unpriced(block.origin, block.type, say("other_region", region=block.region or "", bill=region))
    elif undecided:
        yield Unpriced(block.origin, block.type, say("argument_unknown", argument=undecided))
    else:
        yield from READERS[block.type](block, tree)


def _file_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(MOST_VALUE_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotRead(say("variable_file_unreadable", path=str(path), detail=_why(error))) from None


def _why(error: Exception) -> str:
    return error.strerror or "" if isinstance(error, OSError) else "not UTF-8"


def _assignment(given: str) -> str:
    """`name=value` as a line of a variable file: lists, maps, numbers and booleans as they are, the rest as text."""
    name, equals, value = given.partition("=")
    if not equals or not VARIABLE.match(name.strip()):
        raise NotRead(say("variable_malformed", given=given[:80]))
    value = value.strip()
    plain = re.fullmatch(r"-?\d+(\.\d+)?|true|false|null", value) or value[:1] in ("[", "{", '"')
    return f"{name.strip()} = {value if plain else _quoted(value)}\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("${", "$${").replace("%{", "%%{")
    return '"' + escaped.replace("\n", "\\n") + '"'

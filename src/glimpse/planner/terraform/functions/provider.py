"""
Functions of providers, under their full names. Source: hashicorp/terraform-provider-aws, internal/function.

A provider's function that is not listed here is unknown to the evaluator.
"""

from __future__ import annotations

from glimpse.planner.terraform.errors import EvaluationError
from glimpse.planner.terraform.functions.table import Table, function
from glimpse.planner.terraform.types import STRING, object_of

PROVIDER: Table = {}

ARN = ("partition", "service", "region", "account_id", "resource")


def _parsed(arn: str) -> dict[str, str]:
    prefix, *parts = arn.split(":", 5)
    if prefix != "arn" or len(parts) != len(ARN):
        raise EvaluationError("invalid ARN")
    return dict(zip(ARN, parts, strict=True))


@function(
    PROVIDER,
    "provider::aws::arn_build",
    *[STRING] * len(ARN),
    returns=STRING,
    examples=[
        'provider::aws::arn_build("aws", "iam", "", "444455556666", "role/a") == "arn:aws:iam::444455556666:role/a"'
    ],
)
def _arn_build(*parts: str) -> str:
    return ":".join(("arn", *parts))


@function(
    PROVIDER,
    "provider::aws::arn_parse",
    STRING,
    returns=object_of(dict.fromkeys(ARN, STRING)),
    examples=[
        'provider::aws::arn_parse("arn:aws:iam::444455556666:role/a:b").resource == "role/a:b"',
        'can(provider::aws::arn_parse("arn:aws:iam")) == false',
    ],
)
def _arn_parse(arn: str) -> dict[str, str]:
    return _parsed(arn)


@function(
    PROVIDER,
    "provider::aws::trim_iam_role_path",
    STRING,
    returns=STRING,
    examples=[
        'provider::aws::trim_iam_role_path("arn:aws:iam::123:role/b/c/a") == "arn:aws:iam::123:role/a"',
        'can(provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:user/a")) == false',
    ],
)
def _trim_iam_role_path(arn: str) -> str:
    parts = _parsed(arn)
    if parts["service"] != "iam" or parts["region"] or not parts["resource"].startswith("role/"):
        raise EvaluationError("the ARN of an IAM role is required")
    parts["resource"] = f"role/{parts['resource'].rpartition('/')[2]}"
    return ":".join(("arn", *parts.values()))


@function(
    PROVIDER,
    "provider::aws::user_agent",
    STRING,
    STRING,
    STRING,
    returns=STRING,
    examples=[
        'provider::aws::user_agent("example", "0.0.1", "a comment") == "example/0.0.1 (a comment)"',
        'provider::aws::user_agent("example", "", "") == "example"',
        'can(provider::aws::user_agent("", "", "")) == false',
    ],
)
def _user_agent(name: str, version: str, comment: str) -> str:
    if not name:
        raise EvaluationError("product_name must be set")
    return name + (f"/{version}" if version else "") + (f" ({comment})" if comment else "")

"""
Functions that read and write documents. Source of every entry: Terraform's documentation, "Encoding Functions".

What reads a format is imported when a stack first asks for it: most stacks read none.
"""

from __future__ import annotations

from glimpse.planner.terraform.functions.json_writing import json_of
from glimpse.planner.terraform.functions.table import Context, Table, function
from glimpse.planner.terraform.types import ANY, STRING
from glimpse.planner.terraform.values import List, Value

DOCUMENTS: Table = {}


@function(
    DOCUMENTS,
    "csvdecode",
    STRING,
    examples=[
        r'csvdecode("a,b\n1,2\n\n3,\"x,\"\"y\"") == tolist([{ a = "1", b = "2" }, { a = "3", b = "x,\"y" }])',
        'length(csvdecode("a,b")) == 0',
        r'can(csvdecode("a,b\n1")) == false',
        r'can(csvdecode("a\n1\"2")) == false',
        'can(csvdecode("a,a")) == false',
    ],
)
def _csvdecode(text: str) -> List:
    from glimpse.planner.terraform.functions.csv_reading import csv_value

    return csv_value(text)


function(
    DOCUMENTS,
    "jsonencode",
    ANY,
    returns=STRING,
    nulls=True,
    with_context=True,
    examples=[
        r'jsonencode({ b = [1, 2.5, true, null], a = "é" }) == "{\"a\":\"é\",\"b\":[1,2.5,true,null]}"',
        r'jsonencode("<&>\n") == "\"\\u003c\\u0026\\u003e\\n\""',
        'jsonencode(null) == "null"',
        'jsonencode(1e25) == "10000000000000000000000000"',
    ],
)(json_of)


@function(
    DOCUMENTS,
    "jsondecode",
    STRING,
    examples=[
        r'jsondecode("{\"a\":[1,\"x\",null,0.1]}") == { a = [1, "x", null, 0.1] }',
        r'jsondecode("\"e\\u0301\"") == "é"',
        'jsondecode("12345678901234567890123") == 12345678901234567890123',
        'can(jsondecode("[1,]")) == false',
        'can(jsondecode("NaN")) == false',
    ],
)
def _jsondecode(text: str) -> Value:
    from glimpse.planner.terraform.functions.json_reading import json_value

    return json_value(text)


@function(
    DOCUMENTS,
    "yamlencode",
    ANY,
    returns=STRING,
    nulls=True,
    with_context=True,
    examples=[
        r'yamlencode({ a = "x", b = [1, { c = null }] }) == "\"a\": \"x\"\n\"b\":\n- 1\n- \"c\": null\n"',
        r'yamlencode([{ a = [], b = {} }]) == "- \"a\": []\n  \"b\": {}\n"',
        r'yamlencode("a\nb\n") == "|\n  a\n  b\n"',
        r'yamlencode(true) == "true\n...\n"',
        r'yamlencode([[1]]) == "- - 1\n"',
    ],
)
def _yamlencode(context: Context, value: Value) -> str:
    from glimpse.planner.terraform.functions.yaml_writing import yaml_of

    return yaml_of(context, value)


@function(
    DOCUMENTS,
    "yamldecode",
    STRING,
    with_context=True,
    examples=[
        r'yamldecode("a: 1\nb: [x, yes, ~, 0x10]") == { a = 1, b = ["x", true, null, 16] }',
        r'yamldecode("a: &x {p: 1}\nb:\n  <<: *x\n  q: \"2\"").b == { p = 1, q = "2" }',
        'yamldecode("2020-1-2") == "2020-01-02T00:00:00Z"',
        r'can(yamldecode("a: 1\n---\nb: 2")) == false',
        'can(yamldecode("")) == false',
    ],
)
def _yamldecode(context: Context, text: str) -> Value:
    from glimpse.planner.terraform.functions.yaml_reading import yaml_value

    return yaml_value(context, text)

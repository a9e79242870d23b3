"""The JSON Schemas of what `drill`, `verify` and the stack's page print: they ship, and notice what they do not have."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from glimpse.operations.checks.check import Outcome
from glimpse.operations.checks.finding import refuted
from glimpse.operations.checks.report import Verification
from glimpse.operations.checks.report_json import json_text
from glimpse.operations.deployment import ChecklistBox
from glimpse.words import Words
from tests.operations.schemas import schema_of, undescribed


@pytest.mark.parametrize("name", ["drill", "stack", "verify", "watch"])
def test_each_is_a_schema_that_names_its_document(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == f"glimpse.{name}/1"


def test_a_schema_notices_a_field_that_is_new_missing_or_of_another_type() -> None:
    box = ChecklistBox("test", "HTTP Keep-Alive 헤더 확인", 453, ("keep_alive",))
    finding = refuted("verify_keep_alive_cut", seconds="5", idle=60, document=60)
    verification = Verification("url", "https://chat.example", "", [box], [Outcome("keep_alive", finding, 0.1)])

    def document() -> Any:
        return json.loads(json_text(verification, Words("en")))

    assert undescribed(json.dumps(document())) == []
    for under in ("boxes", "checks"):
        for change in ({"news": "yes"}, {"verdict": 1}):
            changed = document()
            changed[under][0] |= change
            assert undescribed(json.dumps(changed)), (under, change)
        changed = document()
        del changed[under][0]["verdict"]
        assert undescribed(json.dumps(changed)), under

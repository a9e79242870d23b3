"""Requests made from the OpenAPI document, valid and not: every answer is one that the document describes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from glimpse.chat.app import Task
from glimpse.chat.settings import Settings
from glimpse.chat.tokens import Tokens
from tests.chat.conftest import memory_store
from tests.chat.harness import SECRET

EXAMPLES = 25
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
JUDGED_FURTHER = frozenset(("sign_up", "log_in", "profile", "announce_file", "history"))
"""
Operations that refuse some of what fits their schemas: a handle of invisible characters, NUL in a password, two bounds
at once.
"""


def wrong_answers(operation: Any, mode: GenerationMode, base: str, headers: Mapping[str, str]) -> list[str]:
    """Send requests that fit the description of an operation, or that do not (NEGATIVE); what was wrong."""
    is_accepted = mode is GenerationMode.POSITIVE and operation.definition.raw["operationId"] not in JUDGED_FURTHER
    checks = [*CHECKS, positive_data_acceptance] if is_accepted else CHECKS
    wrong: list[str] = []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    def send(case: Any) -> None:
        try:
            case.call_and_validate(base_url=base, headers=headers, checks=checks)
        except FailureGroup as failures:
            wrong.extend(
                f"{case.method} {case.formatted_path} {case.query} {case.body!r}: {each}"
                for each in failures.exceptions
            )

    send()
    return wrong


def check_every_operation(port: int) -> list[str]:
    base = f"http://127.0.0.1:{port}"
    headers = {"authorization": f"Bearer {Tokens([SECRET], 3600).issue('ada', time.time())}"}
    description: Any = schemathesis.openapi.from_url(f"{base}/openapi.json")
    return [
        wrong
        for found in description.get_all_operations()
        for mode in GenerationMode
        for wrong in wrong_answers(found.ok(), mode, base, headers)
    ]


async def test_every_operation_answers_any_request_as_its_description_says() -> None:
    chat = Settings(
        jwt_secrets=(SECRET,), host="127.0.0.1", port=0, drain_seconds=0, signup="on",
        events_per_second=100_000, address_requests_per_second=100_000,
    )  # fmt: skip
    async with Task(memory_store(), chat).serving() as port:
        wrong = await asyncio.to_thread(check_every_operation, port)
    assert not wrong, "\n".join(wrong[:5])

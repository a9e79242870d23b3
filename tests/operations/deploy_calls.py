"""Calls of AWS for the tests of `glimpse deploy`: answers that a test gives, and the calls that were made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import boto3
from msgspec import Struct

from glimpse.operations.outside.deploy.calls import DeployCalls
from tests.operations.aws_stack import REGION, aws_session


class Refused(Struct, frozen=True):
    """AWS's answer to a call that it refuses."""

    code: str
    message: str = "no"


class StubbedAws:
    """
    `answers` by operation, such as RunTask: an answer, a Refused, a list of those in their order, or a function of the
    parameters. botocore has validated the parameters by then. A call without an answer fails the test.
    """

    def __init__(self, answers: Mapping[str, Any], region: str = REGION) -> None:
        self.session: boto3.Session = aws_session(region)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []
        self.calls = DeployCalls(self.session, region)
        self._answers = {name: list(given) if isinstance(given, list) else given for name, given in answers.items()}
        self.session.events.register("provide-client-params", self._asked)
        self.session.events.register("before-call", self._answer)

    def _asked(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        self.asked.append((model.name, dict(params)))

    def _answer(self, model: Any, **_: Any) -> Any:
        given = self._answers[model.name]
        if isinstance(given, list):
            given = given.pop(0) if len(given) > 1 else given[0]
        if isinstance(given, Callable):  # type: ignore[arg-type]
            given = given(self.asked[-1][1])
        if isinstance(given, Refused):
            return SimpleNamespace(status_code=400), {"Error": {"Code": given.code, "Message": given.message}}
        return SimpleNamespace(status_code=200), given

    def parameters(self, operation: str) -> list[Mapping[str, Any]]:
        return [parameters for name, parameters in self.asked if name == operation]

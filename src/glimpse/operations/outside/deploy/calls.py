"""Calls of AWS's APIs by a deploy: what goes wrong becomes a Failure, and which calls are made can be recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from glimpse.chat.failure import Failure
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.outside.aws.calls import POLICY_ACTIONS, POLICY_PREFIXES, Calls, not_observable

DEPLOY_CONFIG = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "max_attempts": 6})
"""A deploy goes on for half an hour: it tries again where `verify`, which takes seconds, gives up."""

DEPLOY_POLICY = "deploy-policy.json"


class AwsFailure(Failure):
    """`error_code` is AWS's own, such as ParameterNotFound; empty where AWS did not answer."""

    error_code = ""


class DeployCalls(Calls):
    """The clients of one session and region. Raises AwsFailure instead of NotObservable."""

    def __init__(self, session: Any, region: str) -> None:
        super().__init__(session, region, DEPLOY_CONFIG, DEPLOY_POLICY)

    def call(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        try:
            return super().call(service, operation, **parameters)
        except NotObservable as error:
            raise _failure(error) from None

    def pages(self, service: str, operation: str, items: str, **parameters: Any) -> Iterator[Any]:
        try:
            yield from super().pages(service, operation, items, **parameters)
        except NotObservable as error:
            raise _failure(error) from None

    def _not_observable(self, error: BotoCoreError | ClientError, service: str, action: str) -> NotObservable:
        # An endpoint that was out of reach once is asked again: the deploy may still need it.
        return not_observable(error, action, self.region, self.policy)


def _failure(reason: NotObservable) -> AwsFailure:
    # A deploy can also list its rights.
    failure = AwsFailure("deploy_denied" if reason.code == "aws_denied" else reason.code, **reason.values)
    if isinstance(reason.__cause__, ClientError):
        failure.error_code = str(reason.__cause__.response.get("Error", {}).get("Code", ""))
    return failure


def open_session(region: str | None) -> tuple[Any, str]:
    """
    A boto3 session by the standard credential chain, and the region: the one given, or the profile's. Raises Failure
    where there are no credentials, or no region.
    """
    import boto3  # Takes a tenth of a second, and only this needs it.

    try:
        session = boto3.Session(region_name=region)
        credentials = session.get_credentials()
    except BotoCoreError as error:
        raise Failure("aws_credentials_broken", detail=str(error)) from None
    if credentials is None:
        raise Failure("aws_no_credentials")
    if session.region_name is None:
        raise Failure("deploy_no_region")
    return session, session.region_name


def record_calls(session: Any, record: Callable[[str], None]) -> None:
    """Call `record` with each call that the session's clients make, as a policy names it: `ecs:RunTask`."""

    def recorded(model: Any, **_: Any) -> None:
        prefix = model.service_model.signing_name
        action = f"{POLICY_PREFIXES.get(prefix, prefix)}:{model.name}"
        record(POLICY_ACTIONS.get(action, action))

    session.events.register("provide-client-params", recorded)

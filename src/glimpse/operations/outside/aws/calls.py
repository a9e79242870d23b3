"""Calls of AWS's APIs. Whatever goes wrong with one becomes a sentence that says why something cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from threading import Lock
from typing import Any

import botocore.exceptions
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from glimpse.operations.checks.observations import NotObservable

CONFIG = Config(connect_timeout=5, read_timeout=8, retries={"mode": "standard", "max_attempts": 2})
"""
Short, because `verify` as a whole takes less than 90 s, and a thread that waits for AWS cannot be stopped: the program
ends after it.
"""

GLOBAL_REGION = "us-east-1"
GLOBAL = {"budgets", "ce", "cloudfront"}
"""These answer for all regions from their only endpoint."""

DENIED = {
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized", "403",
}  # fmt: skip
"""S3 answers a HEAD without a body, so that only the status is known."""

THROTTLED = {
    "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
    "LimitExceededException", "RequestThrottled", "SlowDown",
}  # fmt: skip
INVALID_CREDENTIALS = {
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException",
    "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature", "AuthFailure",
    "MissingAuthenticationToken", "MissingAuthenticationTokenException", "OptInRequired",
}  # fmt: skip
NO_CREDENTIALS = (
    NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, TokenRetrievalError, SSOError,
    getattr(botocore.exceptions, "LoginError", SSOError),
)  # fmt: skip
"""What the credential chain raises with the first call. Older versions of botocore know no `aws login`."""

NOT_FOUND = {
    "ClusterNotFoundException", "ServiceNotFoundException", "LoadBalancerNotFound", "TargetGroupNotFound",
    "DBInstanceNotFound", "DBParameterGroupNotFound", "NotFoundException",
}  # fmt: skip
NO_DATA = {"DataUnavailableException", "BillExpirationException"}

POLICY_PREFIXES = {"monitoring": "cloudwatch"}
"""IAM's prefix of a service is the name that its requests are signed with; CloudWatch is the exception."""

POLICY_ACTIONS = {
    "budgets:DescribeBudget": "budgets:ViewBudget", "s3:HeadBucket": "s3:ListBucket", "s3:HeadObject": "s3:GetObject",
}  # fmt: skip
"""IAM names an action as its operation, too, but for these (service authorization reference)."""


VERIFY_POLICY, WATCH_POLICY = "verify-policy.json", "watch-policy.json"
"""Files beside this one: the least rights of `glimpse verify`, and of `glimpse watch` and `workload`."""

DRILL_POLICIES = {"ecs:StopTask": "verify-drill-policy.json"}
"""Policies of the actions that only a drill on AWS needs."""


class Calls:
    """The clients of one session and region. Its methods wait for AWS, so they belong into a thread."""

    def __init__(self, session: Any, region: str, config: Config = CONFIG, policy: str = VERIFY_POLICY) -> None:
        """`policy`: the file that a user whose credentials lack a right is to attach."""
        self.region = region
        self.policy = policy
        self._session, self._config = session, config
        self._clients: dict[str, Any] = {}
        self._unreachable: dict[str, NotObservable] = {}
        """By service: where nothing answers once, no other check waits for it again."""

        self._lock = Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """The answer of an operation, which is named as boto3 names it: `describe_services`. Raises NotObservable."""
        action = operation
        try:
            client = self._client(service)
            action = policy_action(client, operation)
            answer: Mapping[str, Any] = getattr(client, operation)(**parameters)
        except (BotoCoreError, ClientError) as error:
            raise self._not_observable(error, service, action) from error
        return answer

    def pages(self, service: str, operation: str, items: str, **parameters: Any) -> Iterator[Any]:
        """The items of all pages of an operation. Raises NotObservable."""
        action = operation
        try:
            client = self._client(service)
            action = policy_action(client, operation)
            for page in client.get_paginator(operation).paginate(**parameters):
                yield from page.get(items, ())
        except (BotoCoreError, ClientError) as error:
            raise self._not_observable(error, service, action) from error

    def _not_observable(self, error: BotoCoreError | ClientError, service: str, action: str) -> NotObservable:
        reason = not_observable(error, action, self.region, DRILL_POLICIES.get(action, self.policy))
        if reason.code == "aws_unreachable":
            self._unreachable[service] = reason
        return reason

    def _client(self, service: str) -> Any:
        if service in self._unreachable:
            raise self._unreachable[service]
        # Clients may be shared by threads, but sessions may not make two at once.
        with self._lock:
            if service not in self._clients:
                region = GLOBAL_REGION if service in GLOBAL else self.region
                self._clients[service] = self._session.client(service, region_name=region, config=self._config)
            return self._clients[service]


def policy_action(client: Any, operation: str) -> str:
    """The action as a policy names it: `ecs:DescribeServices`."""
    prefix = client.meta.service_model.signing_name
    action = f"{POLICY_PREFIXES.get(prefix, prefix)}:{client.meta.method_to_api_mapping[operation]}"
    return POLICY_ACTIONS.get(action, action)


def not_observable(error: BotoCoreError | ClientError, action: str, region: str, policy: str) -> NotObservable:
    """Why a call failed. `action` is the one that the policy has to allow."""
    if isinstance(error, ClientError):
        answer = error.response.get("Error", {})
        return _refusal(str(answer.get("Code", "")), str(answer.get("Message", "")), action, region, policy)
    if isinstance(error, NO_CREDENTIALS):
        return NotObservable("aws_credentials_refused", detail=str(error))
    if isinstance(error, ConnectionError | HTTPClientError):
        return NotObservable("aws_unreachable", action=action, region=region, detail=str(error))
    return NotObservable("aws_call_failed", action=action, region=region, detail=f"{type(error).__name__}: {error}")


def _refusal(code: str, message: str, action: str, region: str, policy: str) -> NotObservable:
    if code in DENIED:
        return NotObservable("aws_denied", action=action, policy=policy)
    if code in THROTTLED:
        return NotObservable("aws_throttled", action=action)
    if code in INVALID_CREDENTIALS:
        return NotObservable("aws_credentials_refused", detail=f"{code}: {message}")
    if code.removesuffix("Fault") in NOT_FOUND:
        return NotObservable("aws_not_found", name=message or code, region=region)
    if code in NO_DATA:
        return NotObservable("aws_no_data", name=action)
    return NotObservable("aws_call_failed", action=action, region=region, detail=f"{code}: {message}")

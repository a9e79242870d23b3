"""What AWS says about a deployed stack. Nothing here changes anything, except that one Spot task may be stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from glimpse.chat.failure import Failure
from glimpse.operations.checks.observations import (
    BalancerSettings,
    DatabaseConnections,
    Engine,
    Errors,
    RunningTasks,
    Spending,
    Storage,
    TaskSettings,
)
from glimpse.operations.deployment import Alarm, Deployment
from glimpse.operations.outside.aws import balancer, database, metrics, service, spending
from glimpse.operations.outside.aws.calls import VERIFY_POLICY, Calls


class AwsObservations:
    """
    Observations of a deployment by a boto3 session. Names are the deployment's.

    Each method waits in a thread, because boto3 blocks. It raises NotObservable where AWS refuses, cannot be reached,
    or does not have what was asked for.
    """

    def __init__(
        self, session: Any, deployment: Deployment, region: str | None = None, policy: str = VERIFY_POLICY
    ) -> None:
        """`policy`: the file with the rights that the command needs."""
        self.deployment = deployment
        self.session = session
        self.calls = Calls(session, region or deployment.region, policy=policy)

    async def running_tasks(self) -> RunningTasks:
        return await asyncio.to_thread(service.running_tasks, self.calls, self.deployment)

    async def task_settings(self) -> TaskSettings:
        return await asyncio.to_thread(service.task_settings, self.calls, self.deployment)

    async def balancer_settings(self) -> BalancerSettings:
        return await asyncio.to_thread(balancer.balancer_settings, self.calls, self.deployment)

    async def database_connections(self) -> DatabaseConnections:
        return await asyncio.to_thread(database.database_connections, self.calls, self.deployment, datetime.now(UTC))

    async def engine(self) -> Engine:
        return await asyncio.to_thread(database.engine, self.calls, self.deployment)

    async def storage(self) -> Storage:
        return await asyncio.to_thread(database.storage, self.calls, self.deployment, datetime.now(UTC))

    async def balancer_errors(self) -> Errors:
        return await asyncio.to_thread(balancer.balancer_errors, self.calls, self.deployment, datetime.now(UTC))

    async def alarms(self) -> Sequence[Alarm]:
        return await asyncio.to_thread(metrics.alarms, self.calls, self.deployment)

    async def spending(self) -> Spending:
        return await asyncio.to_thread(spending.spending, self.calls, datetime.now(UTC).date())

    async def reclaim_spot_task(self) -> str:
        return await asyncio.to_thread(service.reclaim_spot_task, self.calls, self.deployment)

    async def is_recovered(self, task: str) -> bool:
        return await asyncio.to_thread(service.is_recovered, self.calls, self.deployment, task)

    async def chat_url(self) -> str:
        """Where the chat is, as `https://chat.example.com`. Raises NotObservable."""
        return await asyncio.to_thread(balancer.chat_url, self.calls, self.deployment)


async def observe(deployment: Deployment, region: str | None = None, policy: str = VERIFY_POLICY) -> AwsObservations:
    """
    Observations by the standard credential chain: environment, profile, SSO, role of the container or instance.

    Raises Failure where the chain has no credentials, or broken ones. Whether AWS accepts them is seen with the first
    call.
    """
    return await asyncio.to_thread(_observe, deployment, region, policy)


def _observe(deployment: Deployment, region: str | None, policy: str) -> AwsObservations:
    import boto3  # Takes a tenth of a second, and only this needs it.

    try:
        session = boto3.Session()
        found = session.get_credentials()
        if found is None:
            raise Failure("aws_no_credentials")
        found.get_frozen_credentials()
    except (BotoCoreError, ClientError) as error:
        raise Failure("aws_credentials_broken", detail=str(error)) from error
    return AwsObservations(session, deployment, region, policy)

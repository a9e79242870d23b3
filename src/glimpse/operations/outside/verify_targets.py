"""The targets of `glimpse verify`: the local stack, an address, and the deployment on AWS."""

from __future__ import annotations

import datetime
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.checks.chat_answers import refuse_other_service
from glimpse.operations.checks.check import AWS, LOCAL, URL, Target
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.checks.target_address import is_loopback, origin_of, parse_address
from glimpse.operations.checks.unobserved import Unobserved
from glimpse.operations.deployment import Deployment, Plan
from glimpse.operations.options import Say, VerifyOptions
from glimpse.operations.outside import running_stack
from glimpse.operations.outside.local_observations import LocalObservations, page_document
from glimpse.operations.outside.plan import read_plan
from glimpse.operations.outside.probe_users import ProbeUsers
from glimpse.operations.outside.service_probe import ServiceProbe
from glimpse.operations.state import RUNNING

NO_PLAN = Plan(deployment=None, monthly_usd="0")


@asynccontextmanager
async def open_target(options: VerifyOptions, say: Say) -> AsyncIterator[tuple[Target, ProbeUsers | None]]:
    """
    The target, and the users that its checks are made with, who must be cleaned; None where no address of the chat is
    known. Raises Failure where nothing runs there.
    """
    if len(options.tokens) not in (0, 2):
        raise Failure("verify_two_tokens", count=len(options.tokens))
    today = datetime.datetime.now(datetime.UTC).date()
    if options.target == LOCAL:
        async with _local(options, say, today) as found:
            yield found
    elif options.target == AWS:
        yield await _aws(options, today)
    else:
        yield await _url(options, say, today)


@asynccontextmanager
async def _local(
    options: VerifyOptions, say: Say, today: datetime.date
) -> AsyncIterator[tuple[Target, ProbeUsers | None]]:
    addresses = running_stack.find(options.data)
    if addresses is None:
        raise Failure("verify_nothing_runs", folder=str(options.data))
    plan = await _plan(options, say)
    try:
        deployment = await page_document(addresses.page, "/deployment", Deployment)
    except NotObservable as error:
        raise Failure(error.code, **error.values) from None
    # `up --bus` and `up --tasks` decide over the Terraform.
    deployment = replace(deployment, bus=deployment.bus if addresses.bus else "postgresql")
    observations = LocalObservations(addresses, deployment)
    try:
        try:
            state = await observations.state()
        except NotObservable as error:
            raise Failure(error.code, **error.values) from None
        users = ProbeUsers(addresses.chat, options.tokens)
        tasks = [task for task in state.tasks if task.state == RUNNING]
        yield (
            Target(
                LOCAL, addresses.chat, replace(plan, deployment=deployment), today, observations,
                ServiceProbe(users), task=f"http://127.0.0.1:{tasks[0].port}" if tasks else None,
                is_on_loopback=True, speed=state.speed, is_slow=options.is_slow,
            ),
            users,
        )  # fmt: skip
    finally:
        await observations.close()


async def _url(options: VerifyOptions, say: Say, today: datetime.date) -> tuple[Target, ProbeUsers | None]:
    address = parse_address(options.target)
    url = origin_of(address)
    plan = await _plan(options, say)
    users = ProbeUsers(url, options.tokens)
    probe = ServiceProbe(users)
    try:
        await _refuse_other_service(url, probe)
    except BaseException:
        await users.clean()
        raise
    target = Target(
        URL, url, plan, today, Unobserved(), probe, is_on_loopback=is_loopback(address), is_slow=options.is_slow
    )
    return target, users


async def _refuse_other_service(url: str, probe: ServiceProbe) -> None:
    """Nobody signs up with, or sends a token to, what is no Glimpse chat. Raises Failure."""
    try:
        health = await probe.health()
    except aiohttp.ClientSSLError:
        # The check of TLS says what is wrong with it.
        return
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise Failure("verify_unreachable", url=url, detail=str(error) or type(error).__name__) from None
    refuse_other_service(url, health)


async def _aws(options: VerifyOptions, today: datetime.date) -> tuple[Target, ProbeUsers | None]:
    from glimpse.operations.outside.aws.observations import observe

    plan = await read_plan(options.arguments)
    deployment = plan.deployment
    if deployment is None:
        raise Failure("verify_no_deployment")
    service = deployment.tasks.service
    if options.drill is not None and options.drill != service:
        raise Failure("verify_drill_other", given=options.drill, service=service or "–")
    observations = await observe(deployment, options.region)
    name = f"AWS {options.region or deployment.region}"
    target = Target(AWS, name, plan, today, observations, is_slow=options.is_slow)
    try:
        url = await observations.chat_url()
    except NotObservable as error:
        return replace(target, why_no_service=error), None
    users = ProbeUsers(url, options.tokens)
    return replace(target, address=url, service=ServiceProbe(users)), users


async def _plan(options: VerifyOptions, say: Say) -> Plan:
    """The plan, or an empty one where none can be read: the service can be checked without."""
    try:
        return await read_plan(options.arguments, needs_deployment=False)
    except Failure as failure:
        print(say("verify_without_plan", why=say(failure.code, **failure.values)), file=sys.stderr)
        return NO_PLAN

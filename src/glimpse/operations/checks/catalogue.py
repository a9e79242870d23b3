"""All checks of `glimpse verify`, in the order in which reports have those that no box of the checklist names."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.chat.uploads import UPLOAD_SECONDS
from glimpse.operations.checks import observed_checks as observed
from glimpse.operations.checks import service_checks as service
from glimpse.operations.checks.alarm_checks import ALARM_RULES, judge_alarm
from glimpse.operations.checks.check import LAST, LOCAL, URL, WAITING, Check, Target
from glimpse.operations.checks.finding import Finding, unknown
from glimpse.operations.checks.observations import NotObservable
from glimpse.operations.deployment import Balancer, DerivedAlarm
from glimpse.operations.local.local_deployment import pool_of_task

WAITING_SECONDS = 420.0
"""The limit of a check that waits for a clock; the longest waits until an address has expired, after 300 s."""

MAX_IDLE_SECONDS = 70
"""With a longer idle timeout, holding a connection past it takes more than 90 s in all, and so needs --slow."""

RECOVERY_SECONDS = 300.0
"""A Spot task's notice of 120 s, and a slow start of its replacement, and some more."""


# ---- The service


async def _health(target: Target) -> Finding:
    return service.judge_health(await target.reached().health())


async def _tls(target: Target) -> Finding:
    return service.judge_tls(await target.reached().tls(), target.is_on_loopback)


async def _headers(target: Target) -> Finding:
    return service.judge_headers(await target.reached().page(), target.address.startswith("https:"))


async def _websocket(target: Target) -> Finding:
    chat = target.reached()
    return service.judge_round_trips(await chat.round_trip("websocket"), await chat.round_trip("polling"))


async def _polling(target: Target) -> Finding:
    chat = target.reached()
    try:
        tasks = (await target.observations.running_tasks()).running
    except NotObservable:
        tasks = None
    # On somebody's service nothing is done that must fail.
    return service.judge_polling(await chat.polling(target.kind == LOCAL and (tasks or 0) > 1), tasks)


async def _idle_socket(target: Target) -> Finding:
    idle = await _idle_seconds(target)
    return service.judge_idle_socket(await target.reached().hold_socket(idle + target.idle_margin_seconds), idle)


async def _keep_alive(target: Target) -> Finding:
    """A connection past the balancer is held, where that can be reached; elsewhere the settings are compared."""
    if target.kind == URL:
        return unknown("verify_keep_alive_hidden")
    if target.task is None:
        settings = await target.observations.task_settings()
        return observed.judge_keep_alive(settings, await target.observations.balancer_settings())
    idle = await _idle_seconds(target)
    held = await target.reached().hold_connection(target.task, idle + min(2.0, target.idle_margin_seconds))
    return service.judge_held_connection(held, idle)


async def _presigned(target: Target) -> Finding:
    return service.judge_presigned(await target.reached().presigned_upload())


async def _upload(target: Target) -> Finding:
    return service.judge_upload(await target.reached().upload())


async def _wrong_size(target: Target) -> Finding:
    return service.judge_wrong_size(await target.reached().put_wrong_size())


async def _wrong_type(target: Target) -> Finding:
    return service.judge_wrong_type(await target.reached().put_wrong_type())


async def _wrong_checksum(target: Target) -> Finding:
    return service.judge_wrong_checksum(await target.reached().put_wrong_checksum())


async def _second_put(target: Target) -> Finding:
    return service.judge_second_put(await target.reached().put_twice())


async def _expired(target: Target) -> Finding:
    if not target.is_slow:
        return unknown("verify_expired_slow", seconds=UPLOAD_SECONDS)
    return service.judge_expired(*await target.reached().put_expired())


async def _public_read(target: Target) -> Finding:
    return service.judge_public_read(await target.reached().public_read())


async def _spot(target: Target) -> Finding:
    if not target.may_reclaim:
        return unknown("verify_spot_url" if target.kind == URL else f"verify_spot_not_agreed_{target.kind}")
    seen = target.observations
    lost = await target.reached().lose_task(seen.reclaim_spot_task, seen.is_recovered)
    claimed = target.plan.document_recovery_seconds
    return _beside(service.judge_loss(lost, target.speed), None if claimed is None else f"{claimed:g} s")


async def _idle_seconds(target: Target) -> int:
    """
    The balancer's idle timeout: as it is, else as the Terraform writes it, else AWS's default. Raises NotObservable
    where nobody agreed to wait for so long.
    """
    try:
        idle = (await target.observations.balancer_settings()).idle_timeout_seconds
    except NotObservable:
        idle = (target.plan.deployment.balancer if target.plan.deployment else Balancer()).idle_timeout_seconds
    if idle > MAX_IDLE_SECONDS and not target.is_slow:
        raise NotObservable("verify_idle_slow", idle=idle)
    return idle


# ---- The stack


async def _running_tasks(target: Target) -> Finding:
    seen, alarm = await target.observations.running_tasks(), _derived(target, "running_tasks")
    return _beside_alarm(observed.judge_running_tasks(seen, target.deployment.tasks), alarm)


async def _spot_share(target: Target) -> Finding:
    return observed.judge_spot_share(await target.observations.running_tasks(), target.deployment.tasks)


async def _connections(target: Target) -> Finding:
    seen, alarm = await target.observations.database_connections(), _derived(target, "database_connections")
    return _beside_alarm(observed.judge_connections(seen, target.database, alarm), alarm)


async def _connections_at_deploy(target: Target) -> Finding:
    settings, seen = await target.observations.task_settings(), await target.observations.database_connections()
    finding = observed.judge_connections_at_deploy(settings, seen, target.database, target.deployment)
    if target.kind == LOCAL and finding.code == "verify_deploy_many":
        # `up` gives its tasks smaller pools, so that they can start; the verdict is on the Terraform.
        here = {"here": pool_of_task(target.deployment)}
        return replace(finding, code="verify_deploy_many_local", values={**finding.values, **here})
    return finding


async def _errors(target: Target) -> Finding:
    alarm = _derived(target, "balancer_5xx")
    return _beside_alarm(observed.judge_errors(await target.observations.balancer_errors(), alarm), alarm)


async def _engine(target: Target) -> Finding:
    return observed.judge_engine(await target.observations.engine(), target.database, target.today)


async def _storage(target: Target) -> Finding:
    return observed.judge_storage(await target.observations.storage(), target.plan)


async def _bill(target: Target) -> Finding:
    claimed = target.plan.document_monthly_usd
    finding = observed.judge_bill(await target.observations.spending(), target.plan)
    return _beside(finding, None if claimed is None else f"${claimed:g}")


async def _applied(target: Target) -> Finding:
    if target.kind == LOCAL:
        return unknown("verify_nothing_applied")
    settings, tasks = await target.observations.task_settings(), await target.observations.running_tasks()
    return observed.judge_applied(settings, tasks, await target.observations.balancer_settings(), target.deployment)


async def _alarm(name: str, target: Target) -> Finding:
    alarm = _derived(target, name)
    return _beside_alarm(judge_alarm(name, await target.observations.alarms(), alarm), alarm)


def _derived(target: Target, name: str) -> DerivedAlarm | None:
    return next((alarm for alarm in target.plan.alarms if alarm.name == name), None)


def _beside_alarm(finding: Finding, alarm: DerivedAlarm | None) -> Finding:
    return _beside(finding, alarm.document if alarm else None)


def _beside(finding: Finding, document: str | None) -> Finding:
    """The finding beside what the plan document says about the same figure."""
    return replace(finding, document=document)


def _alarm_check(name: str) -> Check:
    run: Callable[[Target], Awaitable[Finding]] = partial(_alarm, name)
    return Check(f"alarm_{name}", run)


CHECKS = (
    Check("service_healthy", _health),
    Check("tls", _tls),
    Check("security_headers", _headers),
    Check("websocket", _websocket),
    Check("polling_stickiness", _polling),
    Check("idle_websocket", _idle_socket, WAITING, WAITING_SECONDS),
    Check("keep_alive", _keep_alive, WAITING, WAITING_SECONDS),
    Check("presigned_address", _presigned),
    Check("direct_upload", _upload),
    Check("upload_wrong_size", _wrong_size),
    Check("upload_wrong_type", _wrong_type),
    Check("upload_wrong_checksum", _wrong_checksum),
    Check("upload_second_put", _second_put),
    Check("upload_expired", _expired, WAITING, WAITING_SECONDS),
    Check("public_read_refused", _public_read),
    Check("running_tasks", _running_tasks),
    Check("spot_share", _spot_share),
    Check("spot_recovery", _spot, LAST, RECOVERY_SECONDS),
    *map(_alarm_check, ALARM_RULES),
    Check("balancer_5xx", _errors),
    Check("database_connections", _connections),
    Check("database_connections_at_deploy", _connections_at_deploy),
    Check("engine_support", _engine),
    Check("storage_growth", _storage),
    Check("bill", _bill),
    Check("terraform_applied", _applied),
)


def choose_checks(only: Sequence[str]) -> Sequence[Check]:
    """The checks of these names, or all where none is named. Raises Failure where a name is no check's."""
    known = {check.name: check for check in CHECKS}
    for name in only:
        if name not in known:
            # A value is cut at 300 characters, and the names are longer.
            names = sorted(known)
            half = len(names) // 2
            first, rest = ", ".join(names[:half]), ", ".join(names[half:])
            raise Failure("verify_no_such_check", name=name, names=first, rest=rest)
    return [known[name] for name in dict.fromkeys(only)] or CHECKS

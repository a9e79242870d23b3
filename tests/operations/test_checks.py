"""Each check of `glimpse verify` confirms what is right, refutes what is broken, and calls unknown what it cannot see."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from glimpse.operations.checks.catalogue import CHECKS
from glimpse.operations.checks.check import AWS, LAST, LOCAL, QUICK, URL, WAITING, Check, Outcome, Target
from glimpse.operations.checks.finding import CONFIRMED, REFUTED, UNKNOWN, Finding, confirmed
from glimpse.operations.checks.observations import (
    BalancerSettings,
    DatabaseConnections,
    Engine,
    Errors,
    NotObservable,
    RunningTasks,
    Spending,
    Storage,
    TaskSettings,
)
from glimpse.operations.checks.report import why
from glimpse.operations.checks.run import run_checks
from glimpse.operations.checks.service import (
    Answer,
    IdleConnection,
    Loss,
    Polling,
    PresignedUpload,
    PublicRead,
    RoundTrip,
    SecondPut,
    Tls,
    Upload,
)
from glimpse.operations.checks.unobserved import Unobserved
from glimpse.operations.deployment import Alarm, Balancer, Database, Deployment, DerivedAlarm, Plan, Tasks
from glimpse.words import Words

TODAY = datetime.date(2026, 11, 29)
CPU, MEMORY = "AWS/ECS/CPUUtilization", "AWS/ECS/MemoryUtilization"
OWN_5XX, TASKS_5XX = "AWS/ApplicationELB/HTTPCode_ELB_5XX_Count", "AWS/ApplicationELB/HTTPCode_Target_5XX_Count"
CONNECTIONS = "AWS/RDS/DatabaseConnections"
MORE, LESS = "GreaterThanThreshold", "LessThanThreshold"

HEADERS = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=31536000",
}

ALARMS = (
    Alarm("a.cpu", "cpu", (CPU,), "Average", MORE, "85", 60, 10),
    Alarm("a.memory", "memory", (MEMORY,), "Average", MORE, "90", 60, 10),
    Alarm("a.tasks", "tasks", (CPU,), "SampleCount", LESS, "2", 60, 5),
    Alarm("a.errors", "errors", (OWN_5XX, TASKS_5XX), "Sum", MORE, "10", 300, 1),
    Alarm("a.connections", "connections", (CONNECTIONS,), "Maximum", MORE, "59", 60, 5),
)

PLAN = Plan(
    deployment=Deployment(
        region="ap-northeast-2",
        tasks=Tasks(
            desired=2, fewest=2, most=4, on_demand=1, spot=1, stop_timeout_seconds=120,
            environment={"GLIMPSE_DATABASE_POOL": "4", "GLIMPSE_KEEP_ALIVE_SECONDS": "65"},
        ),
        balancer=Balancer(idle_timeout_seconds=60, deregistration_delay_seconds=30, is_sticky=True),
        database=Database(version="17", storage_gb=20, connections=79, standard_support_ends="2030-02-28"),
        bus="valkey",
    ),
    monthly_usd="54.09",
    alarms=(
        DerivedAlarm("ecs_cpu", "> 70%", "85"),
        DerivedAlarm("ecs_memory", "> 80%", "90"),
        DerivedAlarm("running_tasks", "< 2", "2"),
        DerivedAlarm("balancer_5xx", "> 10건/5분", "10"),
        DerivedAlarm("database_connections", "> 45개", "59"),
    ),
    monthly_messages=300_000,
)  # fmt: skip

RIGHT: Mapping[str, Any] = {
    "health": Answer(200, 3, {}, b'{"status":"ok"}'),
    "page": Answer(200, 3, HEADERS),
    "tls": Tls("TLSv1.3", 60, None, 301, "https://chat.example.com/"),
    "round_trip": RoundTrip("websocket", 12, 1, 1),
    "polling": Polling([200] * 9, "AWSALB", [200, 400]),
    "hold_socket": IdleConnection(65, True),
    "hold_connection": IdleConnection(62, True),
    "presigned_upload": PresignedUpload(201, "chat:443", "s3:443", ("content-length", "content-type", "host"), 300),
    "upload": Upload("chat:443", "s3:443", 200, 200, 200, True),
    "put_wrong_size": 403,
    "put_wrong_type": 403,
    "put_wrong_checksum": 400,
    "put_twice": SecondPut(412, True),
    "put_expired": (403, 300),
    "public_read": PublicRead(403, 403, 401),
    "lose_task": Loss("task-2", 40, 0, 0, 0, (0.8, 1.4), 70.0),
    "running_tasks": RunningTasks(running=2, wanted=2, on_demand=1, spot=1),
    "task_settings": TaskSettings(65, 4, None, 120),
    "balancer_settings": BalancerSettings(60, 30, True, True),
    "database_connections": DatabaseConnections(9, 79),
    "engine": Engine("17.4"),
    "storage": Storage(2 * 10**9, 20 * 2**30, growth_bytes_a_day=8e6),
    "balancer_errors": Errors(1, 60),
    "alarms": ALARMS,
    "spending": Spending("12.40", 7, "AmazonECS"),
}
"""What the methods of Service and Observations return of a stack on AWS where all is right."""


class Fake:
    """Service and Observations at once: each method returns its value, or raises it where it is an exception."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    def __getattr__(self, name: str) -> Any:
        async def method(*arguments: Any) -> Any:
            self.asked.append((name, arguments))
            value = self._values[name]
            if isinstance(value, Exception):
                raise value
            return value

        return method


def target(plan: Plan = PLAN, kind: str = AWS, **values: Any) -> Target:
    stack: Any = Fake({**RIGHT, **values})
    return Target(kind, "https://chat.example.com", plan, TODAY, stack, stack, may_reclaim=True, is_slow=True)


def check_of(name: str) -> Check:
    return next(check for check in CHECKS if check.name == name)


def found(name: str, on: Target) -> Finding:
    [outcome] = asyncio.run(run_checks([check_of(name)], on, clock=lambda: 0.0, side_by_side=1))
    for language in ("en", "ko"):
        # Each finding has its sentence, with all of its values.
        assert Words(language)(outcome.finding.code, **outcome.finding.values)
    return outcome.finding


def deployed(**fields: Any) -> Plan:
    assert PLAN.deployment
    return replace(PLAN, deployment=replace(PLAN.deployment, **fields))


def without_alarm(name: str, *instead: Alarm) -> Any:
    return tuple(alarm for alarm in ALARMS if alarm.name != name) + instead


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_right_stack_is_confirmed(check: Check) -> None:
    assert found(check.name, target()).verdict == CONFIRMED


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_what_cannot_be_seen_or_breaks_is_unknown(check: Check) -> None:
    for reason in (NotObservable("verify_url_hides"), KeyError("a defect"), OSError("no route"), TimeoutError()):
        blind = dict.fromkeys(RIGHT, reason)
        assert found(check.name, target(**blind)).verdict == UNKNOWN, reason


BROKEN = [
    ("service_healthy", {"health": Answer(503, 3, {})}),
    ("service_healthy", {"health": Answer(200, 3, {}, b"<h1>Welcome to nginx!</h1>")}),
    ("tls", {"tls": Tls(None, problem="certificate has expired")}),
    ("tls", {"tls": Tls("TLSv1.1", 60)}),
    ("tls", {"tls": Tls("TLSv1.3", 5)}),
    ("tls", {"tls": Tls("TLSv1.3", 60, None, 200)}),
    ("tls", {"tls": Tls("TLSv1.3", 60, None, 301, "http://chat.example.com/home")}),
    ("tls", {"tls": Tls(None)}),
    *(
        ("security_headers", {"page": Answer(200, 3, {key: value for key, value in HEADERS.items() if key != missing})})
        for missing in HEADERS
    ),
    (
        "security_headers",
        {"page": Answer(200, 3, {**HEADERS, "content-security-policy": "script-src 'unsafe-inline'; frame-ancestors x"})},
    ),
    *(
        ("security_headers", {"page": Answer(200, 3, {**HEADERS, name: value})})
        for name, value in (
            ("content-security-policy", "style-src 'self'; script-src 'unsafe-inline'; frame-ancestors 'none'"),
            ("content-security-policy", "default-src *; frame-ancestors 'none'"),
            ("content-security-policy", "img-src 'self'; frame-ancestors 'none'"),
            ("content-security-policy", "default-src 'self'; frame-ancestors *"),
            ("strict-transport-security", "max-age=0"),
        )
    ),
    ("websocket", {"round_trip": RoundTrip("websocket", None, problem="timed out")}),
    ("websocket", {"round_trip": RoundTrip("websocket", 9, 0, 1)}),
    ("websocket", {"round_trip": RoundTrip("websocket", 9, 2, 1)}),
    ("polling_stickiness", {"polling": Polling([200, 200, 400], "AWSALB")}),
    ("idle_websocket", {"hold_socket": IdleConnection(60, False)}),
    ("keep_alive", {"task_settings": TaskSettings(60, 4, 25, 120)}),
    ("presigned_address", {"presigned_upload": PresignedUpload(503)}),
    ("presigned_address", {"presigned_upload": PresignedUpload(201, "c", "s", ("content-type", "host"), 300)}),
    ("presigned_address", {"presigned_upload": PresignedUpload(201, "c", "s", ("content-length", "content-type"), 900)}),
    ("direct_upload", {"upload": Upload("chat", "chat", 200, 200, 200, True)}),
    ("direct_upload", {"upload": Upload("chat", "s3", 403, 409, 0, False)}),
    ("direct_upload", {"upload": Upload("chat", "s3", 200, 200, 200, False)}),
    ("upload_wrong_size", {"put_wrong_size": 200}),
    ("upload_wrong_type", {"put_wrong_type": 200}),
    ("upload_wrong_checksum", {"put_wrong_checksum": 200}),
    ("upload_second_put", {"put_twice": SecondPut(200, False)}),
    ("upload_expired", {"put_expired": (200, 300)}),
    ("public_read_refused", {"public_read": PublicRead(200, 403, 401)}),
    ("public_read_refused", {"public_read": PublicRead(403, 200, 401)}),
    ("public_read_refused", {"public_read": PublicRead(403, 403, 302)}),
    ("running_tasks", {"running_tasks": RunningTasks(1, 2, 1, 0)}),
    ("running_tasks", {"running_tasks": RunningTasks(1, 1, 1, 0)}),
    ("spot_share", {"running_tasks": RunningTasks(2, 2, 2, 0)}),
    ("spot_recovery", {"lose_task": Loss("task-2", 40, 1, 0, 0, (), 70.0)}),
    ("spot_recovery", {"lose_task": Loss("task-2", 40, 0, 1, 0, (), 70.0)}),
    ("spot_recovery", {"lose_task": Loss("task-2", 40, 0, 0, 1, (), 70.0)}),
    ("spot_recovery", {"lose_task": Loss("task-2", 40, 0, 0, 0, (1.0, None), 70.0)}),
    ("spot_recovery", {"lose_task": Loss("task-2", 40, 0, 0, 0, (30.0,), 70.0)}),
    ("spot_recovery", {"lose_task": Loss("task-2", 40, 0, 0, 0, (1.0,), None)}),
    *((f"alarm_{name}", {"alarms": ()}) for name in
      ("ecs_cpu", "ecs_memory", "running_tasks", "balancer_5xx", "database_connections")),
    ("alarm_ecs_cpu", {"alarms": without_alarm("cpu", replace(ALARMS[0], threshold="70"))}),
    ("alarm_ecs_cpu", {"alarms": without_alarm("cpu", replace(ALARMS[0], comparison=LESS))}),
    ("alarm_ecs_cpu", {"alarms": without_alarm("cpu", replace(ALARMS[0], name="TargetTracking-service/a-AlarmHigh"))}),
    ("alarm_ecs_memory", {"alarms": without_alarm("memory", replace(ALARMS[1], threshold="80"))}),
    ("alarm_running_tasks", {"alarms": without_alarm("tasks", replace(ALARMS[2], threshold="1"))}),
    ("alarm_running_tasks", {"alarms": without_alarm("tasks", replace(ALARMS[2], period_seconds=300))}),
    ("alarm_balancer_5xx", {"alarms": without_alarm("errors", replace(ALARMS[3], metrics=(TASKS_5XX,)))}),
    ("alarm_balancer_5xx", {"alarms": without_alarm("errors", replace(ALARMS[3], period_seconds=60))}),
    ("alarm_database_connections", {"alarms": without_alarm("connections", replace(ALARMS[4], threshold="45"))}),
    ("balancer_5xx", {"balancer_errors": Errors(11, 5)}),
    ("balancer_5xx", {"balancer_errors": Errors(200, 60)}),
    ("database_connections", {"database_connections": DatabaseConnections(60, 79)}),
    ("database_connections", {"database_connections": DatabaseConnections(50, 50)}),
    ("database_connections_at_deploy", {"task_settings": TaskSettings(65, 18, 25, 120)}),
    ("database_connections_at_deploy", {"database_connections": DatabaseConnections(9, 30)}),
    ("engine_support", {"engine": Engine("13.9", "2026-02-28")}),
    ("storage_growth", {"storage": Storage(19 * 2**30, 20 * 2**30, growth_bytes_a_day=5e7)}),
    ("storage_growth", {"storage": Storage(20 * 2**30 - 1000, 20 * 2**30)}),
    ("bill", {"spending": Spending("19.00", 7, "AmazonECS")}),
    ("terraform_applied", {"balancer_settings": BalancerSettings(60, 300, True, True)}),
    ("terraform_applied", {"balancer_settings": BalancerSettings(60, 30, False, True)}),
    ("terraform_applied", {"running_tasks": RunningTasks(2, 2, 1, 1, fewest=1, most=4)}),
    ("terraform_applied", {"task_settings": TaskSettings(5, 4, 25, 120)}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "broken"), BROKEN, ids=[f"{name}-{number}" for number, (name, _) in enumerate(BROKEN)]
)
def test_what_is_broken_is_refuted(name: str, broken: Mapping[str, Any]) -> None:
    assert found(name, target(**broken)).verdict == REFUTED


def test_each_check_is_refuted_by_something() -> None:
    assert {name for name, _ in BROKEN} == {check.name for check in CHECKS}


@pytest.mark.parametrize(
    ("name", "on", "code"),
    [
        ("tls", replace(target(tls=Tls(None)), is_on_loopback=True), "verify_tls_local"),
        ("security_headers", target(page=Answer(404, 3, {})), "verify_headers_no_page"),
        ("polling_stickiness", target(polling=Polling([200], None)), "verify_polling_no_cookie"),
        ("polling_stickiness", target(running_tasks=RunningTasks(1, 1)), "verify_polling_one_task"),
        ("polling_stickiness", target(polling=Polling([200], "AWSALB", [200] * 12)), "verify_polling_unproved"),
        ("keep_alive", target(kind=URL), "verify_keep_alive_hidden"),
        ("idle_websocket",
         replace(target(balancer_settings=BalancerSettings(300, 30, True, True)), is_slow=False), "verify_idle_slow"),
        ("keep_alive", target(task_settings=TaskSettings(None, 4, 25, 120)), "verify_keep_alive_unset"),
        ("presigned_address", target(presigned_upload=PresignedUpload(201, "c", "s", ("content-length", "content-type"))),
         "verify_presigned_no_end"),
        ("upload_wrong_size", target(put_wrong_size=503), "verify_store_fails"),
        ("public_read_refused", target(public_read=PublicRead(403, 500, 401)), "verify_public_read_fails"),
        ("upload_expired", replace(target(), is_slow=False), "verify_expired_slow"),
        ("spot_recovery", replace(target(), may_reclaim=False), "verify_spot_not_agreed_aws"),
        ("spot_recovery", replace(target(kind=LOCAL), may_reclaim=False), "verify_spot_not_agreed_local"),
        ("spot_recovery", replace(target(kind=URL), may_reclaim=False), "verify_spot_url"),
        ("spot_share", target(running_tasks=RunningTasks(2, 2)), "verify_spot_share_unseen"),
        ("spot_share", target(running_tasks=RunningTasks(3, 3, 1, 2)), "verify_spot_share_count"),
        ("alarm_ecs_cpu", target(plan=replace(PLAN, alarms=())), "verify_alarm_no_bound"),
        ("alarm_ecs_cpu", target(alarms=(replace(ALARMS[0], threshold=None),)), "verify_alarm_unread"),
        ("balancer_5xx", target(plan=replace(PLAN, alarms=())), "verify_errors_no_bound"),
        ("database_connections", target(plan=deployed(database=None)), "verify_no_database"),
        ("database_connections", target(deployed(database=Database()), database_connections=DatabaseConnections(9, None)),
         "verify_connections_no_limit"),
        ("database_connections_at_deploy", target(task_settings=TaskSettings(65, None, 25, 120)), "verify_deploy_unseen"),
        ("engine_support", target(engine=Engine("99.1")), "verify_engine_unknown"),
        ("storage_growth", target(storage=Storage(10**9, None)), "verify_storage_no_limit"),
        ("storage_growth", target(replace(PLAN, monthly_messages=None), storage=Storage(10**9, 20 * 2**30)),
         "verify_storage_no_growth"),
        ("bill", target(spending=Spending("0", 0, "AmazonECS")), "verify_bill_no_days"),
        ("terraform_applied", target(kind=LOCAL), "verify_nothing_applied"),
        ("running_tasks", target(replace(PLAN, deployment=None)), "verify_no_deployment"),
        ("service_healthy", replace(target(), service=None), "verify_no_address"),
        ("service_healthy", target(health=Answer(429, 3, {})), "verify_limited"),
        ("polling_stickiness", target(polling=Polling([200, 503], "AWSALB")), "verify_polling_fails"),
        ("polling_stickiness", target(polling=Polling([400], None)), "verify_polling_fails"),
        ("presigned_address", target(presigned_upload=PresignedUpload(429)), "verify_limited"),
        *(("upload_wrong_size", target(put_wrong_size=status), "verify_store_fails") for status in (307, 404, 429, 503)),
        ("upload_second_put", target(put_twice=SecondPut(503, True)), "verify_store_fails"),
        ("public_read_refused", target(public_read=PublicRead(403, 429, 401)), "verify_public_read_fails"),
        ("running_tasks", replace(target(), observations=Unobserved()), "verify_url_hides"),
    ],
)  # fmt: skip
def test_what_proves_nothing_is_unknown(name: str, on: Target, code: str) -> None:
    finding = found(name, on)
    assert (finding.verdict, finding.code) == (UNKNOWN, code)


# ---- Rules of single checks


def test_a_task_that_can_be_reached_is_asked_instead_of_its_settings() -> None:
    on = replace(target(kind=LOCAL, hold_connection=IdleConnection(5, False)), task="http://127.0.0.1:3001")
    assert found("keep_alive", on).code == "verify_keep_alive_cut"
    service: Any = on.service
    # The connection is held for longer than the idle timeout.
    [(_, (address, seconds))] = [asked for asked in service.asked if asked[0] == "hold_connection"]
    assert address == "http://127.0.0.1:3001"
    assert seconds > 60


def test_a_quiet_socket_is_held_for_longer_than_the_idle_timeout_of_the_terraform() -> None:
    on = target(
        plan=deployed(balancer=Balancer(idle_timeout_seconds=120)), balancer_settings=NotObservable("verify_url_hides")
    )
    found("idle_websocket", on)
    service: Any = on.service
    assert ("hold_socket", (125.0,)) in service.asked


@pytest.mark.parametrize(("kind", "tasks", "is_tried"), [(LOCAL, 2, True), (LOCAL, 1, False), (URL, 2, False)])
def test_only_on_this_machine_something_is_tried_that_must_fail(kind: str, tasks: int, is_tried: bool) -> None:
    on = target(kind=kind, running_tasks=RunningTasks(tasks, tasks))
    found("polling_stickiness", on)
    service: Any = on.service
    assert ("polling", (is_tried,)) in service.asked


def test_on_this_machine_the_smaller_pools_of_up_stand_beside_those_of_the_terraform() -> None:
    finding = found("database_connections_at_deploy", target(kind=LOCAL, task_settings=TaskSettings(65, 18, 25, 120)))
    assert (finding.verdict, finding.code, finding.values["here"]) == (REFUTED, "verify_deploy_many_local", 4)


def test_where_the_database_is_the_bus_each_task_has_one_connection_more() -> None:
    # 4 tasks at most, 8 while a deploy replaces them: 8 × 4 + 3 = 35, and 8 × 5 + 3 = 43.
    exact = DatabaseConnections(9, 35 + 5)
    assert found("database_connections_at_deploy", target(database_connections=exact)).verdict == CONFIRMED
    with_bus = target(plan=deployed(bus="postgresql"), database_connections=exact)
    finding = found("database_connections_at_deploy", with_bus)
    assert (finding.verdict, finding.values["needed"]) == (REFUTED, 43)


def test_the_documents_figure_stands_beside_the_derived_one() -> None:
    finding = found("alarm_ecs_cpu", target(alarms=(replace(ALARMS[0], threshold="70"),)))
    assert why(finding, Words("en")) == ("cpu: > 70, but the design asks for > 85. The plan document says > 70%.")


def test_the_documents_recovery_and_bill_stand_beside_the_measured_ones() -> None:
    plan = replace(PLAN, document_recovery_seconds=30.0, document_monthly_usd=56.0)
    assert found("spot_recovery", target(plan)).document == "30 s"
    assert found("bill", target(plan)).document == "$56"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_stack_without_a_plan_document_is_told_of_none(check: Check) -> None:
    on = target(replace(PLAN, alarms=(), document_recovery_seconds=None, document_monthly_usd=None))
    finding = found(check.name, on)
    assert finding.document is None
    assert "document" not in Words("en")(finding.code, **finding.values)


def test_an_alarm_counts_tasks_by_any_metric_that_does() -> None:
    for alarm in (
        replace(ALARMS[2], metrics=("ECS/ContainerInsights/RunningTaskCount",), statistic="Average"),
        replace(ALARMS[2], metrics=("AWS/ApplicationELB/HealthyHostCount",), statistic="Minimum", period_seconds=300),
        replace(ALARMS[2], threshold="1", comparison="LessThanOrEqualToThreshold"),
        # Five minutes have five samples of each task.
        replace(ALARMS[2], threshold="10", period_seconds=300),
    ):
        assert found("alarm_running_tasks", target(alarms=(alarm,))).verdict == CONFIRMED, alarm


def test_two_alarms_may_share_the_errors_of_the_balancer_and_the_tasks() -> None:
    halves = (replace(ALARMS[3], metrics=(OWN_5XX,)), replace(ALARMS[3], metrics=(TASKS_5XX,)))
    assert found("alarm_balancer_5xx", target(alarms=halves)).verdict == CONFIRMED


def test_the_growth_of_the_storage_is_what_was_seen_else_the_plans() -> None:
    seen = found("storage_growth", target())
    planned = found("storage_growth", target(storage=Storage(10**9, 20 * 2**30, messages=3)))
    counted = found("storage_growth", target(storage=Storage(10**9, 20 * 2**30, messages=1_000_000)))
    assert seen.code.startswith("verify_storage_seen")
    assert (planned.values["bytes"], counted.values["bytes"]) == (797, 1000)


def test_start_times_that_were_divided_are_told() -> None:
    finding = found("spot_recovery", replace(target(), speed=5.0))
    assert (finding.code, finding.values["speed"]) == ("verify_spot_at_speed", "5")


# ---- How checks run


def of(name: str, run: Any, when: str = QUICK, seconds: float = 5.0) -> Check:
    return Check(name, run, when, seconds)


def test_a_check_that_hangs_is_unknown() -> None:
    async def hang(on: Target) -> Finding:
        await asyncio.Event().wait()
        raise AssertionError

    [outcome] = asyncio.run(run_checks([of("tls", hang, WAITING, 0.01)], target(), lambda: 0.0, 1))
    assert (outcome.finding.verdict, outcome.finding.code) == (UNKNOWN, "verify_hung")


def test_quick_checks_run_a_few_at_a_time_beside_those_that_wait_and_what_takes_away_runs_last() -> None:
    running: set[str] = set()
    most_quick = 0
    beside_last: list[set[str]] = []
    held_may_end = asyncio.Event()

    def check(name: str, when: str) -> Check:
        async def run(on: Target) -> Finding:
            nonlocal most_quick
            if when == LAST:
                beside_last.append(set(running))
            running.add(name)
            most_quick = max(most_quick, sum(each.startswith("quick") for each in running))
            if when == WAITING:
                # It ends only once every quick one has run beside it.
                await held_may_end.wait()
            else:
                await asyncio.sleep(0)
            running.discard(name)
            return confirmed("verify_healthy", status=200, ms=1)

        return of(name, run, when)

    checks = [check("last", LAST), *(check(f"quick{n}", QUICK) for n in range(6)), check("held", WAITING)]
    seen: list[Outcome] = []

    def on_outcome(outcome: Outcome) -> None:
        seen.append(outcome)
        if len(seen) == 6:
            held_may_end.set()

    outcomes = asyncio.run(run_checks(checks, target(), lambda: 0.0, 2, on_outcome))
    assert [outcome.name for outcome in outcomes] == [check.name for check in checks]
    assert [outcome.name for outcome in seen[-2:]] == ["held", "last"]
    assert most_quick == 2
    assert beside_last == [set()]

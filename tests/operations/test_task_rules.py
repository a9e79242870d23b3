"""Where tasks go, how a rolling deployment proceeds, and which settings tasks get: functions of values."""

from __future__ import annotations

import pytest

from glimpse.chat.settings import read_settings
from glimpse.operations.deployment import Tasks
from glimpse.operations.local.placement import next_provider, server_names
from glimpse.operations.local.rolling import Bounds, Counts, Step, bounds, has_room, next_step
from glimpse.operations.local.task_environment import task_environment
from glimpse.operations.state import FARGATE, FARGATE_SPOT
from glimpse.operations.timings import timings


def placed(tasks: Tasks, wanted: int) -> list[str]:
    providers: list[str] = []
    for _ in range(wanted):
        providers.append(next_provider(tasks, wanted, providers))
    return providers


@pytest.mark.parametrize(
    ("on_demand", "spot", "wanted", "expected"),
    [(1, 1, 2, 1), (1, 2, 3, 1), (1, 3, 2, 1), (0, 2, 2, 0), (2, 0, 2, 2), (0, 0, 2, 2), (2, 2, 6, 3)],
)
def test_tasks_are_placed_as_the_terraform_places_them(on_demand: int, spot: int, wanted: int, expected: int) -> None:
    providers = placed(Tasks(wanted, wanted, wanted, on_demand=on_demand, spot=spot), wanted)
    assert providers.count(FARGATE) == expected
    assert providers.count(FARGATE_SPOT) == wanted - expected


def test_a_task_is_replaced_by_one_of_the_same_capacity_provider() -> None:
    tasks = Tasks(3, 3, 3, on_demand=1, spot=2)
    assert next_provider(tasks, 3, [FARGATE_SPOT, FARGATE_SPOT]) == FARGATE
    assert next_provider(tasks, 3, [FARGATE, FARGATE_SPOT]) == FARGATE_SPOT


def test_there_are_twice_as_many_servers_as_tasks() -> None:
    assert server_names(2) == ["server-1", "server-2", "server-3", "server-4"]


def test_the_minimum_is_rounded_up_and_the_maximum_down() -> None:
    tasks = Tasks(3, 3, 3, minimum_healthy_percent=50, maximum_percent=150)
    assert bounds(tasks, 3) == Bounds(wanted=3, fewest=2, most=4)


def test_a_deployment_never_has_too_few_serving_tasks_or_too_many_tasks() -> None:
    for percents in ((100, 200), (50, 100), (50, 150), (0, 100), (100, 150)):
        tasks = Tasks(3, 3, 3, minimum_healthy_percent=percents[0], maximum_percent=percents[1])
        limits = bounds(tasks, 3)
        new_serving, new_starting, old = 0, 0, 3
        for _ in range(20):
            step = next_step(Counts(new_serving, new_starting, old), limits)
            new_starting, old = new_starting + step.start, old - step.stop_serving
            assert new_serving + old >= limits.fewest
            assert new_serving + new_starting + old <= limits.most
            if new_starting:
                new_serving, new_starting = new_serving + 1, new_starting - 1
        assert (new_serving, new_starting, old) == (3, 0, 0)


def test_a_task_that_leaves_is_replaced_at_once() -> None:
    assert next_step(Counts(new_serving=2), Bounds(3, 3, 6)) == Step(start=1, stop_serving=0, stop_starting=0)


def test_old_tasks_that_do_not_serve_yet_are_stopped_first() -> None:
    assert next_step(Counts(old_serving=3, old_starting=2), Bounds(3, 3, 6)).stop_starting == 2


def test_percents_that_let_nothing_happen_are_noticed() -> None:
    assert not has_room(Bounds(wanted=3, fewest=3, most=3))
    assert has_room(Bounds(wanted=3, fewest=3, most=4))
    assert has_room(Bounds(wanted=3, fewest=2, most=3))


PARTS = {"GLIMPSE_DATABASE_URL": "postgresql://here", "GLIMPSE_JWT_SECRETS": "s" * 32, "AWS_ACCESS_KEY_ID": "key"}


def test_a_task_has_the_settings_of_the_terraform_that_make_sense_here() -> None:
    terraform = {
        "GLIMPSE_DATABASE_POOL": "7",
        "GLIMPSE_KEEP_ALIVE_SECONDS": "90",
        "GLIMPSE_DRAIN_SECONDS": "25",
        "GLIMPSE_SIGNUP": "off",
        "GLIMPSE_TRUSTED_PROXIES": "2",
        "GLIMPSE_HOST": "::",
        "GLIMPSE_JWKS_URL": "https://issuer.example/keys",
        "GLIMPSE_CLOUDFRONT_URL": "https://files.example",
        "GLIMPSE_UPLOADS": "unknown to the service",
        "TZ": "UTC",
    }
    environment = task_environment(terraform, PARTS, {}, timings(5, 120, 25, 60), 3001)
    settings = read_settings(environment)
    assert (settings.database_pool, settings.keep_alive_seconds, settings.drain_seconds) == (7, 90, 5)
    assert (settings.signup, settings.trusted_proxies, settings.host, settings.port) == ("on", 1, "127.0.0.1", 3001)
    assert environment["AWS_ACCESS_KEY_ID"] == "key"
    assert "GLIMPSE_UPLOADS" not in environment
    assert "TZ" not in environment


def test_a_deploy_may_change_every_setting_but_the_place() -> None:
    deployed = {"GLIMPSE_JWT_SECRETS": "t" * 32, "GLIMPSE_PORT": "1"}
    settings = read_settings(task_environment({}, PARTS, deployed, timings(1, 120, 25, 60), 3001))
    assert (settings.jwt_secrets, settings.port) == (("t" * 32,), 3001)


def test_a_short_drain_stays_a_drain_at_any_speed() -> None:
    fast, none = (task_environment({}, PARTS, {}, timings(100, 120, drain, 60), 1) for drain in (25, 0))
    assert (fast["GLIMPSE_DRAIN_SECONDS"], none["GLIMPSE_DRAIN_SECONDS"]) == ("1", "0")

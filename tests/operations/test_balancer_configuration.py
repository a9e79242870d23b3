"""The configuration of HAProxy says what the Terraform says about the balancer."""

from __future__ import annotations

import re

from glimpse.operations.deployment import Balancer, HealthCheck
from glimpse.operations.local.balancer_configuration import (
    BalancerConfiguration,
    BalancerServer,
    balancer_configuration,
)

BALANCER = Balancer(
    idle_timeout_seconds=75,
    is_sticky=True,
    health_check=HealthCheck("/health", interval_seconds=10, timeout_seconds=4, healthy=2, unhealthy=3),
)
SERVERS = [BalancerServer("server-1", 3001, is_enabled=True), BalancerServer("server-2", 3002)]


def text(balancer: Balancer = BALANCER, frame_origins: tuple[str, ...] = ()) -> str:
    return balancer_configuration(BalancerConfiguration(balancer, (8080, 8081), frame_origins, "/run/stats"), SERVERS)


def lines(name: str, of: str) -> list[str]:
    """The lines of one section."""
    section = re.split(r"^(?=\w)", of, flags=re.MULTILINE)
    (found,) = [each for each in section if each.startswith(f"{name}\n")]
    return [line.strip() for line in found.splitlines()[1:]]


def test_the_idle_timeout_holds_for_clients_tasks_websockets_and_kept_connections() -> None:
    defaults = lines("defaults", text())
    for kind in ("client", "server", "tunnel", "http-keep-alive"):
        assert f"timeout {kind} 75s" in defaults


def test_a_request_that_failed_is_not_sent_to_another_task() -> None:
    assert "retries 0" in lines("defaults", text())
    assert "redispatch" not in text()


def test_tasks_are_checked_as_the_target_group_checks_them() -> None:
    backend = lines("backend tasks_1", text())
    assert "option httpchk GET /health" in backend
    assert "timeout check 4s" in backend
    assert "default-server inter 10s fall 3 rise 2" in backend


def test_each_listener_has_a_port_and_a_cookie_of_its_own() -> None:
    assert "bind 127.0.0.1:8080" in lines("frontend listener_1", text())
    assert "bind 127.0.0.1:8081" in lines("frontend listener_2", text())
    assert "cookie AWSALB insert indirect nocache" in lines("backend tasks_1", text())
    assert "cookie AWSALB2 insert indirect nocache" in lines("backend tasks_2", text())


def test_the_second_listener_asks_no_task_for_its_health() -> None:
    backend = lines("backend tasks_2", text())
    assert "server server-1 127.0.0.1:3001 track tasks_1/server-1 cookie server-1" in backend
    assert not any("check" in line for line in backend)


def test_a_server_without_a_task_gets_nothing_not_even_from_cookie_holders() -> None:
    backend = lines("backend tasks_1", text())
    assert "server server-1 127.0.0.1:3001 check cookie server-1" in backend
    assert "server server-2 127.0.0.1:3002 check cookie server-2 disabled" in backend


def test_without_stickiness_there_is_no_cookie() -> None:
    assert "cookie" not in text(Balancer(is_sticky=False))


def test_only_the_live_page_may_frame_the_chat() -> None:
    assert "frame-ancestors" not in text()
    framed = text(frame_origins=("http://localhost:8090", "http://127.0.0.1:8090"))
    assert framed.count('frame-ancestors http://localhost:8090 http://127.0.0.1:8090\\2"') == 2

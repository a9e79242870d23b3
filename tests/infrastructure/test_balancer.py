"""The module `balancer`: the way from clients to the tasks."""

import re

import pytest

from tests.infrastructure.terraform_plans import BEHIND, Plan, block, record_types, source


def test_the_balancer_speaks_to_tasks_by_address_and_sends_a_poller_back_to_its_task(
    plan: Plan,
) -> None:
    group = plan.one("aws_lb_target_group")
    assert group["target_type"] == "ip", "awsvpc tasks have no instance to register"
    assert (group["protocol"], group["port"]) == ("HTTP", 3001)
    stickiness = block(group, "stickiness")
    assert stickiness["enabled"] is True
    assert stickiness["type"] == "lb_cookie"
    assert stickiness["cookie_duration"] == 86400


def test_a_dead_task_is_noticed_in_twenty_seconds(plan: Plan) -> None:
    check = block(plan.one("aws_lb_target_group"), "health_check")
    assert check["path"] == "/health"
    assert check["interval"] * check["unhealthy_threshold"] <= 20
    assert check["timeout"] < check["interval"]
    assert 2 <= check["healthy_threshold"] <= 10
    assert 5 <= check["interval"] <= 300


def test_idle_connections_last_longer_than_a_ping_interval(plan: Plan) -> None:
    assert plan.one("aws_lb")["idle_timeout"] == 60


def test_clients_end_up_on_tls(plan: Plan) -> None:
    listeners = {each["port"]: each for each in plan.of_type("aws_lb_listener")}
    assert listeners.keys() == {80, 443}
    assert listeners[80]["protocol"] == "HTTP"
    action = block(listeners[80], "default_action")
    redirect = block(action, "redirect")
    assert (action["type"], redirect["protocol"]) == ("redirect", "HTTPS")
    assert redirect["status_code"] in {"HTTP_301", "HTTP_302"}
    assert listeners[443]["protocol"] == "HTTPS"
    assert listeners[443]["ssl_policy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert block(listeners[443], "default_action")["type"] == "forward"


# Who reaches the balancer


WORLD = {"0.0.0.0/0", "::/0"}


def test_only_the_balancer_is_open_to_the_world(plan: Plan) -> None:
    kind = "aws_vpc_security_group_ingress_rule"
    rules = {address: values for address, values in plan.resources.items() if f".{kind}." in address}
    world = {address for address, rule in rules.items() if rule.get("cidr_ipv4") == "0.0.0.0/0"}
    assert world == {f"module.balancer[0].{kind}.http[0]", f"module.balancer[0].{kind}.https"}
    for address, expressions in plan.written.items():
        if re.search(r"aws_(default_)?security_group\.", address):
            assert not {"ingress", "egress"} & expressions.keys(), address


def test_a_public_balancer_that_speaks_ipv6_is_open_and_known_over_it(plans: dict[str, Plan]) -> None:
    plan = plans["ipv6_and_postgresql"]
    rules = {
        (rule["cidr_ipv6"], rule["from_port"], rule["to_port"])
        for rule in plan.of_type("aws_vpc_security_group_ingress_rule")
        if rule.get("cidr_ipv6")
    }
    assert rules == {("::/0", 80, 80), ("::/0", 443, 443)}
    assert record_types(plan) == ["A", "AAAA"]


@pytest.mark.parametrize("choice", BEHIND)
def test_an_inside_balancer_admits_nobody_but_cloudfront(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    assert plan.one("aws_lb")["internal"] is True
    assert [listener["port"] for listener in plan.of_type("aws_lb_listener")] == [443]
    kind = "module.internal_balancer[0].aws_vpc_security_group_ingress_rule"
    ((address, rule),) = [each for each in plan.resources.items() if each[0].startswith(kind)]
    assert address == f"{kind}.https"
    assert (rule["from_port"], rule["to_port"]) == (443, 443)
    assert rule["prefix_list_id"]
    assert not any(rule.get(name) for name in ("cidr_ipv4", "cidr_ipv6", "referenced_security_group_id"))
    listed = plan.written["module.internal_balancer.data.aws_ec2_managed_prefix_list.cloudfront"]
    assert listed["name"]["constant_value"] == "com.amazonaws.global.cloudfront.origin-facing"
    world = [
        address
        for address, rule in plan.resources.items()
        if "security_group_ingress_rule" in address and (rule.get("cidr_ipv4") or rule.get("cidr_ipv6")) in WORLD
    ]
    assert not world


def test_the_balancer_adds_the_address_that_it_saw_after_what_a_client_wrote(plan: Plan) -> None:
    balancer = plan.one("aws_lb")
    assert balancer["xff_header_processing_mode"] == "append"
    assert not balancer.get("enable_xff_client_port"), "the service reads addresses, not addresses with ports"


# While one takes the place of another


def test_two_balancers_and_their_target_groups_can_be_at_once(plans: dict[str, Plan]) -> None:
    choices = ("before", "cloudfront_and_nights", "ipv6_and_cloudfront", "ipv6_and_postgresql")
    names = [plans[choice].one("aws_lb_target_group")["name"] for choice in choices]
    assert len(set(names)) == 4, "one for each balancer and each IP version"
    assert all(len(name) <= 32 for name in names)
    assert plans["before"].one("aws_lb")["name"] != plans["cloudfront_and_nights"].one("aws_lb")["name"]


def test_with_both_ways_in_tasks_join_both_and_neither_balancer_refuses_to_go(plans: dict[str, Plan]) -> None:
    plan = plans["both_ways_in"]
    balancers = plan.of_type("aws_lb")
    assert sorted((each["internal"], each["enable_deletion_protection"]) for each in balancers) == [
        (False, False),
        (True, False),
    ]
    assert plans["before"].one("aws_lb")["enable_deletion_protection"] is True
    assert plans["cloudfront_and_nights"].one("aws_lb")["enable_deletion_protection"] is True
    assert len(plan.one("aws_ecs_service")["load_balancer"]) == 2
    assert record_types(plan) == ["A", "AAAA"], "CloudFront answers over IPv6 as well"


def test_everything_that_clients_need_is_made_before_its_old_one_goes() -> None:
    blocks = re.findall(
        r'^resource "(\w+)" "(\w+)" \{\n(.*?)^\}', source("modules", "balancer", "main.tf"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 9
    for kind, name, body in blocks:
        assert "create_before_destroy = true" in body, f"{kind}.{name}"

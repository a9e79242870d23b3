"""The module `networking`: the subnets, and the way out of them."""

import re
import subprocess

from tests.infrastructure.terraform_plans import CHOICES, NAT, Plan, block, difference, source


def test_one_public_address_exists_beside_the_balancers(plan: Plan) -> None:
    assert not plan.of_type("aws_eip")
    assert not plan.of_type("aws_nat_gateway")
    assert not plan.of_type("aws_network_interface")
    assert not plan.of_type("aws_instance")
    subnets = plan.of_type(r"aws_subnet")
    assert not any(subnet["map_public_ip_on_launch"] for subnet in subnets)
    (interface,) = plan.one("aws_launch_template")["network_interfaces"]
    assert interface["associate_public_ip_address"] == "true"
    group = plan.one("aws_autoscaling_group")
    assert (group["min_size"], group["desired_capacity"], group["max_size"]) == (1, 1, 1)
    roles = [tag for tag in group["tag"] if tag["key"] == "glimpse:role"]
    assert roles == [{"key": "glimpse:role", "value": "nat", "propagate_at_launch": False}], "the planner reads it"
    assert block(plan.one("aws_ecs_service"), "network_configuration")["assign_public_ip"] is False
    assert plan.one("aws_db_instance")["publicly_accessible"] is False


def test_each_zone_has_a_public_and_a_private_subnet_that_do_not_overlap(plan: Plan) -> None:
    subnets = plan.of_type("aws_subnet")
    assert sorted(subnet["availability_zone_id"] for subnet in subnets) == [
        "apne2-az3",
        "apne2-az3",
        "apne2-az4",
        "apne2-az4",
    ]
    assert len({subnet["cidr_block"] for subnet in subnets}) == 4
    assert len(plan.one("aws_lb")["subnets"]) == 2


def test_image_layers_do_not_pass_the_nat_instance(plan: Plan) -> None:
    endpoint = plan.one("aws_vpc_endpoint")
    assert endpoint["vpc_endpoint_type"] == "Gateway", "an interface endpoint is billed by the hour"
    assert endpoint["service_name"] == "com.amazonaws.ap-northeast-2.s3"
    routes = plan.written["module.networking.aws_vpc_endpoint.s3"]["route_table_ids"]
    assert "aws_route_table.private" in routes["references"]


# The NAT instance


def test_the_nat_instance_costs_what_it_costs(plan: Plan) -> None:
    template = plan.one("aws_launch_template")
    assert template["instance_type"] == "t4g.nano"
    assert block(template, "credit_specification")["cpu_credits"] == "standard"
    (disk,) = template["block_device_mappings"]
    (volume,) = disk["ebs"]
    assert (volume["volume_type"], volume["volume_size"], volume["encrypted"]) == ("gp3", 8, "true")


def test_the_nat_instance_boots_an_image_for_its_processor(plan: Plan) -> None:
    image = plan.written["module.networking.data.aws_ssm_parameter.nat_image"]
    assert image["name"]["constant_value"].endswith("-arm64")
    assert plan.one("aws_launch_template")["instance_type"].startswith("t4g.")
    assert block(plan.one("aws_launch_template"), "metadata_options")["http_tokens"] == "required"


def test_what_an_auto_scaling_group_makes_has_the_tags_of_everything_else(plan: Plan) -> None:
    tags = {"Project": "glimpse", "Environment": "glimpse-prod", "ManagedBy": "terraform"}
    specifications = {
        each["resource_type"]: each["tags"] for each in plan.one("aws_launch_template")["tag_specifications"]
    }
    assert specifications.keys() == {"instance", "network-interface", "volume"}
    assert all(given.items() >= tags.items() for given in specifications.values())
    passed_on = {
        tag["key"]: tag["value"] for tag in plan.one("aws_autoscaling_group")["tag"] if tag["propagate_at_launch"]
    }
    assert passed_on.items() >= tags.items()


def test_the_nat_instance_writes_the_default_route_and_terraform_does_not(plan: Plan) -> None:
    (route,) = plan.of_type("aws_route")
    assert "gateway_id" in plan.written["module.networking.aws_route.internet"]
    assert route["destination_cidr_block"] == "0.0.0.0/0"
    assert "route" not in plan.written["module.networking.aws_route_table.private"]
    script = source("modules", "networking", "nat.tf")
    for step in ("ip_forward", "masquerade", "--no-source-dest-check", "replace-route"):
        assert step in script


def test_the_start_script_of_the_nat_instance_is_a_script() -> None:
    text = source("modules", "networking", "nat.tf")
    found = re.search(r"<<-BASH\n(.*?)\n  BASH\n", text, re.DOTALL)
    assert found
    lines = [line.removeprefix("    ") for line in found[1].splitlines()]
    script = re.sub(r"\$\{[^}]*\}", "value", "\n".join(lines))
    assert script.startswith("#!/bin/bash\n")
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr


def test_without_a_nat_instance_nothing_of_it_is_left(plans: dict[str, Plan]) -> None:
    nat = {address for address in plans["before"].resources if NAT.search(address)}
    assert {address.split(".")[2] for address in nat} == {
        "aws_autoscaling_group",
        "aws_iam_instance_profile",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_launch_template",
        "aws_security_group",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
        "terraform_data",
    }
    for choice, variables in CHOICES.items():
        gone, _, _ = difference(plans, choice)
        assert {address for address in gone if ".networking." in address} == (nat if "egress" in variables else set())
        assert bool(plans[choice].of_type("aws_autoscaling_group")) == ("egress" not in variables)


# The other ways out


def test_the_nat_gateway_is_public_itself_and_every_private_subnet_leaves_through_it(plans: dict[str, Plan]) -> None:
    plan = plans["gateway_and_serverless"]
    gateway = plan.written["module.networking.aws_nat_gateway.nat"]
    assert "aws_subnet.public[0]" in gateway["subnet_id"]["references"]
    assert "aws_eip.nat[0]" in gateway["allocation_id"]["references"]
    assert plan.one("aws_eip")["domain"] == "vpc"
    routes = [values for address, values in plan.resources.items() if ".aws_route.nat[" in address]
    assert [route["destination_cidr_block"] for route in routes] == ["0.0.0.0/0", "0.0.0.0/0"]
    written = plan.written["module.networking.aws_route.nat"]
    assert {"aws_route_table.private", "count.index"} <= set(written["route_table_id"]["references"])
    assert "aws_nat_gateway.nat[0]" in written["nat_gateway_id"]["references"]
    assert block(plan.one("aws_ecs_service"), "network_configuration")["assign_public_ip"] is False


def test_tasks_without_ipv4_have_subnets_of_their_own_that_nobody_enters(plans: dict[str, Plan]) -> None:
    plan = plans["ipv6_and_cloudfront"]
    subnets = [values for address, values in plan.resources.items() if ".aws_subnet.tasks[" in address]
    assert [subnet["availability_zone_id"] for subnet in subnets] == ["apne2-az3", "apne2-az4"]
    for subnet in subnets:
        assert subnet["ipv6_native"] is True
        assert subnet["assign_ipv6_address_on_creation"] is True
        assert subnet["enable_resource_name_dns_aaaa_record_on_launch"] is True
        assert subnet.get("cidr_block") is None
    assert "cidr_block" not in plan.written["module.networking.aws_subnet.tasks"]
    route = plan.resources["module.networking.aws_route.tasks[0]"]
    assert route["destination_ipv6_cidr_block"] == "::/0"
    written = plan.written["module.networking.aws_route.tasks"]
    assert "aws_egress_only_internet_gateway.tasks[0]" in written["egress_only_gateway_id"]["references"]
    assert "gateway_id" not in written
    (rule,) = [rule for address, rule in plan.resources.items() if address.endswith(".tasks_to_internet_ipv6[0]")]
    assert (rule["cidr_ipv6"], rule["from_port"], rule["to_port"]) == ("::/0", 443, 443)


def test_no_two_subnets_share_an_ipv6_block() -> None:
    text = source("modules", "networking", "main.tf") + source("modules", "networking", "ipv6.tf")
    offsets = re.findall(r"cidrsubnet\(aws_vpc\.this\.ipv6_cidr_block, 8, count\.index(?: \+ (\d+))?\)", text)
    assert [int(offset or 0) for offset in offsets] == [0, 8, 16], "there are up to eight zones"

"""Every resource type of the AWS provider is priced, free, or known and unpriced with the reason, and only one of them."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from glimpse.planner.outside.terraform_files.families import readers
from glimpse.planner.outside.terraform_files.resource_types import (
    FREE,
    free_because,
    free_only,
    is_free,
    listed,
    provider_of,
    service_of,
    unpriced_reason,
)
from glimpse.words import codes
from tests.conftest import REPOSITORY, read_stack

LIST = REPOSITORY / "src/glimpse/planner/outside/terraform_files/resource_types.toml"
SCHEMA = REPOSITORY.parent / "shared/tools/terraform-offline/aws-schema-6.62.0.json.gz"
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="the provider's schema is not here")

OLDER = re.compile(
    r"aws_(db_security_group|elasticache_security_group|redshift_security_group|simpledb_domain|opsworks_\w+|worklink_\w+"
    r"|macie_\w+)$"
)
"""Types that older providers had: Terraform that names them is still written for those."""


@pytest.fixture(scope="module")
def schema() -> dict[str, dict[str, dict[str, object]]]:
    return json.loads(gzip.decompress(SCHEMA.read_bytes()))["resources"]


@needs_schema
def test_every_type_of_the_provider_is_priced_free_or_unpriced_with_a_reason(schema: dict[str, object]) -> None:
    assert len(schema) == 1_711
    assert not [type_ for type_ in schema if type_ not in readers() and type_ not in listed()]


@needs_schema
def test_every_listed_type_exists(schema: dict[str, object]) -> None:
    strange = [type_ for type_ in listed() if type_.startswith("aws_") and type_ not in schema]
    assert not [type_ for type_ in strange if not OLDER.fullmatch(type_)]
    assert not [type_ for type_ in schema if OLDER.fullmatch(type_)]
    assert {provider_of(type_) for type_ in listed()} == {"aws", "kubernetes"}


@needs_schema
def test_what_makes_a_free_type_cost_something_is_an_argument_of_it(schema: dict[str, dict[str, object]]) -> None:
    for type_ in (type_ for type_ in listed() if free_only(type_)):
        assert not set(free_only(type_)) - {*schema[type_]["a"], *schema[type_].get("b", {})}, type_  # type: ignore[misc]


def test_no_type_is_both_read_and_listed() -> None:
    twice = sorted(set(readers()) & set(listed()))
    assert not twice, f"take out of {LIST.name} what has a reader now: {' '.join(twice)}"


def test_no_type_is_listed_twice() -> None:
    held = tomllib.loads(LIST.read_text(encoding="utf-8"))
    by_service = (held["free"], *held["unpriced"].values())
    names = [type_ for rows in by_service for types in rows.values() for type_ in types.split()]
    assert sorted(names) == sorted(listed())
    assert all(types.split() for rows in by_service for types in rows.values()), "a service without types"


def test_every_priced_type_is_of_a_service() -> None:
    unplaced = [type_ for type_ in readers() if service_of(type_) == provider_of(type_)]
    assert not unplaced, f"say under [services] in {LIST.name} whose these are: {' '.join(unplaced)}"
    assert service_of("aws_instance") == service_of("aws_ec2_host") == "Amazon EC2"
    assert service_of("aws_ec2_transit_gateway_vpc_attachment") == "AWS Transit Gateway"


def test_every_remark_is_on_a_free_type() -> None:
    text = LIST.read_text(encoding="utf-8")
    remarks = re.findall(r"^(\w+)(?:\.\w+)? = ", text, flags=re.MULTILINE)
    assert remarks
    for type_ in remarks:
        if type_.startswith("aws_"):
            assert is_free(type_), type_
            assert free_because(type_) or free_only(type_)


def test_every_reason_has_its_sentence() -> None:
    reasons = {*listed().values(), "in_cluster"} - {FREE}
    assert {code for code in codes() if code.startswith("unpriced_")} >= {f"unpriced_{reason}" for reason in reasons}


@pytest.mark.parametrize(
    "type_",
    """aws_cloudwatch_event_archive aws_ssm_activation aws_ec2_client_vpn_endpoint aws_globalaccelerator_accelerator
    aws_route53_resolver_endpoint aws_vpc_ipam aws_networkmanager_core_network aws_ebs_snapshot aws_ami_copy
    aws_ebs_fast_snapshot_restore aws_db_snapshot aws_s3_bucket_inventory aws_s3_bucket_metric
    aws_cloudwatch_metric_stream aws_flow_log aws_inspector2_enabler aws_shield_subscription kubernetes_service
    helm_release cloudflare_record google_x aws_nobody""".split(),
)
def test_what_may_cost_something_is_not_called_free(type_: str) -> None:
    assert not is_free(type_)


def test_types_of_other_providers() -> None:
    for type_ in ("random_id", "terraform_data", "http_x", "postgresql_role", "kubernetes_namespace_v1"):
        assert is_free(type_), type_
        assert unpriced_reason(type_) is None
    assert unpriced_reason("kubernetes_service_v1") == unpriced_reason("helm_release") == "in_cluster"
    assert unpriced_reason("google_x") is unpriced_reason("aws_nobody") is None
    assert service_of("google_x") == provider_of("google_x") == "google"
    assert service_of("aws_shield_subscription") == "AWS Shield"


def test_a_bill_says_why_a_known_type_is_not_priced(write_stack: Callable[..., Path]) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_shield_subscription" "s" {}
            resource "aws_nobody" "n" {}
            resource "aws_ecr_registry_scanning_configuration" "free" { scan_type = "BASIC" }
            resource "aws_ecr_registry_scanning_configuration" "paid" { scan_type = "ENHANCED" }
            resource "aws_dx_private_virtual_interface" "free" { sitelink_enabled = false }
            resource "aws_dx_private_virtual_interface" "paid" { sitelink_enabled = true }
            resource "aws_cognito_user_pool_client" "free" { allowed_oauth_flows = ["code"] }
            resource "aws_cognito_user_pool_client" "paid" { allowed_oauth_flows = ["client_credentials"] }
            resource "aws_lambda_event_source_mapping" "free" { batch_size = 1 }
            resource "aws_lambda_event_source_mapping" "paid" {
              provisioned_poller_config {
                minimum_pollers = 1
              }
            }
            """
        )
    )
    assert {entry.origin.address: entry.why.code for entry in stack.unpriced} == {
        "aws_shield_subscription.s": "unpriced_subscription",
        "aws_nobody.n": "family_unknown",
        **{
            f"{type_}.paid": "free_but_for"
            for type_ in (
                "aws_ecr_registry_scanning_configuration",
                "aws_dx_private_virtual_interface",
                "aws_cognito_user_pool_client",
                "aws_lambda_event_source_mapping",
            )
        },
    }
    assert {origin.address.rpartition(".")[2] for origin in stack.free} == {"free"}

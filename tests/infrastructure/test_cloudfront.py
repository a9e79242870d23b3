"""The module `cloudfront`: the distribution that clients come in by."""

import re

import pytest

from tests.infrastructure.terraform_plans import (
    BEHIND,
    DOMAIN,
    ENVIRONMENT,
    Plan,
    block,
    record_types,
    source,
    written_blocks,
)


@pytest.mark.parametrize("choice", BEHIND)
def test_cloudfront_speaks_tls_to_the_balancer_by_way_of_the_vpc(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    endpoint = block(plan.one("aws_cloudfront_vpc_origin"), "vpc_origin_endpoint_config")
    assert (endpoint["origin_protocol_policy"], endpoint["https_port"]) == ("https-only", 443)
    assert block(endpoint, "origin_ssl_protocols") == {"items": ["TLSv1.2"], "quantity": 1}
    origin = block(plan.one("aws_cloudfront_distribution"), "origin")
    assert not origin["custom_origin_config"]
    reach = block(origin, "vpc_origin_config")
    assert (reach["origin_read_timeout"], reach["origin_keepalive_timeout"]) == (60, 55)
    written = plan.written["module.cloudfront.aws_cloudfront_distribution.this"]
    assert "var.balancer_dns_name" in written["origin"][0]["domain_name"]["references"]


@pytest.mark.parametrize("choice", BEHIND)
def test_cloudfront_passes_everything_on_and_keeps_nothing(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    distribution = plan.one("aws_cloudfront_distribution")
    assert (distribution["enabled"], distribution["is_ipv6_enabled"]) == (True, True)
    assert (distribution["aliases"], distribution["http_version"]) == ([DOMAIN], "http2and3")
    assert distribution["price_class"] == "PriceClass_200", "the cheapest with edges in Korea"
    behaviour = block(distribution, "default_cache_behavior")
    assert behaviour["viewer_protocol_policy"] == "redirect-to-https"
    assert len(behaviour["allowed_methods"]) == 7
    assert behaviour["target_origin_id"] == block(distribution, "origin")["origin_id"]
    for name, policy in (("cache_policy.none", "CachingDisabled"), ("origin_request_policy.all", "AllViewer")):
        named = plan.written[f"module.cloudfront.data.aws_cloudfront_{name}"]
        assert named["name"]["constant_value"] == f"Managed-{policy}"
    assert block(block(distribution, "restrictions"), "geo_restriction")["restriction_type"] == "none"


@pytest.mark.parametrize("choice", BEHIND)
def test_cloudfronts_certificate_stands_where_cloudfront_looks_for_it(plans: dict[str, Plan], choice: str) -> None:
    plan = plans[choice]
    found = plan.written["data.aws_acm_certificate.cloudfront"]
    assert found["region"]["constant_value"] == "us-east-1"
    assert found["domain"]["references"] == ["var.domain_name"]
    assert found["statuses"]["constant_value"] == ["ISSUED"], "one that is not valid yet is refused"
    assert "region" not in plan.written["data.aws_acm_certificate.balancer"], "the balancer's stays with the balancer"
    shown = block(plan.one("aws_cloudfront_distribution"), "viewer_certificate")
    assert (shown["ssl_support_method"], shown["minimum_protocol_version"]) == ("sni-only", "TLSv1.2_2021")
    written = plan.written["module.cloudfront.aws_cloudfront_distribution.this"]["viewer_certificate"][0]
    assert written["acm_certificate_arn"]["references"] == ["var.certificate_arn"]


@pytest.mark.parametrize("choice", BEHIND)
def test_clients_find_the_distribution_by_the_records_that_led_to_the_balancer(
    plans: dict[str, Plan], choice: str
) -> None:
    assert record_types(plans[choice]) == ["A", "AAAA"]
    (alias,) = re.findall(r"^  alias += (.*)", source(str(ENVIRONMENT), "main.tf"), re.MULTILINE)
    assert alias == "concat(module.cloudfront[*].alias, module.balancer[*].alias)[0]", "with both, CloudFront"
    distribution = written_blocks(source("modules", "cloudfront", "outputs.tf"), "output")["alias"]
    assert "aws_cloudfront_distribution.this.domain_name" in distribution
    assert "aws_cloudfront_distribution.this.hosted_zone_id" in distribution

"""The module `cloudfront`: the distribution that clients come in by."""

import re

import pytest

from tests.infrastructure.terraform_plans import BEHIND, DOMAIN, Plan, block, record_types, source, written_blocks


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
    for kind in ("aws_acm_certificate", "aws_acm_certificate_validation"):
        assert plan.resources[f"module.cloudfront[0].{kind}.this"]["region"] == "us-east-1"
        assert not plan.resources[f"module.dns.{kind}.this"].get("region"), "the balancer's stays with the balancer"
    assert plan.resources["module.cloudfront[0].aws_acm_certificate.this"]["domain_name"] == DOMAIN
    shown = block(plan.one("aws_cloudfront_distribution"), "viewer_certificate")
    assert (shown["ssl_support_method"], shown["minimum_protocol_version"]) == ("sni-only", "TLSv1.2_2021")
    written = plan.written["module.cloudfront.aws_cloudfront_distribution.this"]["viewer_certificate"][0]
    valid = "aws_acm_certificate_validation.this.certificate_arn"
    assert valid in written["acm_certificate_arn"]["references"], "one that is not valid yet is refused"


@pytest.mark.parametrize("choice", BEHIND)
def test_clients_find_the_distribution_by_the_records_that_led_to_the_balancer(
    plans: dict[str, Plan], choice: str
) -> None:
    assert record_types(plans[choice]) == ["A", "AAAA"]
    (alias,) = re.findall(r"^  alias = (.*)", source("modules", "balancer", "main.tf"), re.MULTILINE)
    assert alias.startswith('var.ingress == "cloudfront" ? var.distribution : { domain_name = aws_lb.this.dns_name,')
    distribution = written_blocks(source("modules", "cloudfront", "outputs.tf"), "output")["distribution"]
    assert "aws_cloudfront_distribution.this.domain_name" in distribution
    assert "aws_cloudfront_distribution.this.hosted_zone_id" in distribution

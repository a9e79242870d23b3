"""The module `downloads`: the distribution that files are read from."""

import re

from tests.infrastructure.terraform_plans import ENVIRONMENT, Plan, difference, source


def test_by_cloudfront_files_are_read_through_it_and_nothing_else_changes(plans: dict[str, Plan]) -> None:
    gone, new, changed = difference(plans, "downloads_by_cloudfront")
    assert not gone
    assert {re.sub(r"^module\.(\w+)(\[0\])?\.", r"\1 ", address) for address in new} == {
        "downloads aws_cloudfront_cache_policy.this",
        "downloads aws_cloudfront_distribution.this",
        "downloads aws_cloudfront_key_group.this",
        "downloads aws_cloudfront_origin_access_control.this",
        "downloads aws_cloudfront_public_key.this",
        "downloads aws_cloudfront_response_headers_policy.this",
        "downloads aws_route53_record.ipv6",
        "downloads aws_route53_record.this",
    }
    assert {address for address, _ in changed} <= {
        "module.ecs.aws_ecs_task_definition.this",
        "module.ecs.terraform_data.migration",
        "module.roles.aws_iam_role_policy.execution",
        "module.s3.aws_s3_bucket_policy.this",
    }
    text = source(str(ENVIRONMENT), "main.tf")
    assert "GLIMPSE_CLOUDFRONT_PRIVATE_KEY = module.secrets.downloads_arn" in text

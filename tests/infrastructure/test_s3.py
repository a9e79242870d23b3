"""The module `s3`: the bucket of the uploads."""

from tests.infrastructure.terraform_plans import Plan, block


def test_the_bucket_is_private(plan: Plan) -> None:
    block_public = plan.one("aws_s3_bucket_public_access_block")
    for way in (
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
    ):
        assert block_public[way] is True, way
    ownership = block(plan.one("aws_s3_bucket_ownership_controls"), "rule")
    assert ownership["object_ownership"] == "BucketOwnerEnforced"
    rule = block(plan.one("aws_s3_bucket_server_side_encryption_configuration"), "rule")
    default = block(rule, "apply_server_side_encryption_by_default")
    assert default["sse_algorithm"] == "AES256"
    assert not plan.of_type("aws_s3_bucket_acl")


def test_a_page_may_upload_from_the_known_origins_only(plan: Plan) -> None:
    rule = block(plan.one("aws_s3_bucket_cors_configuration"), "cors_rule")
    assert set(rule["allowed_methods"]) == {"PUT", "GET"}
    assert rule["allowed_origins"] == ["https://chat.example.com"]
    assert set(rule["allowed_headers"]) == {"content-type", "x-amz-checksum-sha256"}, "what an upload is signed with"


def test_what_no_client_finished_is_gone_after_a_day(plan: Plan) -> None:
    rules = {rule["id"]: rule for rule in plan.one("aws_s3_bucket_lifecycle_configuration")["rule"]}
    assert all(rule["status"] == "Enabled" for rule in rules.values())
    aborted = block(rules["abort-incomplete-uploads"], "abort_incomplete_multipart_upload")
    assert aborted["days_after_initiation"] == 1
    expired = rules["expire-unconfirmed-uploads"]
    assert block(expired, "filter")["prefix"] == "pending/"
    assert block(expired, "expiration")["days"] == 1
    kept = [name for name, rule in rules.items() if not rule["expiration"]]
    assert kept == ["abort-incomplete-uploads"], "confirmed uploads never expire"

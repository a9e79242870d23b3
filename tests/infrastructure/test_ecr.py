"""The module `ecr`: the images of the service."""

import json

from tests.infrastructure.terraform_plans import Plan, block


def test_images_are_never_overwritten_and_ten_are_kept(plan: Plan) -> None:
    repository = plan.one("aws_ecr_repository")
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert block(repository, "image_scanning_configuration")["scan_on_push"] is True
    (rule,) = json.loads(plan.one("aws_ecr_lifecycle_policy")["policy"])["rules"]
    assert rule["selection"]["countType"] == "imageCountMoreThan"
    assert rule["selection"]["countNumber"] == 10

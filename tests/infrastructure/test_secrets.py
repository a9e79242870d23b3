"""The module `secrets`: the keys and credentials that a task is started with."""

import re

from tests.infrastructure.terraform_plans import ENVIRONMENT, SECRETS, Plan, difference, source


def test_three_secrets_exist_and_none_has_its_value_here(plan: Plan) -> None:
    assert len(plan.of_type("aws_secretsmanager_secret")) == 2
    assert plan.one("aws_db_instance")["manage_master_user_password"] is True
    assert not plan.of_type("aws_secretsmanager_secret_version")


def test_parameters_take_the_place_of_the_secrets_and_cost_nothing(plans: dict[str, Plan]) -> None:
    gone, new, _ = difference(plans, "addresses_and_parameters")
    assert {address for address in gone if SECRETS.match(address)} == {
        f"module.secrets.aws_secretsmanager_secret.{name}[0]" for name in ("jwt", "push")
    }
    assert new == {f"module.secrets.aws_ssm_parameter.{name}[0]" for name in ("jwt", "push")}
    for parameter in plans["addresses_and_parameters"].of_type("aws_ssm_parameter"):
        assert (parameter["type"], parameter["tier"]) == ("SecureString", "Standard")
        assert parameter["value"] == "to be set by an operator"
    assert plans["addresses_and_parameters"].one("aws_db_instance")["manage_master_user_password"] is True


def test_an_apply_does_not_undo_what_an_operator_put_into_a_parameter() -> None:
    text = source("modules", "secrets", "main.tf")
    parameters = re.findall(r'^resource "aws_ssm_parameter" .*?^\}', text, re.MULTILINE | re.DOTALL)
    assert len(parameters) == 3
    assert all("ignore_changes = [value]" in parameter for parameter in parameters)


def test_a_task_is_started_with_exactly_the_secrets_that_exist() -> None:
    text = source(str(ENVIRONMENT), "main.tf")
    jwt = "var.shared_secret ? [module.secrets.jwt_secret_arn] : []"
    assert f"own_secret_arns = concat({jwt}, [module.secrets.push_secret_arn])" in text
    assert "var.shared_secret ? { GLIMPSE_JWT_SECRETS = module.secrets.jwt_secret_arn } : {}" in text
    (secrets,) = re.findall(r"^  secret_arns += (.*)", text, re.MULTILINE)
    (parameters,) = re.findall(r"^  parameter_arns += (.*)", text, re.MULTILINE)
    own = 'var.secret_store == "{}" ? local.own_secret_arns : []'
    assert secrets == f"concat({own.format('secrets_manager')}, [module.rds.password_secret_arn])"
    assert parameters == f"concat({own.format('parameter_store')}, local.downloads_parameter_arns)"
    (downloads,) = re.findall(r"^  downloads_parameter_arns += (.*)", text, re.MULTILINE)
    assert downloads == 'var.downloads == "cloudfront" ? [module.secrets.downloads_parameter_arn] : []'

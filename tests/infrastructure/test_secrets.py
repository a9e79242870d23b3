"""The module `secrets`: the keys and passwords that a task is started with."""

from tests.infrastructure.terraform_plans import SECRETS, Plan, difference, sources


def test_terraform_never_sees_a_value(plans: dict[str, Plan]) -> None:
    for plan in plans.values():
        assert not plan.of_type("aws_secretsmanager_secret_version")
        assert not plan.of_type("aws_ssm_parameter"), "a refresh would read its value into the state"
    assert not [
        name for name, text in sources().items() if "random_password" in text or "aws_ssm_parameter.this" in text
    ]


def test_two_secrets_are_paid_for_and_one_of_them_is_the_databases(plan: Plan) -> None:
    assert plan.one("aws_secretsmanager_secret")["name"] == "glimpse-prod/jwt-signing-keys"
    assert plan.one("aws_db_instance")["manage_master_user_password"] is True


def test_parameters_take_the_place_of_the_secret_and_cost_nothing(plans: dict[str, Plan]) -> None:
    gone, new, _ = difference(plans, "addresses_and_parameters")
    assert {address for address in gone if SECRETS.match(address)} == {
        "module.secrets.aws_secretsmanager_secret.jwt[0]"
    }
    assert not [address for address in new if SECRETS.match(address)]
    assert plans["addresses_and_parameters"].one("aws_db_instance")["manage_master_user_password"] is True

"""The module `rds`: the database."""

import re

from tests.infrastructure.terraform_plans import Plan


def test_the_database_is_one_that_rds_offers_in_standard_support(plan: Plan) -> None:
    database = plan.one("aws_db_instance")
    assert database["engine"] == "postgres"
    assert int(database["engine_version"].split(".")[0]) in {16, 17, 18}
    family = plan.one("aws_db_parameter_group")["family"]
    assert family == f"postgres{database['engine_version'].split('.')[0]}"
    assert database["engine_lifecycle_support"] == "open-source-rds-extended-support-disabled"
    assert re.fullmatch(r"db\.t4g\.(micro|small|medium|large)", database["instance_class"])
    assert (database["storage_type"], database["allocated_storage"]) == ("gp3", 20)
    assert database["max_allocated_storage"] == 100, "or a full disk stops it"


def test_the_database_is_kept_safe(plan: Plan) -> None:
    database = plan.one("aws_db_instance")
    for promise in (
        "storage_encrypted",
        "deletion_protection",
        "manage_master_user_password",
        "auto_minor_version_upgrade",
        "copy_tags_to_snapshot",
    ):
        assert database[promise] is True, promise
    assert database["skip_final_snapshot"] is False
    name = plan.written["module.rds.aws_db_instance.this"]["final_snapshot_identifier"]["references"]
    assert set(name) == {"var.name", "var.vpc_id"}, "an environment that is made again would find its name taken"
    assert database["backup_retention_period"] == 7
    assert "password" not in plan.written["module.rds.aws_db_instance.this"]
    parameters = {each["name"]: each["value"] for each in plan.one("aws_db_parameter_group")["parameter"]}
    assert parameters["rds.force_ssl"] == "1"


def test_backups_and_maintenance_do_not_meet(plan: Plan) -> None:
    database = plan.one("aws_db_instance")
    _, backup_end = database["backup_window"].split("-")
    day, maintenance_start = database["maintenance_window"].split("-")[0].split(":", 1)
    assert day in {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    assert backup_end <= maintenance_start

"""A Terraform tree or a plan becomes a stack; whatever could not be seen whole is named, never dropped."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from glimpse.planner.finding import InputError
from glimpse.planner.outside.terraform_files.project import project_of
from glimpse.planner.placement import ProviderShare
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.balancer import Balancer
from glimpse.planner.resources.cache import Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.volume import Volume
from glimpse.planner.stack import Stack
from tests.conftest import read_stack

Write = Callable[..., Path]


def found(stack: Stack) -> list[tuple[str, str | None, int | None]]:
    return [(entry.what.code, entry.file, entry.line) for entry in stack.unresolved]


# ---- What is read


def test_a_service_is_joined_with_its_task_its_clusters_strategy_and_its_scaling(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_ecs_cluster" "main" { name = "main" }
            resource "aws_ecs_cluster_capacity_providers" "main" {
              cluster_name = aws_ecs_cluster.main.name
              default_capacity_provider_strategy {
                capacity_provider = "FARGATE"
                base = 1
                weight = 1
              }
              default_capacity_provider_strategy {
                capacity_provider = "FARGATE_SPOT"
                weight = 3
              }
            }
            resource "aws_ecs_task_definition" "api" {
              family = "api"
              cpu    = "0.5 vCPU"
              memory = "1 GB"
              runtime_platform { cpu_architecture = "ARM64" }
            }
            resource "aws_ecs_service" "api" {
              name            = "api"
              cluster         = aws_ecs_cluster.main.id
              task_definition = aws_ecs_task_definition.api.arn
              desired_count   = 9
            }
            resource "aws_appautoscaling_target" "api" {
              resource_id  = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.api.name}"
              min_capacity = 3
              max_capacity = 7
            }
            """
        )
    )
    [service] = stack.of(FargateService)
    assert service.size is not None
    assert (service.size.vcpu, service.size.memory_gib, service.size.arch) == (Fraction(1, 2), 1, "arm64")
    assert service.strategy == (ProviderShare("FARGATE", 1, 1), ProviderShare("FARGATE_SPOT", 0, 3))
    assert (service.fewest, service.most) == (3, 7)
    assert found(stack) == []


def test_modules_dynamic_blocks_and_for_each_over_maps_are_evaluated(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            module "outer" {
              source = "./outer"
              sizes  = { small = 10, large = 30 }
            }
            """,
            {
                "outer/main.tf": 'variable "sizes" {}\nmodule "inner" {\n  for_each = var.sizes\n'
                '  source = "../inner"\n  size = each.value\n}\n',
                "inner/main.tf": """
                    variable "size" {}
                    resource "aws_instance" "web" {
                      instance_type = "t4g.nano"
                      associate_public_ip_address = false
                      root_block_device { volume_size = 8 }
                      dynamic "ebs_block_device" {
                        for_each = [var.size, var.size * 2]
                        content {
                          device_name = "/dev/sd${ebs_block_device.key}"
                          volume_size = ebs_block_device.value
                        }
                      }
                    }
                    """,
            },
        )
    )
    disks = {entry.origin.address: [disk.gib for disk in entry.disks] for entry in stack.of(Instances)}
    assert disks == {
        'module.outer.module.inner["large"].aws_instance.web': [8, 30, 60],
        'module.outer.module.inner["small"].aws_instance.web': [8, 10, 20],
    }
    assert {entry.origin.file for entry in stack.of(Instances)} == {"inner/main.tf"}


def test_variables_come_from_files_and_options_and_the_later_one_wins(write_stack: Write, tmp_path: Path) -> None:
    main = 'variable "n" {\n  default = 1\n}\nresource "aws_eip" "a" {\n  count = var.n\n}\n'
    plain = write_stack(main)
    assert len(read_stack(plain).of(PublicAddress)) == 1
    (plain / "terraform.tfvars").write_text("n = 2\n")
    assert len(read_stack(plain).of(PublicAddress)) == 2
    (plain / "x.auto.tfvars").write_text("n = 3\n")
    assert len(read_stack(plain).of(PublicAddress)) == 3
    given = tmp_path / "given.tfvars"
    given.write_text("n = 4\n")
    assert len(read_stack(plain, var_files=(given,)).of(PublicAddress)) == 4
    assert len(read_stack(plain, var_files=(given,), variables=("n=5",)).of(PublicAddress)) == 5


def test_installed_modules_are_used_when_terraform_init_put_them_there(write_stack: Write) -> None:
    folder = write_stack(
        'module "disk" {\n  source  = "acme/disk/aws"\n  version = "1.0"\n}\n',
        {
            ".terraform/modules/modules.json": json.dumps(
                {"Modules": [{"Key": "", "Source": "", "Dir": "."},
                             {"Key": "disk", "Source": "acme/disk/aws", "Dir": ".terraform/modules/disk"}]}
            ),
            ".terraform/modules/disk/main.tf": 'resource "aws_ebs_volume" "d" {\n  size = 7\n}\n',
        },
    )  # fmt: skip
    stack = read_stack(folder)
    assert [volume.disk.gib for volume in stack.of(Volume)] == [7]
    assert found(stack) == []


def test_the_launch_template_of_a_group_gives_it_type_disk_and_address(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_launch_template" "t" {
              instance_type = "t4g.small"
              block_device_mappings {
                device_name = "/dev/xvda"
                ebs {
                  volume_type = "gp3"
                  volume_size = 12
                }
              }
              network_interfaces { associate_public_ip_address = true }
            }
            resource "aws_autoscaling_group" "g" {
              min_size = 2
              max_size = 4
              launch_template { id = aws_launch_template.t.id }
            }
            """
        )
    )
    [group] = stack.of(Instances)
    assert (group.instance_type, group.count, group.addresses) == ("t4g.small", 2, 1)
    assert [(disk.kind, disk.gib) for disk in group.disks] == [("gp3", 12)]


def test_listener_rules_stickiness_and_subnets_belong_to_their_balancer(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            """
            resource "aws_subnet" "public" { count = 3 }
            resource "aws_lb" "main" { subnets = aws_subnet.public[*].id }
            resource "aws_lb_target_group" "api" {
              stickiness { type = "lb_cookie" }
            }
            resource "aws_lb_listener" "https" {
              load_balancer_arn = aws_lb.main.arn
              default_action {
                type             = "forward"
                target_group_arn = aws_lb_target_group.api.arn
              }
            }
            resource "aws_lb_listener_rule" "r" {
              count        = 12
              listener_arn = aws_lb_listener.https.arn
            }
            """
        )
    )
    [balancer] = stack.of(Balancer)
    assert (balancer.addresses, balancer.rules, balancer.sticky) == (3, 13, True)


# ---- What could not be read is named, with its place


@pytest.mark.parametrize(
    ("main", "code"),
    [
        ('module "m" {\n  source = "./gone"\n}', "module_missing"),
        ('module "m" {\n  source = "acme/vpc/aws"\n}', "module_not_installed"),
        ('module "m" {\n  source = "git::https://example.com/x.git"\n}', "module_not_installed"),
        ('module "m" {\n  source = "../../../etc"\n}', "module_outside"),
        ('module "m" {\n  source = "./${terraform.workspace}"\n}', "module_source_unknown"),
        ('module "m" {\n  source = "./"\n}', "module_in_itself"),
        ('data "aws_ami" "a" {}\nresource "aws_eip" "a" {\n  count = length(data.aws_ami.a.tags)\n}', "count_unknown"),
        ('data "aws_ami" "a" {}\nresource "aws_eip" "a" {\n  for_each = data.aws_ami.a.tags\n}', "for_each_unknown"),
        ('variable "n" {\n  type = number\n}\nresource "aws_eip" "a" {\n  count = var.n\n}', "count_unknown"),
        ('resource "aws_eip" "a" {\n  count = 3000000\n}', "count_too_large"),
    ],
)
def test_what_cannot_be_resolved_makes_the_total_at_least(write_stack: Write, main: str, code: str) -> None:
    stack = read_stack(write_stack(main))
    [(what, file, line)] = found(stack)
    assert (what, file) == (code, "main.tf")
    assert line is not None
    assert line >= 4


def test_what_stands_an_unknown_number_of_times_is_left_out_of_at_least(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'data "aws_ami" "a" {}\nresource "aws_eip" "a" {\n  count = data.aws_ami.a.public ? 1 : 0\n}\n'
            'module "m" {\n  source = "./m"\n  count = data.aws_ami.a.public ? 1 : 0\n}\nresource "aws_eip" "sure" {}\n',
            {"m/main.tf": 'resource "aws_eip" "b" {}\n'},
        )
    )
    assert {code for code, _, _ in found(stack)} == {"count_unknown"}
    assert [entry.origin.address for entry in stack.of(PublicAddress)] == ["aws_eip.sure"]


def test_an_unknown_count_is_left_out_however_long_its_address(write_stack: Write) -> None:
    name = "a" * 120
    main = f'variable "n" {{\n  type = number\n}}\nresource "aws_eip" "{name}" {{\n  count = var.n\n}}\n'
    stack = read_stack(write_stack(main))
    assert stack.of(PublicAddress) == ()
    assert stack.unresolved[0].what.params["address"] == f"aws_eip.{name}"


def test_a_count_that_is_known_to_be_zero_is_no_finding(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'variable "on" {\n  default = false\n}\nresource "aws_eip" "a" {\n  count = var.on ? 1 : 0\n}\n'
            'module "m" {\n  source = "./m"\n  count = 0\n}\n',
            {"m/main.tf": 'resource "aws_eip" "b" {}\n'},
        )
    )
    assert found(stack) == []
    assert stack.of(PublicAddress) == ()


def test_a_broken_file_is_named_with_its_line_and_the_rest_is_still_read(write_stack: Write) -> None:
    stack = read_stack(
        write_stack('resource "aws_eip" "a" {}', {"broken.tf": 'resource "aws_eip" "b" {\n  x = = 1\n}\n'})
    )
    assert found(stack) == [("file_broken", "broken.tf", 2)]
    assert len(stack.of(PublicAddress)) == 1


def test_an_override_file_replaces_the_arguments_that_it_sets(write_stack: Write) -> None:
    volume = 'resource "aws_ebs_volume" "a" {\n  size = 10\n  type = "gp3"\n}\n'
    stack = read_stack(write_stack(volume, {"more_override.tf": 'resource "aws_ebs_volume" "a" {\n  size = 20\n}\n'}))
    assert [(entry.disk.gib, entry.disk.kind) for entry in stack.of(Volume)] == [(20, "gp3")]
    assert found(stack) == []


def test_an_override_of_nothing_is_named(write_stack: Write) -> None:
    stack = read_stack(write_stack("", {"override.tf": 'resource "aws_ebs_volume" "a" {\n  size = 20\n}\n'}))
    assert found(stack) == [("override_of_nothing", "override.tf", 1)]


def test_functions_in_variable_files_are_not_evaluated(write_stack: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    folder = write_stack(
        'variable "a" {}\nvariable "b" {}\nresource "aws_instance" "x" {\n  instance_type = var.a\n  tags = { b = var.b }\n}\n',
        {
            "terraform.tfvars": 'a = file("../secret.txt")\n',
            "b.auto.tfvars.json": '{"b": "${file(\\"../secret.txt\\")}"}',
        },
    )
    assert SECRET not in repr(read_stack(folder))


def test_a_module_that_leads_back_into_itself_ends(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'module "a" {\n  source = "./a"\n}',
            {"a/main.tf": 'module "b" {\n  source = "../b"\n}', "b/main.tf": 'module "a" {\n  source = "../a"\n}'},
        )
    )
    assert {code for code, _, _ in found(stack)} == {"module_in_itself"}


def test_a_resource_of_an_unknown_type_is_unpriced_by_name_and_helpers_are_free(write_stack: Write) -> None:
    stack = read_stack(
        write_stack('resource "aws_nobody" "q" {}\nresource "random_id" "r" {}\nresource "google_x" "g" {}')
    )
    assert [(entry.origin.address, entry.why.code) for entry in stack.unpriced] == [
        ("aws_nobody.q", "family_unknown"),
        ("google", "other_provider"),
    ]
    assert [origin.address for origin in stack.free] == ["random_id.r"]


def test_a_resource_in_another_region_stays_there(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'provider "aws" {\n  alias  = "us"\n  region = "us-east-1"\n}\nresource "aws_eip" "a" {\n  provider = aws.us\n}'
        )
    )
    assert [(resource.origin.address, resource.origin.region) for resource in stack.resources] == [
        ("aws_eip.a", "us-east-1")
    ]


def test_an_illegal_task_size_is_refused_by_name(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'resource "aws_ecs_task_definition" "t" {\n  cpu = 256\n  memory = 8192\n}\n'
            'resource "aws_ecs_service" "s" {\n  launch_type = "FARGATE"\n'
            "  task_definition = aws_ecs_task_definition.t.arn\n}\n"
        )
    )
    assert [entry.why.code for entry in stack.unpriced] == ["task_size_illegal"]


SERVICE = """
resource "aws_ecs_task_definition" "t" {
  family = "t"
  cpu    = 256
  memory = 512
}
resource "aws_ecs_service" "s" {
  name            = "s"
  launch_type     = "FARGATE"
  task_definition = aws_ecs_task_definition.t.arn
  BODY
}
"""


@pytest.mark.parametrize(
    ("main", "code"),
    [
        ('variable "x" {}\nresource "aws_db_instance" "d" {\n  multi_az = var.x\n}', "argument_unknown"),
        ('variable "x" {}\nresource "aws_lb" "l" {\n  internal = var.x\n}', "argument_unknown"),
        ('variable "x" {}\nresource "aws_ssm_parameter" "p" {\n  tier = var.x\n}', "argument_unknown"),
        ('variable "x" {}\nresource "aws_vpc_endpoint" "e" {\n  vpc_endpoint_type = var.x\n}', "argument_unknown"),
        ('resource "aws_ecs_service" "s" {\n  cluster = "arn:aws:ecs:r:1:cluster/other"\n}', "cluster_unknown"),
        (
            'resource "aws_ecs_service" "s" {\n  capacity_provider_strategy {\n    capacity_provider = "FARGATE"\n  }\n'
            '  capacity_provider_strategy {\n    capacity_provider = "FARGATE_SPOT"\n  }\n}',
            "strategy_without_weight",
        ),
        ('resource "aws_vpn_connection" "c" {\n  vpn_concentrator_id = "vcn-1"\n}', "part_unknown"),
        (
            'provider "aws" {\n  alias = "us"\n}\nmodule "m" {\n  source = "./m"\n  providers = { aws = aws.us }\n}',
            "own_region_unknown",
        ),
    ],
)
def test_unknown_is_not_the_default_and_what_cannot_be_priced_is_named(
    write_stack: Write, main: str, code: str
) -> None:
    stack = read_stack(write_stack(main, {"m/main.tf": 'resource "aws_eip" "a" {}\n'}))
    assert [entry.why.code for entry in stack.unpriced] == [code]


def test_a_provider_that_stands_alone_takes_every_task_whatever_its_weight(write_stack: Write) -> None:
    strategy = (
        'capacity_provider_strategy {\n    capacity_provider = "FARGATE_SPOT"\n    base = 1\n  }\n  desired_count = 2'
    )
    main = SERVICE.replace('launch_type     = "FARGATE"', strategy).replace("BODY", "")
    [service] = read_stack(write_stack(main)).of(FargateService)
    assert (service.on_demand_tasks(2), service.strategy[0].weight) == ((0, 0), 1)


@pytest.mark.parametrize(
    ("body", "fewest"),
    [("", 0), ("desired_count = 3", 3), ("desired_count = 0", 0)],
)
def test_the_desired_count_of_a_service_defaults_to_the_providers_zero(
    write_stack: Write, body: str, fewest: int
) -> None:
    [service] = read_stack(write_stack(SERVICE.replace("BODY", body))).of(FargateService)
    assert service.fewest == fewest


def test_a_scaling_target_whose_bounds_are_unknown_leaves_the_count_unknown(write_stack: Write) -> None:
    target = 'variable "n" {\n  type = number\n}\nresource "aws_appautoscaling_target" "t" {\n  resource_id = "service/c/s"\n  min_capacity = var.n\n  max_capacity = 4\n}\n'
    [service] = read_stack(write_stack(SERVICE.replace("BODY", "desired_count = 3") + target)).of(FargateService)
    assert (service.fewest, service.desired) == (None, None)


def test_a_scaling_target_of_the_same_name_in_another_cluster_is_not_taken(write_stack: Write) -> None:
    home = 'resource "aws_ecs_cluster" "mine" {\n  name = "mine"\n}\n'
    target = 'resource "aws_appautoscaling_target" "t" {\n  resource_id = "service/other/s"\n  min_capacity = 4\n  max_capacity = 4\n}\n'
    body = "desired_count = 1\n  cluster = aws_ecs_cluster.mine.id"
    [service] = read_stack(write_stack(home + SERVICE.replace("BODY", body) + target)).of(FargateService)
    assert service.fewest == 1


def test_a_task_definition_named_by_family_and_revision_is_found(write_stack: Write) -> None:
    main = SERVICE.replace("aws_ecs_task_definition.t.arn", '"${aws_ecs_task_definition.t.family}:7"').replace(
        "BODY", "desired_count = 1"
    )
    [service] = read_stack(write_stack(main)).of(FargateService)
    assert service.size is not None


def test_of_two_task_definitions_of_one_family_the_one_referred_to_is_taken(write_stack: Write) -> None:
    other = 'resource "aws_ecs_task_definition" "other" {\n  family = "t"\n  cpu = 4096\n  memory = 8192\n}\n'
    main = SERVICE.replace("aws_ecs_task_definition.t.arn", "aws_ecs_task_definition.t.family").replace(
        "BODY", "desired_count = 1"
    )
    [alone] = read_stack(write_stack(main)).of(FargateService)
    [service] = read_stack(write_stack(main + other)).of(FargateService)
    assert service.size == alone.size is not None


def test_a_target_value_that_is_no_number_is_no_target(write_stack: Write) -> None:
    policy = (
        'resource "aws_appautoscaling_target" "t" {\n  resource_id = "service/c/s"\n  min_capacity = 1\n  max_capacity = 4\n}\n'
        'resource "aws_appautoscaling_policy" "p" {\n  resource_id = "service/c/s"\n  target_tracking_scaling_policy_configuration {\n'
        '    target_value = "seventy"\n    predefined_metric_specification {\n      predefined_metric_type = "ECSServiceAverageCPUUtilization"\n    }\n  }\n}\n'
    )
    [service] = read_stack(write_stack(SERVICE.replace("BODY", "desired_count = 1") + policy)).of(FargateService)
    assert service.scaling is not None
    assert service.scaling.cpu_percent is None


def test_shards_of_the_older_provider_are_counted(write_stack: Write) -> None:
    main = 'resource "aws_elasticache_replication_group" "g" {\n  node_type = "cache.t4g.micro"\n  cluster_mode {\n    num_node_groups = 3\n    replicas_per_node_group = 1\n  }\n}\n'
    assert [cache.nodes for cache in read_stack(write_stack(main)).of(Cache)] == [6]


def test_a_replica_named_by_identifier_inherits_its_engine(write_stack: Write) -> None:
    main = (
        'resource "aws_db_instance" "main" {\n  identifier = "main"\n  engine = "postgres"\n  engine_version = "17"\n'
        '  instance_class = "db.t4g.micro"\n  allocated_storage = 20\n}\n'
        'resource "aws_db_instance" "copy" {\n  replicate_source_db = aws_db_instance.main.identifier\n  instance_class = "db.t4g.micro"\n}\n'
    )
    assert [(d.engine, d.storage_gib) for d in read_stack(write_stack(main)).of(Database)] == [("PostgreSQL", 20)] * 2


def test_a_target_group_forwarded_to_by_block_counts_for_stickiness(write_stack: Write) -> None:
    main = """
    resource "aws_subnet" "a" { count = 2 }
    resource "aws_lb" "l" { subnets = aws_subnet.a[*].id }
    resource "aws_lb_target_group" "g" {
      stickiness { type = "lb_cookie" }
    }
    resource "aws_lb_listener" "h" {
      load_balancer_arn = aws_lb.l.arn
      default_action {
        type = "forward"
        forward {
          target_group { arn = aws_lb_target_group.g.arn }
        }
      }
    }
    """
    assert [balancer.sticky for balancer in read_stack(write_stack(main)).of(Balancer)] == [True]


# ---- The sandbox


SECRET = "THE-SECRET-OUTSIDE"


@pytest.mark.parametrize(
    "call",
    [
        'file("../secret.txt")',
        'file("../../../../../../../../../../../etc/hostname")',
        'file("/etc/hostname")',
        'file("~/.ssh/id_rsa")',
        'file("${path.module}/../secret.txt")',
        'file(join("/", ["..", "secret.txt"]))',
        'file("link.txt")',
        'file("linked/secret.txt")',
        'templatefile("../secret.txt", {})',
        'filebase64("../secret.txt")',
        'join(",", fileset("..", "*.txt"))',
        '"${file("../secret.txt")}"',
        '<<EOT\n${file(\n"../secret.txt"\n)}\nEOT',
        'try(file("../secret.txt"), "x")',
        'file(file("../secret.txt"))',
    ],
)
def test_nothing_outside_the_tree_is_ever_read(write_stack: Write, tmp_path: Path, call: str) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    folder = write_stack(f'resource "aws_instance" "a" {{\n  instance_type = {call}\n}}\n')
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "linked").symlink_to(tmp_path)
    stack = read_stack(folder)
    assert SECRET not in repr(stack)
    assert "secret.txt" not in repr(stack.resources)
    assert [entry.what.code for entry in stack.warnings][:1] == ["file_outside"]
    assert stack.warnings[0].line == 5 + call.startswith("<<EOT")


@pytest.mark.parametrize(
    "value",
    [
        '"${file(\\"SECRET\\")}"',
        '"${file/**/(\\"SECRET\\")}"',
        '"${file#\\n(\\"SECRET\\")}"',
        '{"${file(\\"SECRET\\")}": 1}',
        '["%{ if true }${file(\\"SECRET\\")}%{ endif }"]',
    ],
)
def test_no_template_of_a_json_file_reads_a_file(write_stack: Write, tmp_path: Path, value: str) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    value = value.replace("SECRET", "../" * 12 + str(tmp_path / "secret.txt")[1:])
    text = (
        f'{{"resource": {{"aws_instance": {{"a": {{"instance_type": "t4g.nano", "tags": {value}, "ami": {value}}}}}}}}}'
    )
    stack = read_stack(write_stack("", {"more.tf.json": text}))
    assert SECRET not in repr(stack)
    assert {entry.what.code for entry in stack.warnings} == {"file_outside"}


def test_json_files_are_read_like_any_other(write_stack: Write) -> None:
    text = {
        "module": {"m": {"source": "./m", "n": 3}},
        "variable": {"n": {"type": "number", "default": 2}},
        "resource": {
            "aws_eip": {"a": [{"count": "${var.n}"}], "b": {"//": "a comment", "count": 1}},
            "aws_instance": {
                "c": {
                    "instance_type": "t4g.nano",
                    "dynamic": {
                        "ebs_block_device": {
                            "for_each": "${[7]}",
                            "content": {"volume_size": "${ebs_block_device.value}"},
                        }
                    },
                }
            },
        },
    }
    module = 'variable "n" {}\nresource "aws_eip" "inside" {\n  count = var.n\n}\n'
    stack = read_stack(write_stack("", {"more.tf.json": json.dumps([text]), "m/main.tf": module}))
    assert sorted(entry.origin.address for entry in stack.of(PublicAddress)) == [
        "aws_eip.a[0]", "aws_eip.a[1]", "aws_eip.b[0]",
        "module.m.aws_eip.inside[0]", "module.m.aws_eip.inside[1]", "module.m.aws_eip.inside[2]",
    ]  # fmt: skip
    assert [disk.gib for disk in stack.of(Instances)[0].disks] == [8, 7]
    assert found(stack) == []


def test_a_dynamic_inside_a_nested_block_of_json_is_named(write_stack: Write) -> None:
    inner = {"dynamic": {"ebs_block_device": {"for_each": [1], "content": {"volume_size": 7}}}}
    group = {"min_size": 1, "launch_template": inner}
    stack = read_stack(
        write_stack("", {"more.tf.json": json.dumps({"resource": {"aws_autoscaling_group": {"g": group}}})})
    )
    [entry] = stack.unpriced
    assert (entry.why.code, entry.why.params["cause"]) == ("argument_unknown", "a dynamic block in JSON")


def test_a_dynamic_over_a_whole_resource_is_unknown_by_name(write_stack: Write) -> None:
    main = """
    resource "aws_subnet" "s" {}
    resource "aws_instance" "a" {
      instance_type = "t4g.nano"
      dynamic "ebs_block_device" {
        for_each = aws_subnet.s
        content {
          volume_size = 7
        }
      }
    }
    """
    stack = read_stack(write_stack(main))
    assert found(stack) == []
    [entry] = stack.unpriced
    assert entry.why.params == {"argument": "ebs_block_device", "cause": "aws_subnet.s"}


def test_an_argument_that_needs_itself_is_named_and_costs_no_other(write_stack: Write) -> None:
    stack = read_stack(
        write_stack('resource "aws_ebs_volume" "a" {\n  size = aws_ebs_volume.a.size\n}\nresource "aws_eip" "b" {}\n')
    )
    assert found(stack) == [("expression_error", "main.tf", 4)]
    assert [entry.origin.address for entry in stack.of(PublicAddress)] == ["aws_eip.b"]


def test_whole_modules_and_resources_can_be_encoded(write_stack: Write) -> None:
    main = 'module "m" {\n  source = "./m"\n  count = 2\n}\nresource "aws_ebs_volume" "a" {\n  size = length(jsonencode(module.m))\n}\n'
    stack = read_stack(write_stack(main, {"m/main.tf": 'output "o" {\n  value = 1\n}\n'}))
    assert [volume.disk.gib for volume in stack.of(Volume)] == [len('[{"o":1},{"o":1}]')]


def test_links_that_lead_to_themselves_and_names_too_long_are_passed_over(write_stack: Write) -> None:
    folder = write_stack(
        f'resource "aws_ebs_volume" "a" {{\n  size = file("{"a" * 5000}")\n}}\nmodule "m" {{\n  source = "./{"b" * 5000}"\n}}\n',
        {".terraform/modules/modules.json": "[" * 100_000},
    )
    (folder / "loop.tf").symlink_to("loop.tf")
    stack = read_stack(folder)
    assert found(stack) == [("module_missing", "main.tf", 7), ("expression_error", "main.tf", 5)]
    assert stack.warnings == ()
    [volume] = stack.of(Volume)
    assert (volume.origin.address, volume.disk.gib) == ("aws_ebs_volume.a", None)


def test_a_home_folder_never_bounds_a_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "stack").mkdir()
    assert project_of(tmp_path / "stack") == tmp_path
    monkeypatch.setenv("HOME", str(tmp_path))
    assert project_of(tmp_path / "stack") == tmp_path / "stack"


def test_a_literal_file_inside_the_tree_is_read(write_stack: Write) -> None:
    stack = read_stack(
        write_stack(
            'resource "aws_ebs_volume" "a" {\n  size = jsondecode(file("${path.module}/size.json")).gib\n}\n',
            {"size.json": '{"gib": 33}'},
        )
    )
    assert [volume.disk.gib for volume in stack.of(Volume)] == [33]
    assert stack.warnings == ()


def test_terraform_files_reached_through_links_out_of_the_tree_are_not_read(write_stack: Write, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other/main.tf").write_text('resource "aws_eip" "outside" {}\n')
    folder = write_stack('module "m" {\n  source = "./linked"\n}\n')
    (folder / "linked").symlink_to(tmp_path / "other")
    (folder / "more.tf").symlink_to(tmp_path / "other/main.tf")
    stack = read_stack(folder)
    assert "outside" not in repr(stack.resources)
    assert [code for code, _, _ in found(stack)] == ["module_outside"]


def test_functions_in_json_files_are_replaced_too(write_stack: Write, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    text = json.dumps({"resource": {"aws_instance": {"a": {"instance_type": '${file("../secret.txt")}'}}}})
    stack = read_stack(write_stack("", {"more.tf.json": text.replace("file", "f\\u0069le")}))
    assert SECRET not in repr(stack)
    assert [entry.what.code for entry in stack.warnings] == ["file_outside"]


def test_the_project_around_a_stack_may_be_read_and_no_more(tmp_path: Path) -> None:
    project = tmp_path / "project"
    for folder in (project / ".git", project / "envs/prod", project / "modules/m"):
        folder.mkdir(parents=True)
    (project / "modules/m/main.tf").write_text('resource "aws_eip" "a" {}\n')
    main = 'provider "aws" {\n  region = "ap-northeast-2"\n}\nmodule "m" {\n  source = "../../modules/m"\n}\n'
    (project / "envs/prod/main.tf").write_text(main)
    stack = read_stack(project / "envs/prod")
    assert [entry.origin.file for entry in stack.of(PublicAddress)] == ["modules/m/main.tf"]
    assert found(stack) == []


# ---- Plans


def plan(tmp_path: Path, **parts: object) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(parts))
    return path


def test_a_plan_gives_the_same_links_through_modules_that_files_give(tmp_path: Path) -> None:
    service = {"capacity_provider_strategy": [{"capacity_provider": "FARGATE", "base": 1, "weight": 1}], "name": "api"}
    path = plan(
        tmp_path,
        planned_values={
            "root_module": {
                "child_modules": [
                    {"resources": [{"address": "module.a.aws_ecs_service.s", "type": "aws_ecs_service", "name": "s", "values": service}]},
                    {"resources": [
                        {"address": "module.b[0].aws_ecs_task_definition.t", "type": "aws_ecs_task_definition",
                         "name": "t", "values": {"cpu": "256", "memory": "512"}},
                    ]},
                ]
            }
        },
        resource_changes=[{"address": "module.a.aws_ecs_service.s", "change": {"after_unknown": {"desired_count": True, "launch_type": True}}}],
        variables={"region": {"value": "ap-northeast-2"}},
        configuration={
            "provider_config": {"aws": {"expressions": {"region": {"references": ["var.region"]}}}},
            "root_module": {
                "module_calls": {
                    "a": {
                        "expressions": {"task": {"references": ["module.b[0].arn", "module.b[0]", "module.b"]}},
                        "module": {"resources": [
                            {"type": "aws_ecs_service", "name": "s", "expressions": {"task_definition": {"references": ["var.task"]}, "desired_count": {"references": ["var.n"]}}}
                        ]},
                    },
                    "b": {"module": {"outputs": {"arn": {"expression": {"references": ["aws_ecs_task_definition.t.arn", "aws_ecs_task_definition.t"]}}}}},
                }
            },
        },
    )  # fmt: skip
    [service_read] = read_stack(path).of(FargateService)
    assert service_read.size is not None
    assert service_read.size.vcpu == Fraction(1, 4)
    assert service_read.desired is None


def test_each_instance_of_a_module_keeps_to_its_own_resources_and_keys(tmp_path: Path) -> None:
    """Two instances of a module, and a keyed resource outside: nothing is taken from the neighbour."""

    def instance(key: str, cpu: str) -> list[dict[str, object]]:
        prefix = f'module.svc["{key}"].'
        return [
            {"address": prefix + "aws_ecs_task_definition.t", "type": "aws_ecs_task_definition", "name": "t",
             "values": {"cpu": cpu, "memory": "8192" if cpu == "4096" else "512"}},
            {"address": prefix + "aws_ecs_service.s", "type": "aws_ecs_service", "name": "s",
             "values": {"name": "s", "desired_count": 1, "launch_type": "FARGATE"}},
            {"address": f'aws_appautoscaling_target.n["{key}"]', "type": "aws_appautoscaling_target", "name": "n",
             "values": {"min_capacity": 2 if key == "a" else 5, "max_capacity": 9}},
        ]  # fmt: skip

    path = plan(
        tmp_path,
        planned_values={"root_module": {"resources": [*instance("a", "4096"), *instance("b", "256")]}},
        configuration={
            "provider_config": {"aws": {"expressions": {"region": {"constant_value": "ap-northeast-2"}}}},
            "root_module": {
                "resources": [{"type": "aws_appautoscaling_target", "name": "n", "expressions": {
                    "resource_id": {"references": ["module.svc", "each.key"]}}}],
                "module_calls": {"svc": {"module": {"resources": [
                    {"type": "aws_ecs_service", "name": "s", "expressions": {
                        "task_definition": {"references": ["aws_ecs_task_definition.t.arn", "aws_ecs_task_definition.t"]},
                        "desired_count": {}, "launch_type": {}}},
                ]}}},
            },
        },
    )  # fmt: skip
    services = {service.origin.address: service for service in read_stack(path).of(FargateService)}
    sizes = {address: service.size.vcpu for address, service in services.items() if service.size}
    assert sizes == {'module.svc["a"].aws_ecs_service.s': 4, 'module.svc["b"].aws_ecs_service.s': Fraction(1, 4)}


def test_figures_that_no_one_counts_are_refused_not_printed(tmp_path: Path) -> None:
    rows = [
        {"address": "aws_ebs_volume.a", "type": "aws_ebs_volume", "name": "a", "values": {"size": 1e308, "type": "gp3"}}
    ]
    stack = read_stack(plan(tmp_path, planned_values={"root_module": {"resources": rows}}), region="ap-northeast-2")
    assert [volume.disk.gib for volume in stack.of(Volume)] == [None]


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"planned_values": 3}', '{"planned_values": {"root_module": []}}',
                                  '{"planned_values": {"root_module": {"resources": [1]}}}', "[" * 50_000])  # fmt: skip
def test_what_is_not_a_plan_is_refused_with_what_was_looked_for(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(InputError) as wrong:
        read_stack(path, region="ap-northeast-2")
    assert wrong.value.why.code in ("not_json", "not_a_plan")


PROVIDERS = """
provider "aws" {
  alias  = "virginia"
  region = "us-east-1"
}
"""


@pytest.mark.parametrize(
    ("call", "module"),
    [
        ({"main.tf": "providers = { aws = aws.virginia }"}, 'resource "aws_eip" "a" {}\n'),
        (
            {"main.tf": "providers = { aws.other = aws.virginia }"},
            'provider "aws" {\n  alias = "other"\n}\nresource "aws_eip" "a" {\n  provider = aws.other\n}\n',
        ),
        (
            {"call.tf.json": '{"module": {"m": {"source": "./m", "providers": {"aws": "aws.virginia"}}}}'},
            'resource "aws_eip" "a" {}\n',
        ),
    ],
)
def test_a_module_takes_the_provider_that_its_caller_hands_in(
    write_stack: Write, call: dict[str, str], module: str
) -> None:
    block = f'module "m" {{\n  source = "./m"\n  {call["main.tf"]}\n}}\n' if "main.tf" in call else ""
    files = {name: text for name, text in call.items() if name != "main.tf"}
    stack = read_stack(write_stack(PROVIDERS + block, {**files, "m/main.tf": module}))
    assert [(row.origin.address, row.origin.region) for row in stack.resources] == [("module.m.aws_eip.a", "us-east-1")]


def test_a_provider_that_states_no_region_is_not_taken_for_the_default_one(write_stack: Write) -> None:
    main = (
        'provider "aws" {\n  alias   = "other"\n  profile = "other"\n}\n'
        'resource "aws_eip" "a" {\n  provider = aws.other\n}\n'
    )
    assert [row.why.code for row in read_stack(write_stack(main)).unpriced] == ["own_region_unknown"]


def test_json_may_name_an_argument_content_and_write_a_block_twice(write_stack: Write) -> None:
    text = """
    {"resource": {"aws_s3_object": {"a": {"bucket": "b", "key": "k", "content": "hello"}}},
     "resource": {"aws_eip": {"a": {}, "b": {}}}, "locals": {"content": "x"}}
    """
    stack = read_stack(write_stack("", {"more.tf.json": text}))
    assert (len(stack.of(PublicAddress)), found(stack)) == (2, [])


def test_a_hidden_file_is_not_read(write_stack: Write) -> None:
    stack = read_stack(write_stack('resource "aws_eip" "a" {}\n', {".old.tf": 'resource "aws_eip" "b" {}\n'}))
    assert len(stack.of(PublicAddress)) == 1


def test_a_default_of_an_optional_attribute_stands_beside_one_of_any_type(write_stack: Write) -> None:
    main = """
    variable "disks" {
      type    = list(object({ tags = any, size = optional(number, 100) }))
      default = [{ tags = { a = "b" } }, { tags = { a = "c" }, size = 50 }]
    }
    resource "aws_ebs_volume" "a" {
      count = 2
      size  = var.disks[count.index].size
    }
    """
    assert [volume.disk.gib for volume in read_stack(write_stack(main)).of(Volume)] == [100, 50]


def test_a_key_of_an_object_may_be_a_template_of_one_name(write_stack: Write) -> None:
    main = """
    locals {
      sizes = merge([for name in ["a", "b"] : { "${name}" = 10 }]...)
    }
    resource "aws_ebs_volume" "a" {
      for_each = local.sizes
      size     = each.value
    }
    """
    volumes = read_stack(write_stack(main)).of(Volume)
    assert [volume.origin.address for volume in volumes] == ['aws_ebs_volume.a["a"]', 'aws_ebs_volume.a["b"]']


def test_a_stack_without_a_region_asks_for_one(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('resource "aws_eip" "a" {}\n')
    with pytest.raises(InputError) as wrong:
        read_stack(tmp_path)
    assert wrong.value.why.code == "region_unknown"
    assert read_stack(tmp_path, region="us-east-1").region == "us-east-1"

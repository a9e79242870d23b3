"""A plan's JSON and a state's: where they stand, what they leave out, and what their resources refer to."""

from __future__ import annotations

import io
import itertools
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from glimpse.planner.finding import InputError
from glimpse.planner.resources.address import PublicAddress
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import FargateService
from glimpse.planner.resources.instance import Instances
from glimpse.planner.resources.volume import Volume
from glimpse.planner.stack import Stack
from tests.conftest import read_stack
from tests.planner.terraform.plans import IS_HERE, NOT_RUN, Planner
from tests.planner.terraform.whole_trees import Tree

Write = Callable[..., Path]
ADDRESS = {"address": "aws_eip.a", "type": "aws_eip", "name": "a", "values": {}}


def row(address: str, **values: Any) -> dict[str, Any]:
    type_, name = address.split(".")[-2:]
    return {"address": address, "mode": "managed", "type": type_, "name": name.partition("[")[0], "values": values}


def block(address: str, **expressions: Any) -> dict[str, Any]:
    type_, name = address.split(".")
    return {"address": address, "mode": "managed", "type": type_, "name": name, "provider_config_key": "aws",
            "expressions": expressions}  # fmt: skip


def refers(*names: str) -> dict[str, Any]:
    return {"references": list(names)}


def provider(region: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"aws": {"name": "aws", "expressions": {} if region is None else {"region": region}}}


def write(folder: Path, document: Mapping[str, Any], name: str = "plan.json") -> Path:
    path = folder / name
    path.write_text(json.dumps({"format_version": "1.2", **document}))
    return path


def plan_in(
    folder: Path,
    *rows: Mapping[str, Any],
    region: Mapping[str, Any] | None = None,
    blocks: Sequence[Mapping[str, Any]] = (),
    **parts: Any,
) -> Path:
    """A plan of these resources, whose provider has this expression as its region."""
    configuration = {"provider_config": provider(region), "root_module": {"resources": list(blocks)}}
    planned = {"root_module": {"resources": list(rows)}}
    return write(folder, {"planned_values": planned, "configuration": configuration, "complete": True, **parts})


def state_in(folder: Path, *rows: Mapping[str, Any]) -> Path:
    return write(folder, {"values": {"root_module": {"resources": list(rows)}}}, "state.json")


def origin(stack: Stack) -> str | None:
    """How the region was found."""
    return stack.region_from.code if stack.region_from else None


def why_not(path: Path, **settings: Any) -> tuple[str, str]:
    """The code and the regions of the error that reading ends with."""
    with pytest.raises(InputError) as wrong:
        read_stack(path, **settings)
    return wrong.value.why.code, str(wrong.value.why.params.get("regions", ""))


def addresses(stack: Stack) -> list[str]:
    """Where a public address is charged, or may be."""
    own = [entry.origin.address for entry in stack.of(Instances) if entry.addresses != 0]
    named = [entry.origin.address for entry in stack.unpriced if entry.component == "Public IPv4 address"]
    return sorted([*(entry.origin.address for entry in stack.of(PublicAddress)), *own, *named])


# ---- The region


def test_the_option_comes_before_what_the_provider_says(tmp_path: Path) -> None:
    path = plan_in(tmp_path, ADDRESS, region={"constant_value": "us-east-1"})
    assert (read_stack(path).region, origin(read_stack(path))) == ("us-east-1", None)
    moved = read_stack(path, region="ap-northeast-2")
    assert (moved.region, origin(moved)) == ("ap-northeast-2", None)


def test_a_provider_may_take_its_region_from_a_variable(tmp_path: Path) -> None:
    region, variables = refers("var.at.home", "var.at"), {"at": {"value": {"home": "eu-west-1", "away": "us-east-1"}}}
    stack = read_stack(plan_in(tmp_path, ADDRESS, region=region, variables=variables))
    assert (stack.region, origin(stack)) == ("eu-west-1", "region_from_variable")


def test_a_condition_between_two_regions_is_not_decided_and_both_are_named(tmp_path: Path) -> None:
    values = {"dr": False, "there": "ap-northeast-2", "here": "us-east-1"}
    variables = {name: {"value": value} for name, value in values.items()}
    path = plan_in(tmp_path, ADDRESS, region=refers("var.dr", "var.there", "var.here"), variables=variables)
    assert why_not(path) == ("region_undecided", "ap-northeast-2, us-east-1")


def test_the_only_region_in_an_expression_is_taken_and_no_other_word(tmp_path: Path) -> None:
    variables = {"env": {"value": "prod"}, "name": {"value": "my-app-1"}, "regions": {"value": {"prod": "eu-west-3"}}}
    found = read_stack(plan_in(tmp_path, ADDRESS, region=refers("var.regions", "var.env"), variables=variables))
    assert (found.region, origin(found)) == ("eu-west-3", "region_from_reference")
    for names in (("local.regions", "var.env"), ("var.name",)):
        path = plan_in(tmp_path, ADDRESS, region=refers(*names), variables=variables)
        assert why_not(path)[0] == "region_unknown"


@pytest.mark.parametrize(
    "values",
    [
        {"region": "eu-west-1"},
        {"availability_zone": "eu-west-1a"},
        {"azs": ["eu-west-1b", "eu-west-1c"]},
        {"arn": "arn:aws:ec2:eu-west-1:123456789012:elastic-ip/eipalloc-1"},
        {"policy": {"key": "arn:aws:kms:eu-west-1:123456789012:key/1"}},
        {"service_name": "com.amazonaws.eu-west-1.s3"},
        {"zone": "eu-west-1a", "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1"},
    ],
)
def test_what_resources_say_of_their_place_is_the_region(tmp_path: Path, values: dict[str, Any]) -> None:
    stack = read_stack(plan_in(tmp_path, {**ADDRESS, "values": values}, region=refers("local.region")))
    assert (stack.region, origin(stack)) == ("eu-west-1", "region_from_resources")


def test_resources_that_contradict_each_other_decide_nothing(tmp_path: Path) -> None:
    rows = [row(f"aws_ebs_volume.{zone[-2]}", availability_zone=zone) for zone in ("eu-west-1a", "eu-west-2a")]
    assert why_not(plan_in(tmp_path, *rows)) == ("region_undecided", "eu-west-1, eu-west-2")


def test_a_resource_with_a_region_of_its_own_says_nothing_of_the_provider(tmp_path: Path) -> None:
    rows = [row("aws_ebs_volume.a", region="eu-west-1"), row("aws_ebs_volume.b", region="us-east-1")]
    blocks = [block("aws_ebs_volume.a"), block("aws_ebs_volume.b", region={"constant_value": "us-east-1"})]
    assert read_stack(plan_in(tmp_path, *rows, blocks=blocks)).region == "eu-west-1"


def test_a_data_source_that_was_read_says_the_region(tmp_path: Path) -> None:
    data = {"address": "data.aws_region.now", "mode": "data", "type": "aws_region", "name": "now"}
    prior = {"values": {"root_module": {"resources": [{**data, "values": {"id": "sa-east-1"}}]}}}
    assert read_stack(plan_in(tmp_path, ADDRESS, prior_state=prior)).region == "sa-east-1"


def test_the_files_beside_a_plan_say_the_region_with_its_variables(tmp_path: Path) -> None:
    main = """
    variable "dr" {}
    locals {
      region = var.dr ? "eu-west-2" : "eu-west-1"
    }
    provider "aws" {
      region = local.region
    }
    resource "aws_eip" "a" {}
    """
    (tmp_path / "main.tf").write_text(main)
    settings: dict[str, Any] = {"region": refers("local.region"), "variables": {"dr": {"value": True}}}
    stack = read_stack(plan_in(tmp_path, ADDRESS, blocks=[block("aws_eip.a")], **settings))
    assert (stack.region, origin(stack)) == ("eu-west-2", "region_from_files")
    other = plan_in(tmp_path, row("aws_eip.b"), blocks=[block("aws_eip.b")], **settings)
    assert why_not(other)[0] == "region_unknown", "the files are those of another stack"


def test_the_environment_comes_last_and_only_where_it_is_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-west-1")
    path = plan_in(tmp_path, ADDRESS)
    assert why_not(path)[0] == "region_unknown"
    both = {"AWS_DEFAULT_REGION": "eu-west-1", "AWS_REGION": "eu-west-3"}
    assert read_stack(path, environment=both).region == "eu-west-3"
    stack = read_stack(path, environment={"AWS_DEFAULT_REGION": "eu-west-1"})
    assert stack.region_from is not None
    assert stack.region_from.params == {"region": "eu-west-1", "variable": "AWS_DEFAULT_REGION"}
    zoned = plan_in(tmp_path, row("aws_ebs_volume.a", availability_zone="sa-east-1a"))
    assert read_stack(zoned, environment=both).region == "sa-east-1"


def test_where_only_aliases_say_a_region_the_stack_is_where_most_resources_are(tmp_path: Path) -> None:
    rows = [row(f"aws_eip.{name}") for name in "abc"]
    blocks = [{**block(entry["address"]), "provider_config_key": key}
              for entry, key in zip(rows, ("aws.x", "aws.y", "aws.y"), strict=True)]  # fmt: skip
    providers = {f"aws.{alias}": {"name": "aws", "alias": alias, "expressions": {"region": {"constant_value": region}}}
                 for alias, region in (("x", "eu-west-1"), ("y", "eu-west-2"))}  # fmt: skip
    configuration = {"provider_config": providers, "root_module": {"resources": blocks}}
    path = write(tmp_path, {"planned_values": {"root_module": {"resources": rows}}, "configuration": configuration})
    assert read_stack(path).region == "eu-west-2"


def test_a_module_that_configures_a_provider_takes_its_region_from_the_call(tmp_path: Path) -> None:
    rows = [row("module.m.aws_eip.a")]
    inner = {"resources": [{**block("aws_eip.a"), "provider_config_key": "module.m:aws"}], "variables": {"where": {}}}
    call = {"expressions": {"where": {"constant_value": "eu-north-1"}}, "module": inner}
    named = {"name": "aws", "module_address": "module.m", "expressions": {"region": refers("var.where")}}
    configuration = {"provider_config": {"module.m:aws": named}, "root_module": {"module_calls": {"m": call}}}
    path = write(tmp_path, {"planned_values": {"root_module": {"resources": rows}}, "configuration": configuration})
    assert read_stack(path).region == "eu-north-1"


def test_a_state_stands_where_its_resources_say_that_they_are(tmp_path: Path) -> None:
    rows = [row("aws_ebs_volume.a", arn="arn:aws:ec2:eu-west-1:123456789012:volume/vol-1", size=8),
            row("aws_ebs_volume.b", availability_zone="eu-west-1b", size=8),
            row("aws_ebs_volume.c", availability_zone="us-east-1b", size=8)]  # fmt: skip
    stack = read_stack(state_in(tmp_path, *rows[:2]))
    assert (stack.region, origin(stack)) == ("eu-west-1", "region_from_resources")
    stack = read_stack(state_in(tmp_path, *rows))
    assert (stack.region, origin(stack)) == ("eu-west-1", "region_from_most")


def test_a_directory_without_a_region_is_asked_in_the_same_order(tmp_path: Path) -> None:
    main = tmp_path / "main.tf"
    main.write_text('variable "region" {}\nprovider "aws" {\n  region = var.region\n}\nresource "aws_eip" "a" {}\n')
    assert why_not(tmp_path)[0] == "region_depends"
    environment = {"AWS_REGION": "eu-west-1"}
    stack = read_stack(tmp_path, environment=environment)
    assert (stack.region, origin(stack)) == ("eu-west-1", "region_from_environment")
    main.write_text(main.read_text() + 'resource "aws_ebs_volume" "v" {\n  availability_zone = "sa-east-1a"\n}\n')
    stack = read_stack(tmp_path, environment=environment)
    assert (stack.region, origin(stack)) == ("sa-east-1", "region_from_resources")
    assert read_stack(tmp_path, variables=("region=us-east-1",), environment=environment).region == "us-east-1"
    main.write_text(main.read_text() + 'resource "aws_ebs_volume" "w" {\n  availability_zone = "eu-west-3a"\n}\n')
    assert why_not(tmp_path) == ("region_undecided", "eu-west-3, sa-east-1")


# ---- What is left out, and what is unknown


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Plan a tree with Terraform itself."""
    folders = iter(range(99))

    def plan(files: Mapping[str, str], **settings: Sequence[str]) -> Path:
        top = tmp_path_factory.mktemp(f"tree{next(folders)}")
        for name, text in files.items():
            (top / name).parent.mkdir(exist_ok=True)
            (top / name).write_text(text)
        tree = Tree(top)
        document = Planner(tmp_path_factory.mktemp("planner"), [tree]).plan(tree, **settings)
        path = tmp_path_factory.mktemp("plan") / "plan.json"
        path.write_text(json.dumps(document))
        return path

    return plan


VIRGINIA = """
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "x"
  secret_key                  = "x"
  skip_credentials_validation = true
}
"""

NULLS = """
variable "kind" { default = null }
module "said" {
  source = "./said"
}
module "inner" {
  source = "./inner"
  kind   = module.said.nothing
}
resource "aws_ebs_volume" "left_out" {
  availability_zone = "us-east-1a"
  size              = 100
  type              = var.kind
}
locals {
  kind = aws_ebs_volume.left_out.type
}
resource "aws_ebs_volume" "unknown" {
  availability_zone = "us-east-1a"
  size              = 100
  type              = local.kind
}
"""
SAID = 'output "nothing" {\n  value = var.nothing\n}\nvariable "nothing" {\n  default = null\n}\n'
INNER = """
variable "kind" {}
resource "aws_ebs_volume" "left_out" {
  availability_zone = "us-east-1a"
  size              = 10
  type              = var.kind
}
"""


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_null_is_left_out_unless_it_may_be_what_a_resource_makes(planned: Callable[..., Path]) -> None:
    files = {"main.tf": VIRGINIA + NULLS, "said/main.tf": SAID, "inner/main.tf": INNER}
    stack = read_stack(planned(files))
    volumes = {volume.origin.address: volume.disk.kind for volume in stack.of(Volume)}
    assert volumes == {"aws_ebs_volume.left_out": "gp2", "module.inner.aws_ebs_volume.left_out": "gp2"}
    assert [(entry.origin.address, entry.why.code) for entry in stack.unpriced] == [
        ("aws_ebs_volume.unknown", "argument_unknown")
    ]


SERVICE = """
variable "strategy" { default = true }
locals {
  launch_type = var.strategy ? null : "FARGATE"
}
resource "aws_ecs_cluster" "c" {
  name = "c"
}
resource "aws_ecs_task_definition" "t" {
  family                = "t"
  cpu                   = 256
  memory                = 512
  container_definitions = "[]"
}
resource "aws_ecs_service" "s" {
  name            = "s"
  cluster         = aws_ecs_cluster.c.id
  task_definition = aws_ecs_task_definition.t.arn
  desired_count   = 1
  launch_type     = local.launch_type
  dynamic "capacity_provider_strategy" {
    for_each = var.strategy ? ["FARGATE_SPOT"] : []
    content {
      capacity_provider = capacity_provider_strategy.value
      weight            = 1
    }
  }
}
"""


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_a_launch_type_of_null_beside_a_strategy_means_the_strategy(planned: Callable[..., Path]) -> None:
    [service] = read_stack(planned({"main.tf": VIRGINIA + SERVICE})).of(FargateService)
    assert [share.provider for share in service.strategy] == ["FARGATE_SPOT"]


TARGETS = """
resource "aws_eip" "a" {}
resource "aws_eip" "b" {
  count = 2
}
resource "aws_vpc" "free" {
  cidr_block = "10.0.0.0/16"
}
module "m" {
  source = "./m"
}
"""


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_a_plan_of_targets_is_at_least_and_names_what_it_lacks(planned: Callable[..., Path]) -> None:
    files = {"main.tf": VIRGINIA + TARGETS, "m/main.tf": 'resource "aws_eip" "c" {}\n'}
    assert read_stack(planned(files)).unresolved == ()
    [lacking] = read_stack(planned(files, targets=["aws_eip.a"])).unresolved
    assert lacking.what.params["names"] == "aws_eip.b, module.m.aws_eip.c"


def test_a_plan_that_is_not_complete_is_at_least(tmp_path: Path) -> None:
    constant = {"constant_value": "us-east-1"}
    path = plan_in(tmp_path, ADDRESS, region=constant, blocks=[block("aws_eip.a")], complete=False)
    assert [found.what.code for found in read_stack(path).unresolved] == ["plan_incomplete"]


def test_a_plan_of_an_older_terraform_lacks_what_nothing_can_have_switched_off(tmp_path: Path) -> None:
    blocks = [block("aws_eip.a"), {**block("aws_eip.off"), "count_expression": {}}, block("aws_eip.lacking")]
    parts = {"region": {"constant_value": "us-east-1"}, "blocks": blocks}
    [lacking] = read_stack(plan_in(tmp_path, ADDRESS, complete=None, **parts)).unresolved  # type: ignore[arg-type]
    assert lacking.what.params["names"] == "aws_eip.lacking"


def test_what_a_plan_defers_is_named(tmp_path: Path) -> None:
    deferred = [
        {"reason": "instance_count_unknown", "resource_change": {"address": f"{type_}.x[*]", "type": type_}}
        for type_ in ("aws_eip", "aws_subnet")
    ]
    path = plan_in(tmp_path, ADDRESS, region={"constant_value": "us-east-1"}, deferred_changes=deferred)
    [found] = read_stack(path).unresolved
    assert found.what.params == {"address": "aws_eip.x[*]"}


# ---- What refers to what

THROUGH_A_LOCAL = """
locals {
  machine = aws_instance.a.id
}
resource "aws_subnet" "public" {
  vpc_id                  = "vpc-1"
  cidr_block              = "10.0.0.0/24"
  map_public_ip_on_launch = true
}
resource "aws_instance" "a" {
  ami           = "ami-1"
  instance_type = "t3.small"
  subnet_id     = aws_subnet.public.id
}
resource "aws_eip" "web" {
  instance = local.machine
}
"""
ANOTHER = """
resource "aws_instance" "b" {
  ami           = "ami-1"
  instance_type = "t3.small"
  subnet_id     = aws_subnet.public.id
}
resource "aws_volume_attachment" "b" {
  device_name = "/dev/sdh"
  volume_id   = "vol-1"
  instance_id = aws_instance.b.id
}
"""


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_an_address_that_goes_through_a_local_is_joined_to_the_only_instance_it_can_mean(
    planned: Callable[..., Path],
) -> None:
    assert addresses(read_stack(planned({"main.tf": VIRGINIA + THROUGH_A_LOCAL}))) == ["aws_eip.web"]


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_of_several_instances_that_an_address_could_mean_none_is_charged_one_for_certain(
    planned: Callable[..., Path],
) -> None:
    stack = read_stack(planned({"main.tf": VIRGINIA + THROUGH_A_LOCAL + ANOTHER}))
    assert addresses(stack) == ["aws_eip.web", "aws_instance.a", "aws_instance.b"]
    assert [entry.addresses for entry in stack.of(Instances)] == [0, 0]
    assert {entry.why.params["cause"] for entry in stack.unpriced if "argument" in entry.why.params} == {
        "local.machine"
    }


TEMPLATES = """
locals {
  template = aws_launch_template.t.id
}
resource "aws_launch_template" "t" {
  instance_type = "t3.small"
  image_id      = "ami-1"
}
resource "aws_autoscaling_group" "g" {
  min_size           = 2
  max_size           = 2
  availability_zones = ["us-east-1a"]
  dynamic "launch_template" {
    for_each = [1]
    content {
      id = local.template
    }
  }
}
"""


@pytest.mark.xdist_group("terraform")
@pytest.mark.skipif(not IS_HERE, reason=NOT_RUN)
def test_a_launch_template_in_a_dynamic_block_is_found(planned: Callable[..., Path]) -> None:
    [group] = read_stack(planned({"main.tf": VIRGINIA + TEMPLATES})).of(Instances)
    assert group.instance_type == "t3.small"


def test_a_state_is_joined_by_the_identifiers_in_its_values(tmp_path: Path) -> None:
    zone = "us-east-1a"
    instances = [
        row(f"aws_instance.{name}", id=f"i-{name}", instance_type="t3.small", associate_public_ip_address=True,
            root_block_device=[{"volume_size": 8, "volume_type": "gp3"}], availability_zone=zone,
            ebs_block_device=[{"volume_id": "vol-1", "volume_size": 50, "volume_type": "gp3"}] if name == "a" else [])
        for name in "abc"
    ]  # fmt: skip
    stack = read_stack(
        state_in(
            tmp_path,
            *instances,
            row("aws_eip.a", id="eipalloc-1", instance="i-a"),
            row("aws_eip.b", id="eipalloc-2", instance=""),
            row("aws_eip_association.b", allocation_id="eipalloc-2", instance_id="i-b"),
            row("aws_ebs_volume.data", id="vol-1", size=50, type="gp3", availability_zone=zone),
        )
    )
    assert addresses(stack) == ["aws_eip.a", "aws_eip.b", "aws_instance.c"]
    assert [disk.gib for entry in stack.of(Instances) for disk in entry.disks] == [8, 8, 8]
    assert [volume.disk.gib for volume in stack.of(Volume)] == [50]


def test_a_service_of_a_state_finds_its_task_definition_by_its_arn(tmp_path: Path) -> None:
    prefix = "arn:aws:ecs:us-east-1:123456789012"
    definitions = [
        row(f"aws_ecs_task_definition.{name}", id=name, family=name, arn=f"{prefix}:task-definition/{name}:1",
            cpu=cpu, memory="2048")
        for name, cpu in (("small", "256"), ("large", "1024"))
    ]  # fmt: skip
    service = row("aws_ecs_service.s", name="s", cluster=f"{prefix}:cluster/c", launch_type="FARGATE", desired_count=1,
                  task_definition=f"{prefix}:task-definition/large:1")  # fmt: skip
    cluster = row("aws_ecs_cluster.c", id=f"{prefix}:cluster/c", name="c")
    [found] = read_stack(state_in(tmp_path, *definitions, service, cluster)).of(FargateService)
    assert found.size is not None
    assert found.size.vcpu == Fraction(1)


def test_an_object_that_goes_with_the_next_apply_is_not_charged_beside_its_successor(tmp_path: Path) -> None:
    volume = row("aws_ebs_volume.a", id="vol-2", size=8, availability_zone="us-east-1a")
    gone = {**row("aws_ebs_volume.a", id="vol-1", size=4, availability_zone="us-east-1a"), "deposed_key": "1a2b3c4d"}
    assert [entry.disk.gib for entry in read_stack(state_in(tmp_path, volume, gone)).of(Volume)] == [8]


# ---- What may be given


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_plan_is_read_in_the_encodings_that_shells_write(tmp_path: Path, encoding: str) -> None:
    path = plan_in(tmp_path, ADDRESS, region={"constant_value": "us-east-1"})
    path.write_bytes(path.read_text().encode(encoding))
    assert addresses(read_stack(path)) == ["aws_eip.a"]


def test_a_terraform_file_means_its_folder_and_that_is_said(write_stack: Write) -> None:
    folder = write_stack('resource "aws_eip" "a" {}\n', {"more.tf": 'resource "aws_eip" "b" {}\n'})
    stack = read_stack(folder / "more.tf")
    assert addresses(stack) == ["aws_eip.a", "aws_eip.b"]
    assert [found.what.code for found in stack.warnings] == ["file_means_folder"]


def test_a_hyphen_is_the_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = plan_in(tmp_path, ADDRESS, region={"constant_value": "us-east-1"}).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert addresses(read_stack(Path("-"))) == ["aws_eip.a"]


def test_the_standard_input_is_bounded_like_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = plan_in(tmp_path, ADDRESS, region={"constant_value": "us-east-1"})
    monkeypatch.setattr("glimpse.planner.outside.terraform_files.plan_json.MAX_INPUT_BYTES", 100)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert why_not(path)[0] == why_not(Path("-"))[0] == "too_large_file"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("plan.bin", b"PK\x03\x04\x14\x00\x08", "plan_not_shown"),
        ("terraform.tfstate", b'{"version": 4, "serial": 3, "lineage": "x", "resources": []}', "state_not_shown"),
        ("plan.json", b'{"@level":"info","type":"version"}\n{"@level":"info","type":"planned_change"}\n', "plan_log"),
        ("terragrunt.hcl", b'terraform {\n  source = "../vpc"\n}\n', "terragrunt"),
    ],
)
def test_what_is_nearly_a_plan_is_named_with_the_command_to_give(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert why_not(tmp_path / name)[0] == code


def test_a_folder_of_terragrunt_is_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "terragrunt.hcl").write_text("")
    assert why_not(tmp_path)[0] == "terragrunt"
    (tmp_path / "main.tf").write_text('provider "aws" {\n  region = "us-east-1"\n}\nresource "aws_eip" "a" {}\n')
    assert addresses(read_stack(tmp_path)) == ["aws_eip.a"]


def test_a_state_without_anything_costs_nothing(tmp_path: Path) -> None:
    stack = read_stack(write(tmp_path, {}), region="us-east-1")
    assert list(stack.addresses()) == []


def test_a_configuration_that_is_none_is_refused_not_a_traceback(tmp_path: Path) -> None:
    broken = [{**block("aws_instance.i"), "expressions": {"subnet_id": {"references": 3}}}]
    path = plan_in(
        tmp_path, row("aws_instance.i", instance_type="t3.small"), region={"constant_value": "us-east-1"}, blocks=broken
    )
    assert why_not(path)[0] == "not_a_plan"


def plan_of_four_times(count: int, folder: Path) -> Path:
    """A plan with so many instances, addresses, subnets and databases."""
    rows, blocks = [], []
    for number in range(count):
        rows += [row(f"aws_instance.i{number}", instance_type="t3.small", root_block_device=[{"volume_size": 8}]),
                 row(f"aws_eip.e{number}", domain="vpc"),
                 row(f"aws_subnet.s{number}", availability_zone="us-east-1a", map_public_ip_on_launch=True),
                 row(f"aws_db_instance.d{number}", instance_class="db.t4g.micro", engine="postgres")]  # fmt: skip
        blocks += [
            block(f"aws_instance.i{number}", subnet_id=refers(f"aws_subnet.s{number}.id", f"aws_subnet.s{number}")),
            block(f"aws_eip.e{number}", instance=refers(f"aws_instance.i{number}.id", f"aws_instance.i{number}")),
            block(f"aws_subnet.s{number}"),
            block(f"aws_db_instance.d{number}"),
        ]
    folder.mkdir()
    return plan_in(folder, *rows, region=refers("local.region"), blocks=blocks)


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python run, each turn of a loop anew."""
    lines, tracing = itertools.count(), sys.gettrace()

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        if event == "line":
            next(lines)
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(tracing)
    return next(lines)


def test_twice_as_many_resources_are_read_in_about_twice_as_many_steps(tmp_path: Path) -> None:
    small, large = plan_of_four_times(50, tmp_path / "small"), plan_of_four_times(100, tmp_path / "large")
    read_stack(small)  # What is imported and cached is not counted.
    stack = read_stack(large)
    assert len(stack.of(PublicAddress)) == len(stack.of(Database)) == len(stack.of(Instances)) == 100
    assert not any(entry.addresses for entry in stack.of(Instances))
    # Not exactly twice: for each database the others are searched for its source.
    assert lines_run(lambda: read_stack(large)) < 2.2 * lines_run(lambda: read_stack(small))

"""Amazon MSK: clusters, serverless clusters, connectors and replicators."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.families.scaling import scaling_of
from glimpse.planner.resources.msk import Connector, KafkaCluster, Replicator, ServerlessKafka
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

STORAGE = "kafka:broker-storage:VolumeSize"
FREE_MONITORING = "DEFAULT"
PUBLIC = "SERVICE_PROVIDED_EIPS"


def cluster(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    nodes = values.block("broker_node_group_info")
    storage = nodes.block("storage_info").block("ebs_storage_info")
    reach = nodes.block("connectivity_info")
    if storage.block("provisioned_throughput").boolean("enabled"):
        yield Unpriced(block.origin, "Provisioned storage throughput", say("part_unknown"))
    if reach.block("public_access").text("type") == PUBLIC:
        yield Unpriced(block.origin, "Public IPv4 of the brokers", say("part_unknown"))
    # Until provider 4 the disk stood beside the instance type.
    size = "ebs_volume_size"
    disk = nodes.known.integer(size) if nodes.has(size) else storage.known.integer("volume_size")
    yield KafkaCluster(
        origin=block.origin,
        instance_type=nodes.text("instance_type"),
        brokers=values.known.integer("number_of_broker_nodes"),
        disk_gib=disk,
        scaling=scaling_of(block, tree, STORAGE, values.known.text("arn")),
        tiered=values.text("storage_mode") == "TIERED",
        schemes=_schemes(reach.block("vpc_connectivity").block("client_authentication")),
        metrics=(values.text("enhanced_monitoring") or FREE_MONITORING) != FREE_MONITORING,
    )


def _schemes(authentication: Values) -> int:
    """How many schemes clients in other VPCs may use."""
    sasl = authentication.block("sasl")
    return sum(bool(flag) for flag in (authentication.boolean("tls"), sasl.boolean("iam"), sasl.boolean("scram")))


def serverless(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ServerlessKafka(block.origin)


def connector(block: Block, tree: Tree) -> Iterator[StackItem]:
    capacity = block.values.block("capacity")
    scaled = capacity.blocks("autoscaling")
    rows = scaled or (capacity.block("provisioned_capacity"),)
    known = rows[0].known
    mcus = known.integer("mcu_count") if known.has("mcu_count") else 1
    if scaled:
        yield Connector(block.origin, known.integer("min_worker_count"), mcus, known.integer("max_worker_count"))
    else:
        yield Connector(block.origin, known.integer("worker_count"), mcus)


def replicator(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Replicator(block.origin)


READERS = {
    "aws_msk_cluster": cluster,
    "aws_msk_serverless_cluster": serverless,
    "aws_mskconnect_connector": connector,
    "aws_msk_replicator": replicator,
}

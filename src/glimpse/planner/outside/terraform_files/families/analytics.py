"""Flink applications, Glue, Athena and Keyspaces."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.athena import AthenaCapacity, Workgroup
from glimpse.planner.resources.flink import ApplicationSnapshot, StreamApplication
from glimpse.planner.resources.glue import (
    DEFAULT_DPUS,
    FLEX,
    MEMORY,
    PYTHON_SHELL_DPUS,
    RAY,
    STANDARD,
    WORKERS,
    CatalogDatabase,
    Crawler,
    DevelopmentEndpoint,
    GlueJob,
)
from glimpse.planner.resources.keyspaces import KeyspacesTable

ENDPOINT_NODES = 5
"""The nodes of a development endpoint that states none (API reference, NumberOfNodes)."""


def flink(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    runtime = values.text("runtime_environment") or ""
    configuration = values.block("application_configuration").block("flink_application_configuration")
    custom = configuration.block("parallelism_configuration")
    started = values.boolean("start_application") or False
    stated = started and custom.text("configuration_type") == "CUSTOM"
    notebook = values.text("application_mode") == "INTERACTIVE" or runtime.startswith("ZEPPELIN")
    yield StreamApplication(
        origin=block.origin,
        orchestration=0 if runtime.startswith("SQL") else 2 if notebook else 1,
        parallelism=(custom.integer("parallelism") or 1) if stated else None,
        per_kpu=(custom.integer("parallelism_per_kpu") or 1) if stated else 1,
        started=started,
    )


def snapshot(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ApplicationSnapshot(block.origin)


def job(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    command = values.block("command").text("name") or "glueetl"
    worker = values.text("worker_type") or ""
    sold = STANDARD
    if values.text("execution_class") == "FLEX":
        sold = FLEX
    elif command == "glueray" or worker.startswith("Z."):
        sold = RAY
    elif worker.startswith("R."):
        sold = MEMORY
    default = PYTHON_SHELL_DPUS if command == "pythonshell" else DEFAULT_DPUS
    yield GlueJob(block.origin, _dpus(values, default), sold)


def _dpus(values: Values, default: Fraction) -> Fraction | None:
    """DPUs: stated as such, or workers of a type."""
    known = values.known
    if known.has("max_capacity"):
        return known.number("max_capacity")
    if not known.has("number_of_workers"):
        return default
    worker = known.text("worker_type") if known.has("worker_type") else "Standard"
    workers, each = known.integer("number_of_workers"), WORKERS.get(worker or "")
    return None if workers is None or each is None else workers * each


def crawler(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Crawler(block.origin)


def catalog_database(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    # What only points at another catalog's database, or at another system's, keeps nothing here.
    linked = values.has("target_database") or values.has("federated_database")
    yield block.origin if linked else CatalogDatabase(block.origin)


def development_endpoint(block: Block, tree: Tree) -> Iterator[StackItem]:
    known = block.values.known
    nodes = known.integer("number_of_nodes") if known.has("number_of_nodes") else ENDPOINT_NODES
    stated = None if nodes is None else Fraction(nodes)
    dpus = _dpus(block.values, Fraction(ENDPOINT_NODES)) if known.has("number_of_workers") else stated
    yield DevelopmentEndpoint(block.origin, dpus)


def workgroup(block: Block, tree: Tree) -> Iterator[StackItem]:
    configuration = block.values.block("configuration")
    engine = configuration.block("engine_version").text("selected_engine_version") or ""
    yield Workgroup(block.origin, spark="spark" in engine.lower())


def capacity_reservation(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield AthenaCapacity(block.origin, block.values.known.integer("target_dpus"))


def keyspaces_table(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    capacity = values.block("capacity_specification")
    units = (capacity.known.integer("read_capacity_units"), capacity.known.integer("write_capacity_units"))
    yield KeyspacesTable(
        origin=block.origin,
        provisioned=units if capacity.text("throughput_mode") == "PROVISIONED" else None,
        point_in_time_recovery=values.block("point_in_time_recovery").text("status") == "ENABLED",
        ttl=values.has("ttl"),
    )


READERS = {
    "aws_athena_capacity_reservation": capacity_reservation,
    "aws_athena_workgroup": workgroup,
    "aws_glue_catalog_database": catalog_database,
    "aws_glue_crawler": crawler,
    "aws_glue_dev_endpoint": development_endpoint,
    "aws_glue_job": job,
    "aws_keyspaces_table": keyspaces_table,
    "aws_kinesisanalyticsv2_application": flink,
    "aws_kinesisanalyticsv2_application_snapshot": snapshot,
}

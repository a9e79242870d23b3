"""OpenSearch Service domains, by their old type and by their new one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.search import DataDisk, Nodes, SearchDomain
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

DEFAULT_TYPE = "m4.large.search"
"""What the provider asks for where no instance type is stated; so is one instance."""

OLD, OLD_DEFAULT = "aws_elasticsearch_domain", "1.5"
"""The version of a domain of the old type that states none (the provider's default)."""

STANDARD_SUPPORT = {"Elasticsearch": ((6, 8), (7, 9), (7, 10)), "OpenSearch": ((1, 3),)}
"""
Versions below OpenSearch 2.11 whose standard support goes on: those of Elasticsearch before 6.8 and 7.1 to 7.8, those
of OpenSearch 1.0 to 1.2 and 2.3 to 2.9, are in extended support since 2025-11-07 (developer guide, extended support).
"""
SUPPORTED_SINCE = (2, 11)


def domain(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    if values.is_unknown("elasticsearch_version") or values.is_unknown("engine_version"):
        yield Unpriced(block.origin, "Extended support", say("needs_version"))
    elif _is_extended(block.type, values):
        yield Unpriced(block.origin, "Extended support", say("search_extended"))
    ai = values.block("aiml_options")
    cluster = values.block("cluster_config")
    warm, cold = cluster.boolean("warm_enabled"), cluster.block("cold_storage_options").boolean("enabled")
    yield SearchDomain(
        origin=block.origin,
        nodes=tuple(_nodes(cluster)),
        disk=_disk(values.block("ebs_options")),
        warm=bool(warm),
        cold=bool(cold),
        vector_acceleration=bool(ai.block("serverless_vector_acceleration").boolean("enabled")),
        s3_vectors=bool(ai.block("s3_vectors_engine").boolean("enabled")),
        version=_version(block.type, values.known),
    )


def _nodes(cluster: Values) -> Iterator[Nodes]:
    known = cluster.known
    count = known.integer("instance_count") if known.has("instance_count") else 1
    yield Nodes("Data node", _type(cluster, "instance_type", DEFAULT_TYPE), count)
    if cluster.boolean("dedicated_master_enabled"):
        count = known.integer("dedicated_master_count")
        yield Nodes("Dedicated master", _type(cluster, "dedicated_master_type"), count)
    if cluster.boolean("warm_enabled"):
        yield Nodes("UltraWarm node", _type(cluster, "warm_type"), known.integer("warm_count"))
    for row in cluster.blocks("node_options"):
        node = row.block("node_config")
        if node.boolean("enabled"):
            kind = (row.text("node_type") or "other").capitalize()
            yield Nodes(f"{kind} node", _type(node, "type"), node.known.integer("count"))


def _type(values: Values, name: str, default: str | None = None) -> str | None:
    """An instance type as the pricing page has it: `.elasticsearch` is its old ending."""
    known = values.known
    stated = known.text(name) if known.has(name) else default
    return None if stated is None else re.sub(r"\.elasticsearch$", ".search", stated)


def _disk(options: Values) -> DataDisk | None:
    if not options.boolean("ebs_enabled"):
        return None
    known = options.known
    return DataDisk(
        kind=options.text("volume_type") or "gp2",
        gib=known.integer("volume_size"),
        iops=options.integer("iops"),
        mibps=options.integer("throughput"),
    )


def _version(type_: str, values: Values) -> str | None:
    """The engine and its version that a domain states; None where it states none, or nobody knows it."""
    if values.is_unknown("elasticsearch_version") or values.is_unknown("engine_version"):
        return None
    if type_ == OLD:
        return f"Elasticsearch {values.text('elasticsearch_version') or OLD_DEFAULT}"
    engine, _, version = (values.text("engine_version") or "").partition("_")
    # The provider's first versions of the new type took a bare version for one of Elasticsearch.
    engine, version = ("Elasticsearch", engine) if engine[:1].isdigit() else (engine, version)
    return f"{engine} {version}" if version else None


def _is_extended(type_: str, values: Values) -> bool:
    """Whether AWS charges extended support for the version that a domain states."""
    engine, _, version = (_version(type_, values) or "").partition(" ")
    found = re.match(r"(\d+)\.(\d+)", version)
    if engine not in STANDARD_SUPPORT or not found:
        return False
    number = (int(found[1]), int(found[2]))
    newer = engine == "OpenSearch" and number >= SUPPORTED_SINCE
    return not newer and number not in STANDARD_SUPPORT[engine]


READERS = {OLD: domain, "aws_opensearch_domain": domain}

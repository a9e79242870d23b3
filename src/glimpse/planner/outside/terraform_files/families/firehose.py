"""Amazon Data Firehose."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.firehose import ICEBERG, MSK_SOURCE, PLAIN, SNOWFLAKE, DeliveryStream

SEARCH = ("elasticsearch_configuration", "opensearch_configuration", "opensearchserverless_configuration")
DESTINATIONS = (
    *SEARCH,
    "extended_s3_configuration",
    "http_endpoint_configuration",
    "iceberg_configuration",
    "redshift_configuration",
    "snowflake_configuration",
    "splunk_configuration",
)


def stream(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    s3 = values.block("extended_s3_configuration")
    # Both blocks are on where they stand without a word, as the provider has it.
    conversion = s3.blocks("data_format_conversion_configuration")
    processors = tuple(_processors(values))
    partitions = bool(s3.block("dynamic_partitioning_configuration").boolean("enabled"))
    yield DeliveryStream(
        origin=block.origin,
        ingested=_ingested(values),
        converts=any(row.boolean("enabled") is not False for row in conversion),
        partitions=partitions,
        jq=partitions and "MetadataExtraction" in processors,
        decompresses="Decompression" in processors,
        zones=_zones(block, tree),
    )


def _ingested(values: Values) -> str:
    if values.has("msk_source_configuration"):
        return MSK_SOURCE
    destination = values.text("destination")
    return {"snowflake": SNOWFLAKE, "iceberg": ICEBERG}.get(destination or "", PLAIN)


def _processors(values: Values) -> Iterator[str | None]:
    for name in DESTINATIONS:
        processing = values.block(name).block("processing_configuration")
        if processing.boolean("enabled"):
            yield from (row.text("type") for row in processing.blocks("processors"))


def _zones(block: Block, tree: Tree) -> int | None:
    """In how many subnets it delivers; 0 where it does not deliver into a VPC."""
    for name in SEARCH:
        rows = block.values.block(name).blocks("vpc_config")
        if rows:
            subnets = rows[0].known.items("subnet_ids")
            if subnets is not None:
                return len(subnets)
            linked = tree.certain_references(block, f"{name}.vpc_config.subnet_ids", "aws_subnet")
            return len(linked) or None
    return 0


READERS = {"aws_kinesis_firehose_delivery_stream": stream}

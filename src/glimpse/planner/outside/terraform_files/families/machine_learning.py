"""SageMaker endpoints and notebook instances."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.sagemaker import EndpointVariant, Notebook, serverless
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

CONFIGURATION = "aws_sagemaker_endpoint_configuration"
VARIANTS = ("production_variants", "shadow_production_variants")

NOTEBOOK_VOLUME_GB = 5
"""What `volume_size` is where it is left out."""


def configuration(block: Block, tree: Tree) -> Iterator[StackItem]:
    """The instances of a configuration are charged to the endpoint that uses it; what is serverless is stated here."""
    yield block.origin
    for variant in _variants(block.values):
        for part in variant.blocks("serverless_config"):
            memory = part.integer("memory_size_in_mb") or 0
            yield ByUse(block.origin, serverless(memory, provisioned=part.has("provisioned_concurrency")))
            if part.has("provisioned_concurrency"):
                yield Unpriced(block.origin, "Provisioned concurrency", say("part_unknown"))


def endpoint(block: Block, tree: Tree) -> Iterator[StackItem]:
    configurations = tree.references(block, "endpoint_config_name", CONFIGURATION)
    if not configurations:
        yield Unpriced(block.origin, "Hosting", say("endpoint_configuration_elsewhere"))
        return
    found = [
        EndpointVariant(
            block.origin,
            variant.text("variant_name") or instance_type,
            instance_type,
            _instances(variant),
        )
        for variant in _variants(configurations[0].values)
        if (instance_type := variant.text("instance_type"))
    ]
    yield from found or (block.origin,)


def _variants(values: Values) -> list[Values]:
    return [variant for name in VARIANTS for variant in values.blocks(name)]


def _instances(variant: Values) -> int | None:
    """How many are stated, or the fewest where SageMaker chooses how many there are."""
    if variant.has("initial_instance_count"):
        return variant.known.integer("initial_instance_count")
    return variant.block("managed_instance_scaling").known.integer("min_instance_count")


def notebook(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    size = values.known.integer("volume_size") if values.has("volume_size") else NOTEBOOK_VOLUME_GB
    yield Notebook(block.origin, values.text("instance_type") or "unknown", size)


READERS = {
    CONFIGURATION: configuration,
    "aws_sagemaker_endpoint": endpoint,
    "aws_sagemaker_notebook_instance": notebook,
}

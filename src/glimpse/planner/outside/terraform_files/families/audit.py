"""CloudTrail and AWS Config: what went on, and whether it was meant to."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree, Values
from glimpse.planner.outside.terraform_files.families.reader import StackItem, charged_by
from glimpse.planner.resources.config_rules import CONFORMANCE_PACK, CONTINUOUS, DAILY, RULE, Recorder
from glimpse.planner.resources.trail import COMPONENTS, DATA, INSIGHTS, MANAGEMENT, EventDataStore, Trail

FIXED = "FIXED_RETENTION_PRICING"


def trail(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A trail without selectors logs management events; a stopped one logs none."""
    values = block.values
    if values.boolean("enable_logging") is False:
        yield block.origin
        return
    basic, advanced = values.blocks("event_selector"), values.blocks("advanced_event_selector")
    logged = {kind for selector in advanced for kind in _categories(selector)}
    if not advanced and (not basic or any(row.boolean("include_management_events") is not False for row in basic)):
        logged.add(MANAGEMENT)
    if any(row.blocks("data_resource") for row in basic):
        logged.add(DATA)
    if values.blocks("insight_selector"):
        logged.add(INSIGHTS)
    yield Trail(block.origin, frozenset(logged))


def _categories(selector: Values) -> Iterator[str]:
    """The kinds of events that an advanced selector is about."""
    for field in selector.blocks("field_selector"):
        if field.text("field") == "eventCategory":
            yield from (str(kind) for kind in field.known_items("equals") if kind in COMPONENTS)


def event_data_store(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    fixed = values.text("billing_mode") == FIXED
    kept = values.integer("retention_period")
    yield EventDataStore(block.origin, fixed, kept if kept is not None else DEFAULT_RETENTION_DAYS)


DEFAULT_RETENTION_DAYS = 2_555
"""What `retention_period` is where it is left out."""


def recorder(block: Block, tree: Tree) -> Iterator[StackItem]:
    mode = block.values.block("recording_mode")
    recording = _recording(mode)
    others = {_recording(row) for row in mode.blocks("recording_mode_override")} - {recording}
    yield Recorder(block.origin, recording, exceptions=bool(others))


def _recording(mode: Values) -> str:
    return DAILY if mode.text("recording_frequency") == "DAILY" else CONTINUOUS


READERS = {
    "aws_cloudtrail": trail,
    "aws_cloudtrail_event_data_store": event_data_store,
    "aws_config_configuration_recorder": recorder,
    "aws_config_config_rule": charged_by(RULE),
    "aws_config_organization_custom_rule": charged_by(RULE),
    "aws_config_organization_managed_rule": charged_by(RULE),
    "aws_config_organization_custom_policy_rule": charged_by(RULE),
    "aws_config_conformance_pack": charged_by(CONFORMANCE_PACK),
    "aws_config_organization_conformance_pack": charged_by(CONFORMANCE_PACK),
}

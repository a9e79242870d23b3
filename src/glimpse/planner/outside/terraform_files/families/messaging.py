"""SQS, SNS, EventBridge, Step Functions, SWF, Amazon MQ and SES: what passes messages on, and what acts on them."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, alone, certainly_referring, charged_by
from glimpse.planner.resources.broker import Broker
from glimpse.planner.resources.event_bus import (
    API_DESTINATION,
    GLOBAL_ENDPOINT,
    SCHEMA_DISCOVERER,
    EventArchive,
    EventBus,
)
from glimpse.planner.resources.mail import (
    AddressPool,
    DedicatedAddress,
    DeliverabilityManager,
    MailIdentity,
    ReceiptRule,
)
from glimpse.planner.resources.queue import Queue
from glimpse.planner.resources.state_machine import StateMachine, WorkflowDomain
from glimpse.planner.resources.topic import EMAIL, DataProtection, PushPlatform, Subscription, Topic
from glimpse.planner.resources.tracing import Traces
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

TOPIC, SUBSCRIPTION, BUS = "aws_sns_topic", "aws_sns_topic_subscription", "aws_cloudwatch_event_bus"
ALARMS = ("aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm")
ARCHIVE, DISCOVERER = "aws_cloudwatch_event_archive", "aws_schemas_discoverer"
ASSIGNMENT = "aws_sesv2_dedicated_ip_assignment"


def queue(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield Queue(block.origin, fifo=block.values.boolean("fifo_queue") or False)


def topic(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    subscriptions = certainly_referring(block, "topic_arn", SUBSCRIPTION, tree)
    words = {row.values.known.text("protocol") or "?" for row in subscriptions}
    protocols = frozenset(EMAIL if word.startswith(EMAIL) else word for word in words)
    yield Topic(
        block.origin,
        fifo=values.boolean("fifo_topic") or False,
        protocols=protocols or None,
        queues=len(subscriptions),
        archives=values.has("archive_policy"),
        of_alarms=any(certainly_referring(block, "alarm_actions", alarm, tree) for alarm in ALARMS),
    )
    if values.text("tracing_config") == "Active":
        yield Traces(block.origin)


def subscription(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Mail is counted at its topic, and so is all that a FIFO topic delivers, where the tree has the topic."""
    values = block.values
    protocol = values.text("protocol") or "?"
    topics = tree.certain_references(block, "topic_arn", TOPIC)
    scans = values.text("filter_policy_scope") == "MessageBody"
    counted = topics and (protocol.startswith(EMAIL) or topics[0].values.known.boolean("fifo_topic"))
    if counted and not scans:
        yield block.origin
    else:
        yield Subscription(block.origin, protocol, topics[0].address if topics else None, scans)


def platform(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield PushPlatform(block.origin, block.values.text("platform") or "?")


def bus(block: Block, tree: Tree) -> Iterator[StackItem]:
    """What an archive or a discoverer in the tree does with its events is counted there."""
    archives = certainly_referring(block, "event_source_arn", ARCHIVE, tree)
    discoverers = certainly_referring(block, "source_arn", DISCOVERER, tree)
    yield EventBus(block.origin, archived=bool(archives), discovered=bool(discoverers))


def state_machine(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield StateMachine(block.origin, express=block.values.text("type") == "EXPRESS")
    if block.values.block("tracing_configuration").boolean("enabled"):
        yield Traces(block.origin)


ENGINES = {"activemq": "ActiveMQ", "rabbitmq": "RabbitMQ"}


def broker(block: Block, tree: Tree) -> Iterator[StackItem]:
    values = block.values
    engine = ENGINES.get((values.text("engine_type") or "").lower(), "?")
    # ActiveMQ keeps its messages in EFS where nothing else is said, RabbitMQ always in EBS (MQ API, CreateBroker).
    storage = "ebs" if engine == "RabbitMQ" else (values.text("storage_type") or "efs").lower()
    yield Broker(
        block.origin,
        engine,
        values.known.text("host_instance_type"),
        values.text("deployment_mode") or "SINGLE_INSTANCE",
        storage,
    )
    if values.text("data_replication_mode") == "CRDR":
        yield Unpriced(block.origin, "Cross-Region data replication", say("part_unknown"))


def address_pool(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Addresses that the tree assigns to it are charged where they are assigned."""
    name = block.values.text("pool_name")
    if name and any(row.values.known.text("destination_pool_name") == name for row in tree.of(ASSIGNMENT)):
        yield block.origin
    else:
        yield AddressPool(block.origin, managed=block.values.text("scaling_mode") == "MANAGED")


def deliverability(block: Block, tree: Tree) -> Iterator[StackItem]:
    enabled = block.values.text("vdm_enabled") == "ENABLED"
    yield DeliverabilityManager(block.origin) if enabled else block.origin


READERS = {
    "aws_sqs_queue": queue,
    TOPIC: topic,
    SUBSCRIPTION: subscription,
    "aws_sns_platform_application": platform,
    "aws_sns_topic_data_protection_policy": alone(DataProtection),
    BUS: bus,
    ARCHIVE: alone(EventArchive),
    "aws_cloudwatch_event_api_destination": charged_by(API_DESTINATION),
    "aws_cloudwatch_event_endpoint": charged_by(GLOBAL_ENDPOINT),
    DISCOVERER: charged_by(SCHEMA_DISCOVERER),
    "aws_sfn_state_machine": state_machine,
    "aws_swf_domain": alone(WorkflowDomain),
    "aws_mq_broker": broker,
    "aws_ses_domain_identity": alone(MailIdentity),
    "aws_ses_email_identity": alone(MailIdentity),
    "aws_sesv2_email_identity": alone(MailIdentity),
    "aws_ses_receipt_rule": alone(ReceiptRule),
    "aws_sesv2_dedicated_ip_pool": address_pool,
    ASSIGNMENT: alone(DedicatedAddress),
    "aws_sesv2_account_vdm_attributes": deliverability,
}

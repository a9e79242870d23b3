"""Transfer Family, DataSync, Storage Gateway and Glacier vaults: what moves data to AWS, or keeps it by an old API."""

from __future__ import annotations

from collections.abc import Iterator

from glimpse.planner.outside.terraform_files.block import Block, Tree
from glimpse.planner.outside.terraform_files.families.reader import StackItem, charged_by
from glimpse.planner.resources import by_use
from glimpse.planner.resources.by_use import ByUse
from glimpse.planner.resources.transfer_family import (
    AS2_MESSAGES,
    SFTP_CONNECTOR,
    WORKFLOW_DECRYPTION,
    TransferServer,
    TransferWebApp,
)
from glimpse.planner.sentence import say
from glimpse.planner.stack import Unpriced

DEFAULT_PROTOCOLS = ("SFTP",)


def server(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A server knows its protocols, or all it costs by the hour is unknown."""
    protocols = block.values.known_items("protocols") or DEFAULT_PROTOCOLS
    yield TransferServer(block.origin, tuple(sorted({str(name) for name in protocols})))


def connector(block: Block, tree: Tree) -> Iterator[StackItem]:
    yield ByUse(block.origin, AS2_MESSAGES if block.values.has("as2_config") else SFTP_CONNECTOR)


def web_app(block: Block, tree: Tree) -> Iterator[StackItem]:
    units = block.values.block("web_app_units").integer("provisioned")
    yield TransferWebApp(block.origin, units if units is not None else 1)


def workflow(block: Block, tree: Tree) -> Iterator[StackItem]:
    """Of all that a workflow does only decryption is charged; its functions are Lambda's."""
    steps = (*block.values.blocks("steps"), *block.values.blocks("on_exception_steps"))
    decrypts = any(step.text("type") == "DECRYPT" for step in steps)
    yield ByUse(block.origin, WORKFLOW_DECRYPTION) if decrypts else block.origin


def datasync(block: Block, tree: Tree) -> Iterator[StackItem]:
    mode = (block.values.text("task_mode") or "BASIC").capitalize()
    yield ByUse(block.origin, by_use.datasync(mode))


def gateway(block: Block, tree: Tree) -> Iterator[StackItem]:
    """A gateway before FSx is charged by the hour, every other by what it writes."""
    if block.values.text("gateway_type") == "FILE_FSX_SMB":
        yield Unpriced(block.origin, "FSx File Gateway", say("part_unknown"))
    else:
        yield ByUse(block.origin, by_use.GATEWAY_DATA)


def of_gateway(block: Block, tree: Tree) -> Iterator[StackItem]:
    """What passes a share or an association of a gateway is charged to the gateway."""
    yield block.origin


READERS = {
    "aws_transfer_server": server,
    "aws_transfer_connector": connector,
    "aws_transfer_web_app": web_app,
    "aws_transfer_workflow": workflow,
    "aws_datasync_task": datasync,
    "aws_storagegateway_gateway": gateway,
    "aws_storagegateway_nfs_file_share": of_gateway,
    "aws_storagegateway_smb_file_share": of_gateway,
    "aws_storagegateway_file_system_association": of_gateway,
    "aws_storagegateway_cached_iscsi_volume": charged_by(by_use.GATEWAY_VOLUME),
    "aws_storagegateway_stored_iscsi_volume": charged_by(by_use.GATEWAY_SNAPSHOTS),
    "aws_glacier_vault": charged_by(by_use.GLACIER_VAULT),
}

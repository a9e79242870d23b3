"""From the blocks of a reading to a Stack: each family says what its blocks are; the rest is free, or is named."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.meter import Origin
from glimpse.planner.outside.file_trees import STANDARD_INPUT
from glimpse.planner.outside.terraform_files.block import ArgumentUnknown, Block, Tree, Values, cause_text
from glimpse.planner.outside.terraform_files.families import carried_by, is_everywhere, reader_of
from glimpse.planner.outside.terraform_files.families.reader import StackItem
from glimpse.planner.outside.terraform_files.names_in_aws import names_in_aws
from glimpse.planner.outside.terraform_files.read_result import OTHER_REGION, ReadResult
from glimpse.planner.outside.terraform_files.resource_types import (
    AWS_PROVIDERS,
    BY_USE,
    free_only,
    is_free,
    is_of_another_cloud,
    provider_of,
    service_of,
    unpriced_reason,
)
from glimpse.planner.resources.by_use import UseWithoutPrice
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.stack import Resource, Stack, Unpriced
from glimpse.planner.terraform.values import Unknown


class LookUps(NamedTuple):
    """What is looked up beside what costs money: names in AWS, and the facts of the running service."""

    names: bool = False
    deployment: bool = False


def stack_of(read: ReadResult, path: Path, region: str | None, look_ups: LookUps) -> Stack:
    """
    The stack that the blocks of a reading make up. `region` overrules the files. Raises InputError if nothing tells the
    region.
    """
    chosen = region or read.region
    if not isinstance(chosen, str) and read.candidates:
        regions = ", ".join(sorted(read.candidates))
        raise InputError(say("region_undecided", path=str(path), regions=regions), because=tuple(read.unresolved))
    if isinstance(chosen, Unknown):
        raise InputError(say("region_depends", path=str(path), cause=cause_text(chosen)))
    if not isinstance(chosen, str):
        raise InputError(say("region_unknown", path=str(path)), because=tuple(read.unresolved))
    # With --region the whole stack is moved; without, what names its own region stays there.
    home = {chosen, read.region}
    blocks = [
        replace(block, region=None) if block.region in home or is_everywhere(block.type) else block
        for block in read.blocks
    ]
    tree = Tree(blocks, chosen)
    resources: list[Resource] = []
    free: list[Origin] = list(read.uncounted)
    unpriced: list[Unpriced] = []
    foreign: list[Block] = []
    for block in blocks:
        if is_of_another_cloud(block.type):
            foreign.append(block)
            continue
        for found in _found(block, tree, read):
            if isinstance(found, Origin):
                free.append(found)
            elif isinstance(found, Unpriced):
                unpriced.append(found)
            else:
                resources.append(found)

    unpriced += _by_provider(foreign)

    def placed(finding: Finding) -> Finding:
        return replace(finding, file=read.shown(finding.file)) if finding.file else finding

    name = "stdin" if str(path) == STANDARD_INPUT else path.resolve().name
    stack = Stack(
        name, chosen, tuple(resources), tuple(free), tuple(unpriced),
        tuple(map(placed, read.unresolved)), tuple(map(placed, read.warnings)),
        region_from=None if region else read.region_from,
    )  # fmt: skip
    # Looked up last: what is wrong with a name or an alarm decides nothing that costs money.
    if look_ups.names:
        stack = replace(stack, names=names_in_aws(blocks))
    if look_ups.deployment:
        # Imported here, because it needs families that many stacks do not have.
        from glimpse.planner.outside.terraform_files.deployment_facts import deployment_facts

        stack = replace(stack, deployment=deployment_facts(tree, resources))
    return stack


def _found(block: Block, tree: Tree, read: ReadResult) -> Iterator[StackItem]:
    """What a block is. What depends on an unknown argument is not priced at all: any part of it could be otherwise."""
    if is_free(block.type):
        yield _charged_argument(block, read) or block.origin
    elif block.region == OTHER_REGION and provider_of(block.type) in AWS_PROVIDERS and not is_everywhere(block.type):
        yield Unpriced(block.origin, block.type, say("own_region_unknown"), may_be=carried_by(block.type))
    elif not (reader := reader_of(block.type)):
        by_use = unpriced_reason(block.type) == BY_USE
        yield UseWithoutPrice(block.origin, service_of(block.type)) if by_use else _unread(block)
    else:
        try:
            yield from list(reader(block, tree))
        except ArgumentUnknown as unknown:
            read.note_unknown(unknown.why)
            cause = cause_text(unknown.why)
            why = say("argument_unknown", argument=unknown.name, cause=cause)
            yield Unpriced(block.origin, block.type, why, may_be=carried_by(block.type))


def _by_provider(foreign: Sequence[Block]) -> Iterator[Unpriced]:
    """One entry for each provider that is not AWS's, at the first of its resources."""
    for provider, blocks in itertools.groupby(sorted(foreign, key=lambda block: block.type), _provider):
        first, *others = blocks
        what = say("other_provider", provider=provider, count=1 + len(others))
        yield Unpriced(replace(first.origin, address=provider), provider, what)


def _provider(block: Block) -> str:
    return provider_of(block.type)


def _unread(block: Block) -> Unpriced:
    return Unpriced(block.origin, block.type, _not_read(block.type))


def _not_read(type_: str) -> Sentence:
    """Why a resource of a type that no family reads is not priced."""
    if reason := unpriced_reason(type_):
        return say(f"unpriced_{reason}", type=type_, service=service_of(type_))
    return say("family_unknown", type=type_)


def _charged_argument(block: Block, read: ReadResult) -> Unpriced | None:
    """What a resource of a free type is charged for after all: an argument that is not as it is for free."""
    for argument, harmless in free_only(block.type).items():
        try:
            charged = any(value not in harmless for value in _given(block.values, argument))
        except ArgumentUnknown as unknown:
            read.note_unknown(unknown.why)
            why = say("argument_unknown", argument=unknown.name, cause=cause_text(unknown.why))
            return Unpriced(block.origin, block.type, why)
        if charged:
            return Unpriced(block.origin, block.type, say("free_but_for", type=block.type, argument=argument))
    return None


def _given(values: Values, argument: str) -> tuple[str, ...]:
    """What an argument holds, as texts: each of a list, nothing where it is left out."""
    if not values.has(argument):
        return ()
    items = values.items(argument)
    if items is not None:
        return tuple(map(str, items))
    flag = values.boolean(argument)
    return ((values.text(argument) or "") if flag is None else str(flag).lower(),)

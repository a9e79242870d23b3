"""The tree of a bill: what each service, each of its components and each resource cost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from glimpse.planner.bill import Bill
from glimpse.planner.money import usd_text
from glimpse.planner.report.fragments import NUMBERED
from glimpse.planner.report.html.charts import MAX_TINTS, MIN_LABELLED, TREE_HEIGHT, TreeNode
from glimpse.words import Words, plain

MODULE = re.compile(r"(^|\.)module\.")
"""A label has no room for these words of an address: `ecs.aws_ecs_service.api` of `module.ecs.aws_ecs_service.api`."""


def tree_nodes(bill: Bill, words: Words) -> tuple[TreeNode, ...]:
    """The services, the dearest first. Parts that are too low for a label are folded to one."""
    services: dict[str, dict[str, dict[str, Fraction]]]
    services = defaultdict(lambda: defaultdict(lambda: defaultdict(Fraction)))
    total = Fraction(0)
    for line in bill.lines:
        if line.monthly > 0:
            component = NUMBERED.sub("", line.meter.component)
            services[_service_name(line.meter.sku.service)][component][line.meter.origin.address] += line.monthly
            total += line.monthly
    least = total * MIN_LABELLED / TREE_HEIGHT

    def node(label: str, children: Iterable[TreeNode]) -> TreeNode:
        parts = tuple(children)
        usd = sum((part.usd for part in parts), Fraction(0))
        return TreeNode(plain(label), usd, usd_text(usd), children=_folded(parts, least, words))

    def component_node(label: str, resources: dict[str, Fraction]) -> TreeNode:
        return node(
            label, (TreeNode(plain(MODULE.sub(r"\1", name)), usd, usd_text(usd)) for name, usd in resources.items())
        )

    nodes = [
        node(service, [component_node(component, resources) for component, resources in components.items()])
        for service, components in services.items()
    ]
    # What is folded has no parts, and no colour of its own.
    return tuple(
        replace(row, tint=number if number <= MAX_TINTS and row.children else 0)
        for number, row in enumerate(_folded(nodes, least, words), start=1)
    )


def _service_name(code: str) -> str:
    """`ECS` of AWS's service code `AmazonECS`."""
    return re.sub(r"^(?:Amazon|AWS|aws)(?=\w)", "", code)


def _folded(nodes: Sequence[TreeNode], least: Fraction, words: Words) -> tuple[TreeNode, ...]:
    """The dearest first; two and more that cost less than `least` USD become one."""
    ordered = sorted(nodes, key=lambda node: (-node.usd, node.label))
    small = [node for node in ordered if node.usd < least]
    if len(small) < 2:
        return tuple(ordered)
    usd = sum((node.usd for node in small), Fraction(0))
    label = "html_others" if len(small) < len(ordered) else "html_all"
    return (*ordered[: -len(small)], TreeNode(words(label, count=len(small)), usd, usd_text(usd)))

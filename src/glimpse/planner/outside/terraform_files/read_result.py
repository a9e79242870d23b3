"""What both readers give: the blocks of a directory or of a plan, and what in them could not be resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from glimpse.planner.finding import Finding
from glimpse.planner.meter import Origin
from glimpse.planner.outside.terraform_files.block import Block
from glimpse.planner.sentence import Sentence
from glimpse.planner.terraform.values import Unknown, Value

OTHER_REGION = "?"
"""The region of a resource whose provider's region is unknown."""


def _as_it_is(file: str) -> str:
    return file


@dataclass
class ReadResult:
    """
    The blocks, the region of the default provider (None where no file states one, Unknown where its value is
    unknown), and what could not be resolved.

    Arguments are evaluated when a family asks for them, so `unresolved` and `warnings` grow while the blocks are read.
    `uncounted` are free resources whose number is unknown. `shown` turns a file's name into the one that people see.
    `region_from` says where the region was found if the provider does not state it. `candidates` are the regions that
    were seen if none could be chosen. `deciding` are the root variables without a value on which a cost depends.
    """

    blocks: tuple[Block, ...]
    region: Value
    unresolved: Iterable[Finding] = ()
    warnings: Iterable[Finding] = ()
    uncounted: tuple[Origin, ...] = ()
    deciding: set[str] = field(default_factory=set)
    shown: Callable[[str], str] = _as_it_is
    region_from: Sentence | None = None
    candidates: frozenset[str] = frozenset()

    def note_unknown(self, why: Unknown) -> None:
        """Add the root variables that make a cost unknown to `deciding`."""
        self.deciding.update(cause.name for cause in why.causes if cause.kind == "variable")

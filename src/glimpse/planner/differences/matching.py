"""
Which lines of two bills belong together: those of one address and component; those of a resource that has another
address now; and at one address a part that was replaced by another, such as a larger instance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from glimpse.planner.differences.snapshots import Charge, Snapshot
from glimpse.planner.given_usage import type_of

Pair = tuple[Charge | None, Charge | None]
"""A line before and after; None where there is none."""

FIRST = "[0]"
MAX_CHAIN = 50
"""Moves of one resource that are followed: `moved` blocks may lead in a circle."""


@dataclass(frozen=True)
class Matched:
    """`pairs` in the order of the bill after, what is gone last. `moved` has the old address of each new one."""

    pairs: tuple[Pair, ...]
    moved: Mapping[str, str]


def matched(before: Snapshot, after: Snapshot) -> Matched:
    """Every line of both bills, in its pair."""
    moved = _moved(before, after)
    old = {charge.key: charge for charge in before.charges}
    pairs: list[Pair] = []
    for charge in after.charges:
        address, component = charge.key
        pairs.append((old.pop((moved.get(address, address), component), None), charge))
    return Matched(tuple(_with_replaced(pairs, list(old.values()), moved)), moved)


def _moved(before: Snapshot, after: Snapshot) -> dict[str, str]:
    """
    The old address of each resource that has another one: as a `moved` block or a new `count` says, else that of one
    that is gone and cost the same. Where several are alike, any of them may stand for any other: their bills are one.
    """
    old, new = _by_address(before.charges), _by_address(after.charges)
    # The blocks of the side before are what a change that takes a move back withdraws.
    by_new, by_old = {to: was for was, to in after.moves}, dict(before.moves)
    # Terraform itself moves what gets a `count`, or loses it, to its first instance and back.
    counted = {address.replace(FIRST, ""): address for address in old.keys() - new.keys()}
    stated: dict[str, str] = {}
    for address in (address for address in new if address not in old):
        others = chain(_other_addresses(address, by_new), _other_addresses(address, by_old), (address,))
        addresses = (other if other in old else counted.get(other.replace(FIRST, "")) for other in others)
        was = next((other for other in addresses if other in old and other not in new), None)
        if was is not None:
            stated.setdefault(was, address)
    moved = {address: was for was, address in stated.items()}
    for content in (_content, _content_without_usage):
        gone: dict[Hashable, list[str]] = defaultdict(list)
        for address in sorted(old.keys() - new.keys() - set(moved.values()), reverse=True):
            gone[content(address, old[address])].append(address)
        for address in (address for address in new if address not in old and address not in moved):
            key = content(address, new[address])
            if key is not None and gone[key]:
                moved[address] = gone[key].pop()
    return moved


def _other_addresses(address: str, renamed: Mapping[str, str]) -> Iterator[str]:
    """
    The addresses that `moved` blocks lead to, one after another: a block may move what another has moved. The longest
    part that a block names is taken, for what moves inside a module is named by the module's address of now.
    """
    for _ in range(MAX_CHAIN):
        ends = [len(address), *(at for at in range(len(address) - 1, 0, -1) if address[at] in ".[")]
        end = next((end for end in ends if address[:end] in renamed), None)
        if end is None:
            return
        address = renamed[address[:end]] + address[end:]
        yield address


def _content(address: str, charges: Sequence[Charge]) -> Hashable:
    """All that a resource's bill says of it, except where it stands."""
    rows = (
        (charge.component, charge.service, charge.unit, charge.term, charge.origin.region, charge.quantity_text or "",
         charge.price.id if charge.price else "", charge.monthly)
        for charge in charges
    )  # fmt: skip
    return type_of(address), frozenset(rows)


def _content_without_usage(address: str, charges: Sequence[Charge]) -> Hashable:
    """
    The same without usage, which `glimpse.toml` may give by an address that is no longer there: a new name saves
    nothing. None where a resource costs nothing else, as a bucket: then nothing tells one from another.
    """
    fixed = [charge for charge in charges if not charge.usage_based]
    return _content(address, fixed) if any(charge.monthly for charge in fixed) else None


def _by_address(charges: Iterable[Charge]) -> dict[str, list[Charge]]:
    found: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        found[charge.origin.address].append(charge)
    return found


def _with_replaced(pairs: list[Pair], gone: list[Charge], moved: Mapping[str, str]) -> Iterator[Pair]:
    """Pairs what is new at an address with what is gone there, where each is the only one of its service and unit."""
    left = _grouped(gone, {})
    new = _grouped((charge for one, charge in pairs if one is None and charge is not None), moved)
    replaced = {
        id(charges[0]): left[kind][0] for kind, charges in new.items() if len(charges) == len(left.get(kind, ())) == 1
    }
    for one, charge in pairs:
        yield (replaced.get(id(charge), one) if one is None else one), charge
    used = {id(charge) for charge in replaced.values()}
    for charge in gone:
        if id(charge) not in used:
            yield charge, None


def _grouped(charges: Iterable[Charge], moved: Mapping[str, str]) -> dict[Hashable, list[Charge]]:
    """By what may replace each other: the address before, the service and the unit."""
    found: dict[Hashable, list[Charge]] = defaultdict(list)
    for charge in charges:
        address = charge.origin.address
        found[moved.get(address, address), charge.service, charge.unit, charge.usage_based].append(charge)
    return found

"""
Less known is never more certain.

Whatever is hidden of a tree, its bill is the one of the whole tree, or it is marked and none of it is too much:
`at least` is a lower bound of what the whole tree costs. The whole tree is one of the worlds that the rest could be.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glimpse.planner.bill import Bill
from glimpse.planner.estimate import Estimator, least
from glimpse.planner.finding import InputError
from glimpse.planner.outside import workload_files
from glimpse.planner.stack import PricedWorld, Stack
from tests.conftest import estimator_for, read_stack
from tests.planner.terraform.hiding import Literal, blocks_of, literals, parsed, text_of, without
from tests.planner.terraform.test_gaps import INDEX, is_covered
from tests.planner.terraform.whole_trees import KNOWN, OWN, SMALL, Tree, write

"""One that cannot be read could change any figure, also to less: nothing is at least anything then."""

OUR_TAGS = "glimpse:"
REGION_NEEDED = ("region_unknown", "region_depends", "region_undecided")
"""Without the region there is no price at all: the reader refuses, which is no certainty."""


@cache
def estimator(tree: Tree, region: str) -> Estimator:
    return estimator_for(region, workload_files.workload_beside(tree.folder, None))


@cache
def whole(name: str) -> tuple[Tree, Mapping[str, bytes], Bill, tuple[Literal, ...]]:
    tree = KNOWN[name]
    files = tree.files()
    stack = read_stack(tree.folder)
    bill = settled(tree, stack)
    return tree, files, bill, tuple(found for found in literals(files) if not found.value.startswith(OUR_TAGS))


def settled(tree: Tree, stack: Stack) -> Bill:
    priced = estimator(tree, stack.region)
    return priced.bill(least(stack, priced))


def gaps(bill: Bill) -> set[tuple[str, str]]:
    return {(entry.origin.address, entry.component) for entry in bill.unpriced}


def is_marked(bill: Bill, old: Bill) -> bool:
    """Whether a bill names more that it does not know than the old one does."""
    stack = bill.stack
    more = len(stack.unresolved) > len(old.stack.unresolved)
    return bool(stack.choice or more or gaps(bill) - gaps(old))


def lost(bill: Bill, old: Bill) -> set[str]:
    """What the old bill shows and the new one neither shows nor covers; a file that cannot be read has no addresses."""
    missing = {INDEX.sub("", address) for address in old.stack.addresses()}
    missing -= {INDEX.sub("", address) for address in bill.stack.addresses()}
    unseen = [found.what.params.get("address") for found in bill.stack.unresolved]
    if bill.stack.choice or None in unseen:
        return set()
    return {address for address in missing if not is_covered(address, {INDEX.sub("", str(name)) for name in unseen})}


def wrong(bill: Bill, old: Bill) -> str | None:
    """What is more certain in a bill than it may be, beside the one of the whole tree."""
    if gone := lost(bill, old):
        return f"no longer named: {gone}"
    if is_marked(bill, old):
        # Rounding each of the lines that share a flow may add a fraction of a cent for each.
        above = bill.exact - old.exact > 0 and bill.monthly > old.monthly
        return f"at least {float(bill.monthly)}, and it is {float(old.monthly)}" if above else None
    if bill.monthly != old.monthly:
        return f"{float(bill.monthly)} without a mark, and it is {float(old.monthly)}"
    if gaps(bill) != gaps(old):
        return f"no longer marked: {gaps(old) - gaps(bill)}"
    return None


def possible(worlds: Sequence[PricedWorld], values: Mapping[str, str]) -> tuple[list[PricedWorld], list[PricedWorld]]:
    """The worlds in which the hidden values are what they were; certainly, and as far as a condition can be told."""
    told: dict[str, set[str]] = {}
    for world in worlds:
        for name, text in world.when:
            told.setdefault(name, set()).add(text)
    certain, conditional = [], []
    for world in worlds:
        when = {name: text for name, text in world.when if name in values}
        conditions = {name for name, text in when.items() if re.search(r": (true|false)$", text)}
        fits = all(
            text == values[name] or (text == "" and values[name] not in told[name])
            for name, text in when.items()
            if name not in conditions
        )
        if fits:
            (conditional if conditions else certain).append(world)
    return certain, conditional


def faults(tree: Tree, folder: Path, old: Bill, hidden: Sequence[Literal]) -> Iterator[str]:
    """Where the law is broken by a tree that was written to a folder."""
    try:
        stack = read_stack(folder / tree.root)
    except InputError as refused:
        if refused.why.code not in REGION_NEEDED:
            raise
        return
    names = " and ".join(literal.sentence for literal in hidden)
    bill = settled(tree, stack)
    if why := wrong(bill, old):
        yield f"{names}: {why}"
    if stack.choice and not old.stack.choice:
        priced = estimator(tree, stack.region)
        values = {f"hidden_{place}": literal.value for place, literal in enumerate(hidden)}
        certain, conditional = possible(stack.choice.worlds, values)
        found = [wrong(priced.bill(world.stack), old) for world in certain]
        either = [wrong(priced.bill(world.stack), old) for world in conditional]
        if any(found) or not (found or either) or (either and not found and all(either)):
            yield f"{names}: in the world that it is, {(*found, *either)}"


# ---- Values


@pytest.mark.parametrize("name", SMALL)
def test_a_tree_with_any_one_value_hidden_is_marked_or_costs_the_same(name: str, tmp_path: Path) -> None:
    tree, files, old, found = whole(name)
    tree.copy_to(tmp_path)
    broken: list[str] = []
    for place, literal in enumerate(found):
        write(tmp_path, without(files, [literal], tree.root, typed=place % 2 == 1))
        broken += faults(tree, tmp_path, old, [literal])
    assert not broken, "\n".join(broken)


@settings(max_examples=150, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_tree_with_several_values_hidden_is_marked_or_costs_the_same(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in SMALL if len(whole(name)[3]) > 4]))
    assert not broken_by_hiding(name, data)


@pytest.mark.parametrize("name", OWN)
@settings(max_examples=40, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_our_own_stack_with_values_hidden_is_marked_or_costs_the_same(name: str, data: st.DataObject) -> None:
    assert not broken_by_hiding(name, data, most=2)


def broken_by_hiding(name: str, data: st.DataObject, most: int = 4) -> list[str]:
    tree, files, old, found = whole(name)
    places = st.lists(st.integers(0, len(found) - 1), min_size=1, max_size=most, unique=True)
    hidden = [found[place] for place in data.draw(places)]
    hidden = [one for one in hidden if not any(one is not two and one.overlaps(two) for two in hidden)]
    with tempfile.TemporaryDirectory() as folder:
        tree.copy_to(Path(folder))
        write(Path(folder), without(files, hidden, tree.root, typed=data.draw(st.booleans())))
        return list(faults(tree, Path(folder), old, hidden))


# ---- Files and modules


def folders_of(files: Mapping[str, bytes]) -> list[str]:
    return sorted({str(Path(file).parent) for file in files})


@pytest.mark.parametrize("name", KNOWN)
def test_a_tree_with_a_file_that_cannot_be_read_is_marked(name: str, tmp_path: Path) -> None:
    tree, files, old, _ = whole(name)
    tree.copy_to(tmp_path)
    broken = []
    for file in files:
        write(tmp_path, {**files, file: b"resource {{{\n"})
        try:
            bill = settled(tree, read_stack(tmp_path / tree.root))
        except InputError:
            continue
        if why := wrong(bill, old):
            broken.append(f"{file}: {why}")
    assert not broken, "\n".join(broken)


OF_SEVERAL_FOLDERS = [name for name in KNOWN if len(folders_of(KNOWN[name].files())) > 1]


@pytest.mark.parametrize("name", OF_SEVERAL_FOLDERS)
def test_a_tree_without_one_of_its_modules_is_marked_or_costs_the_same(name: str, tmp_path: Path) -> None:
    tree, files, old, _ = whole(name)
    tree.copy_to(tmp_path)
    broken = []
    for folder, kept in [(folder, kept) for folder in folders_of(files) for kept in (True, False)]:
        if folder == tree.root:
            continue
        write(tmp_path, {file: text for file, text in files.items() if Path(file).parent != Path(folder)})
        if not kept:
            shutil.rmtree(tmp_path / folder)
        try:
            bill = settled(tree, read_stack(tmp_path / tree.root))
        except InputError as refused:
            broken += [f"{folder}: {refused}"] if refused.why.code not in REGION_NEEDED else []
            continue
        if why := wrong(bill, old):
            broken.append(f"{folder}: {why}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("name", KNOWN)
def test_a_tree_without_a_file_that_the_rest_names_is_marked_or_costs_the_same(name: str, tmp_path: Path) -> None:
    tree, files, old, _ = whole(name)
    tree.copy_to(tmp_path)
    broken = []
    for file in files:
        left = {other: text for other, text in files.items() if other != file}
        here = {other: text for other, text in left.items() if Path(other).parent == Path(file).parent}
        if not here or not names_in(files[file], here.values()):
            continue
        write(tmp_path, left)
        try:
            bill = settled(tree, read_stack(tmp_path / tree.root))
        except InputError:
            continue
        if why := wrong(bill, old):
            broken.append(f"{file}: {why}")
    assert not broken, "\n".join(broken)


def names_in(gone: bytes, left: Iterable[bytes]) -> bool:
    """Whether files name something that a file declares; the root's outputs are nothing that costs."""
    kept = (node for text in left for words, node in blocks_of(parsed(text)) if words[0] != "output")
    rest = "\n".join(map(text_of, kept))
    return any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", rest) for name in declared(gone))


def declared(text: bytes) -> Iterator[str]:
    """The names by which other files know what a file declares."""
    for words, node in blocks_of(parsed(text)):
        match words:
            case ["resource", type_, name]:
                yield f"{type_}.{name}"
            case ["data", type_, name]:
                yield f"data.{type_}.{name}"
            case ["variable", name]:
                yield f"var.{name}"
            case ["module", name]:
                yield f"module.{name}"
            case ["locals"]:
                [body] = [child for child in node.children if child.type == "body"]
                yield from (f"local.{text_of(one.children[0])}" for one in body.children if one.type == "attribute")

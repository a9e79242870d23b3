"""Where a change applies, and what it changes there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from glimpse.planner.changes import Change
from glimpse.planner.meter import Origin
from glimpse.planner.plan import Effect
from glimpse.planner.report.arguments import argument_of
from glimpse.planner.report.fragments import first_of, place_text
from glimpse.words import Words, plain

SHOWN_PLACES, SHOWN_PLACES_OF_A_STEP = 3, 12
"""The places that a list names; the rest is counted. A step names more: they are what has to be edited."""

NEW = "new."
"""The prefix of the address of what a lever adds (`levers.lever.new`)."""


def places_text(
    places: Iterable[Origin], words: Words, shown: int = SHOWN_PLACES, effect: Effect | None = None
) -> Iterator[str]:
    """
    The first places, and how many more there are. With the `effect` of a lever also what it changes there.
    """
    changes = effect.changes_by_address if effect else {}
    texts = [": ".join(filter(None, (_place_name(row), changes_text(changes.get(row.address, ()))))) for row in places]
    yield from first_texts(texts, shown, "places_more", words)


def left_alone_texts(effect: Effect, words: Words) -> Iterator[str]:
    """The places that a lever leaves as they are, after why; nothing where there are none."""
    if effect.dropped:
        yield words("ui_not_there")
        yield from (f"- {place}" for place in places_text(effect.dropped, words))


def changes_text(changes: Sequence[Change]) -> str:
    """`instance_class m5.large → m6g.large`: the fields that a lever changes about a resource."""
    named = ((argument_of(change.field), change) for change in changes)
    return ", ".join(f"{name} {_value_text(row.before)} → {_value_text(row.after)}" for name, row in named if name)


def _value_text(value: object) -> str:
    return "–" if value is None else plain(str(value).lower() if isinstance(value, bool) else value)


def _place_name(origin: Origin) -> str:
    """The address, with the file and line where they are known."""
    return "  ".join(filter(None, (plain(origin.address), place_text(origin))))


def address_text(address: str, words: Words) -> str:
    """An address; what a change would add has none yet in any file, and is named by what it is."""
    if address.startswith(NEW):
        return words("new_resource", name=address.removeprefix(NEW).replace("_", " "))
    return plain(address)


def first_texts(texts: Sequence[str], shown: int, more: str, words: Words) -> Iterator[str]:
    """The first of them, and how many more there are in the words of `more`."""
    first, count = first_of(texts, shown)
    yield from first
    if count:
        yield words(more, count=count)

"""
What a change saves, as text and as JSON: an amount, at least an amount, below some usage, between two, or unknown; and
where it applies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from glimpse.planner.changes import Change
from glimpse.planner.levers.lever import COMMITMENT, EFFORTS, GROUPS, Lever
from glimpse.planner.meter import Origin
from glimpse.planner.money import decimal_text, usd_text
from glimpse.planner.report.arguments import argument_of
from glimpse.planner.report.fragments import first_of, place_text
from glimpse.planner.saving import Saving
from glimpse.planner.scenarios import Effect, Plan
from glimpse.words import Words, plain

SHOWN_PLACES = 3
SHOWN_PLACES_OF_A_STEP = 12

NEW = "new."
"""The prefix of the address of what a lever adds (`levers.lever.new`)."""

NO_COMMITMENT = "no_commitment"


def saving_text(saving: Saving, amount: Callable[[Fraction], str] = usd_text) -> str:
    """Short, for a column of figures; `amount` writes a figure in USD."""
    if saving.usd is None:
        return "?"
    usd = amount(saving.usd)
    if saving.highest is not None:
        return f"{usd}…{amount(saving.highest)}"
    if saving.break_even:
        return f"≤ {usd}" if _saves_below(saving) else "?"
    return f"≥ {usd}" if saving.at_least else usd


def _saves_below(saving: Saving) -> bool:
    """Whether it saves as long as the usage that nobody gave stays below some amount."""
    return bool(saving.break_even) and all(even.units and not even.is_above for even in saving.break_even)


def saving_notes(saving: Saving, words: Words) -> Iterator[str]:
    """What a figure does not say: on which usage it depends, and what has no price."""
    pointless = [even for even in saving.break_even if not even.units]
    if pointless:
        keys = ", ".join(dict.fromkeys(even.key for even in pointless[:SHOWN_PLACES]))
        yield words("saves_depends", keys=keys, count=len(pointless))
    yield from _break_even_texts(saving, words)
    if saving.highest is not None:
        yield words("saves_between", parts=_parts(saving))
    elif saving.missing:
        yield words("saves_unpriced", parts=_parts(saving))


def _break_even_texts(saving: Saving, words: Words) -> Iterator[str]:
    """Below or above which usage it saves, where all other usage is 0: a sentence, or a list of several."""
    found = [even for even in saving.break_even if even.units]
    if not found:
        return
    one, any_of = ("saves_above", "saves_above_any") if found[0].is_above else ("saves_below", "saves_below_any")
    usd = usd_text(abs(saving.usd or Fraction(0)))
    usages = [
        words(
            "usage_stored" if even.unit.endswith("-month") else "usage_a_month",
            units=decimal_text(even.units, 1), unit=even.unit, key=even.key, address=address_text(even.address, words),
        )
        for even in found
    ]  # fmt: skip
    if len(usages) == 1:
        yield words(one, usd=usd, usage=usages[0])
        return
    yield words(any_of, usd=usd)
    yield from (f"- {text}" for text in _first(usages, SHOWN_PLACES, "usages_more", words))


def address_text(address: str, words: Words) -> str:
    """An address; what a change would add has none yet in any file, and is named by what it is."""
    if address.startswith(NEW):
        return words("new_resource", name=address.removeprefix(NEW).replace("_", " "))
    return plain(address)


def _parts(saving: Saving) -> str:
    return ", ".join(dict.fromkeys(plain(part.component) for part in saving.missing))


def saving_as_json(saving: Saving) -> dict[str, Any]:
    return {
        "usd": None if saving.usd is None else usd_text(saving.usd),
        "at_least": saving.at_least or None,
        "highest_usd": None if saving.highest is None else usd_text(saving.highest),
        "break_even": [
            {
                "address": plain(even.address),
                "usage_key": even.key,
                "unit": even.unit,
                "units": decimal_text(even.units, 4),
                "saves": "above" if even.is_above else "below",
            }
            for even in saving.break_even
        ],
        "missing": [{"address": plain(part.address), "component": plain(part.component)} for part in saving.missing],
    }


def place_name(origin: Origin) -> str:
    """The address, with the file and line where they are known."""
    return "  ".join(filter(None, (plain(origin.address), place_text(origin))))


def places_text(
    places: Iterable[Origin], words: Words, shown: int = SHOWN_PLACES, effect: Effect | None = None
) -> Iterator[str]:
    """
    The first places, and how many more there are. With the `effect` of a lever also what it changes there.
    """
    changes = effect.changes_by_address if effect else {}
    texts = [": ".join(filter(None, (place_name(row), changes_text(changes.get(row.address, ()))))) for row in places]
    yield from _first(texts, shown, "places_more", words)


def changes_text(changes: Sequence[Change]) -> str:
    """`instance_class m5.large → m6g.large`: the fields that a lever changes about a resource."""
    named = ((argument_of(change.field), change) for change in changes)
    return ", ".join(f"{name} {_shown(row.before)} → {_shown(row.after)}" for name, row in named if name)


def _shown(value: object) -> str:
    return "–" if value is None else plain(str(value).lower() if isinstance(value, bool) else value)


def _first(texts: Sequence[str], shown: int, more: str, words: Words) -> Iterator[str]:
    first, count = first_of(texts, shown)
    yield from first
    if count:
        yield words(more, count=count)


def left_alone_texts(effect: Effect, words: Words) -> Iterator[str]:
    """The places that a lever leaves as they are, after why; nothing where there are none."""
    if effect.dropped:
        yield words("ui_not_there")
        yield from (f"- {place}" for place in places_text(effect.dropped, words))


def worth_showing(effect: Effect) -> bool:
    """Whether a lever saves, may save, or mends; what certainly saves nothing, or costs more, is only named."""
    saved = effect.alone
    if effect.lever.mends or not saved.is_certain:
        return True
    return (saved.usd or 0) > 0 or saved.at_least or (effect.here.usd or 0) > 0


def gives_up_text(lever: Lever, words: Words) -> str:
    """What the stack has today and would have no longer; empty where it loses nothing, or the group says it all."""
    if lever.gives_up is None or lever.group == COMMITMENT:
        return ""
    return words("ui_gives_up", name=words(f"promise_{lever.gives_up}"))


def effects_by_group(plan: Plan, leave_out: Collection[Lever] = ()) -> Iterator[tuple[str, list[Effect]]]:
    """The changes that are worth showing, by what they ask of the owner (a code of GROUPS), the largest first."""
    shown = [effect for effect in plan.effects if worth_showing(effect) and effect.lever not in leave_out]
    for group in GROUPS:
        if found := by_saving(effect for effect in shown if effect.lever.group == group):
            yield group, found


def idle_text(plan: Plan, words: Words) -> str:
    """The names of the changes that are not worth showing; empty where all are."""
    names = [words(f"lever_{effect.lever.name}") for effect in plan.effects if not worth_showing(effect)]
    return f"{words('ui_saves_nothing')} {'; '.join(names)}." if names else ""


def by_saving(effects: Iterable[Effect]) -> list[Effect]:
    """What certainly saves most first; what is not certain last."""
    return sorted(effects, key=lambda effect: (not effect.alone.is_certain, -(effect.alone.usd or 0)))


def offers(plan: Plan) -> list[tuple[Fraction, str, tuple[Lever, ...]]]:
    """
    For each promise that forbids something cheaper: the USD a month by which that is cheaper than the best, the
    promise, and the levers that the best does not have. The largest first.
    """
    if plan.search is None:
        return []
    best = plan.search.best
    found = [
        (best.monthly - row.monthly, name, tuple(lever for lever in row.levers if lever not in best.levers))
        for row in plan.search.forbidden
        for name in row.broken
    ]
    return sorted(found, key=lambda row: -row[0])


def offer_of_little_usage(plan: Plan) -> Effect | None:
    """The change that saves most while there is little usage, where that is more than any certain offer."""
    outside = (row for row in plan.effects if row.lever not in plan.measure.levers and not row.lever.is_planned)
    found = [row for row in outside if _saves_below(row.here) and row.lever.effort != EFFORTS[-1]]
    largest = max(found, key=lambda effect: effect.here.usd or 0, default=None)
    certain = max((usd for usd, _, _ in offers(plan)), default=Fraction(0))
    return largest if largest and (largest.here.usd or 0) > certain else None

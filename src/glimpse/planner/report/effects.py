"""Which changes a report shows, in which order, and what they give up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from glimpse.planner.levers.lever import COMMITMENT, GROUPS, Lever
from glimpse.planner.plan import Effect, Plan
from glimpse.words import Words


def worth_showing(effect: Effect) -> bool:
    """Whether a lever saves, may save, or mends; what certainly saves nothing, or costs more, is only named."""
    saved = effect.alone
    if effect.lever.mends or not saved.is_certain:
        return True
    return (saved.usd or 0) > 0 or saved.at_least or (effect.here.usd or 0) > 0


def effects_by_group(plan: Plan, leave_out: Collection[Lever] = ()) -> Iterator[tuple[str, list[Effect]]]:
    """The changes that are worth showing, by what they ask of the owner (a code of GROUPS), the largest first."""
    shown = [effect for effect in plan.effects if worth_showing(effect) and effect.lever not in leave_out]
    for group in GROUPS:
        if found := by_saving(effect for effect in shown if effect.lever.group == group):
            yield group, found


def by_saving(effects: Iterable[Effect]) -> list[Effect]:
    """What certainly saves most first; what is not certain last."""
    return sorted(effects, key=lambda effect: (not effect.alone.is_certain, -(effect.alone.usd or 0)))


def idle_text(plan: Plan, words: Words) -> str:
    """The names of the changes that are not worth showing; empty where all are."""
    names = [words(f"lever_{effect.lever.name}") for effect in plan.effects if not worth_showing(effect)]
    return f"{words('ui_saves_nothing')} {'; '.join(names)}." if names else ""


def gives_up_text(lever: Lever, words: Words) -> str:
    """What the stack has today and would have no longer; empty where it loses nothing, or the group says it all."""
    if lever.gives_up is None or lever.group == COMMITMENT:
        return ""
    return words("ui_gives_up", name=words(f"promise_{lever.gives_up}"))

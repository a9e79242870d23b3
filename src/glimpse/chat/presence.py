"""Who is online, on whichever task: places, and a moment of grace. Time is handed in."""

from __future__ import annotations

from collections.abc import Iterable

AWAY_SECONDS = 15.0
"""So long after the last socket somebody still counts as online: a phone that changes its network is not news."""

HERE = ""
"""This task, as a place where people are; other tasks are places by their ids."""

ONLY_HERE = (HERE,)


class Presence:
    """Who is online: whoever has a socket on some task, or had one a moment ago."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[str, ...]] = {}
        self._away_until: dict[str, float] = {}

    def came(self, user_id: str, place: str = HERE) -> bool:
        """Whether that is news."""
        places = self._places.get(user_id, ())
        was_away = self._away_until.pop(user_id, None) is not None
        if place not in places:
            self._places[user_id] = (*places, place) if places or place else ONLY_HERE
        return not places and not was_away

    def went(self, user_id: str, now: float, place: str = HERE) -> None:
        """The last socket of a user at a place is gone."""
        places = self._places.get(user_id, ())
        left = tuple(each for each in places if each != place)
        if left:
            self._places[user_id] = left
        elif places:
            del self._places[user_id]
            self._away_until[user_id] = now + AWAY_SECONDS

    def only(self, place: str, user_ids: Iterable[str], now: float) -> list[str]:
        """Exactly these are at a place; those of them who are news."""
        present = set(user_ids)
        for user_id in [user_id for user_id, places in self._places.items() if place in places]:
            if user_id not in present:
                self.went(user_id, now, place)
        return [user_id for user_id in present if self.came(user_id, place)]

    def gone(self, now: float) -> list[str]:
        """Those who are offline from now on; each is named once."""
        gone = [user_id for user_id, until in self._away_until.items() if until <= now]
        for user_id in gone:
            del self._away_until[user_id]
        return gone

    def not_told(self, user_id: str, now: float) -> None:
        """That somebody is gone could not be told: they are named again, and count as online until then."""
        if user_id not in self._places:
            self._away_until.setdefault(user_id, now)

    def is_online(self, user_id: str) -> bool:
        return user_id in self._places or user_id in self._away_until

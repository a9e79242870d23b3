"""What an offer file changes: its prices beside those that are held, and which of them are not believed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from glimpse.planner.price_updates.charges import AMBIGUOUS, Charge
from glimpse.planner.price_updates.offers import Offer, OfferRefused, Shapes
from glimpse.planner.price_updates.snapshot import Key, PriceRow, Rows
from glimpse.planner.sentence import say

MIN_FOUND = Decimal("0.9")
"""The share of the prices held from an offer that a new file must have."""

MAX_JUMP = 3
"""How many times dearer or cheaper a price may become."""

MAX_DOUBTFUL = Decimal("0.05")
"""
The share of a file's prices that may be doubtful. Each doubtful one keeps its old price; above this share the file is
refused, which in a service of fewer than 20 prices one of them is enough for.
"""

SOURCE = "AWS Price List offer file "
OLDER = "price_doubt_older"


class Change(NamedTuple):
    """A price that moved, from old to new, in its first tier or upfront where only that moved."""

    region: str
    key: Key
    unit: str
    old: str
    new: str

    @property
    def percent(self) -> Decimal | None:
        return (Decimal(self.new) / Decimal(self.old) - 1) * 100 if Decimal(self.old) else None


class Doubt(NamedTuple):
    """A price that was not taken over, and the code of the reason."""

    region: str
    key: Key
    code: str
    old: str
    new: str


@dataclass(frozen=True)
class Update:
    """
    What one offer does to the prices of some regions. `rows` are all that are replaced or new; `missing` are held, and
    the offer has them no more: they keep their price and date.
    """

    code: str
    rows: Mapping[str, Mapping[Key, PriceRow]]
    moved: tuple[Change, ...] = ()
    doubtful: tuple[Doubt, ...] = ()
    missing: tuple[tuple[str, Key], ...] = ()
    new: int = 0
    confirmed: int = 0


def checked(
    held: Mapping[str, Rows],
    offer: Offer,
    covers: Callable[[Key], bool],
    shapes: Shapes,
    today: datetime.date,
    is_current: bool,
) -> Update:
    """
    The update of an offer. `held`: the prices of each region that the offer has prices of. `covers`: whether the offer
    can have the price of a key. `is_current`: AWS itself gave the file, so it is in force today, whenever it was
    published; a file from a folder does not replace a price of a later date. Raises OfferRefused.
    """
    _check_date(held, offer, today)
    expected = {(region, key) for region, rows in held.items() for key in rows if covers(key)}
    found = {(region, key): charge for region, charges in offer.charges.items() for key, charge in charges.items()}
    missing = tuple(sorted(expected - found.keys()))
    if len(expected) - len(missing) < MIN_FOUND * len(expected) or not found:
        raise OfferRefused(say("price_offer_few", found=len(expected) - len(missing), expected=len(expected)))
    rows: dict[str, dict[Key, PriceRow]] = {region: {} for region in held}
    moved: list[Change] = []
    doubtful: list[Doubt] = []
    new = confirmed = 0
    for (region, key), charge in sorted(found.items()):
        old = held[region].get(key)
        row = _row(key, charge, offer, shapes[key[0], key[1]].unit, old)
        code = charge.doubt or (_doubt(old, row, is_current) if old else "")
        if code or not row:
            doubtful.append(Doubt(region, key, code or "price_doubt_tiers", _shown(old), _shown(row)))
        elif old is None:
            new += 1
            rows[region][key] = row
        elif old.charges == row.charges:
            confirmed += 1
            if row.as_of >= old.date:
                rows[region][key] = row
        else:
            moved.append(_change(region, old, row))
            rows[region][key] = row
    untrusted = [doubt for doubt in doubtful if doubt.code not in (OLDER, AMBIGUOUS)]
    if len(untrusted) > MAX_DOUBTFUL * len(found):
        first = name_of(untrusted[0].key)
        raise OfferRefused(say("price_offer_doubtful", count=len(untrusted), of=len(found), first=first))
    return Update(offer.code, rows, tuple(moved), tuple(doubtful), missing, new, confirmed)


def _check_date(held: Mapping[str, Rows], offer: Offer, today: datetime.date) -> None:
    if datetime.date.fromisoformat(offer.published) > today + datetime.timedelta(days=1):
        raise OfferRefused(say("price_offer_future", date=offer.published))
    source = SOURCE + offer.code
    read = max((row.as_of for rows in held.values() for row in rows.values() if row.source == source), default="")
    if read > offer.published:
        raise OfferRefused(say("price_offer_older", date=offer.published, read=read))


def _row(key: Key, charge: Charge, offer: Offer, unit: str, old: PriceRow | None) -> PriceRow | None:
    """The charge as a row; None where its tiers begin at parts of a unit."""
    tiers = charge.tiers
    if len(tiers) > 1 and not tiers[0][1] and not (old and not Decimal(old.tiers[0][1] or 1)):
        # AWS's free quantity is a first tier of nothing. Prices are held without it: `--free-tier` counts it.
        tiers = ((Decimal(0), tiers[1][1]), *tiers[2:])
    if any(start != int(start) for start, _ in tiers):
        return None
    return PriceRow(
        *key, unit, tuple((int(start), plain_decimal(usd)) for start, usd in tiers), SOURCE + offer.code,
        offer.published, "high", plain_decimal(charge.upfront) if charge.upfront else "", charge.months,
    )  # fmt: skip


def _doubt(old: PriceRow, row: PriceRow | None, is_current: bool) -> str:
    """Why a price is not believed beside the old one; empty where it is."""
    if row is None:
        return "price_doubt_tiers"
    if old.charges == row.charges:
        return ""
    if old.date > row.as_of and not is_current:
        return OLDER
    starts = {start for start, _ in (*old.tiers, *row.tiers)}
    pairs = [(_at(old, start), _at(row, start)) for start in starts]
    pairs.append((Decimal(old.upfront or 0), Decimal(row.upfront or 0)))
    return "price_doubt_jump" if any(_jumps(before, after) for before, after in pairs) else ""


def _jumps(before: Decimal, after: Decimal) -> bool:
    return max(before, after) > MAX_JUMP * min(before, after)


def _at(row: PriceRow, quantity: int) -> Decimal:
    """USD of a further unit at a quantity."""
    return Decimal(next(usd for start, usd in reversed(row.tiers) if start <= quantity) or 0)


def _change(region: str, old: PriceRow, row: PriceRow) -> Change:
    for start in sorted({start for start, _ in (*old.tiers, *row.tiers)}):
        if (before := _at(old, start)) != (after := _at(row, start)):
            return Change(region, row.key, row.unit, plain_decimal(before), plain_decimal(after))
    if old.upfront != row.upfront:
        return Change(region, row.key, "USD", old.upfront or "0", row.upfront or "0")
    return Change(region, row.key, row.unit, _shown(old), _shown(row))


def _shown(row: PriceRow | None) -> str:
    return row.tiers[0][1] if row else ""


def plain_decimal(number: Decimal) -> str:
    """0.0225000000 → 0.0225, without an exponent."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def name_of(key: Key) -> str:
    """A key in words for a report."""
    service, kind, attributes, term = key
    named = ", ".join(value for _, value in attributes)
    parts = [service, kind, *([f"({named})"] if named else []), *([] if term == "on_demand" else [term])]
    return " ".join(parts)


def applied(held: Rows, updates: Iterable[Update], region: str) -> dict[Key, PriceRow]:
    """The rows of a region with those of the updates in their place."""
    rows = dict(held)
    for update in updates:
        rows.update(update.rows.get(region, {}))
    return rows

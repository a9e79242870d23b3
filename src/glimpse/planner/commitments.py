"""What `glimpse.toml` says was bought, beside the stack: a commitment that prices nothing is named."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable, Iterator

from glimpse.planner.catalogue import ON_DEMAND, SPOT
from glimpse.planner.finding import Finding
from glimpse.planner.meter import Meter
from glimpse.planner.sentence import say
from glimpse.planner.workload import Workload


def idle_commitments(
    workload: Workload, addresses: Iterable[str], meters: Iterable[Meter], today: datetime.date
) -> Iterator[Finding]:
    """The commitments that change no line of a bill: of what is not in the stack, has ended, or cannot be reserved."""
    known = list(addresses)
    reserved = {meter.origin.address for meter in meters if meter.sku.term not in (ON_DEMAND, SPOT)}
    for row in workload.commitments:
        if row.address not in known:
            near = difflib.get_close_matches(row.address, known, n=1)
            said = say(
                "commitment_address_unknown_near" if near else "commitment_address_unknown",
                address=row.address,
                **({"near": near[0]} if near else {}),
            )
        elif row.until is not None and not row.holds(today):
            begins = row.bought_on is not None and row.bought_on > today
            code = "commitment_not_begun" if begins else "commitment_ended"
            day = row.bought_on if begins else row.until
            said = say(code, address=row.address, day=day.isoformat() if day else "")
        elif row.address not in reserved:
            said = say("commitment_of_nothing", address=row.address)
        else:
            continue
        yield Finding(said, workload.source or None)

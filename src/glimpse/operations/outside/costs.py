"""What the stack would cost on AWS at the load that it has here, asked of `glimpse plan`."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.deployment import Plan, ScenarioCost
from glimpse.operations.local.load_workload import Load, workload_of
from glimpse.operations.state import StackState

PAUSE_SECONDS = 20.0
"""Between two prices. `glimpse plan` takes a second of one core, which the tasks need, too."""

LOOK_SECONDS = 1.0

Price = Callable[[str], Awaitable[Plan]]
"""Runs `glimpse plan` with the text of a `glimpse.toml`. Raises Failure."""


class CostsAtLoad(Struct, frozen=True):
    """
    `glimpse.costs/1`: what each scenario costs a month at the planned load (`planned`), and at `load`, which the stack
    had when it was priced (`at_load`); both null until then.
    """

    planned: Sequence[ScenarioCost]
    recommended: str | None
    load: Load | None = None
    at_load: Sequence[ScenarioCost] | None = None
    schema: str = "glimpse.costs/1"


class Costs:
    """`planned`: the stack's plan at the load of its own workload, whose file is at `workload`; None: it has none."""

    def __init__(
        self,
        planned: Plan,
        workload: Path | None,
        price: Price,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.document = CostsAtLoad(planned.scenarios, planned.recommended)
        self.failure: Failure | None = None
        """Why the last load has no price."""
        self._planned, self._workload, self._price, self._sleep = planned, workload, price, sleep
        self._load: Load | None = None

    async def follow(self, state: Callable[[], StackState]) -> None:
        """Never returns. No price while a drill runs: its load does not last a month, and it needs the cores."""
        while True:
            now = state()
            load = Load(now.traffic.sockets, now.traffic.messages_per_second)
            if now.drill or (self._load and not load.differs(self._load)):
                await self._sleep(LOOK_SECONDS)
                continue
            self._load = load
            await self._update(load)
            await self._sleep(PAUSE_SECONDS)

    async def _update(self, load: Load) -> None:
        try:
            text = self._workload.read_text(encoding="utf-8") if self._workload else ""
            plan = await self._price(workload_of(load, text))
        except Failure as failure:
            self.failure = failure
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            self.failure = Failure("page_costs_unread", detail=str(error)[:200])
        else:
            self.failure = None
            self.document = CostsAtLoad(self._planned.scenarios, self._planned.recommended, load, plan.scenarios)


def workload_beside(arguments: Sequence[str]) -> Path | None:
    """The `glimpse.toml` that `glimpse plan` reads when it is given these arguments."""
    path = Path(arguments[0])
    file = (path if path.is_dir() else path.parent) / "glimpse.toml"
    return file if file.exists() else None

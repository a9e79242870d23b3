"""What the tests of reading Terraform share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from glimpse.planner.outside import clock


@pytest.fixture(autouse=True, scope="module")
def no_time_passes() -> Iterator[None]:
    """Reading has limits of time, which a busy machine may reach. The tests of these limits hand in a clock."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "seconds", lambda: 0.0)
        yield

"""When to start a part again after it died."""

from __future__ import annotations

FIRST_PAUSE_SECONDS = 1.0
MAX_PAUSE_SECONDS = 30.0
STABLE_SECONDS = 60.0
"""A part that ran for this long is well; the next time that it dies counts as the first."""


class RestartPolicy:
    """Of one part: it starts again at once; while it keeps dying, after pauses that double."""

    def __init__(self) -> None:
        self._deaths = 0

    @property
    def keeps_dying(self) -> bool:
        """Whether the last death was not the first."""
        return self._deaths > 1

    def pause(self, ran_seconds: float) -> float:
        """Seconds to wait before the next start. The part has just died, `ran_seconds` after it began to serve."""
        self._deaths = 1 if ran_seconds >= STABLE_SECONDS else self._deaths + 1
        if self._deaths == 1:
            return 0.0
        # The exponent is bounded, because a part may die for weeks.
        return float(min(MAX_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(self._deaths - 2, 10)))

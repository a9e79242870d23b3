"""Levers on logs: how long they are kept, and in which class."""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.lever import GIVES_UP, TERRAFORM, Lever, each
from glimpse.planner.resources.logs import LogGroup

LOG_DAYS = 7


def log_retention(group: LogGroup) -> LogGroup:
    """Logs are kept for a week; a group of which nobody knows how long it keeps them is left alone."""
    is_longer = group.retention_known and (group.kept_days is None or group.kept_days > LOG_DAYS)
    return replace(group, kept_days=LOG_DAYS) if is_longer else group


def infrequent_access(group: LogGroup) -> LogGroup:
    """The class with half the ingestion price, where nothing in the files needs what it does not offer."""
    return group if group.needs_standard is not False else replace(group, infrequent_access=True)


LEVERS = (
    Lever(
        "log_retention", "log days", GIVES_UP, each(LogGroup, log_retention), TERRAFORM, "variable",
        gives_up="log_days", edit={"log_retention_days": 7},
    ),
    Lever(
        "infrequent_access_logs", "log class", GIVES_UP, each(LogGroup, infrequent_access), TERRAFORM, "config",
        gives_up="log_features",
    ),
)  # fmt: skip

"""
The keys of `glimpse.toml` that hold one value: section, name, unit, built-in value and bounds.

The meaning of a key is the sentence `key_NAME` of `words/LANGUAGE/workload.ftl`: a new key is a row here and a sentence
there. The checker, the reference page, `glimpse init` and the messages about wrong values take both from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class NumberKey:
    """One number of `glimpse.toml`: its section and name, unit, built-in value (empty for none) and bounds."""

    section: str
    name: str
    unit: str
    built_in: str = ""
    lowest: str = "0"
    highest: str = "1e12"
    whole: bool = False

    @property
    def path(self) -> str:
        """As messages name it: `people.users`."""
        return f"{self.section}.{self.name}"

    @property
    def unit_code(self) -> str:
        """Of the message that says the unit to a reader: `init_unit_a_day`."""
        return f"init_unit_{self.unit.lower().replace(' ', '_')}"


@dataclass(frozen=True, slots=True)
class TextKey:
    """One text of `glimpse.toml`, which the field of its name in Workload holds; None where it is not stated."""

    section: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}"


KEYS = (
    NumberKey("people", "users", "users", "500", whole=True),
    NumberKey("people", "peak_socket_share", "of users", "0.5", highest="1"),
    NumberKey("each_user_a_day", "connects", "a day", "4"),
    NumberKey("each_user_a_day", "messages", "a day", "20"),
    NumberKey("each_user_a_day", "requests", "a day", "45"),
    NumberKey("each_user_a_day", "uploads", "a day", "0.1"),
    NumberKey("each_user_a_day", "downloads", "a day", "2.4"),
    NumberKey("sizes", "message_bytes", "bytes", "500"),
    NumberKey("sizes", "request_bytes", "bytes", "500"),
    NumberKey("sizes", "response_bytes", "bytes", "1500"),
    NumberKey("sizes", "upload_mb", "MB", "2"),
    NumberKey("sizes", "download_mb", "MB", "0.1"),
    NumberKey("sizes", "database_bytes_per_event", "bytes", "4000"),
    NumberKey("sizes", "stored_mb_per_user", "MB", "10"),
    NumberKey("sizes", "image_gb", "GB", "0.3"),
    NumberKey("sizes", "function_ms", "ms", "100"),
    NumberKey("habits", "recipients_per_message", "sockets", "2"),
    NumberKey("habits", "requests_per_connection", "requests", "10", lowest="1"),
    NumberKey("habits", "alarm_emails_a_month", "a month", "0"),
    NumberKey("habits", "fetched_gb_a_month", "GB", "1"),
)

OPTIONAL_KEYS = (
    NumberKey("sizes", "log_bytes_per_event", "bytes"),
    NumberKey("kept", "messages_months", "months"),
    NumberKey("kept", "files_months", "months"),
)
"""
Numbers without a built-in value. Where logs are not stated, what the service that runs was measured to write counts;
where it is not stated how long messages or files are kept, they are kept for ever.
"""

TEXT_KEYS = (
    TextKey("service", "runs"),
    TextKey("stack", "environment"),
    TextKey("plan", "document"),
)

# Share of the busiest hour, 0:00 to 23:00 local time; the mean is 0.6 of the peak.
BUILT_IN_HOURS = tuple(
    Fraction(hundredths, 100)
    for hundredths in (
        *(35, 20, 15, 10, 10, 15, 30, 50, 65, 70, 70, 75),
        *(85, 75, 70, 70, 75, 80, 85, 90, 95, 100, 90, 60),
    )
)

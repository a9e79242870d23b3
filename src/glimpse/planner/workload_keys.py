"""
The keys of `glimpse.toml` that hold one value: section, name, unit, built-in value and bounds.

What a key means is the sentence `key_NAME` of `words/workload.toml`: a new key is a row here and a sentence there. The
checker, the reference page, `glimpse init` and the messages about a wrong value all take both from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Key:
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


@dataclass(frozen=True, slots=True)
class TextKey:
    """One text of `glimpse.toml`, which the field of its name in Workload holds; None where it is not stated."""

    section: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.section}.{self.name}"


KEYS = (
    Key("people", "users", "users", "500", whole=True),
    Key("people", "peak_socket_share", "of users", "0.5", highest="1"),
    Key("each_user_a_day", "connects", "a day", "4"),
    Key("each_user_a_day", "messages", "a day", "20"),
    Key("each_user_a_day", "requests", "a day", "45"),
    Key("each_user_a_day", "uploads", "a day", "0.1"),
    Key("each_user_a_day", "downloads", "a day", "2.4"),
    Key("sizes", "message_bytes", "bytes", "500"),
    Key("sizes", "request_bytes", "bytes", "500"),
    Key("sizes", "response_bytes", "bytes", "1500"),
    Key("sizes", "upload_mb", "MB", "2"),
    Key("sizes", "download_mb", "MB", "0.1"),
    Key("sizes", "database_bytes_per_event", "bytes", "4000"),
    Key("sizes", "stored_mb_per_user", "MB", "10"),
    Key("sizes", "image_gb", "GB", "0.3"),
    Key("sizes", "function_ms", "ms", "100"),
    Key("habits", "recipients_per_message", "sockets", "2"),
    Key("habits", "requests_per_connection", "requests", "10", lowest="1"),
    Key("habits", "alarm_emails_a_month", "a month", "0"),
    Key("habits", "fetched_gb_a_month", "GB", "1"),
)

OPTIONAL_KEYS = (
    Key("sizes", "log_bytes_per_event", "bytes"),
    Key("kept", "messages_months", "months"),
    Key("kept", "files_months", "months"),
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

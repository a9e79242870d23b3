"""One JSON object a line, which CloudWatch Logs Insights reads by itself."""

from __future__ import annotations

import datetime
import logging
from typing import TextIO

import msgspec


class JsonLines(logging.Formatter):
    """`fields` of a record stand beside its message; nothing else of it is written, least of all a secret."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def to(stream: TextIO) -> None:
    """Everything that this program logs goes to the stream; what libraries log, from warnings on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    logging.getLogger("glimpse").setLevel(logging.INFO)

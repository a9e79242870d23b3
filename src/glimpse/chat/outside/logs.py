"""Logs as one JSON object per line, the format that CloudWatch Logs Insights parses without configuration."""

from __future__ import annotations

import datetime
import logging
from typing import TextIO

import msgspec

_log = logging.getLogger("glimpse")


class JsonLines(logging.Formatter):
    """Writes the time, the level, the message, the error, and the `fields` of a record; nothing else, so no secret."""

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


def configure(stream: TextIO) -> None:
    """Log to the stream: this program from INFO on, libraries from WARNING on, and uvicorn from ERROR on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    logging.getLogger("glimpse").setLevel(logging.INFO)
    # It warns of each request that is no HTTP: a stranger could write gigabytes, and the operator pays for each.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)


def defect(error: BaseException) -> None:
    """An exception that is a defect of this program."""
    _log.error("failed", exc_info=error)


def issuer_down(problem: str) -> None:
    """The issuer of tokens did not answer with its keys."""
    _log.warning("issuer_down", extra={"fields": {"problem": problem}})


def objects_down(problem: str) -> None:
    """The object store did not answer."""
    _log.warning("objects_down", extra={"fields": {"problem": problem}})


def unexpected_proxy() -> None:
    """A request has X-Forwarded-For, and no proxy is trusted: behind a proxy, all clients share one limit."""
    _log.warning("unexpected_proxy", extra={"fields": {"setting": "GLIMPSE_TRUSTED_PROXIES"}})

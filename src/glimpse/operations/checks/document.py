"""The plan document's own figures that sentences show beside the measured ones. Its alarms come with the plan."""

from __future__ import annotations

RECOVERY_SECONDS = 30
"""A Spot interruption is recovered automatically "within 30 s" (line 75)."""

SPOT_PERCENT = 90
"""The share of Spot that it asks for (line 51)."""

KEEP_ALIVE_SECONDS = 60
"""Its `keepAliveTimeout: 60000` (line 253)."""

UPLOAD_SECONDS = 300
"""How long its presigned address lives, `expiresIn: 300` (line 140)."""

MONTHLY_USD = 56
"""Its bill after the changes (line 318)."""

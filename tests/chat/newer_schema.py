"""A pytest plugin for an older release's tests: its databases get the schema of the folder in MIGRATIONS."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from glimpse.chat.outside.postgres import migrate


def newer() -> Sequence[migrate.Migration]:
    found = []
    for file in sorted(Path(os.environ["MIGRATIONS"]).glob("*.sql")):
        number, moment, _ = file.stem.split("_", 2)
        found.append(migrate.Migration(int(number), migrate.Moment(moment), file.stem, file.read_text()))
    return found


migrate.shipped = newer

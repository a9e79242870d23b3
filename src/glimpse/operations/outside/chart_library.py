"""Vega-Lite for a browser: one script, which the package of the drills' charts holds."""

from __future__ import annotations

import asyncio
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from glimpse.chat.failure import Failure

PACKAGE = "vl-convert-python"
MAKE = "import sys, vl_convert; open(sys.argv[1], 'w', encoding='utf-8').write(vl_convert.javascript_bundle())"


class ChartLibrary:
    """
    Makes the script once, and keeps it in `folder`. Another process makes it: importing the package takes 160 MB, which
    a stack that runs for days would keep.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making: asyncio.Task[None] | None = None

    async def path(self) -> Path:
        """The script, made now if need be: 2 s. Raises Failure: `page_charts_missing`, `page_charts_broken`."""
        try:
            script = self._folder / f"vega-{version(PACKAGE)}.js"
        except PackageNotFoundError:
            raise Failure("page_charts_missing") from None
        if not script.exists():
            if self._making is None or self._making.done():
                self._making = asyncio.create_task(_make(script))
            # A browser that goes away does not end what another one waits for.
            await asyncio.shield(self._making)
        return script

    async def close(self) -> None:
        """Ends the process that makes the script."""
        if self._making:
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)


async def _make(script: Path) -> None:
    new = script.with_suffix(".new")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MAKE, str(new), stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, errors = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.communicate()
        raise
    if process.returncode:
        raise Failure("page_charts_broken", detail=errors.decode(errors="replace").strip().rpartition("\n")[2][:200])
    new.replace(script)

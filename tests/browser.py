"""The browser that tests open pages in; where a part of it is missing, they are skipped and say what to install."""

from __future__ import annotations

import importlib.util
import shutil

import pytest

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
MISSING = [
    name
    for name, found in (
        ("chromium (Debian: chromium)", BROWSER),
        ("chromedriver (Debian: chromium-driver)", DRIVER),
        ("selenium (pip install selenium)", importlib.util.find_spec("selenium")),
    )
    if not found
]
needs_browser = pytest.mark.skipif(
    bool(MISSING), reason=f"The page is tried in a browser; install {', '.join(MISSING)}."
)

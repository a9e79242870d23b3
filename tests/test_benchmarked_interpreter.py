"""A benchmark says of its interpreter only what is known about it."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.chat.interpreter import is_profile_guided, read_interpreter


def test_a_python_that_was_configured_for_profile_guidance_has_it() -> None:
    assert is_profile_guided("'--enable-shared' '--enable-optimizations'", "/usr/local") is True


def test_a_python_that_was_configured_without_profile_guidance_lacks_it() -> None:
    assert is_profile_guided("'--enable-shared'", "/home/me/python") is False


def test_nothing_is_said_of_a_python_that_hides_how_it_was_configured() -> None:
    assert is_profile_guided("", "/opt/python") is None


def test_the_version_is_that_of_the_interpreter_itself() -> None:
    assert read_interpreter(Path(sys.executable)).version == sys.version.split()[0]

"""That the commands which ask AWS show on a terminal what they are at."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from tests.operations.aws_stack import REGION
from tests.operations.test_watch_spending import BEST
from tests.test_progress import shown_until, terminal


@pytest.mark.parametrize(
    ("command", "shown"),
    [(("watch",), f"Asking AWS in {REGION}"), (("workload", "from-cloudwatch"), "30 days of CloudWatch's metrics")],
)
def test_a_person_who_waits_for_aws_is_told_what_is_asked(command: tuple[str, ...], shown: str) -> None:
    """AWS takes the connection and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as silent, terminal() as (read, stream):
        environment = {
            **os.environ, "TERM": "xterm", "COLUMNS": "120", "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
        }  # fmt: skip
        line = [sys.executable, "-m", "glimpse", *command, *BEST, "--lang", "en"]
        with subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stream, env=environment
        ) as process:
            try:
                shown_until(read, shown)
            finally:
                process.kill()

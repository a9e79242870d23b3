"""
Fuzz what strangers send to the chat: whatever the bytes are, the code decodes or refuses them, and raises nothing else.

Run:     python -m benchmarks.fuzzing.chat [--inputs 1000000] [--keep FOLDER]
Needs:   Linux, and atheris, which comes with the development requirements.

Each target gets its share of the inputs in a process of its own, as many at once as there are processors. libFuzzer
looks for inputs that reach new code. An input that fails is saved to --keep and stays there for a test; the exit code
is 1.

    frames      the data of a WebSocket, in pieces, up to the requests of the service
    packets     Socket.IO packets with attachments; what is decoded can be encoded and decoded again
    payloads    the body of a polling POST
    requests    the JSON bodies of REST and of events; what is accepted can be stored
    texts       handles, display names, passwords, file names, cursors, addresses, languages
    tokens      tokens with any header and claims: only a signed one is accepted
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

NAMES = ("frames", "packets", "payloads", "requests", "texts", "tokens")
INPUT_SECONDS = 60
"""An input that takes longer is a fault."""

LAST_LINES = 40


def fuzz(name: str, inputs: int, keep: Path) -> bool:
    """Whether a target met no fault; its last lines are printed where it did."""
    options = [f"-runs={inputs}", f"-timeout={INPUT_SECONDS}", f"-artifact_prefix={keep}/{name}-"]
    command = [sys.executable, "-m", "benchmarks.fuzzing.chat_targets", name, *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(f"{name}: {inputs:,} inputs, {'a fault' if done.returncode else 'no fault'}", flush=True)
    if done.returncode:
        print(*done.stdout.splitlines()[-LAST_LINES:], sep="\n", file=sys.stderr, flush=True)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="inputs for all targets together")
    parser.add_argument("--keep", type=Path, default=Path("fuzzing-failures"), help="where inputs that fail are saved")
    asked = parser.parse_args()
    asked.keep.mkdir(parents=True, exist_ok=True)
    share = max(1, asked.inputs // len(NAMES))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        is_well = all(list(pool.map(lambda name: fuzz(name, share, asked.keep), NAMES)))
    if not any(asked.keep.iterdir()):
        asked.keep.rmdir()
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())

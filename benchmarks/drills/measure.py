"""
Take Spot tasks away many times, and show how long clients were away, and every promise that was broken.

Run:     python -m benchmarks.drills.measure [--drills 20] [--at-once 2] [--speed 5] [--seed 1] [--name spot] [-- ARG …]
Needs:   HAProxy, and the extra `operations`; as root, tasks have the CPU and the memory of the Terraform.

Each drill is one `glimpse drill` with a stack and a seed of its own. The ARGs go to it as they are, for example
`infrastructure/terraform/environments/startup-prod --tasks 2`.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from benchmarks.chat.measure import commit, machine
from glimpse.operations.drills.figures import percentile
from glimpse.operations.drills.result import Drill
from glimpse.operations.drills.terminal import measured
from glimpse.words import Words

PERCENTILES = {"min": 0, "median": 50, "p90": 90, "p99": 99, "max": 100}
DRILL_SECONDS = 900.0


class DrillFailed(Exception):
    """`glimpse drill` ended without a result."""


async def run_drill(name: str, seed: int, speed: float, arguments: Sequence[str], results: Path) -> Drill:
    """Raises DrillFailed with its last lines."""
    output = results / f"{name}-{seed}.json"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "glimpse", "drill", name, *arguments, "--speed", f"{speed:g}", "--seed", str(seed)),
        *("--format", "json", "--output", str(output), "--data", str(results / "no-stack"), "--lang", "en"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(DRILL_SECONDS):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            # It stops its stack, and then ends.
            process.terminate()
            await process.wait()
    if process.returncode not in (0, 1) or not output.exists():
        raise DrillFailed(said.decode(errors="replace")[-2_000:])
    return msgspec.json.decode(output.read_bytes(), type=Drill)


def figures_of(drills: Sequence[Drill]) -> Mapping[str, Sequence[float]]:
    """What the table shows: seconds, of each close or of each drill."""
    closes = [(drill, close) for drill in drills for close in drill.figures.closes if close.at >= drill.taken_at]
    back = [(drill, close, close.back_at) for drill, close in closes if close.back_at is not None]
    return {
        "back after its own close": [back_at - close.at for _, close, back_at in back],
        "back after SIGTERM": [back_at - drill.taken_at for drill, _, back_at in back],
        "longest time without any acknowledgement": [drill.figures.without_service for drill in drills],
        "slowest acknowledgement": [
            each.acknowledgement.max for drill in drills if (each := drill.figures).acknowledgement
        ],
        "latest event": [drill.figures.latest_event for drill in drills],
        "recovery": [drill.recovery_seconds for drill in drills if drill.recovery_seconds is not None],
    }


def table(drills: Sequence[Drill]) -> str:
    lines = [
        f"| seconds, at speed {drills[0].timings.speed:g} | n | {' | '.join(PERCENTILES)} |",
        "|---|" + "---:|" * (len(PERCENTILES) + 1),
    ]
    for name, seconds in figures_of(drills).items():
        cells = [f"{percentile(seconds, percent):.2f}" if seconds else "–" for percent in PERCENTILES.values()]
        lines.append(f"| {name} | {len(seconds)} | {' | '.join(cells)} |")
    return "\n".join(lines)


async def measure(options: argparse.Namespace, results: Path) -> tuple[Sequence[Drill], int]:
    """The results, and how many drills had none."""
    drills: list[Drill] = []
    failed = 0
    room = asyncio.Semaphore(options.at_once)
    words = Words("en")

    async def one(seed: int) -> None:
        nonlocal failed
        async with room:
            try:
                drill = await run_drill(options.name, seed, options.speed, options.arguments, results)
            except (DrillFailed, TimeoutError) as error:
                failed += 1
                print(f"seed {seed}: NO RESULT: {error or 'it took too long'}", flush=True)
                return
        drills.append(drill)
        broken = [promise for promise in drill.promises if not promise.is_kept]
        recovery = "–" if drill.recovery_seconds is None else f"{drill.recovery_seconds:.1f} s"
        print(
            f"seed {seed}: {drill.figures.acknowledged} messages, {len(drill.figures.closes)} connections ended,"
            f" recovered in {recovery}, " + (f"{len(broken)} PROMISES BROKEN" if broken else "every promise kept"),
            flush=True,
        )
        for promise in broken:
            print(f"    {words(promise.code)}: {measured(promise, words)}", flush=True)

    await asyncio.gather(*(one(options.seed * 100_000 + number) for number in range(options.drills)))
    return drills, failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drills", type=int, default=20)
    parser.add_argument("--at-once", type=int, default=2, help="how many stacks run side by side")
    parser.add_argument("--speed", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="spot", help="which drill")
    parser.add_argument("--keep", type=Path, help="a folder for the result of each drill, as JSON")
    parser.add_argument("arguments", nargs="*", help="for `glimpse drill`, after --")
    options = parser.parse_args()
    # SIGTERM works like Ctrl-C, so that every stack is stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    print(f"{date.today()}, {machine()}, commit {commit()}, {options.at_once} stacks at once", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        results = options.keep or Path(folder)
        results.mkdir(parents=True, exist_ok=True)
        drills, failed = asyncio.run(measure(options, results))
    if drills:
        print(table(drills))
    broken = sum(not drill.is_kept for drill in drills)
    print(f"{len(drills)} drills, {broken} with a broken promise, {failed} without a result")
    sys.exit(1 if broken or failed else 0)


if __name__ == "__main__":
    main()

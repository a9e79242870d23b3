"""`glimpse up`: options → a stack and its page → until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import shlex
import signal
import sys
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.chat.outside.postgres.embedded import BinariesMissing, postgres_programs
from glimpse.operations.drills.result import Drill, DrillRequest
from glimpse.operations.local.local_deployment import MAX_TASKS
from glimpse.operations.options import Say, StackOptions
from glimpse.operations.outside import running_stack
from glimpse.operations.outside.local_stack import local_stack
from glimpse.operations.outside.loopback_ports import steady_port
from glimpse.operations.outside.programs import end_children, kill_children
from glimpse.operations.outside.supervised_stack import SupervisedStack
from glimpse.operations.state import BUS, FARGATE_SPOT

DONE = 0
MAX_SPEED = 100
MAX_ORDERLY_SECONDS = 20.0
"""An orderly end takes 2 to 3 s. One that takes this long waits for something that will not come."""

END_SECONDS = 5.0
"""How long the parts may take to be gone once they were killed."""


def run(options: StackOptions, say: Say) -> int:
    """Run a stack with its page until a signal ends it. Raises Failure where it cannot start."""
    validate_options(options)
    with running_stack.only_stack(options.data):
        try:
            return asyncio.run(_Up(options, say).run())
        finally:
            end_children(END_SECONDS)


def print_addresses(data: Path) -> int:
    """Print the addresses of the running stack as shell variables. Raises Failure `up_not_running`."""
    addresses = running_stack.find(data)
    if addresses is None:
        raise Failure("up_not_running", folder=str(data))
    variables = {
        "CHAT_URL": addresses.chat,
        "PAGE_URL": addresses.page,
        "DATABASE_URL": addresses.database,
        "BUS_URL": addresses.bus,
        "S3_ENDPOINT": addresses.files,
        "S3_BUCKET": addresses.bucket,
    }
    for name, value in variables.items():
        print(f"{name}={shlex.quote(value)}")
    with contextlib.suppress(BinariesMissing):
        print(f'PATH={shlex.quote(str(postgres_programs()))}:"$PATH"')
    return DONE


def validate_options(options: StackOptions) -> None:
    """Raises Failure where no stack can have these options."""
    if not 1 <= options.speed <= MAX_SPEED:
        raise Failure("up_speed_wrong", speed=f"{options.speed:g}", most=MAX_SPEED)
    if options.tasks is not None and not 1 <= options.tasks <= MAX_TASKS:
        raise Failure("up_tasks_wrong", count=options.tasks, most=MAX_TASKS)
    if options.port and options.port == options.page_port:
        raise Failure("up_ports_equal", port=options.port)
    for port, option in ((options.port, "--port"), (options.page_port, "--page-port")):
        if not 0 <= port <= 65_535:
            raise Failure("up_port_wrong", port=port, option=option)


class _Up:
    """One run of the command, from its first signal handler to its last child."""

    def __init__(self, options: StackOptions, say: Say) -> None:
        self._options, self._say = options, say
        self._stop, self._stop_now = asyncio.Event(), asyncio.Event()
        self._stack: SupervisedStack | None = None

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # SIGHUP comes when the terminal is closed; `nohup` makes it ignored.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                loop.add_signal_handler(number, self._on_signal)
        serving = asyncio.create_task(self._serve())
        await _wait_for_either(serving, self._stop)
        if not serving.done():
            self._print("up_ending")
            serving.cancel()
            await _wait_for_either(serving, self._stop_now, MAX_ORDERLY_SECONDS)
            await self._end_now(serving)
        with contextlib.suppress(asyncio.CancelledError):
            await serving
        return DONE

    async def _end_now(self, serving: asyncio.Task[None]) -> None:
        """Kill what still runs."""
        if self._stack:
            # Otherwise it would start again what is killed now.
            self._stack.stop_watching()
        deadline = asyncio.get_running_loop().time() + END_SECONDS
        while not serving.done():
            kill_children()
            await asyncio.wait((serving,), timeout=0.1)
            if asyncio.get_running_loop().time() > deadline:
                end_children(END_SECONDS)
                sys.stdout.flush()
                os._exit(DONE)

    def _on_signal(self) -> None:
        if self._stop.is_set():
            self._stop_now.set()
        self._stop.set()

    async def _serve(self) -> None:
        # Imported here, because a sentence about wrong options does not need them.
        from glimpse.operations.outside.costs import Costs, workload_beside
        from glimpse.operations.outside.page_server import serving_page
        from glimpse.operations.outside.plan import read_plan

        arguments, data = self._options.arguments, self._options.data
        page_port = self._options.page_port or steady_port()
        options = replace(self._options, page_port=page_port)
        async with local_stack(options, partial(read_plan, arguments), self._print) as stack:
            self._stack = stack
            costs = Costs(stack.plan, workload_beside(arguments), partial(read_plan, arguments))
            async with serving_page(stack, partial(_run_drill, stack), costs, self._say, data, page_port) as url:
                stack.page_url = url
                running_stack.publish(data, stack.addresses)
                self._print_ready(stack)
                # What exists now stays until the end, so the collector need not look at it again.
                gc.collect()
                gc.freeze()
                await asyncio.Event().wait()

    def _print(self, code: str, **values: str | int) -> None:
        print(self._say(code, **values), flush=True)

    def _print_ready(self, stack: SupervisedStack) -> None:
        addresses, deployment, state = stack.addresses, stack.deployment, stack.state()
        tasks, balancer, database = deployment.tasks, deployment.balancer, deployment.database
        print()
        self._print("up_ready_chat", chat=addresses.chat, chat_2=addresses.chat_2)
        self._print("up_ready_page", page=addresses.page)
        print()
        on_spot = sum(task.capacity_provider == FARGATE_SPOT for task in state.tasks)
        self._print(
            "up_ready_tasks",
            count=len(state.tasks), on_demand=len(state.tasks) - on_spot, spot=on_spot,
            vcpu=f"{tasks.vcpu:g}", memory=tasks.memory_mib,
        )  # fmt: skip
        self._print(
            "up_ready_balancer_sticky" if balancer.is_sticky else "up_ready_balancer",
            idle=balancer.idle_timeout_seconds, delay=balancer.deregistration_delay_seconds,
            path=balancer.health_check.path, interval=balancer.health_check.interval_seconds,
        )  # fmt: skip
        if deployment.bus is None:
            self._print("up_ready_no_bus")
        else:
            # The program that runs here: Valkey, where the Terraform has Redis.
            program = next((part.program for part in state.parts if part.name == BUS), "PostgreSQL")
            self._print("up_ready_bus", bus=program)
        if database and database.instance_class and database.connections:
            self._print("up_ready_database", connections=database.connections, instance=database.instance_class)
        self._print(state.limits.why_not or "up_limits_hold")
        if stack.timings.speed > 1:
            self._print("up_ready_speed", speed=f"{stack.timings.speed:g}")
        print()
        self._print("up_ready_end", folder=str(self._options.data))


async def _run_drill(stack: SupervisedStack, request: DrillRequest) -> Drill:
    # Imported here: the clients of drills take 20 MB, which a stack without drills saves.
    from glimpse.operations.outside.drill_runner import run_drill

    return await run_drill(stack, request)


async def _wait_for_either(task: asyncio.Task[None], event: asyncio.Event, seconds: float | None = None) -> None:
    """Until the task has ended or the event is set, or for so many seconds."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait((task, waiting), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()

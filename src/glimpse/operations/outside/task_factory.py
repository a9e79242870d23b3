"""Makes the tasks of a service on this machine: their names, ports, settings and control groups."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

from glimpse.chat.outside.child_process import are_ports_free
from glimpse.operations.deployment import Deployment
from glimpse.operations.local.task_environment import task_environment
from glimpse.operations.outside.control_group import ControlGroup, remove_control_groups, why_no_control_groups
from glimpse.operations.outside.ecs_task import EcsTask, Record
from glimpse.operations.outside.haproxy import HaProxy
from glimpse.operations.outside.orphans import end_orphans
from glimpse.operations.outside.task_process import SERVE, TaskProcess
from glimpse.operations.state import Limits
from glimpse.operations.timings import Timings

PORTS = range(23_000, 32_000)
"""Below those that the kernel gives to outgoing connections, which many clients use up."""


class TaskFactory:
    """The arguments are those of EcsService. `limits`: whether a task really has its size."""

    def __init__(
        self,
        deployment: Deployment,
        timings: Timings,
        balancer: HaProxy,
        environment: Mapping[str, str],
        folder: Path,
        record: Record,
        command: Sequence[str] = SERVE,
    ) -> None:
        self._tasks, why_not = deployment.tasks, why_no_control_groups()
        self.limits = Limits(self._tasks.vcpu, self._tasks.memory_mib, why_not is None, why_not)
        self._timings, self._balancer, self._environment = timings, balancer, environment
        self._folder, self._record, self._command = folder, record, command
        self._group_prefix = f"glimpse-{hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]}"
        # Two stacks that start at the same moment begin with other ports.
        first = os.getpid() * 16 % len(PORTS)
        self._ports = cycle([*PORTS[first:], *PORTS[:first]])
        self._made = 0

    async def remove_leftovers(self) -> int:
        """Remove what a killed process left in the folder, and end its tasks: how many there were."""
        for log in self._folder.glob("task-*.log"):
            log.unlink(missing_ok=True)
        ended = await asyncio.to_thread(end_orphans, self._folder, "task-*")
        # It may have had more tasks than this service.
        remove_control_groups(self._group_prefix)
        return ended

    def make(self, server: str, capacity_provider: str, revision: int, deployed: Mapping[str, str]) -> EcsTask:
        """A task that is not started yet. `deployed`: the settings of earlier deploys, which `revision` names."""
        self._made += 1
        name, port = f"task-{self._made}", next(port for port in self._ports if are_ports_free(port))
        group = self._control_group(server) if self.limits.are_enforced else None
        environment = task_environment(self._tasks.environment, self._environment, deployed, self._timings, port)
        process = TaskProcess(name, environment, port, self._folder, group, self._command)
        return EcsTask(
            name, server, capacity_provider, revision, process, group, self._balancer, self._timings, self._record
        )

    def _control_group(self, server: str) -> ControlGroup:
        return ControlGroup(
            f"{self._group_prefix}-{server}", share=self._tasks.vcpu, max_bytes=self._tasks.memory_mib * 2**20
        )

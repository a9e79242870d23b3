"""
Processors of another kind: AWS's Graviton (ARM), and AMD's.

What people's own code runs on gives something up: a task, an instance or a function on ARM needs an image or packages
built for it, and AMD's processors lack instructions that some programs look for. A database, a cache or a search domain
gives up nothing: AWS runs the engine, whoever speaks its protocol sees no difference, and the classes have the same
vCPUs and memory. There it is the same for less.
"""

from __future__ import annotations

from dataclasses import replace

from glimpse.planner.levers.class_support import aurora_supports, database_supports
from glimpse.planner.levers.generations import change_caches, change_instances, change_search, of_class
from glimpse.planner.levers.lever import GIVES_UP, SAME_FOR_LESS, TERRAFORM, Lever, each_service, in_turn
from glimpse.planner.levers.sizes import AMD, ARM, ARM_MANAGED
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.fargate import LINUX, FargateService
from glimpse.planner.resources.function import Function, ProvisionedConcurrency
from glimpse.planner.stack import Resource, Stack

X86, ARM64 = "x86_64", "arm64"


def arm(stack: Stack, service: FargateService) -> FargateService:
    """Tasks on ARM processors; Windows has none."""
    if service.size is None or service.size.arch == ARM64 or service.os != LINUX:
        return service
    return replace(service, size=replace(service.size, arch=ARM64))


def arm_instances(stack: Stack) -> Stack:
    """EC2 on Graviton, where nothing says that the system is another than Linux."""
    return change_instances(stack, ARM, (None, "Linux"))


def amd_instances(stack: Stack) -> Stack:
    """EC2 on AMD's processors, a tenth cheaper by the hour than Intel's; x86 as before."""
    return change_instances(stack, AMD)


def arm_functions(stack: Stack) -> Stack:
    """Functions on ARM, with the environments that are kept ready for them; at the edge there is none."""

    def function(resource: Function) -> Resource:
        return replace(resource, arch=ARM64) if resource.arch == X86 and not resource.at_edge else resource

    def ready(resource: ProvisionedConcurrency) -> Resource:
        return replace(resource, arch=ARM64) if resource.arch == X86 else resource

    return stack.each(Function, function).each(ProvisionedConcurrency, ready)


def graviton_databases(stack: Stack) -> Stack:
    """RDS and Aurora on Graviton classes, where the engine's version runs on them."""

    def database(resource: Database) -> Resource:
        new = of_class(resource, stack, ARM_MANAGED)
        return replace(resource, instance_class=new) if new and database_supports(resource, new) else resource

    def aurora(resource: AuroraInstance) -> Resource:
        new = of_class(resource, stack, ARM_MANAGED)
        return replace(resource, instance_class=new) if new and aurora_supports(resource, new) else resource

    return stack.each(Database, database).each(AuroraInstance, aurora)


def graviton_caches(stack: Stack) -> Stack:
    return change_caches(stack, ARM_MANAGED)


def graviton_search(stack: Stack) -> Stack:
    return change_search(stack, ARM_MANAGED)


LEVERS = (
    Lever("graviton_databases", "database processor", SAME_FOR_LESS, graviton_databases, TERRAFORM, "variable"),
    Lever(
        "graviton_nodes", "node processor", SAME_FOR_LESS, in_turn(graviton_caches, graviton_search),
        TERRAFORM, "variable",
    ),
    Lever(
        "arm", "processor", GIVES_UP, each_service(arm), TERRAFORM, "config",
        gives_up="x86", edit={"cpu_architecture": "ARM64"},
    ),
    Lever(
        "arm_instances", "instance processor", GIVES_UP, arm_instances, TERRAFORM, "config", gives_up="x86",
    ),
    Lever(
        "amd_instances", "instance processor", GIVES_UP, amd_instances, TERRAFORM, "config", gives_up="intel",
    ),
    Lever(
        "arm_functions", "function processor", GIVES_UP, arm_functions, TERRAFORM, "config", gives_up="x86",
    ),
)  # fmt: skip

"""
Newer generations of instances, nodes and database classes: the same processors' architecture, for as much or less.

Nothing that an instance has may become less (sizes.py). What is reserved by its type is left alone, and so is an
instance of several types of which only the first is priced.

db.t2 becomes db.t3, whose bursts beyond the baseline RDS always charges, where those of db.t2 end: the saving holds up
to a number of CPU credit hours, which the planner says.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from glimpse.planner.levers.class_support import (
    GRAVITON,
    aurora_supports,
    cache_supports,
    database_supports,
    search_supports,
)
from glimpse.planner.levers.lever import SAME_FOR_LESS, TERRAFORM, Lever, in_turn
from glimpse.planner.levers.sizes import CACHE, MANAGED, NEWER, NEWER_MANAGED, successor
from glimpse.planner.resources.aurora import AuroraInstance
from glimpse.planner.resources.cache import MEMCACHED, Cache
from glimpse.planner.resources.database import Database
from glimpse.planner.resources.host import CapacityReservation
from glimpse.planner.resources.instance import HOST, STANDARD, Instances
from glimpse.planner.resources.search import Nodes, SearchDomain
from glimpse.planner.stack import Resource, Stack

R = TypeVar("R", Database, AuroraInstance)


def newer_instances(stack: Stack) -> Stack:
    """EC2: the next generation, with the credits of t2 as they were."""
    return change_instances(stack, NEWER)


def change_instances(stack: Stack, families: Mapping[str, str], systems: Collection[str | None] | None = None) -> Stack:
    """
    Instances of the families that follow, of these systems alone where any are named.

    Left alone is a type that decides something beside them: on a host, in a reservation, or the first of several.
    Those of t2 end their bursts with their credits unless told otherwise, and go on doing so.
    """
    reserved = {row.instance_type for row in stack.of(CapacityReservation)}

    def change(instances: Instances) -> Instances:
        old = instances.instance_type or ""
        new = successor(old, families)
        if new is None or old in reserved or instances.tenancy == HOST or instances.origin.address in stack.bought:
            return instances
        several = any(sentence.code == "first_of_types" for sentence in instances.assumes)
        if several or (systems is not None and instances.system not in systems):
            return instances
        if old.startswith("t2.") and instances.scales and instances.credits is None:
            # Launch configurations and node groups without a template cannot keep t3 from unlimited credits.
            return instances
        credits = instances.credits or (STANDARD if old.startswith("t2.") else None)
        return replace(instances, instance_type=new, credits=credits)

    return stack.each(Instances, change)


def of_class(resource: R, stack: Stack, families: Mapping[str, str]) -> str | None:
    """The class of a database that follows in these families; None where there is none, or it is reserved."""
    old = resource.instance_class or ""
    if not old.startswith("db.") or resource.origin.address in stack.bought:
        return None
    new = successor(old.removeprefix("db."), families, MANAGED)
    return f"db.{new}" if new else None


def newer_databases(stack: Stack) -> Stack:
    def database(resource: Database) -> Resource:
        new = of_class(resource, stack, NEWER_MANAGED)
        return replace(resource, instance_class=new) if new and database_supports(resource, new) else resource

    def aurora(resource: AuroraInstance) -> Resource:
        new = of_class(resource, stack, NEWER_MANAGED)
        return replace(resource, instance_class=new) if new and aurora_supports(resource, new) else resource

    return stack.each(Database, database).each(AuroraInstance, aurora)


def newer_caches(stack: Stack) -> Stack:
    """Few nodes can: those of t3 and m5 have a little less memory than those of t2 and m4."""
    return change_caches(stack, NEWER_MANAGED)


def change_caches(stack: Stack, families: Mapping[str, str]) -> Stack:
    def change(cache: Cache) -> Cache:
        old = (cache.node_type or "").removeprefix("cache.")
        new = successor(old, families, CACHE)
        if not new or cache.origin.address in stack.bought or not cache_supports(cache, new):
            return cache
        if cache.engine == MEMCACHED:
            # Its nodes are made anew, and what they hold is lost.
            return cache
        return replace(cache, node_type=f"cache.{new}")

    return stack.each(Cache, change)


def newer_search(stack: Stack) -> Stack:
    return change_search(stack, NEWER_MANAGED)


def change_search(stack: Stack, families: Mapping[str, str]) -> Stack:
    """
    All kinds of nodes of a domain together; only where the data nodes have EBS disks, which stay as they are.

    Nodes of one domain are all of Graviton or none (UltraWarm apart): where one kind cannot change, none does.
    """

    def change(domain: SearchDomain) -> SearchDomain:
        if domain.disk is None or domain.origin.address in stack.bought:
            return domain
        nodes = tuple(_newer_nodes(domain, row, families) for row in domain.nodes)
        kinds = {bool(GRAVITON.match(row.instance_type or "")) for row in nodes if not _is_warm(row)}
        return domain if len(kinds) > 1 else replace(domain, nodes=nodes)

    return stack.each(SearchDomain, change)


def _newer_nodes(domain: SearchDomain, row: Nodes, families: Mapping[str, str]) -> Nodes:
    new = successor((row.instance_type or "").removesuffix(".search"), families, MANAGED)
    return replace(row, instance_type=f"{new}.search") if new and search_supports(domain, new) else row


def _is_warm(row: Nodes) -> bool:
    return (row.instance_type or "").startswith("ultrawarm")


LEVERS = (
    Lever("newer_instances", "instance generation", SAME_FOR_LESS, newer_instances, TERRAFORM, "config"),
    Lever("newer_databases", "database generation", SAME_FOR_LESS, newer_databases, TERRAFORM, "variable"),
    Lever(
        "newer_nodes", "node generation", SAME_FOR_LESS, in_turn(newer_caches, newer_search), TERRAFORM, "variable",
    ),
)  # fmt: skip

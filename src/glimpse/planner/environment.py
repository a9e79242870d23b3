"""The environment of a resource, and whether it is production: others may have less, or be stopped at night."""

from __future__ import annotations

import re
from collections.abc import Iterable

NOT_PRODUCTION = frozenset(
    "dev develop development test testing stage staging stg qa uat sandbox demo nonprod non-production preview".split()
)
"""Words by which people call an environment that serves no customers, in tags and names of public Terraform trees."""

PRODUCTION = frozenset("prod production prd live preprod".split())
"""Words for production. A name that has one of these belongs to no other environment."""

NAME_PARTS = frozenset("dev development test staging stage qa sandbox demo".split())
"""The words that count as one part of a longer name."""


def is_not_production(environment: str | None) -> bool:
    """Whether an environment, as a tag or `glimpse.toml` calls it, is certainly not production. None is unknown."""
    return environment is not None and environment.strip().lower() in NOT_PRODUCTION


def environment_in(names: Iterable[str]) -> str | None:
    """The environment that is a part of a name (`shop-staging-db`); None where there is none, or also production."""
    parts = {part for name in names for part in re.split(r"[^a-z0-9]+", name.lower())}
    found = sorted(parts & NAME_PARTS)
    return found[0] if found and not parts & PRODUCTION else None

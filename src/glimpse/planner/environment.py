"""Which environment something belongs to, and whether that is production: what is not may have less, or rest."""

from __future__ import annotations

import re
from collections.abc import Iterable

NOT_PRODUCTION = frozenset(
    "dev develop development test testing stage staging stg qa uat sandbox demo nonprod non-production preview".split()
)
"""Words by which people call an environment that serves no customers, in tags and names of public Terraform trees."""

PRODUCTION = frozenset("prod production prd live preprod".split())
"""Words beside which none of the others counts: a name may hold both."""

NAMES = frozenset("dev development test staging stage qa sandbox demo".split())
"""The words that count as a part of a name, which says more than its environment."""


def is_not_production(environment: str | None) -> bool:
    """Whether an environment, as a tag or `glimpse.toml` calls it, is certainly not production. None is unknown."""
    return environment is not None and environment.strip().lower() in NOT_PRODUCTION


def environment_in(names: Iterable[str]) -> str | None:
    """The environment that is a part of a name (`shop-staging-db`); None where there is none, or also production."""
    parts = {part for name in names for part in re.split(r"[^a-z0-9]+", name.lower())}
    found = sorted(parts & NAMES)
    return found[0] if found and not parts & PRODUCTION else None

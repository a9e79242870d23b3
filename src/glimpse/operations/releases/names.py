"""The names of what a deploy makes and uses. All of them begin with the variable `name` of the Terraform."""

from __future__ import annotations

from msgspec import Struct

BOOTSTRAP_STATE = "bootstrap.tfstate"
ENVIRONMENT_STATE = "environment.tfstate"
"""The keys of the two states in the state bucket."""

SERVICE = "glimpse-api"

IMAGE_VARIABLE = "image_digest"
"""The variable of the environment that deploy itself gives."""

MIGRATION = "module.ecs.terraform_data.migration"
"""The resource that depends on all that a migration needs."""


class Names(Struct, frozen=True):
    """Of one environment in one account. `name` is Terraform's variable of that name."""

    name: str
    account: str
    region: str

    @property
    def state_bucket(self) -> str:
        return f"{self.name}-terraform-{self.account}"

    @property
    def repository(self) -> str:
        return f"{self.name}-api"

    @property
    def cluster(self) -> str:
        return self.name

    @property
    def task_family(self) -> str:
        return f"{self.name}-api"

    @property
    def migrate_family(self) -> str:
        return f"{self.name}-migrate"

    @property
    def log_group(self) -> str:
        return f"/ecs/{self.name}"

    @property
    def last_good_image(self) -> str:
        """The parameter with the digest that the last successful deploy ran."""
        return f"/{self.name}/image-digest"

    @property
    def jwt_secret(self) -> str:
        return f"/{self.name}/jwt-signing-keys"

    @property
    def database_password(self) -> str:
        return f"/{self.name}/database-password"

    @property
    def downloads_key(self) -> str:
        return f"/{self.name}/downloads-signing-key"

"""`glimpse deploy --rehearse`: the whole order of a deploy against fakes, on a clock on which waiting takes no time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.account import SPOT_VCPU, quota_too_small
from glimpse.operations.outside.deploy.clock import FakeClock
from glimpse.operations.outside.deploy.fake_aws import (
    REGION,
    FakeAccount,
    FakeAws,
    FakeCertificates,
    FakeImages,
    FakePrices,
    FakeSecrets,
    FakeTools,
    FakeVerifier,
    Killed,
)
from glimpse.operations.outside.deploy.fake_ecs import FakeEcs
from glimpse.operations.outside.deploy.fake_tasks import Behavior
from glimpse.operations.outside.deploy.fake_terraform import FakeTerraform
from glimpse.operations.releases.names import IMAGE_VARIABLE, MIGRATION
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, Confirm, Ports, Tell
from glimpse.operations.releases.values import Bills

START = 1_798_761_600.0
"""2027-01-01, the first second of every rehearsal."""

OLD_TAG = "a10b5c6d7e8f"
SECRETS = ("jwt-signing-keys", "database-password")

CASES = (
    "good",
    "later-deploy",
    "killed",
    "broken-image",
    "broken-first-image",
    "no-spot",
    "migration-fails",
    "migration-never-starts",
    "slow-delegation",
    "quota-too-small",
    "no-credentials",
)  # fmt: skip
"""
What may happen. `killed`: an earlier run was killed before the migration, and this one goes on. The cases about a
service that runs already start with one.
"""

NOTHING_PRICED = Bills(before=None, after="0", is_least=True)


class Rehearsal(Struct, eq=False):
    """The fakes of one case. Another machine is `terraform.on_another_machine()` in the place of `terraform`."""

    aws: FakeAws
    ecs: FakeEcs
    terraform: FakeTerraform
    bills: Bills = NOTHING_PRICED

    def ports(self, confirm: Confirm, tell: Tell) -> Ports:
        numbers = itertools.count(1)
        return Ports(
            account=FakeAccount(self.aws),
            tools=FakeTools(),
            terraform=self.terraform,
            certificates=FakeCertificates(self.aws),
            images=FakeImages(self.aws),
            secrets=FakeSecrets(self.aws),
            containers=self.ecs,
            prices=FakePrices(self.bills),
            verifier=FakeVerifier(),
            clock=self.aws.clock,
            random_text=lambda: f"{next(numbers):064x}",
            confirm=confirm,
            tell=tell,
        )


def rehearsal(case: str, name: str = "glimpse-prod", bills: Bills = NOTHING_PRICED) -> Rehearsal:
    """Raises Failure for a case that there is not."""
    if case not in CASES:
        raise Failure("deploy_unknown_rehearsal", given=case, cases=", ".join(CASES))
    clock = FakeClock(START)
    aws = FakeAws(clock)
    parameters = [f"/{name}/{secret}" for secret in SECRETS]
    aws.secret_names = set(parameters)

    def migrate(digest: str, command: Sequence[str]) -> tuple[int, Sequence[str]]:
        is_after = "--after" in command
        done = aws.migrated_after if is_after else aws.migrated
        has_work = digest not in done and not is_after
        done.add(digest)
        return 0, ["Applied: 0001_before_first." if has_work else "The database is up to date; nothing was changed."]

    ecs = FakeEcs(clock, Behavior(aws.start_problem, aws.serves, migrate))
    secrets = [{"name": parameter, "store": "parameter_store", "kind": "random"} for parameter in parameters]
    made = Rehearsal(aws, ecs, FakeTerraform(aws, ecs, secrets), bills)
    if case in _PREPARE:
        _PREPARE[case](made)
    return made


def killable(ports: Ports, before: int) -> Ports:
    """Ports whose call with this number, from 0, raises Killed instead of being made. The clock is no such call."""
    numbers = itertools.count()
    kept = {"clock", "confirm", "tell", "random_text"}
    names = [name for name in Ports.__struct_fields__ if name not in kept]
    return replace(ports, **{name: _Killable(getattr(ports, name), numbers, before) for name in names})


class _Killable:
    def __init__(self, port: Any, numbers: itertools.count[int], before: int) -> None:
        self._port, self._numbers, self._before = port, numbers, before

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def call(*given: Any, **named: Any) -> Any:
            if next(self._numbers) == self._before:
                raise Killed
            return method(*given, **named)

        return call


# ---- The cases


def _run_old_release(made: Rehearsal) -> None:
    """What a deploy of an older image has left."""
    _bootstrap(made)
    _prepare_image(made, OLD_TAG)
    _apply(made, OLD_TAG)
    made.aws.clock.sleep(600.0)
    digest = made.aws.digest_of(OLD_TAG)
    made.aws.migrated_after.add(digest)
    made.aws.parameters[f"/{_name(made)}/image-digest"] = digest


def _killed_before_migration(made: Rehearsal) -> None:
    _bootstrap(made)
    _prepare_image(made, made.aws.tag)
    made.aws.migrated.clear()


def _broken_image(made: Rehearsal) -> None:
    _run_old_release(made)
    made.aws.broken.add(made.aws.digest_of(made.aws.tag))


def _broken_first_image(made: Rehearsal) -> None:
    made.aws.broken.add(made.aws.digest_of(made.aws.tag))


def _no_spot(made: Rehearsal) -> None:
    _run_old_release(made)
    made.ecs.behavior.has_spot = False


def _migration_fails(made: Rehearsal) -> None:
    _run_old_release(made)
    log = ("0007_statistics.sql: canceling statement due to lock timeout",)
    made.ecs.behavior.run = lambda digest, command: (1, log)


def _migration_never_starts(made: Rehearsal) -> None:
    made.ecs.behavior.start_problem = lambda digest: (
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): "
        "image Manifest does not contain descriptor matching platform 'linux/amd64'"
    )


def _slow_delegation(made: Rehearsal) -> None:
    made.aws.delegation_seconds = 48 * 3600.0


def _quota_too_small(made: Rehearsal) -> None:
    made.aws.missing = (quota_too_small(SPOT_VCPU, limit=6, needed=10, region=REGION),)


def _no_credentials(made: Rehearsal) -> None:
    made.aws.has_credentials = False


_PREPARE: Mapping[str, Callable[[Rehearsal], None]] = {
    "later-deploy": _run_old_release,
    "killed": _killed_before_migration,
    "broken-image": _broken_image,
    "broken-first-image": _broken_first_image,
    "no-spot": _no_spot,
    "migration-fails": _migration_fails,
    "migration-never-starts": _migration_never_starts,
    "slow-delegation": _slow_delegation,
    "quota-too-small": _quota_too_small,
    "no-credentials": _no_credentials,
}


def _name(made: Rehearsal) -> str:
    return next(iter(made.aws.secret_names)).split("/")[1]


def _bootstrap(made: Rehearsal) -> None:
    names, terraform = FakeAccount(made.aws).names(_name(made)), made.terraform
    terraform.open(BOOTSTRAP, names, is_kept=False)
    terraform.apply(BOOTSTRAP, terraform.plan(BOOTSTRAP, {}))
    terraform.keep_state(names)
    terraform.open(ENVIRONMENT, names)
    made.aws.clock.sleep(made.aws.delegation_seconds)


def _prepare_image(made: Rehearsal, tag: str) -> None:
    """Up to the migration and with it."""
    address = str(made.terraform.outputs(BOOTSTRAP)["repository_url"])
    image = FakeImages(made.aws).build_and_push(address, tag, "X86_64")
    variables = {IMAGE_VARIABLE: image.digest}
    made.terraform.apply(ENVIRONMENT, made.terraform.plan(ENVIRONMENT, variables, MIGRATION))
    made.aws.parameters.update(dict.fromkeys(made.aws.secret_names, "kept"))
    made.aws.migrated.add(image.digest)


def _apply(made: Rehearsal, tag: str) -> None:
    variables = {IMAGE_VARIABLE: made.aws.digest_of(tag)}
    made.terraform.apply(ENVIRONMENT, made.terraform.plan(ENVIRONMENT, variables))

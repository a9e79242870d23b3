"""The two roots of the Terraform, by the program `terraform`."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from glimpse.chat.failure import Failure
from glimpse.operations.outside.deploy.terraform_process import Message, run_terraform
from glimpse.operations.outside.text_file import write_file
from glimpse.operations.releases.names import BOOTSTRAP_STATE, ENVIRONMENT_STATE, Names
from glimpse.operations.releases.ports import BOOTSTRAP, ENVIRONMENT, Tell, nothing
from glimpse.operations.releases.progress import TOLD_EVERY_SECONDS, elapsed
from glimpse.operations.releases.values import Change, TerraformPlan

NO_CHANGES, CHANGES = 0, 2
"""The exit codes of `plan -detailed-exitcode`."""

OVERRIDE = "backend_override.tf"
"""Terraform reads a file of this name last, so the bootstrap needs no backend that does not exist yet."""

OVERRIDE_TEXT = """\
# Written by `glimpse deploy`: where the state of this root is. Not for version control.
terraform {{
  backend "{kind}" {{
{settings}  }}
}}
"""

DECLARED = re.compile(r'^\s*variable\s+"([^"]+)"', re.MULTILINE)
OWN_VALUES = ("terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json")
"""The files of values that Terraform reads by itself, in its order."""

FILE, OPTION = "file", "option"
KINDS = {"--var-file": FILE, "--var": OPTION}
NO_OP, READ, MANAGED = "no-op", "read", "managed"

DONE_CODES = {
    "create": "deploy_terraform_created",
    "update": "deploy_terraform_changed",
    "delete": "deploy_terraform_deleted",
}


class Roots(Struct, frozen=True):
    """
    The folders of the two roots, and the values of variables as a person gave them, in their order: (FILE, path) or
    (OPTION, "name=value").
    """

    bootstrap: Path
    environment: Path
    values: Sequence[tuple[str, str]] = ()

    def folder(self, root: str) -> Path:
        return self.bootstrap if root == BOOTSTRAP else self.environment

    def values_of(self, root: str) -> Sequence[tuple[str, str]]:
        """
        The values that are given to a root. What is stated for the environment counts for the bootstrap as well. An
        option that only the other root declares would be refused; one that none declares is the environment's.
        """
        own = declared(self.bootstrap)
        if root == BOOTSTRAP:
            found = [(FILE, str(path)) for path in _own_values(self.environment)]
            return [*found, *(value for value in self.values if value[0] == FILE or _name(value) in own)]
        of_environment = declared(self.environment)
        return [
            value for value in self.values
            if value[0] == FILE or _name(value) in of_environment or _name(value) not in own
        ]  # fmt: skip

    @classmethod
    def of(cls, arguments: Sequence[str], region: str | None) -> Roots:
        """
        The roots that the arguments of `glimpse plan` mean. `region` is the variable of that name. Raises Failure.
        """
        environment = Path(arguments[0]).resolve()
        bootstrap = next((above / BOOTSTRAP for above in environment.parents if (above / BOOTSTRAP).is_dir()), None)
        if bootstrap is None or not environment.is_dir():
            raise Failure("deploy_not_own_tree", path=arguments[0])
        values = [(OPTION, f"region={region}")] if region else []
        for option, value in zip(arguments[1::2], arguments[2::2], strict=True):
            if option in KINDS:
                values.append((KINDS[option], str(Path(value).resolve()) if option == "--var-file" else value))
        return cls(bootstrap, environment, values)

    def plan_arguments(self) -> Sequence[str]:
        """For `glimpse plan`, which refuses a value that the environment does not declare, as Terraform does."""
        options = {kind: option for option, kind in KINDS.items()}
        found = [text for kind, value in self.values_of(ENVIRONMENT) for text in (options[kind], value)]
        return [str(self.environment), *found]


def declared(folder: Path) -> set[str]:
    """The variables of a root."""
    return {name for file in folder.glob("*.tf") for name in DECLARED.findall(file.read_text(encoding="utf-8"))}


def _own_values(folder: Path) -> Sequence[Path]:
    return [path.resolve() for pattern in OWN_VALUES for path in sorted(folder.glob(pattern))]


def _name(value: tuple[str, str]) -> str:
    return value[1].partition("=")[0].strip()


class TerraformProgram:
    """
    Implements releases.ports.Terraform. `scratch` is a private folder for plans and logs. `backend_settings` are more
    settings of the S3 backend, as texts of HCL.
    """

    def __init__(
        self,
        roots: Roots,
        scratch: Path,
        tell: Tell,
        backend_settings: Mapping[str, str] | None = None,
        program: str = "terraform",
    ) -> None:
        self._roots, self._scratch, self._tell, self._program = roots, scratch, tell, program
        self._backend_settings = backend_settings or {}
        self._count = 0

    def open(self, root: str, names: Names, is_kept: bool = True) -> bool:
        if root != BOOTSTRAP:
            self._refuse_local_state(names)
            self._init(root, "-reconfigure", *self._bucket(root, names))
            return True
        if is_kept:
            self._override("s3")
            self._init(root, "-reconfigure", *self._bucket(root, names))
            return True
        state = self._local_state(names)
        self._override("local", path=json.dumps(state.name))
        # Whatever .terraform remembers is of an earlier run, which may have ended at any moment: it decides nothing.
        self._init(root, "-reconfigure")
        return state.exists() and state.stat().st_size > 0

    def keep_state(self, names: Names) -> None:
        self._override("s3")
        # This is the one that refuses -json: it might ask, if it were not forced.
        settings = self._bucket(BOOTSTRAP, names)
        self._run(BOOTSTRAP, ["init", "-no-color", "-input=false", "-migrate-state", "-force-copy", *settings])

    def plan(self, root: str, variables: Mapping[str, str], target: str | None = None) -> TerraformPlan:
        file = self._file(f"{root}.tfplan")
        arguments = ["plan", "-json", "-input=false", "-detailed-exitcode", f"-out={file}"]
        if target is not None:
            arguments.append(f"-target={target}")
        began = told = time.monotonic()

        def on_message(message: Message) -> None:
            nonlocal told
            if time.monotonic() - told >= TOLD_EVERY_SECONDS:
                told = time.monotonic()
                self._tell("deploy_terraform_plans", time=elapsed(told - began))

        code = self._run(root, [*arguments, *self._values(root, variables)], on_message, (NO_CHANGES, CHANGES))
        shown = self._shown(root, file)
        json_file = file.with_suffix(".json")
        json_file.write_bytes(shown)
        changes = changes_of(json.loads(shown))
        return TerraformPlan(changes, str(file), str(json_file), code == CHANGES and not changes, root)

    def apply(self, root: str, plan: TerraformPlan, look: Callable[[], None] = nothing) -> None:
        self._run(root, ["apply", "-json", "-input=false", plan.file], _Applied(self._tell).on_message, look=look)

    def outputs(self, root: str) -> Mapping[str, object]:
        found = json.loads(self._printed(root, "output", "-json"))
        return {name: output["value"] for name, output in found.items()}

    def _values(self, root: str, variables: Mapping[str, str]) -> Sequence[str]:
        """What deploy gives itself comes last, and so decides."""
        found = [f"-var-file={text}" if kind == FILE else f"-var={text}" for kind, text in self._roots.values_of(root)]
        return [*found, *(f"-var={name}={value}" for name, value in variables.items())]

    def _bucket(self, root: str, names: Names) -> Sequence[str]:
        settings = {
            "bucket": names.state_bucket,
            "key": BOOTSTRAP_STATE if root == BOOTSTRAP else ENVIRONMENT_STATE,
            "region": names.region,
            "use_lockfile": "true",
            **self._backend_settings,
        }
        return [f"-backend-config={name}={value}" for name, value in settings.items()]

    def _local_state(self, names: Names) -> Path:
        """Of the first bootstrap: a file for each environment, or the one that a bootstrap by hand has left."""
        folder = self._roots.bootstrap
        by_hand = folder / "terraform.tfstate"
        own = folder / f"{names.state_bucket}.tfstate"
        if not own.exists() and by_hand.exists() and f'"{names.state_bucket}"' in by_hand.read_text(encoding="utf-8"):
            return by_hand
        return own

    def _refuse_local_state(self, names: Names) -> None:
        """An environment that was applied by hand, without a backend, would be made a second time."""
        folder = self._roots.environment
        state = folder / "terraform.tfstate"
        if state.exists() and '"mode": "managed"' in state.read_text(encoding="utf-8", errors="replace"):
            settings = " ".join(self._bucket(ENVIRONMENT, names)[:3])
            raise Failure("deploy_local_state", path=str(state), folder=str(folder), settings=settings)

    def _override(self, kind: str, **settings: str) -> None:
        lines = "".join(f"    {name} = {value}\n" for name, value in settings.items())
        path = self._roots.bootstrap / OVERRIDE
        text = OVERRIDE_TEXT.format(kind=kind, settings=lines)
        write_file(path, text)

    def _init(self, root: str, *arguments: str) -> None:
        self._run(root, ["init", "-json", "-input=false", *arguments])

    def _run(
        self,
        root: str,
        arguments: Sequence[str],
        on_message: Any = lambda message: None,
        fine: Any = (0,),
        look: Callable[[], None] = nothing,
    ) -> int:
        log = self._file(f"{root}-{arguments[0]}.log")
        folder = self._roots.folder(root)
        return run_terraform(self._program, folder, arguments, log, self._tell, on_message, fine, look)

    def _shown(self, root: str, file: Path) -> bytes:
        return self._printed(root, "show", "-json", str(file))

    def _printed(self, root: str, *arguments: str) -> bytes:
        folder = self._roots.folder(root)
        done = subprocess.run(  # noqa: S603
            [self._program, f"-chdir={folder}", *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if done.returncode:
            detail = done.stderr.decode(errors="replace").strip()[-600:]
            raise Failure("deploy_terraform_failed", command=arguments[0], folder=folder.name, detail=detail)
        return done.stdout

    def _file(self, name: str) -> Path:
        self._count += 1
        return self._scratch / f"{self._count:02}-{name}"


def changes_of(plan: Mapping[str, Any]) -> Sequence[Change]:
    """The resources that a plan, as `terraform show -json` prints it, changes."""
    return [
        Change(found["address"], found["type"], tuple(found["change"]["actions"]))
        for found in plan.get("resource_changes", ())
        if found["mode"] == MANAGED and not set(found["change"]["actions"]) <= {NO_OP, READ}
    ]


class _Applied:
    """Tells each resource that is done, and at most every 15 s the one that takes longest."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told = time.monotonic()

    def on_message(self, message: Message) -> None:
        hook = message.get("hook") or {}
        address = (hook.get("resource") or {}).get("addr", "")
        seconds = int(hook.get("elapsed_seconds") or 0)
        if message.get("type") == "apply_complete" and (code := DONE_CODES.get(str(hook.get("action")))):
            self._tell(code, address=address, time=elapsed(seconds))
        elif message.get("type") == "apply_progress" and time.monotonic() - self._told >= TOLD_EVERY_SECONDS:
            self._told = time.monotonic()
            self._tell("deploy_terraform_works", address=address, time=elapsed(seconds))

"""The JSON of a plan (`terraform show -json PLAN`) or of a state: everything evaluated by Terraform itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Set
from functools import partial
from pathlib import Path
from typing import Any

from glimpse.planner.finding import Finding, InputError
from glimpse.planner.outside.file_trees import DISK, MAX_INPUT_BYTES, STANDARD_INPUT, FileTree
from glimpse.planner.outside.terraform_files.block import AT_APPLY, Block, UnknownsIn, Values
from glimpse.planner.outside.terraform_files.directory import Directory
from glimpse.planner.outside.terraform_files.plan_configuration import INDEX, MODULE, PlanConfiguration
from glimpse.planner.outside.terraform_files.plan_links import Links
from glimpse.planner.outside.terraform_files.plan_region import PlanRegions
from glimpse.planner.outside.terraform_files.plan_values import known_ids, marked, resources_of, stated
from glimpse.planner.outside.terraform_files.project import checked_project
from glimpse.planner.outside.terraform_files.read_result import ReadResult
from glimpse.planner.outside.terraform_files.resource_types import is_free
from glimpse.planner.sentence import Sentence, say
from glimpse.planner.terraform.errors import EvaluationError, TooMuch
from glimpse.planner.terraform.folders import is_terraform_file
from glimpse.planner.terraform.modules import VariableRefused
from glimpse.planner.terraform.sources import OutsideProject
from glimpse.planner.terraform.syntax import SyntaxProblem
from glimpse.planner.terraform.values import Cause, Unknown
from glimpse.planner.terraform.worlds import World

ZIP = b"PK\x03\x04"
"""How a plan file begins: it is a ZIP archive (Terraform's package internal/plans/planfile)."""

MAX_NAMED = 10
BROKEN = (KeyError, TypeError, AttributeError, ValueError, RecursionError)
"""What a reading raises for JSON that Terraform did not make."""


def read_plan(
    path: Path,
    *,
    project: Path | None = None,
    environment: Mapping[str, str] | None = None,
    locate: bool = True,
    tree: FileTree = DISK,
) -> ReadResult:
    """
    The resources of a plan or a state; `-` is the standard input. `locate` says whether a region is wanted that the
    plan's provider does not tell. Raises InputError when the file is not the JSON of a plan or a state.
    """
    name = _name_of(path)
    plan = _document(_content(path, tree), name)
    values = plan.get("planned_values", plan.get("values"))
    if values is None and "format_version" in plan and "planned_values" not in plan:
        values = {"root_module": {}}  # `terraform show -json` of a state without anything
    if not isinstance(values, dict) or not isinstance(values.get("root_module"), dict):
        raise InputError(say("not_a_plan", path=name))
    try:
        read = _Plan(plan, values["root_module"], name)
        files = partial(_region_of_files, path, project, environment or {}, read.configuration, tree)
        return read.read(files if locate else lambda: None, environment or {})
    except BROKEN:
        raise InputError(say("not_a_plan", path=name)) from None


def _name_of(path: Path) -> str:
    """How messages call what was given."""
    return "stdin" if str(path) == STANDARD_INPUT else str(path)


def _content(path: Path, tree: FileTree) -> bytes:
    content = tree.read(path, MAX_INPUT_BYTES + 1)
    if len(content) > MAX_INPUT_BYTES:
        raise InputError(say("too_large_file", path=_name_of(path), limit=MAX_INPUT_BYTES))
    return content


def _document(content: bytes, name: str) -> Mapping[str, Any]:
    """The object that a file holds, in UTF-8, UTF-16 (as PowerShell writes it) or UTF-32. Raises InputError."""
    if content.startswith(ZIP):
        raise InputError(say("plan_not_shown", path=name))
    try:
        found = json.loads(content)
    except ValueError as error:
        if _is_log(content):
            raise InputError(say("plan_log", path=name)) from None
        line = getattr(error, "lineno", None)
        raise InputError(say("not_json", detail=getattr(error, "msg", "not UTF-8")), name, line) from None
    except RecursionError:
        raise InputError(say("not_a_plan", path=name)) from None
    if not isinstance(found, dict):
        raise InputError(say("not_a_plan", path=name))
    if isinstance(found.get("version"), int) and ("lineage" in found or "serial" in found):
        raise InputError(say("state_not_shown", path=name))
    return found


def _is_log(content: bytes) -> bool:
    """Whether this is what `terraform plan -json` prints: a message on each line, and no plan."""
    try:
        first = json.loads(content.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "@level" in first


class _Plan:
    def __init__(self, plan: Mapping[str, Any], root: Mapping[str, Any], name: str) -> None:
        self.configuration = PlanConfiguration(plan)
        self._name = name
        self._plan = plan
        self._unknown = {
            entry["address"]: entry.get("change", {}).get("after_unknown") for entry in plan.get("resource_changes", ())
        }
        # A deposed object goes with the next `apply`; its address is that of what replaced it.
        managed = (row for row in resources_of(root) if row.get("mode", "managed") == "managed")
        self._rows = [row for row in managed if "deposed_key" not in row]
        self._volumes = {row["values"].get("id") for row in self._rows if row["type"] == "aws_ebs_volume"} - {None}
        prior = plan.get("prior_state", {}).get("values", {}).get("root_module", {})
        self._data = [row for row in (*resources_of(root), *resources_of(prior)) if row.get("mode") == "data"]
        read = [row for row in self._data if isinstance(row.get("values"), Mapping)]
        self._links = Links(self.configuration, self._rows, plan.get("relevant_attributes", ()), known_ids(read))
        self._paths = [_path(row) for row in self._rows]
        self._configs = [
            self.configuration.resource(path, row) for path, row in zip(self._paths, self._rows, strict=True)
        ]

    def read(self, files: Callable[[], str | None], environment: Mapping[str, str]) -> ReadResult:
        keys = [self._provider(config) for config in self._configs]
        data = [(row, self.configuration.resource(_path(row), row)) for row in self._data]
        regions = PlanRegions(
            self.configuration,
            list(zip(self._rows, keys, self._configs, strict=True)),
            [(row, self._provider(config), config) for row, config in data],
        )
        place = regions.of_plan(files, environment)
        blocks = []
        for row, path, config, key in zip(self._rows, self._paths, self._configs, keys, strict=True):
            values = self._values(row, path, config)
            links = self._links.of(row["address"], path, config, values)
            blocks.append(
                Block(
                    address=row["address"],
                    type=row["type"],
                    values=Values(values),
                    unknowns=self._guarded(links),
                    region=regions.of_resource(row, key),
                )
            )
        return ReadResult(
            tuple(blocks),
            place.region,
            tuple(self._missing()),
            region_from=place.origin,
            candidates=place.candidates,
        )

    def _provider(self, config: Mapping[str, Any] | None) -> str:
        """The key of a resource's provider. One that a module is handed in has the name that it has outside."""
        key = str((config or {}).get("provider_config_key", "aws"))
        return key if key in self.configuration.providers else key.rpartition(":")[2]

    def _values(
        self, row: Mapping[str, Any], path: tuple[str, ...], config: Mapping[str, Any] | None
    ) -> Mapping[str, Any]:
        after_apply = Unknown(causes=frozenset((Cause(AT_APPLY, row["address"]),)))
        planned = (
            _without(self._volumes, row.get("values", {})) if row["type"] == "aws_instance" else row.get("values", {})
        )
        values: Mapping[str, Any] = marked(planned, self._unknown.get(row["address"]), after_apply)
        if config is None:
            return values
        return stated(values, [config.get("expressions", {})], partial(self.configuration.is_settled, path, config))

    def _guarded(self, links: UnknownsIn) -> UnknownsIn:
        """
        The links, which are followed only when a family asks for them: JSON that is no plan may fail as late as that.
        """

        def unknowns(argument: str) -> Any:
            try:
                return links(argument)
            except BROKEN:
                raise InputError(say("not_a_plan", path=self._name)) from None

        return unknowns

    # ---- What the plan leaves out

    def _missing(self) -> Iterator[Finding]:
        """What the configuration has and the plan lacks: by `-target`, an error, or because it was put off."""
        for entry in self._plan.get("deferred_changes", ()):
            change = entry.get("resource_change", {})
            if not is_free(str(change.get("type", ""))):
                yield Finding(say("plan_deferred", address=str(change.get("address", "?"))))
        complete = self._plan.get("complete")
        # A plan without `complete` was made by Terraform 1.7 or older, which does not mark what -target makes.
        lacking = [] if complete else list(self._lacking(certain=complete is None))
        if complete is False or lacking:
            yield Finding(_incomplete(lacking))

    def _lacking(self, *, certain: bool) -> Iterator[str]:
        """The resource blocks without any planned instance; `certain`, only those that must have one."""
        if "configuration" not in self._plan or "planned_values" not in self._plan:
            return
        planned = {INDEX.sub("", row["address"]) for row in self._rows}
        gone = {
            INDEX.sub("", change["address"])
            for change in self._plan.get("resource_changes", ())
            if change.get("change", {}).get("actions") == ["delete"]
        }
        for address, type_, repeated in self.configuration.declared():
            if address not in planned | gone and not is_free(type_) and not (certain and repeated):
                yield address


def _without(volumes: Set[str], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """An instance's values without the attached disks that are resources of their own: a state holds those twice."""
    disks = values.get("ebs_block_device")
    if not disks or not volumes:
        return values
    return {**values, "ebs_block_device": [disk for disk in disks if disk.get("volume_id") not in volumes]}


def _path(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the modules that a resource stands in."""
    return tuple(MODULE.findall(INDEX.sub("", row["address"])))


def _incomplete(lacking: list[str]) -> Sentence:
    if not lacking:
        return say("plan_incomplete")
    names = ", ".join(lacking[:MAX_NAMED]) + (", …" if len(lacking) > MAX_NAMED else "")
    return say("plan_incomplete_named", names=names, count=len(lacking))


def _region_of_files(
    plan: Path,
    project: Path | None,
    environment: Mapping[str, str],
    configuration: PlanConfiguration,
    tree: FileTree,
) -> str | None:
    """
    The region of the provider in the files beside a plan, evaluated with the plan's variables. None where they are not
    those that the plan was made of, or do not tell it.
    """
    folder = plan.parent
    given = [("plan.tfvars.json", json.dumps(configuration.values).encode())]
    try:
        if not configuration.root or not any(map(is_terraform_file, tree.names_in(folder))):
            return None
        directory = Directory(folder, checked_project(project, folder, tree), given, environment, tree)
        own = directory.sources.folder(".")
        if not all(
            tuple(address.split(".")) in own.resources
            for address, _, _ in configuration.declared()
            if not address.startswith("module.")
        ):
            return None
        region = directory.configuration(World()).root.region("aws")
    except (
        InputError,
        TooMuch,
        EvaluationError,
        SyntaxProblem,
        VariableRefused,
        OutsideProject,
        OSError,
        RecursionError,
    ):
        return None
    return region if isinstance(region, str) else None

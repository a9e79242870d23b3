"""
Terraform's own plans of whole trees, made with the stand-in provider that reaches nothing.

The stand-in is started several times for a plan and reads its whole schema each time: so it is given that of the
resources which the trees have, and trees that need nothing of their own are planned together, as modules of one root
and with one provider: each further one would be started anew.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tree_sitter import Node

from tests.planner.terraform.hiding import blocks_of, parsed
from tests.planner.terraform.whole_trees import SHARED, Tree

STAND_IN = SHARED / "tools/terraform-offline/terraform-offline"
IS_HERE = bool(shutil.which("terraform") and STAND_IN.exists())
NOT_RUN = "NOT RUN: terraform or its stand-in provider is not here"
ENVIRONMENT = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_INPUT": "0", "TF_CLI_ARGS": "-no-color"}
REQUIRED = Path(__file__).parent / "required"
"""What the provider wants to be said in a case and no bill hangs on, for each case that lacks it."""


PROVIDER = re.compile(rb'^provider "aws" \{\s*region\s*=\s*"([a-z0-9-]+)"\s*\}\n', re.MULTILINE)
"""A provider that says its region and nothing else."""


BACKEND = re.compile(rb'^  backend "s3" \{.*?^  \}\n', re.MULTILINE | re.DOTALL)
"""Where a state is kept: a plan here has none."""


class Refused(Exception):
    """Terraform plans nothing of a tree, and says why."""


def completed(text: bytes, required: bytes) -> bytes:
    """A file with what is required written into its blocks: those of the same words are paired in their order."""
    for place, part in sorted(_missing(parsed(text), parsed(required)), reverse=True):
        text = text[:place] + b"\n" + part + b"\n" + text[place:]
    return text


def _missing(node: Node, required: Node) -> Iterator[tuple[int, bytes]]:
    """What the blocks in a node lack, each with the place where it belongs."""
    there: dict[tuple[str, ...], list[Node]] = {}
    for words, block in blocks_of(node):
        there.setdefault(tuple(words), []).append(block)
    begins = next((child.end_byte for child in node.children if child.type == "block_start"), 0)
    for words, wanted in blocks_of(required):
        if left := there.get(tuple(words)):
            block = left.pop(0)
            inside = next(child.end_byte for child in block.children if child.type == "block_start")
            bodies = [child for child in wanted.children if child.type == "body"]
            for part in (part for body in bodies for part in body.children if part.type == "attribute"):
                yield inside, part.text or b""
            yield from _missing(block, wanted)
        else:
            yield begins, wanted.text or b""


class Planner:
    """A folder with the stand-in installed once, for these trees."""

    def __init__(self, folder: Path, trees: Sequence[Tree]) -> None:
        self.folder = folder
        installed = self._installed()
        top = next(parent for parent in installed.parents if parent.name == "mirror")
        mirror = folder / "mirror" / installed.parent.relative_to(top)
        mirror.mkdir(parents=True)
        shutil.copy(installed, mirror)
        schema = json.loads((installed.parent / "schema.json").read_text())
        types = {(words[0], words[1]) for tree in trees for words in _words_in(tree) if len(words) > 2}
        for kind, entries in (("resource", "resources"), ("data", "data")):
            schema[entries] = {name: entry for name, entry in schema[entries].items() if (kind, name) in types}
        (mirror / "schema.json").write_text(json.dumps(schema))
        self.settings = folder / "terraformrc"
        self.settings.write_text(
            f'provider_installation {{\n  filesystem_mirror {{ path = "{folder / "mirror"}" }}\n}}\n'
        )
        (folder / "main.tf").write_text('provider "aws" {}\n')
        self._run(folder, "init", "-backend=false")

    @staticmethod
    def _installed() -> Path:
        """The stand-in's executable, which its wrapper installs when it is first run."""
        subprocess.run([STAND_IN, "version"], capture_output=True, check=True)
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "terraform-offline"
        cache = Path(os.environ.get("TERRAFORM_OFFLINE_CACHE") or caches)
        return next(cache.glob("mirror/**/terraform-provider-aws_v*")).resolve()

    def plan(self, tree: Tree, variables: Sequence[str] = (), targets: Sequence[str] = ()) -> Mapping[str, Any]:
        """The plan of one tree, or of the resources in it that are targets. Raises Refused."""
        place = self._place(tree)
        options = [option for text in variables for option in ("-var", text)]
        return self._planned(place / tree.root, [*options, *(f"-target={target}" for target in targets)])

    def plans(self, trees: Mapping[str, Tree]) -> dict[str, Mapping[str, Any] | Refused]:
        """A plan of each of these trees; all at once where Terraform takes them all."""
        folder = self.folder / "joined"
        folder.mkdir()
        calls = {f"m{place}": name for place, name in enumerate(trees)}
        for call, name in calls.items():
            shutil.copytree(self._place(trees[name]), folder / call)
            for path in (folder / call).glob("*.tf"):
                path.write_bytes(PROVIDER.sub(b"", path.read_bytes()))
        modules = "".join(f'module "{call}" {{\n  source = "./{call}"\n}}\n' for call in calls)
        (folder / "main.tf").write_text(f'provider "aws" {{\n  region = "us-east-1"\n}}\n{modules}')
        try:
            document = self._planned(folder, ())
        except Refused:
            return {name: self._plan_or_refusal(tree) for name, tree in trees.items()}
        return {name: part_of(document, call, region_of(trees[name]) or "") for call, name in calls.items()}

    def _plan_or_refusal(self, tree: Tree) -> Mapping[str, Any] | Refused:
        try:
            return self.plan(tree)
        except Refused as refused:
            return refused

    def _place(self, tree: Tree) -> Path:
        """A tree's own folder, with what it lacks written into it."""
        place = self.folder / "trees" / tree.top.name
        if not place.exists():
            tree.copy_to(place)
            for path in place.rglob("*.tf"):
                path.write_bytes(BACKEND.sub(b"", path.read_bytes()))
            required = REQUIRED / f"{tree.top.name}.tf"
            if required.exists():
                main = place / "main.tf"
                main.write_bytes(completed(main.read_bytes(), required.read_bytes()))
        return place

    def _planned(self, root: Path, options: Sequence[str]) -> Mapping[str, Any]:
        (root / ".terraform").mkdir(exist_ok=True)
        providers = root / ".terraform/providers"
        if not providers.is_symlink():
            providers.symlink_to(self.folder / ".terraform/providers")
        shutil.copy(self.folder / ".terraform.lock.hcl", root)
        self._run(root, "get")
        self._run(root, "plan", "-out=plan.bin", "-lock=false", "-refresh=false", *options)
        document: Mapping[str, Any] = json.loads(self._run(root, "show", "-json", "plan.bin"))
        return document

    def _run(self, folder: Path, *command: str) -> str:
        environment = {"PATH": os.environ["PATH"], "TF_CLI_CONFIG_FILE": str(self.settings), **ENVIRONMENT}
        if command[0] == "show":
            del environment["TF_CLI_ARGS"]
        done = subprocess.run(["terraform", *command], cwd=folder, env=environment, capture_output=True, text=True)
        if done.returncode:
            said = re.findall(r"Error: (.+)", done.stdout + done.stderr)
            raise Refused("; ".join(dict.fromkeys(said)) or done.stderr)
        return done.stdout


def _words_in(tree: Tree) -> Iterator[Sequence[str]]:
    for text in tree.files().values():
        yield from (words for words, _ in blocks_of(parsed(text)))


def region_of(tree: Tree) -> str | None:
    """The region of a tree's only provider, where it says that in so many words."""
    text = b"".join(tree.files().values())
    found = [match[1].decode() for match in PROVIDER.finditer(text)]
    return found[0] if len(found) == len(re.findall(rb'^provider "', text, re.MULTILINE)) == 1 else None


def part_of(document: Mapping[str, Any], call: str, region: str) -> Mapping[str, Any]:
    """The plan of one module as that of a root: what stands below it, with its name taken out of every address."""
    prefix = f"module.{call}."
    children = document["planned_values"]["root_module"].get("child_modules", ())
    root = next((child for child in children if child["address"] == f"module.{call}"), {})
    found = {
        "planned_values": {"root_module": root},
        "resource_changes": [row for row in document["resource_changes"] if row["address"].startswith(prefix)],
        "relevant_attributes": [
            row for row in document.get("relevant_attributes", ()) if row["resource"].startswith(prefix)
        ],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": region}}}},
            "root_module": document["configuration"]["root_module"]["module_calls"][call]["module"],
        },
    }
    part: Mapping[str, Any] = json.loads(json.dumps(found).replace(f'"{prefix}', '"'))
    return part

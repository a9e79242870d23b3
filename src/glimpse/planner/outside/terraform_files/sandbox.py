"""
A copy of a Terraform tree that can be evaluated without reading anything else.

What the evaluator would read, it reads from this copy. Only files inside the tree are copied; a file function
whose path is not a literal inside the tree becomes null and is named; a module whose source leads out of the tree,
or back into itself, is taken out and named. Line numbers stay as they are.

The tree is what lies under the nearest folder above the stack that holds `.git` (or another mark of a
project's top); a stack without one is its own tree.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from glimpse.planner.outside.terraform_files import hcl
from glimpse.planner.outside.terraform_files.hcl import Edit, FileBlock, FileCall

TOP_MARKS = (".git", ".hg", ".svn", "pyproject.toml", "package.json", "go.mod")

MOST_FILES = 2_000
MOST_BYTES = 20_000_000
MOST_FILE_BYTES = 2_000_000
MOST_MODULES = 2_000
MOST_INSTANCES = 2_000
DEEPEST_MODULES = 12

PROBE = "glimpse_probe_"
# Terraform merges these into other blocks; the evaluator would add them as further ones.
OVERRIDE = re.compile(r"(^|_)override\.tf(\.json)?$")
# Comments may stand between a name and its parenthesis, so the name alone is enough to distrust a template.
FUNCTION_IN_JSON = re.compile(r"\b(" + "|".join(sorted(hcl.FILE_FUNCTIONS)) + r")\b")


class TooLarge(ValueError):
    """The tree is larger than the reader takes: `what` is a file, the files, their bytes, or the modules."""

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(what)
        self.what = what
        self.limit = limit


class BrokenValues(ValueError):
    """A variable file is not valid; `line` is where it first goes wrong."""

    def __init__(self, name: str, line: int) -> None:
        super().__init__(name)
        self.name = name
        self.line = line


@dataclass(frozen=True)
class Expected:
    """A block that the files hold and that the evaluation must therefore show, or have a reason not to."""

    file: str
    block: FileBlock
    probe: str | None


@dataclass
class _File:
    """A file of the tree, parsed; `cut` are the blocks that shall not be evaluated."""

    path: Path
    name: str
    source: bytes
    blocks: list[FileBlock]
    calls: list[FileCall]
    cut: list[Edit] = field(default_factory=list)


@dataclass
class Copied:
    """What was copied and what had to be left out. Notes are (code, params, file, line), files relative to the tree."""

    expected: list[Expected] = field(default_factory=list)
    unresolved: list[tuple[str, dict[str, str], str, int]] = field(default_factory=list)
    warnings: list[tuple[str, dict[str, str], str, int]] = field(default_factory=list)
    variable_files: list[str] = field(default_factory=list)
    directories: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)


def top_of(stack: Path) -> Path:
    """
    The folder that bounds what may be read for the stack in this folder.

    Never a home folder or the root of the disk, whatever marks they hold: everything else a person has is there.
    """
    for folder in (stack, *stack.parents):
        if folder != stack and folder in (Path.home(), Path(folder.anchor)):
            break
        if any((folder / mark).exists() for mark in TOP_MARKS):
            return folder
    return stack


class Sandbox:
    """Copies one stack with the modules it reaches. Every path is resolved before it is compared with the tree."""

    def __init__(self, stack: Path, target: Path) -> None:
        self.stack = stack.resolve()
        self.top = top_of(self.stack)
        self.target = target
        self.result = Copied()
        self._files = 0
        self._bytes = 0
        self._calls = 0
        self._found: dict[Path, list[_File]] = {}
        self._installed = self._installed_modules()

    def copy(self) -> Copied:
        self._explore(self.stack, (), ())
        for folder, files in self._found.items():
            self.result.directories.append(self._name(folder))
            for file in files:
                if folder == self.stack:
                    self.result.variables += [block.name for block in file.blocks if block.kind == "variable"]
                self._write(folder, file)
        self._variables()
        if self._installed:
            kept = [
                {"Key": key, "Source": "", "Dir": os.path.relpath(folder, self.stack)}
                for key, folder in self._installed.items()
            ]
            self._put(self.stack / ".terraform/modules/modules.json", json.dumps({"Modules": kept}).encode())
        return self.result

    def _explore(self, folder: Path, above: tuple[Path, ...], key: tuple[str, ...]) -> None:
        """Read a module's files and follow the modules it calls; a call that leads nowhere is cut and named."""
        self._calls += 1
        if self._calls > MOST_MODULES:
            raise TooLarge("modules", MOST_MODULES)
        if folder not in self._found:
            self._found[folder] = [read for path in self._files_of(folder) if (read := self._parsed(path))]
        for file in self._found[folder]:
            for block in file.blocks:
                if block.kind != "module":
                    continue
                child = self._installed.get(".".join((*key, block.name))) or self._local(folder, block)
                if child is None or child in (*above, folder) or len(above) >= DEEPEST_MODULES:
                    code = "module_in_itself" if child else self._why_missing(folder, block)
                    params = {"address": _module_address((*key, block.name)), "source": block.source or ""}
                    self.result.unresolved.append((code, params, file.name, block.line))
                    file.cut.append(Edit(block.span))
                else:
                    self._explore(child, (*above, folder), (*key, block.name))

    def _files_of(self, folder: Path) -> Iterator[Path]:
        for entry in sorted(folder.iterdir()):
            if not (entry.name.endswith((".tf", ".tf.json")) and self._is_file(entry)):
                continue
            if OVERRIDE.search(entry.name):
                self.result.unresolved.append(("override_not_merged", {}, self._name(entry), 1))
            else:
                yield entry

    def _parsed(self, path: Path) -> _File | None:
        """The file, or None where it is not Terraform's own syntax or not valid."""
        source, name = self._read(path), self._name(path)
        if path.name.endswith(".tf.json"):
            self._put(path, self._json_file(source, name))
            return None
        try:
            root = hcl.parse(source)
        except hcl.Broken as broken:
            self.result.unresolved.append(("file_broken", {}, name, broken.line))
            return None
        return _File(path, name, source, hcl.blocks(root), hcl.file_calls(root))

    def _write(self, folder: Path, file: _File) -> None:
        """Put a file into the copy: harmless, bounded, with a local for each count and for_each to tell if known."""
        harmful = [hcl.null_instead(call) for call in file.calls if not self._harmless(call, folder, file.name)]
        source = hcl.edited(file.source, file.cut + harmful)
        probes: list[str] = []
        bounds: list[Edit] = []
        for block in hcl.blocks(hcl.parse(source)):
            if block.kind not in ("resource", "module"):
                continue
            probe = None
            if block.many is not None:
                probe = f"{PROBE}{len(self.result.expected)}"
                probes.append(f"\nlocals {{\n{probe} = (\n{block.many}\n)\n}}\n")
                if bound := hcl.at_most(block, MOST_INSTANCES):
                    bounds.append(bound)
            self.result.expected.append(Expected(file.name, block, probe))
        self._put(file.path, hcl.edited(source, bounds) + "".join(probes).encode())

    def _json_file(self, source: bytes, name: str) -> bytes:
        """
        The JSON form of Terraform, without what cannot be followed in it: modules, and resources whose number is
        an expression. Both are named.
        """
        try:
            read = json.loads(source)
        except (ValueError, RecursionError):
            self.result.unresolved.append(("file_broken", {}, name, 1))
            return b"{}"
        parts = [part for part in (read if isinstance(read, list) else [read]) if isinstance(part, dict)]
        for part in parts:
            if part.pop("module", None) is not None:
                self.result.unresolved.append(("module_in_json", {}, name, 1))
            self._cut_expressions(part, name)
        return json.dumps([self._without_file_functions(part, name) for part in parts]).encode()

    def _cut_expressions(self, part: dict[str, object], name: str) -> None:
        kinds = part.get("resource", {})
        for group in kinds if isinstance(kinds, list) else [kinds]:
            for kind, named in group.items() if isinstance(group, dict) else ():
                for label in list(named) if isinstance(named, dict) else ():
                    if _has_template(_many_in(named[label])):
                        del named[label]
                        params = {"address": f"{kind}.{label}"}
                        self.result.unresolved.append(("many_in_json", params, name, 1))

    def _without_file_functions(self, value: object, name: str) -> object:
        if isinstance(value, dict):
            items = ((self._without_file_functions(key, name), item) for key, item in value.items())
            return {key: self._without_file_functions(item, name) for key, item in items if key is not None}
        if isinstance(value, list):
            return [self._without_file_functions(item, name) for item in value]
        if isinstance(value, str) and _has_template(value) and (found := FUNCTION_IN_JSON.search(value)):
            self.result.warnings.append(("file_function_replaced", {"call": value, "function": found[1]}, name, 1))
            return None
        return value

    def _harmless(self, call: hcl.FileCall, folder: Path, name: str) -> bool:
        """Whether a call reads a file inside the tree, which is then copied; otherwise it is named."""
        if call.function in ("file", "filebase64", "fileexists") and call.literal is not None:
            base = self.stack
            literal = call.literal
            if literal.startswith("${path.module}"):
                base, literal = folder, literal.removeprefix("${path.module}").lstrip("/")
            elif literal.startswith("${path.root}"):
                literal = literal.removeprefix("${path.root}").lstrip("/")
            # Lexically too: `link/../x` leads elsewhere for whoever follows the link than for whoever does not.
            path = Path(os.path.normpath(base / literal))
            if not literal.startswith(("/", "~")) and path.is_relative_to(self.top) and self._is_file(path):
                self._put(path, self._read(path))
                return True
        params = {"call": call.text, "function": call.function}
        self.result.warnings.append(("file_function_replaced", params, name, call.line))
        return False

    def _local(self, folder: Path, block: FileBlock) -> Path | None:
        source = block.source or ""
        if not block.source_is_literal or not source.startswith(("./", "../")):
            return None
        path = folder / source
        return path.resolve() if self._inside(path) and self._is_folder(path) else None

    def _why_missing(self, folder: Path, block: FileBlock) -> str:
        source = block.source or ""
        if not block.source_is_literal:
            return "module_source_unknown"
        if source.startswith(("./", "../", "/")):
            return "module_missing" if self._inside(folder / source) else "module_outside"
        return "module_not_installed"

    def _installed_modules(self) -> dict[str, Path]:
        """What `terraform init` put into `.terraform/modules`, where that lies inside the tree."""
        path = self.stack / ".terraform/modules/modules.json"
        try:
            entries = json.loads(path.read_bytes()[:MOST_FILE_BYTES])["Modules"] if self._inside(path) else []
            folders = {str(entry["Key"]): self.stack / str(entry["Dir"]) for entry in entries if entry["Key"]}
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}
        return {key: folder.resolve() for key, folder in folders.items() if self._is_folder(folder)}

    def _variables(self) -> None:
        """The variable files that Terraform loads by itself, in its order."""
        own = ["terraform.tfvars", "terraform.tfvars.json"]
        automatic = sorted(
            path.name for path in self.stack.iterdir() if path.name.endswith((".auto.tfvars", ".auto.tfvars.json"))
        )
        for name in (*own, *automatic):
            path = self.stack / name
            if self._is_file(path):
                self.variable_file(path.name, self._read(path))

    def variable_file(self, name: str, content: bytes) -> None:
        """Add values; later files win. Raises BrokenValues: what is left out would change every figure."""
        try:
            json.loads(content) if name.endswith(".json") else hcl.parse(content)
        except hcl.Broken as broken:
            raise BrokenValues(name, broken.line) from None
        except (ValueError, RecursionError) as error:
            raise BrokenValues(name, getattr(error, "lineno", 1)) from None
        number = len(self.result.variable_files)
        ending = ".tfvars.json" if name.endswith(".json") else ".tfvars"
        path = self.target / "values" / f"{number}{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        self.result.variable_files.append(str(path))

    def _inside(self, path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(self.top)
        except (OSError, RuntimeError, ValueError):  # a link that leads to itself, a name too long, a NUL
            return False

    def _is_file(self, path: Path) -> bool:
        return self._inside(path) and os.path.isfile(path)

    def _is_folder(self, path: Path) -> bool:
        return self._inside(path) and os.path.isdir(path)

    def _name(self, path: Path) -> str:
        return os.path.relpath(path, self.top)

    def place(self, path: Path) -> Path:
        """Where a file of the tree stands in the copy."""
        return self.target / "tree" / os.path.relpath(path, self.top)

    def _read(self, path: Path) -> bytes:
        size = path.stat().st_size
        self._files += 1
        self._bytes += size
        if size > MOST_FILE_BYTES:
            raise TooLarge("file", MOST_FILE_BYTES)
        if self._files > MOST_FILES:
            raise TooLarge("files", MOST_FILES)
        if self._bytes > MOST_BYTES:
            raise TooLarge("bytes", MOST_BYTES)
        return path.read_bytes()

    def _put(self, path: Path, content: bytes) -> None:
        place = Path(os.path.normpath(self.place(path)))
        if not place.is_relative_to(self.target):
            raise ValueError(f"{place} is not in the copy")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _has_template(value: object) -> bool:
    return isinstance(value, str) and ("${" in value or "%{" in value)


def _many_in(body: object) -> object:
    """The count or for_each of a resource in JSON; a body may be one table or a list of them."""
    for part in body if isinstance(body, list) else [body]:
        if isinstance(part, dict):
            for word in ("count", "for_each"):
                if word in part:
                    found: object = part[word]
                    return found
    return None


def _module_address(names: tuple[str, ...]) -> str:
    return ".".join(f"module.{name}" for name in names)

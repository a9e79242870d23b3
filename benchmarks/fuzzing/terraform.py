"""
Fuzz the Terraform reader: whatever a tree contains, `glimpse bill` soon prints a bill or a sentence about the error.

Run:     python -m benchmarks.fuzzing.terraform [--count 1000] [--seed first] [--keep FOLDER]
Needs:   Linux. --in /dev/shm is faster. Each new fault is printed in a reduced form, and its tree saved to --keep.

Each input is a real tree (this repository's stack, its test cases, small trees with every kind of file) with random
mutations: bytes, fragments of other files, tokens, values of arguments. Faults are any exception other than InputError,
more than 1.5 s of CPU, more than 250 MB, and a printed character that could move or hide text on a terminal.
"""

from __future__ import annotations

import argparse
import datetime
import faulthandler
import json
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from glimpse.planner.estimate import Estimator, least
from glimpse.planner.finding import InputError
from glimpse.planner.outside import price_files
from glimpse.planner.outside.terraform_files.reading import read_stack
from glimpse.planner.report.bill_json import bill_as_json
from glimpse.planner.report.bill_terminal import BillReport
from glimpse.planner.report.markdown import bill_markdown
from glimpse.planner.report.terminal import report_text
from glimpse.planner.terraform.functions import FUNCTIONS
from glimpse.planner.workload import unstated
from glimpse.words import Words

MAX_SECONDS = 1.5
MAX_MEGABYTES = 250
STOP_SECONDS = 8.0
"""An input is interrupted after this time. Where Python cannot be interrupted, the run ends after three times it."""

UNSAFE_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories of characters that move, hide or reverse what a terminal shows, or that are unassigned."""

REDUCE_SECONDS = 20.0
REGION = "us-east-1"
TODAY = datetime.date(2026, 11, 22)
REPOSITORY = Path(__file__).resolve().parents[2]
SHARED_CASES = REPOSITORY.parent / "shared/cases/planner"
ENDINGS = (".tf", ".tf.json", ".tfvars", ".tfvars.json", ".tpl", ".json")

Files = dict[str, bytes]


@dataclass
class Tree:
    """Files by their path from the project's root, and the folder of the stack in it."""

    files: Files
    stack: str = "."
    given: tuple[tuple[str, str], ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


EVERY_KIND: Files = {
    "main.tf": b"""
terraform {
  required_version = ">= 1.9"
}
provider "aws" { region = var.region }
provider "aws" {
  alias  = "other"
  region = "eu-west-1"
}
variable "region" { default = "us-east-1" }
variable "environment" {}
variable "size" {
  type     = number
  default  = 20
  nullable = false
  validation {
    condition     = var.size > 8
    error_message = "too small"
  }
}
variable "disks" {
  type = map(object({ size = optional(number, 8), type = optional(string), tags = optional(map(string), {}) }))
  default = { a = {}, b = { size = 100, type = "io2" } }
}
variable "secret" {
  sensitive = true
  default   = "hidden-value"
}
locals {
  names  = [for name, disk in var.disks : "${name}-${disk.size}" if disk.size > 1]
  by     = { for name in local.names : substr(name, 0, 1) => name... }
  text   = <<-EOT
    %{for name in local.names~}
    ${name} is ${var.size}
    %{endfor~}
    %{if var.environment == "production"}big%{else}small%{endif}
  EOT
  prod   = var.environment == "production"
  second = [for n in range(3) : { n = n, s = format("%03d-%s", n, "x") }]
}
data "aws_availability_zones" "all" { state = "available" }
data "aws_ami" "image" { most_recent = true }
module "network" {
  source = "./network"
  count  = local.prod ? 2 : 1
  zones  = slice(data.aws_availability_zones.all.names, 0, 2)
  size   = var.size
}
module "installed" {
  source = "terraform-aws-modules/ec2/aws"
  name   = local.text
}
resource "aws_ebs_volume" "disk" {
  for_each          = var.disks
  availability_zone = module.network[0].zones[0]
  size              = coalesce(each.value.size, var.size)
  type              = each.value.type
  tags              = merge(each.value.tags, { Name = each.key })
}
resource "aws_instance" "web" {
  count         = length(local.names)
  ami           = data.aws_ami.image.id
  instance_type = local.prod ? "m6i.large" : "t3.micro"
  dynamic "ebs_block_device" {
    for_each = var.disks
    iterator = it
    content {
      device_name = it.key
      volume_size = it.value.size
      volume_type = "gp3"
    }
  }
  user_data = templatefile("${path.module}/user.tpl", { names = local.names, size = var.size })
}
resource "aws_eip" "web" {
  for_each = toset([for web in aws_instance.web[*].id : "x"])
  instance = try(aws_instance.web[0].id, null)
}
resource "aws_eip" "odd" {
  for_each = toset([local.text])
}
resource "aws_db_instance" "main" {
  engine            = "postgres"
  instance_class    = "db.t4g.micro"
  allocated_storage = var.size * 2
  multi_az          = local.prod
}
output "all" { value = { disks = aws_ebs_volume.disk, text = local.text } }
""",
    "terraform.tfvars": b'size = 30\ndisks = {\n  a = {}\n  "b c" = { size = 1e2, tags = { x = "y" } }\n}\n',
    "more.auto.tfvars.json": b'{"region": "us-east-1", "size": 41, "secret": "also ${hidden}"}',
    "resources.tf.json": json.dumps(
        {
            "//": "a comment",
            "variable": {"json": {"type": "list(string)", "default": ["a", "b"]}},
            "locals": {"doubled": '${[for n in var.json : "${n}${n}"]}', "n": 1.5},
            "resource": {
                "aws_eip": {"json": {"for_each": "${toset(local.doubled)}"}},
                "aws_ebs_volume": {"json": [{"size": "${var.size}", "type": "gp3", "iops": 4000, "tags": {"a": None}}]},
                "aws_lb": {
                    "json": {"dynamic": {"subnet_mapping": {"for_each": [1, 2], "content": {"subnet_id": "s"}}}}
                },
            },
            "output": {"json": {"value": "${local.n}"}},
        },
        indent=1,
    ).encode(),
    "main_override.tf": b'resource "aws_db_instance" "main" {\n  instance_class = "db.m6g.large"\n}\n',
    "override.tf.json": b'{"resource": {"aws_ebs_volume": {"json": {"size": 7}}}}',
    "user.tpl": b"%{ for name in names ~}\nhello ${name} ${size}\n%{ endfor ~}\n$${left} %%{alone}\n",
    "network/main.tf": b"""
variable "zones" { type = set(string) }
variable "size" { type = string }
resource "aws_subnet" "all" { for_each = var.zones }
resource "aws_nat_gateway" "nat" {
  for_each  = var.zones
  subnet_id = aws_subnet.all[each.key].id
}
module "inner" {
  source = "../inner"
  given  = [for zone in var.zones : upper(zone)]
}
output "zones" { value = tolist(var.zones) }
""",
    "inner/main.tf": b'variable "given" { type = list(string) }\n'
    b'resource "aws_kms_key" "k" { count = length(var.given) }\n',
    "modules/ec2/main.tf": b'variable "name" {}\nresource "aws_eip" "i" { tags = { Name = var.name } }\n',
    ".terraform/modules/modules.json": b'{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"installed","Source":'
    b'"registry.terraform.io/terraform-aws-modules/ec2/aws","Version":"1.0.0","Dir":"modules/ec2"}]}',
    ".terraform/environment": b"default\n",
}


def files_below(folder: Path) -> Files:
    found = (path for path in sorted(folder.rglob("*")) if path.name.endswith(ENDINGS) and path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def trees() -> list[Tree]:
    own = Tree(files_below(REPOSITORY / "infrastructure/terraform"), "environments/startup-prod")
    cases = [*sorted((REPOSITORY / "tests/cases").iterdir()), *(sorted(SHARED_CASES.glob("*")))]
    every = Tree(EVERY_KIND, given=(("option", "environment=production"),), environment={"TF_VAR_json": '["x", "y"]'})
    small = [Tree(files) for files in map(files_below, cases) if any(name.endswith(".tf") for name in files)]
    return [own, every, Tree(EVERY_KIND), *small]


# ---- Mutations

TOKEN = re.compile(
    rb'[A-Za-z_][\w-]*(?:::[\w-]+)*|\d+(?:\.\d+)?|"|\$\{|%\{|<<-?\w+|[=!<>]=|=>|&&|\|\||\.\.\.|[^\s\w]|\n|[ \t]+'
)
OPERATORS = [b"+", b"-", b"*", b"/", b"%", b"==", b"!=", b"<", b">=", b"&&", b"||", b"!", b"?", b":", b"=>", b"=", b"."]
BRACKETS = [b"(", b")", b"[", b"]", b"{", b"}", b"${", b"%{", b'"', b"[*]", b".*", b"<<EOT\n", b"EOT\n", b"...", b"~}"]
NUMBERS = [
    b"0", b"-1", b"1e400", b"1e5000", b"1e-5000", b"9" * 4299, b"9" * 4301, b"0." + b"3" * 600, b"1e99999999999",
    b"2001", b"10000000", b"340282366920938463463374607431768211456", b"0.1", b"1e3", b"007",
]  # fmt: skip
TEXTS = [
    b"", b"\x00", b"\x1b[31mred\x1b[0m", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\\ud800", b"\\U00110000",
    b"\\UFFFFFFFF", b"\\u0000", b"\\u001b[2J", b"\\u202e", b"\xef\xbb\xbf", b"\r\n", b"\r", b"\xcc\x81", b"~",
    b"../" * 9, b"/etc/passwd", b"~root/x", b"%s%d%*v", b"${", b"%{if true}", b"$${", b"a" * 3000, b"\\u2028", b"\\",
    b"${1}",
]  # fmt: skip
VALUES = [
    b"null", b"true", b"[]", b"{}", b'""', b"[null]", b"{ a = null }", b"toset([])", b"tomap({})", b"var.missing",
    b"self", b"each.key", b"count.index", b"path.cwd", b"terraform.workspace", b"data.a.b.c", b"module.m", b"local",
    b"each", b"[[]]", b"[{}]", b'"1e9999999999"', b'"' + b"9" * 5000 + b'"', b"aws_eip.web", b"module.network[*]",
    b"timestamp()", b"sensitive(1)", b"[for x in [1] : x]", b"range(100000)", b'"${null}"', b"NaN", b"-Infinity",
    b"1e4000",
]  # fmt: skip
EXAMPLES = [example.encode() for found in FUNCTIONS.values() for example in found.examples]
LITERAL = re.compile(rb'"[^"\\$%{}]*"|\b\d+\b|\[[^\[\]{}()]*\]|\b(?:true|false|null)\b')
ASSIGNED = re.compile(rb"(?m)(?<==)[ \t]*[^\n=]+$")
NAME = re.compile(rb"[A-Za-z_][\w-]*")

NEW_NAMES = ("x_override.tf", "x.tf.json", "z.auto.tfvars", "a\x1b[31m.tf", "\u202e.tf", "terraform.tfvars.json")

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]


def random_span(content: bytes, rng: random.Random, max_length: int = 60) -> tuple[int, int]:
    start = rng.randrange(len(content) + 1)
    return start, min(len(content), start + rng.randint(0, max_length))


def replace_bytes(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    made = bytearray(content)
    for _ in range(rng.randint(1, 4) if made else 0):
        made[rng.randrange(len(made))] = rng.choice(b'\x00\x1b\n\r"{}()[]$%=.~\\<\xff\xc3,:?!0') ^ rng.choice((0, 0, 1))
    return bytes(made)


def delete(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    start, end = random_span(content, rng)
    return content[:start] + content[end:]


def repeat(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    start, end = random_span(content, rng, 30)
    return content[:start] + content[start:end] * rng.choice((2, 2, 3, 200, 2000)) + content[end:]


def splice(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    other = rng.choice(pool)
    start, end = random_span(other, rng, 200)
    into, until = random_span(content, rng)
    return content[:into] + other[start:end] + content[until:]


def replace_tokens(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    tokens = TOKEN.findall(content)
    names = [token for token in tokens if NAME.fullmatch(token)] or [b"a"]
    for _ in range(rng.randint(1, 5) if tokens else 0):
        place = rng.randrange(len(tokens))
        token = tokens[place]
        kind = names if NAME.fullmatch(token) else NUMBERS if token[:1].isdigit() else rng.choice((OPERATORS, BRACKETS))
        tokens[place] = rng.choice(rng.choice((kind, kind, kind, TEXTS, VALUES, [b""], [token * 2])))
    return b"".join(tokens)


def replace_values(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    """Replace the right side of arguments with other expressions, mostly nested function calls."""
    places = list(ASSIGNED.finditer(content))
    for place in sorted(rng.sample(places, min(len(places), rng.randint(1, 3))), key=lambda m: -m.start()):
        made = rng.choice(VALUES) if rng.random() < 0.3 else expression(rng, rng.randint(0, 3))
        content = content[: place.start()] + b" " + made + content[place.end() :]
    return content


def expression(rng: random.Random, depth: int) -> bytes:
    """A function's example, with other expressions in place of literals."""
    made = rng.choice(EXAMPLES)
    if rng.random() < 0.6:
        made = made.partition(b" == ")[0]
    if depth and (places := list(LITERAL.finditer(made))):
        place = rng.choice(places)
        inner = rng.choice(
            (
                lambda: expression(rng, depth - 1),
                lambda: rng.choice(VALUES),
                lambda: rng.choice(NUMBERS),
                lambda: b'"' + rng.choice(TEXTS) + b'"',
            )
        )()
        made = made[: place.start()] + inner + made[place.end() :]
    return made


def replace_content(content: bytes, rng: random.Random, pool: Sequence[bytes]) -> bytes:
    return rng.choice((rng.choice(pool), b"", b"{" * 20_000, b"[" * 20_000, b'x = "${' * 5_000, rng.randbytes(3000)))


MUTATIONS: Sequence[tuple[Mutation, int]] = (
    (replace_bytes, 2), (delete, 2), (repeat, 2), (splice, 2), (replace_tokens, 7), (replace_values, 8),
    (replace_content, 0.2),
)  # fmt: skip


def mutate(tree: Tree, rng: random.Random, pool: Sequence[bytes]) -> Files:
    """The files of a mutated tree that differ from the tree's own, new files included."""
    mutated: Files = {}
    names = list(tree.files)
    for _ in range(rng.choice((1, 1, 2, 3))):
        name = rng.choice(names)
        content = mutated.get(name, tree.files[name])
        [mutation] = rng.choices([mutation for mutation, _ in MUTATIONS], [weight for _, weight in MUTATIONS])
        if rng.random() < 0.03:
            name = str(Path(name).parent / rng.choice(NEW_NAMES))
        mutated[name] = mutation(content, rng, pool)
    return mutated


# ---- Checking one input


class TooSlow(BaseException):
    """The input took longer than STOP_SECONDS. A BaseException, so that no `except Exception` hides it."""


@dataclass
class Reader:
    """Reads, prices and prints one tree as `glimpse bill` does."""

    estimator: Estimator
    words: Words

    def read(self, stack: Path, tree: Tree, prints: bool = True) -> str:
        try:
            found = read_stack(stack, REGION, given=tree.given, environment=tree.environment)
        except InputError as wrong:
            rows = [*wrong.because, wrong]
            return "\n".join(self.words.render(row.why if isinstance(row, InputError) else row.what) for row in rows)
        bill = self.estimator.bill(least(found, self.estimator))
        if not prints:
            return ""
        json.dumps(bill_as_json(bill, bill.monthly, self.words), ensure_ascii=False)
        return report_text(self.words, BillReport, lambda report: report.bill(bill, bill.monthly)) + bill_markdown(
            bill, bill.monthly, self.words
        )


def check(reader: Reader, stack: Path, tree: Tree, prints: bool = True) -> tuple[str, float, float]:
    """The fault of one input, in one line that identifies it, or an empty string; CPU seconds; and MB of memory."""
    before, started, problem = megabytes(peak=False), time.process_time(), ""
    signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)
    faulthandler.dump_traceback_later(STOP_SECONDS * 3, exit=True)
    try:
        text = reader.read(stack, tree, prints)
        signal.setitimer(signal.ITIMER_REAL, 0)
        unsafe = sorted(letter for letter in {*text} - {"\n"} if unicodedata.category(letter) in UNSAFE_CATEGORIES)
        problem = f"printed: {unsafe[0]!a}" if unsafe else ""
    except (Exception, TooSlow) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/glimpse/" in frame.filename]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        problem = "too slow" if isinstance(error, TooSlow) else f"{type(error).__name__}: {place}"
        if isinstance(error, TooSlow):
            print("\n".join(f"  {f.name} {Path(f.filename).name}:{f.lineno}" for f in frames[-6:]))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.cancel_dump_traceback_later()
    seconds, grown = time.process_time() - started, megabytes(peak=True) - before
    if not problem and seconds > MAX_SECONDS:
        problem = "too slow"
    if not problem and grown > MAX_MEGABYTES:
        problem = "too much memory"
    return problem, seconds, grown


def megabytes(peak: bool) -> float:
    """The memory of this process; with `peak`, its highest value since the last call without `peak`."""
    if not peak:
        Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)" if peak else r"VmRSS:\s+(\d+)", status)[1]) / 1024


@dataclass
class TreeOnDisk:
    """A tree in a folder. Only the files that an input changes are written again."""

    root: Path
    tree: Tree

    def __post_init__(self) -> None:
        (self.root / ".git").mkdir(parents=True)
        self.write(self.tree.files)

    @property
    def stack(self) -> Path:
        return self.root / self.tree.stack

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def restore(self, names: Iterator[str] | Sequence[str]) -> None:
        for name in names:
            if name in self.tree.files:
                self.write({name: self.tree.files[name]})
            else:
                (self.root / name).unlink()


def reduce(files: Files, still_fails: Callable[[Files], bool]) -> Files:
    """Remove pieces of the mutated files, larger ones first, as long as the fault remains."""
    until = time.monotonic() + REDUCE_SECONDS
    for name in list(files):
        if len(files) > 1 and still_fails(rest := {key: files[key] for key in files if key != name}):
            files = rest
    for name in list(files):
        size = len(files[name]) // 2
        while size and time.monotonic() < until:
            place = 0
            while place < len(files[name]) and time.monotonic() < until:
                shorter = {**files, name: files[name][:place] + files[name][place + size :]}
                if still_fails(shorter):
                    files = shorter
                else:
                    place += size
            size //= 2
    return files


def fuzz(count: int, seed: str, where: str | None, keep: Path) -> int:
    rng = random.Random(seed)
    reader = Reader(Estimator(price_files.catalogue(REGION), unstated(), {}, TODAY), Words("en"))
    faults: Counter[str] = Counter()
    slowest, largest, started = 0.0, 0.0, time.monotonic()
    with tempfile.TemporaryDirectory(dir=where) as folder:
        targets = [TreeOnDisk(Path(folder) / str(number), tree) for number, tree in enumerate(trees())]
        pool = [content for target in targets for content in target.tree.files.values()]
        for target in targets:
            # The first stack that needs prices and words loads them.
            assert "Costs now" in reader.read(target.stack, target.tree), target.stack
        for number in range(1, count + 1):
            target = rng.choices(targets, [4, 40, 40, *[1] * (len(targets) - 3)])[0]
            files = mutate(target.tree, rng, pool)
            target.write(files)
            # Only every fourth input is printed, because printing takes longest and its output varies little.
            problem, seconds, grown = check(reader, target.stack, target.tree, number % 4 == 0)
            slowest, largest = max(slowest, seconds), max(largest, grown)
            if problem:
                faults[problem] += 1
                if faults[problem] == 1:
                    name = re.sub(r"\W+", "-", f"{seed}-{number}-{problem}")
                    shutil.copytree(target.root, keep / name, dirs_exist_ok=True)
                    report(problem, reduce_in(target, reader, files, problem), keep / name, seconds, grown)
            target.restore(files)
            if number % 500 == 0 or number == count:
                print(
                    f"{number:,} of {count:,} inputs, seed {seed}, {time.monotonic() - started:.0f} s; slowest"
                    f" {slowest:.2f} s, most memory {largest:.0f} MB; faults: {dict(faults)}",
                    flush=True,
                )
    return 1 if faults else 0


def reduce_in(target: TreeOnDisk, reader: Reader, files: Files, problem: str) -> Files:
    def still_fails(shorter: Files) -> bool:
        target.restore([name for name in files if name not in shorter and (target.root / name).exists()])
        target.write(shorter)
        return check(reader, target.stack, target.tree)[0] == problem

    found = reduce(files, still_fails)
    target.write(files)
    return found


def report(problem: str, files: Files, kept: Path, seconds: float, grown: float) -> None:
    print(f"\n== {problem} ({seconds:.2f} s, {grown:.0f} MB), in {kept}")
    for name, content in files.items():
        print(f"-- {name!a} ({len(content):,} bytes)\n{content[:1200]!r}", flush=True)


def interrupt(signum: int, frame: FrameType | None) -> None:
    raise TooSlow


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="first")
    parser.add_argument("--in", dest="where", help="the folder for the trees; default: the temporary folder")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "terraform-findings")
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, interrupt)
    return fuzz(options.count, options.seed, options.where, options.keep)


if __name__ == "__main__":
    sys.exit(main())

"""Pages of `--format html` for tests, and what a reader without a browser makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from glimpse.planner.plan import Plan
from glimpse.planner.report.html.page import plan_html
from glimpse.planner.scenarios import plan_of
from glimpse.planner.workload import unstated
from glimpse.words import Words
from tests.conftest import TODAY, estimator_for, read_stack

Write = Callable[..., Path]

ATTACK = "</text></code><script>window.isAttacked = true</script><img src=x onerror='window.isAttacked = true'>"
HOSTILE_NAMES = (
    ATTACK,
    "web\u202egpj",
    '" onmouseover="window.isAttacked = true',
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
    "a" * 250,
)
"""Keys of `for_each`, which become names of resources. U+202E turns the direction of what follows."""

VOID = {"br", "hr", "img", "input", "link", "meta"}


def hostile_plan(write: Write) -> Plan:
    keys = ", ".join('"' + name.replace('"', '\\"') + '"' for name in HOSTILE_NAMES)
    folder = write(
        f"""
        resource "aws_instance" "web" {{
          for_each = toset([{keys}])
          ami = "ami-1"
          instance_type = "m4.large"
          root_block_device {{
            volume_size = 30
          }}
        }}
        resource "aws_db_instance" "main" {{
          for_each = toset([{keys}])
          engine = "postgres"
          engine_version = "11"
          instance_class = "db.m5.large"
          allocated_storage = 20
        }}
        resource "aws_no_such_thing" "web" {{
          for_each = toset([{keys}])
        }}
        """
    )
    stack = read_stack(folder)
    return plan_of(stack, estimator_for(stack.region, unstated()))


def page_of(plan: Plan, language: str = "en") -> str:
    return plan_html(plan, plan.today.with_other_free_tier, Words(language), TODAY)


@dataclass
class Element:
    """A tag with its attributes; `own` is its own text, `language` that of the nearest `lang`."""

    tag: str
    attributes: dict[str, str]
    language: str
    own: str = ""
    children: list[Element] = field(default_factory=list)

    def every(self, *tags: str) -> Iterator[Element]:
        """It and what it holds, in the order of the page; only these tags where any are given."""
        if not tags or self.tag in tags:
            yield self
        for child in self.children:
            yield from child.every(*tags)

    @property
    def text(self) -> str:
        return " ".join(" ".join(element.own for element in self.every() if element.tag != "style").split())

    def at(self, id: str) -> Element:
        return next(element for element in self.every() if element.attributes.get("id") == id)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {}, "")]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        element = Element(tag, given, given.get("lang", self.open[-1].language))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> ends <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].own += data + " "


def read(page: str) -> Element:
    """The page as elements. What is not closed, or in the wrong order, fails."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert len(reader.open) == 1, [element.tag for element in reader.open]
    return reader.open[0]

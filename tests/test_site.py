"""The documentation: every link and anchor of the Markdown files, and of the site that is built from them."""

from __future__ import annotations

import html.parser
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import markdown
import pytest
import yaml
from markdown_it import MarkdownIt

from glimpse import __version__
from glimpse.planner.levers import LEVERS
from scripts.site_pages import (
    LANGUAGE_LINE,
    LINK,
    github_slug,
    in_python_markdown,
    outside_fences,
    page_text,
    sources,
)
from tests.conftest import REPOSITORY

FOLDERS = ("", ".github/", "benchmarks/**/", "clients/typescript/", "docs/**/", "examples/**/", "infrastructure/**/")
DOCUMENTS = sorted(
    {path for folder in FOLDERS for path in REPOSITORY.glob(f"{folder}*.md") if "node_modules" not in path.parts}
)
LANGUAGES = ("", "ko/")

ENVIRONMENT = {
    "NO_MKDOCS_2_WARNING": "1",
    "SITE_URL": "https://us.example/glimpse/",
    "SITE_REPOSITORY": "https://host.example/us/glimpse",
}

LOADED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
"""Elements whose address a browser loads by itself."""


def anchors_of(text: str) -> set[str]:
    """The anchors of a Markdown file on GitHub."""
    found: list[str] = []

    def heading(line: str) -> str:
        if title := re.match(r"#+ +(.*)", line):
            slug = github_slug(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title[1]).replace("`", ""))
            found.append(f"{slug}-{count}" if (count := found.count(slug)) else slug)
        return line

    outside_fences(text, heading)
    return {*found, *re.findall(r'<a (?:id|name)="([^"]+)"', text)}


def links_of(text: str) -> Iterator[str]:
    """Every target inside this repository."""
    targets: list[str] = []
    outside_fences(text, lambda line: targets.extend(found["target"] or "" for found in LINK.finditer(line)) or line)
    yield from (target for target in targets if target and not re.match(r"[a-z]+:", target))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_every_link_and_anchor_of_a_document_leads_somewhere(path: Path) -> None:
    for target in links_of(path.read_text()):
        name, _, anchor = target.partition("#")
        reached = path.parent / unquote(name) if name else path
        assert reached.exists(), target
        if anchor and reached.suffix == ".md":
            assert unquote(anchor) in anchors_of(reached.read_text()), target


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_table_beside_other_tools_has_the_figures_of_the_reference(name: str) -> None:
    text = (REPOSITORY / name).read_text()
    [priced] = re.findall(
        r"^\| `priced` \| (\d+) \|", (REPOSITORY / "docs/reference/resource-types.md").read_text(), re.MULTILINE
    )
    assert re.search(rf"\[{priced}개?\]\(docs/reference/resource-types", text)
    assert re.search(rf"\[(?:변경 )?{len(LEVERS)}(?: changes|가지)\]\(docs/reference/levers", text)
    assert f"Glimpse {__version__} |" in text


@pytest.mark.parametrize("name", ["README.md", "README.ko.md"])
def test_the_readme_shows_three_pictures_and_a_gif_which_are_small_and_described(name: str) -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(docs/pictures/([\w.]+)\)", (REPOSITORY / name).read_text())
    assert [picture.partition(".")[0] for _, picture in shown] == ["answer", "report", "chat", "drill"]
    for description, picture in shown:
        assert len(description) > 20
        assert (".ko." in picture) == (name == "README.ko.md")
        assert (REPOSITORY / "docs/pictures" / picture).stat().st_size <= (
            1_500_000 if picture.endswith("gif") else 150_000
        )


def test_every_link_to_a_page_in_the_other_language_has_its_answer() -> None:
    for path in (REPOSITORY / "docs").rglob("*.ko.md"):
        english = path.with_name(path.name.replace(".ko.md", ".md"))
        if english.exists():
            assert f"]({path.name})" in english.read_text(), english
            assert f"]({english.name})" in path.read_text(), path


@dataclass
class Page(html.parser.HTMLParser):
    """What a page of the built site loads, where it leads, and its anchors."""

    path: Path
    loads: list[str] = field(default_factory=list)
    leads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.anchors |= {value for name in ("id", "name") if (value := given.get(name))}
        is_loaded = given.get("rel") not in ("alternate", "canonical", "next", "prev")
        if (name := LOADED.get(tag)) and is_loaded and (value := given.get(name)):
            self.loads.append(value)
        if tag == "a" and (value := given.get("href")):
            self.leads.append(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Page]:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stdout + built.stderr
    # The page for an address that does not exist has absolute links, because it is shown at any address.
    return {path: Page(path) for path in folder.rglob("*.html") if path.name != "404.html"}


def root_of(site: dict[Path, Page]) -> Path:
    return min((path.parent for path in site), key=lambda folder: len(folder.parts))


def test_every_link_and_anchor_of_the_site_leads_somewhere(site: dict[Path, Page]) -> None:
    root = str(root_of(site))
    anchors = {str(path): page.anchors for path, page in site.items()}
    files = {os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names}
    for path, page in site.items():
        for target in {*page.leads, *page.loads}:
            parts = urlsplit(target)
            if parts.scheme:
                continue
            start = root if parts.path.startswith("/glimpse/") else str(path.parent)
            name = unquote(parts.path.removeprefix("/glimpse/"))
            reached = os.path.normpath(os.path.join(start, name)) if parts.path else str(path)
            reached = reached if reached in files else os.path.join(reached, "index.html")
            assert reached in files, (path, target)
            if parts.fragment and reached in anchors:
                assert unquote(parts.fragment) in anchors[reached], (path, target)


def test_the_site_loads_nothing_from_a_network(site: dict[Path, Page]) -> None:
    for path, page in site.items():
        assert [address for address in page.loads if urlsplit(address).netloc] == [], path
    for style in root_of(site).rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", style.read_text()), style


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there_in_both_languages(site: dict[Path, Page], language: str) -> None:
    pages = {page.replace(".ko.md", ".md") for page in sources().values() if page.endswith(".md")}
    for page in pages:
        folder = page.removesuffix("index.md") if page.endswith("index.md") else f"{page.removesuffix('.md')}/"
        assert root_of(site) / language / folder / "index.html" in site, page


def settings_of_site() -> dict[str, Any]:
    class Loader(yaml.SafeLoader):
        """Reads `!ENV` as its last part, the value without a variable."""

    Loader.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node)[-1])
    return dict(yaml.load((REPOSITORY / "mkdocs.yml").read_text(), Loader))


def test_the_menu_has_four_parts_after_the_first_page() -> None:
    parts = [name for entry in settings_of_site()["nav"] for name in entry]
    assert parts == ["Glimpse", "Quickstart", "How-to", "Explanation", "Reference"]


def test_a_list_of_github_is_a_list_on_the_site() -> None:
    given = "They are:\n- one\n\n  ```sh\n  run\n    it\n  ```\n- two\n  more\n\n1. first\n   - inner\n\n     text\n10. tenth\n\n    text\n"
    shown = "They are:\n\n- one\n\n    ```sh\n    run\n      it\n    ```\n\n- two\n    more\n\n1. first\n    - inner\n\n        text\n\n10. tenth\n\n    text\n"
    assert in_python_markdown(given) == shown


def test_every_page_has_the_parts_on_the_site_that_it_has_on_github() -> None:
    """Two dialects of Markdown: GitHub's is CommonMark with tables, the site's is Python-Markdown."""
    github, extensions = MarkdownIt("commonmark").enable("table"), settings_of_site()["markdown_extensions"]
    names = [next(iter(each)) if isinstance(each, dict) else each for each in extensions]
    for source, page in sources().items():
        if page.endswith(".md"):
            text = (REPOSITORY / source).read_text()
            built = (
                github.render(LANGUAGE_LINE.sub("", text)),
                markdown.markdown(page_text(text, source), extensions=names),
            )
            there, here = (
                Counter(re.findall(r"<(li|tr|table|h[1-6]|ol|ul|pre|blockquote|details)[ >]", each)) for each in built
            )
            assert here == there, source


def test_a_link_leads_to_the_page_or_to_the_file_where_it_is_no_page() -> None:
    given = '[a](../reference/levers.ko.md#x) [b](../../ARCHITECTURE.md) [`c`](../../run.py) `[d](run.py)` <img src="../pictures/e.png">'
    shown = '[a](../reference/levers.md#x) [b](../explanation/architecture.md) {} `[d](run.py)` <img src="../pictures/e.png">'
    source = "docs/how-to/example.ko.md"
    assert page_text(given, source) == shown.format("`c`")
    assert page_text("[e](example.md#x)", source) == "[e](example.md#x)"
    assert page_text("[e](price-your-stack.md#x)", source) == "[e](../../../how-to/price-your-stack/#x)"
    assert page_text(given, source, "https://host/us/repo") == shown.format(
        "[`c`](https://host/us/repo/blob/HEAD/run.py)"
    )

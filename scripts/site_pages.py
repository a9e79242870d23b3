"""
The pages of the documentation site, made from the Markdown files of this repository.

`mkdocs.yml` names this file as its hook: before a build it writes a copy of every page into a temporary folder, in the
dialect that Python-Markdown reads, with links that are right on the site. The files themselves are written for GitHub,
and are never changed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

REPOSITORY = Path(__file__).resolve().parents[1]

PAGES = {
    "README.md": "index.md",
    "README.ko.md": "index.ko.md",
    "ARCHITECTURE.md": "explanation/architecture.md",
    "CHANGELOG.md": "reference/changelog.md",
    "CONTRIBUTING.md": "how-to/contribute.md",
    "SECURITY.md": "explanation/security.md",
    "clients/typescript/README.md": "reference/typescript-client.md",
    # It exists in Korean only, so the English site shows it as it is.
    "docs/plan-document.ko.md": "plan-document.md",
}
"""Files that become a page with another path; the rest of `docs/` keeps its own."""

LINK = re.compile(r"""`[^`]*`|(?P<before>\]\(|\b(?:src|href)=")(?P<target>[^)\s"]+)""")
"""A target; a span of code is matched first, so that nothing inside it is one."""
LANGUAGE_LINE = re.compile(r"^\*\[(?:한국어|English)\]\([^)]*\)\*\n+", re.MULTILINE)
"""Under a title: the same page in the other language. The site has a menu for that."""

REPORTS = {"en": "report.html", "ko": "report.ko.html"}
REPORT_PICTURE = re.compile(r"!\[[^\]]*\]\(pictures/report\.png\)")

NOWHERE = "nowhere:"
"""The target of a link that the site cannot follow, until the link becomes plain words."""

ITEM = re.compile(r"(?P<marker>(?:[-*]|\d+\.) +)\S")
FENCE = re.compile(r" *(```+|~~~+)")


def page_of(path: str) -> str | None:
    """The path on the site of a file of this repository, and none where it is no page or picture of it."""
    if path in PAGES:
        return PAGES[path]
    if found := re.fullmatch(r"benchmarks/(\w+)/README\.md", path):
        return f"measurements/{found[1]}.md"
    if found := re.fullmatch(r"examples/(?:(\w+)/)?(README|report)\.md", path):
        return f"examples/{f'{found[1]}/' if found[1] else ''}{'index' if found[2] == 'README' else 'report'}.md"
    return path.removeprefix("docs/") if re.fullmatch(r"docs/[\w./-]+\.(md|png|gif|svg|css)", path) else None


def sources() -> dict[str, str]:
    """Every file that becomes a page or a picture, and its path on the site."""
    names = [
        *(path for path in PAGES if "/" not in path),
        *(
            path.relative_to(REPOSITORY).as_posix()
            for root in ("docs", "examples")
            for path in (REPOSITORY / root).rglob("*")
        ),
        *(path.relative_to(REPOSITORY).as_posix() for path in REPOSITORY.glob("benchmarks/*/README.md")),
        "clients/typescript/README.md",
    ]
    return {name: page for name in names if (page := page_of(name))}


def github_slug(title: str, separator: str = "-") -> str:
    """The anchor that GitHub gives a heading, so that one link is right there and on the site."""
    kept = "".join(
        letter for letter in unicodedata.normalize("NFC", title.strip().lower()) if re.match(r"[\w\- ]", letter)
    )
    return kept.replace(" ", separator)


def outside_fences(text: str, change: Callable[[str], str]) -> str:
    """The text with each line changed, apart from those of code blocks."""
    return "\n".join(line if is_code else change(line) for line, is_code in _lines(text))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it belongs to a code block or is one of its fences."""
    fence = ""
    for line in text.split("\n"):
        found = FENCE.match(line)
        if fence:
            yield line, True
            if found and found[1].startswith(fence) and line.strip() == found[1]:
                fence = ""
        else:
            fence = found[1] if found else ""
            yield line, bool(fence)


def is_english_on_purpose(path: str, source: str) -> bool:
    """Whether a Korean page leads to an English one although there is a Korean one."""
    return source.endswith(".ko.md") and not path.endswith(".ko.md") and (REPOSITORY / f"{path[:-3]}.ko.md").exists()


def address_of(page: str) -> str:
    """The folder on the site in which a page is."""
    name = re.sub(r"(^|/)index$", "", re.sub(r"(\.ko)?\.md$", "", page))
    return f"{'ko/' if page.endswith('.ko.md') else ''}{name}" or "."


def with_site_links(text: str, source: str, repository_url: str) -> str:
    """
    The text with its links as they are on the site. Where a file is no page, the link leads to `repository_url`;
    without one, only its words stay.
    """

    def changed(line: str) -> str:
        return LINK.sub(target_changed, line)

    def target_changed(found: re.Match[str]) -> str:
        target, _, anchor = (found["target"] or "").partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return found[0]
        path = os.path.normpath(PurePosixPath(source).parent / target)
        page, own = page_of(path), page_of(source) or ""
        if page and is_english_on_purpose(path, source):
            reached = f"{os.path.relpath(address_of(page), address_of(own))}/"
        elif page:
            # The builder takes the page in the language of this one, where there is one.
            reached = os.path.relpath(re.sub(r"\.ko(\.\w+)$", r"\1", page), PurePosixPath(own).parent or ".")
        elif repository_url:
            reached = f"{repository_url}/blob/HEAD/{path}"
        else:
            return f"{found['before']}{NOWHERE}"
        return f"{found['before']}{reached}{f'#{anchor}' if anchor else ''}"

    # The words of a link may stand on two lines.
    return re.sub(rf"\[((?:[^\[\]]|\[[^\]]*\])*)\]\({NOWHERE}\)", r"\1", outside_fences(text, changed))


def in_python_markdown(text: str) -> str:
    """
    The text as Python-Markdown reads lists and tables: what belongs to an item stands four columns in, and a list or a
    table begins after an empty line.
    """
    offsets: list[int] = []  # the column where the text of each open item begins
    written: list[str] = []
    has_more = False  # whether the item has more than one paragraph
    for line, is_code in _lines(text):
        indent = len(line) - len(line.lstrip(" "))
        found = ITEM.match(line.lstrip(" ")) if not is_code else None
        was_in_list = bool(offsets)
        if line.strip() and not (is_code and offsets and indent >= offsets[-1]):
            is_lazy = not found and written and written[-1].strip() and not is_code
            while offsets and indent < offsets[-1] and not is_lazy:
                offsets.pop()
        before = written[-1] if written else ""
        begins = (found and (has_more or not was_in_list)) or (line.startswith("|") and not before.startswith("|"))
        if begins and before.strip() and not ITEM.match(before.lstrip(" ")):
            written.append("")
        kept = indent - offsets[-1] if offsets else indent
        written.append(f"{' ' * (4 * len(offsets) + max(kept, 0))}{line.lstrip(' ')}" if line.strip() else "")
        has_more = not found and (has_more or not line.strip())
        if found:
            offsets.append(indent + len(found["marker"]))
    return "\n".join(written)


def page_text(text: str, source: str, repository_url: str = "") -> str:
    """What the site shows of a Markdown file of this repository."""
    text = LANGUAGE_LINE.sub("", text).replace("<details>", '<details markdown="1">')
    text = in_python_markdown(with_site_links(text, source, repository_url))
    return REPORT_PICTURE.sub(rf"[\g<0>]({REPORTS['en']})", text)


def write_pages(folder: Path, repository_url: str = "") -> None:
    """Every page and picture of the site into `folder`."""
    for source, page in sources().items():
        target = folder / page
        target.parent.mkdir(parents=True, exist_ok=True)
        content = (REPOSITORY / source).read_bytes()
        if page.endswith(".md"):
            content = page_text(content.decode(), source, repository_url).encode()
        # `mkdocs serve` watches the folder: what is the same is not written again.
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)


def write_reports(folder: Path) -> None:
    """The report on this repository's own stack, to which its picture on the first page leads, in both languages."""
    for language, name in REPORTS.items():
        command = [sys.executable, "-m", "glimpse", "plan", "--format", "html", "--lang", language]
        if not (folder / name).exists():
            written = [*command, "--output", str(folder / name)]
            ran = subprocess.run(written, cwd=REPOSITORY, capture_output=True, text=True, check=False)
            # An exit code alone is no failure: 1 says that the stack breaks a stated promise.
            if not (folder / name).exists():
                raise SystemExit(f"{' '.join(written)}\n{ran.stderr}")


_pages: tempfile.TemporaryDirectory[str] | None = None
"""Of the build that is running; the plugin for languages builds twice from it."""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """MkDocs calls this before a build, once for each language."""
    global _pages
    _pages = _pages or tempfile.TemporaryDirectory(prefix="glimpse-site-")
    write_pages(Path(_pages.name), (config.extra.get("repository") or "").rstrip("/"))
    write_reports(Path(_pages.name))
    config.docs_dir = _pages.name
    config.mdx_configs.setdefault("toc", {}).update(slugify=github_slug, permalink=True)
    return config

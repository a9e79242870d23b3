"""The text of a message: links can be clicked, line breaks and code stay as they were written, and nothing runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser import in_both_browsers, needs_browser
from tests.chat.page_window import LINE, Open, Window

pytestmark = needs_browser

SHOWN = """
    const [text, done] = arguments, target = document.createElement("div");
    import("/page/message_text.js").then(({ showMessageText }) => {
        showMessageText(target, text);
        const links = [...target.querySelectorAll("a")].map((each) => [each.textContent, each.getAttribute("href"), each.rel, each.target]);
        const code = [...target.querySelectorAll("code, pre")].map((each) => each.textContent);
        const tags = [...new Set([...target.querySelectorAll("*")].map(({ localName }) => localName))];
        done({ text: target.textContent, links, code, tags });
    });
"""


def shown(window: Window, text: str) -> dict[str, Any]:
    return dict(window.driver.execute_async_script(SHOWN, text))


@pytest.fixture
def page(window: Open) -> Window:
    """A window before anybody has logged in: the modules of the page are there."""
    page = window()
    page.driver.get(page.url)
    return page


def test_a_link_is_clickable_and_gives_nothing_away(page: Window) -> None:
    found = shown(page, "see https://example.com/a?b=c#d, or write to mina@example.com.")
    assert found["links"] == [
        ["https://example.com/a?b=c#d", "https://example.com/a?b=c#d", "noopener noreferrer", "_blank"],
        ["mina@example.com", "mailto:mina@example.com", "noopener noreferrer", "_blank"],
    ]
    assert found["text"] == "see https://example.com/a?b=c#d, or write to mina@example.com."
    assert shown(page, "https://example.com에서 만나요")["links"] == [
        ["https://example.com", "https://example.com", "noopener noreferrer", "_blank"]
    ]


def test_a_korean_particle_after_an_address_is_no_part_of_it(page: Window) -> None:
    for text, address in (
        ("https://example.com/a에서 만나요", "https://example.com/a"),
        ("https://example.com/?x=1에는", "https://example.com/?x=1"),
        ("https://example.com/#morning을", "https://example.com/#morning"),
        ("https://example.com/서울에", "https://example.com/서울에"),
        ("https://example.com/서울/a-에세이", "https://example.com/서울/a-에세이"),
    ):
        assert [found for found, *_ in shown(page, text)["links"]] == [address], text


def test_what_is_no_web_address_is_no_link(page: Window) -> None:
    for text in (
        "javascript:alert(1)", "JaVaScRiPt://example.com/%0aalert(1)", "data:text/html,<script>alert(1)</script>",
        "vbscript:msgbox", "file:///etc/passwd", "ftp://example.com", "//example.com", "1.2.3", "main.py", "a.b",
    ):  # fmt: skip
        found = shown(page, text)
        assert [href for _, href, _, _ in found["links"] if not href.startswith(("http", "mailto:"))] == [], text
        assert found["text"] == text
    assert shown(page, "main.py and 1.2.3")["links"] == []


def test_code_stays_as_it_was_written_and_holds_no_links(page: Window) -> None:
    found = shown(page, "try `a  <b> *c*` or\n```python\n  if x:\n\treturn 'https://example.com'\n```\ndone")
    assert found["code"] == ["a  <b> *c*", "  if x:\n\treturn 'https://example.com'"]
    assert found["links"] == []
    assert shown(page, "a ` b") == {"text": "a ` b", "links": [], "code": [], "tags": []}


def test_html_in_a_text_a_link_or_code_stays_text(page: Window) -> None:
    for text in (
        "<img src=x onerror=alert(1)> https://example.com",
        "`<svg onload=alert(1)>`",
        'https://example.com/"><script>alert(1)</script>',
        "```<iframe srcdoc='<script>alert(1)</script>'>```",
    ):
        assert set(shown(page, text)["tags"]) <= {"span", "a", "code", "pre"}, text
    assert page.problems() == [], "nothing of it was tried"


@in_both_browsers
def test_line_breaks_and_spaces_are_shown(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    text = "one\n\n    two\n\tthree   four"
    fill = "const body = document.getElementById('body'); body.value = arguments[0]; body.dispatchEvent(new Event('input', { bubbles: true }))"
    mina.driver.execute_script(fill, text)
    mina.the("#send").click()
    jihun.until(lambda: jihun.all(LINE), "it came")
    bubble = jihun.the(LINE)
    assert bubble.get_property("textContent") == text
    style = "return getComputedStyle(arguments[0]).whiteSpaceCollapse"
    assert jihun.driver.execute_script(style, bubble) == "preserve"


def test_a_link_in_a_message_opens_in_a_new_tab_and_the_chat_stays(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.says(f"{mina.url}health")
    jihun.the(".bubble a").click()
    jihun.until(lambda: len(jihun.driver.window_handles) == 2, "a second tab is open")
    jihun.shows(LINE, f"{mina.url}health")
    assert jihun.problems() == []

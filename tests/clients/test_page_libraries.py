"""What the chat page uses of other projects: it is built from the lock file, finds links, and lets no script through."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette

from glimpse.chat.outside import page
from tests.browser import BROWSER, DRIVER, MISSING, needs_browser
from tests.clients.npm import installed, npm
from tests.conftest import REPOSITORY

if not MISSING:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

LIBRARIES = REPOSITORY / "src/glimpse/chat/page/libraries"
HOSTILE = """
    <p>paragraph <b>bold</b></p><img src=x onerror="document.body.dataset.ran = 1"><script>1</script>
    <a href="javascript:alert(1)" target="_blank">1</a><a href="JaVa&#10;Script:alert(1)">2</a>
    <a href="data:text/html,x">3</a><a href="/relative">4</a><a href="ftp://example.com">5</a>
    <a href="https://example.com" target="_blank" rel="noopener" class="link" onclick="alert(1)" id="x" data-x="1">6</a>
    <svg><a href="https://example.com">7</a></svg><code style="color: red">code</code><iframe src="/"></iframe>
"""
SANITIZED = """
    const [html, done] = arguments;
    const violations = [];
    document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => violations.push(violatedDirective));
    import("/page/libraries/text.js").then(({ linksIn, sanitized }) => {
        const kept = document.createElement("div");
        const given = document.createElement("div");
        given.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
        kept.append(sanitized(given));
        document.body.append(kept);
        const elements = [...kept.querySelectorAll("*")].map((element) =>
            [element.localName, Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))]);
        done({ elements, text: kept.textContent, violations, links: linksIn("https://example.com").length });
    }).catch((error) => done(String(error)));
"""


def test_what_is_committed_is_what_is_built(tmp_path: Path) -> None:
    built = tmp_path / "libraries"
    built.mkdir()
    npm("run", "build", "--", "--outDir", str(built), folder=installed("page", tmp_path))
    assert {file.name: file.read_text() for file in built.iterdir()} == {
        file.name: file.read_text() for file in LIBRARIES.iterdir()
    }, "run `npm ci && npm run build` in clients/page"


def links_in(texts: list[str]) -> list[list[str]]:
    """Of each text its links: as they are written where that is the URL, else `as written → URL`."""
    if not shutil.which("node"):
        pytest.skip("The page's libraries are tested with Node; install node.")
    program = f"""
        import {{ linksIn }} from {json.dumps((LIBRARIES / "text.js").as_uri())};
        const links = (text) => linksIn(text).map(({{ start, end, url }}) => [text.slice(start, end), url]);
        console.log(JSON.stringify({json.dumps(texts)}.map(links)));
    """
    command = ["node", "--input-type=module", "-e", program]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return [[written if written == url else f"{written} → {url}" for written, url in links] for links in found]


def test_links_are_found_and_a_korean_particle_is_no_part_of_a_host() -> None:
    expected = {
        "https://example.com에서 봐요": ["https://example.com"],
        "https://example.com에서.그리고": ["https://example.com"],
        "http://localhost:3001이에요": ["http://localhost:3001"],
        "https://ko.wikipedia.org/wiki/한글": ["https://ko.wikipedia.org/wiki/한글"],
        "https://e편한세상.com/x": ["https://e편한세상.com/x"],
        "https://한글.한국에서": ["https://한글.한국"],
        "naver.com이랑 daum.net은": ["naver.com → http://naver.com", "daum.net → http://daum.net"],
        "ada@example.com으로": ["ada@example.com → mailto:ada@example.com"],
        "mailto:ada@example.com에게": ["mailto:ada@example.com"],
        "(https://example.com/a(b)), HTTPS://EXAMPLE.COM.": ["https://example.com/a(b)", "HTTPS://EXAMPLE.COM"],
        "one\nhttps://example.com\n\ntwo": ["https://example.com"],
    }
    assert links_in(list(expected)) == list(expected.values())


def test_what_has_another_scheme_or_no_known_domain_is_no_link() -> None:
    texts = [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com/x",
        "//example.com",
        "main.js",
        "1.2.3.4",
        "@",
    ]
    assert links_in(texts) == [[] for _ in texts]


@pytest.fixture
def page_address() -> Iterator[str]:
    """The files of the page as the service serves them, with its Content-Security-Policy."""
    config = uvicorn.Config(Starlette(routes=page.routes(lambda host: [])), port=0, log_level="error")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


@needs_browser
def test_no_script_and_no_other_scheme_is_left_and_the_policy_of_the_page_forbids_nothing_of_it(
    browser: Any, page_address: str
) -> None:
    browser.get(f"{page_address}/page/libraries/text.js")
    found = browser.execute_async_script(SANITIZED, HOSTILE)
    assert isinstance(found, dict), found
    link = {"href": "https://example.com", "target": "_blank", "rel": "noopener", "class": "link"}
    assert [element for element in found["elements"] if element[1] or element[0] != "a"] == [
        ["a", {"target": "_blank"}],
        ["a", link],
        ["code", {}],
    ]
    assert "".join(found["text"].split()) == "paragraphbold123456code"
    assert found["links"] == 1
    assert found["violations"] == []


@needs_browser
def test_every_icon_can_be_shown_and_those_of_the_page_are_there(browser: Any, page_address: str) -> None:
    browser.get(f"{page_address}/page/libraries/icons.svg")
    drawn = browser.execute_script(
        "return [...document.querySelectorAll('symbol')].map(({ id, children, viewBox }) =>"
        " [id, children.length > 0, viewBox.baseVal.width])"
    )
    assert all(has_shapes and width == 24 for _, has_shapes, width in drawn)
    names = [name for name, _, _ in drawn]
    assert len(set(names)) == len(names)
    used = set(re.findall(r"#icon-([a-z-]+)", (LIBRARIES.parent / "index.html").read_text()))
    assert used
    assert used <= set(names)

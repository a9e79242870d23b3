"""Everybody can use the page in each of its states: axe finds nothing, controls are large, nothing is cut off."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.browser import Browsers, needs_browser
from tests.chat.page_states import LANGUAGES, STATES, Stage, look_at, staged
from tests.clients.npm import installed

pytestmark = needs_browser

LOOKS = {"en": (1280, "light"), "ko": (390, "dark")}
"""By language, a width and a theme: what one of the three changes differs little with the others."""

AXE = """
    const done = arguments[0];
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    axe.run(document, { runOnly: tags, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] }).then(
        ({ violations }) => done(violations.flatMap(({ id, help, nodes }) =>
            nodes.map(({ target, failureSummary }) => `${id}: ${help}. ${target.join(" ")}: ${failureSummary}`))));
"""
OWN = """
    const MIN_TARGET = 44, screen = document.documentElement.clientWidth, found = [];
    const name = (element) => `<${element.localName} id="${element.id}" class="${element.getAttribute("class") ?? ""}">`;
    const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
    const shown = [...(modal ?? document.body).querySelectorAll("*")].filter((element) => element.checkVisibility());
    for (const element of shown) {
        const { width, height, left, right } = element.getBoundingClientRect();
        const isControl = element.matches("a[href], button, input, textarea, select, summary") && !element.matches(".bubble a");
        if (isControl && Math.min(width, height) < MIN_TARGET - 0.01) found.push(`small: ${name(element)} ${width} × ${height}`);
        if (width > 1 && (right > screen + 1 || left < -1)) found.push(`outside: ${name(element)} ${left}–${right} of ${screen}`);
    }
    if (document.documentElement.scrollWidth > screen) found.push("the page is wider than the screen");
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push(`two elements with the id ${id}`);
    for (const use of document.querySelectorAll("use")) {
        if (!document.querySelector(use.getAttribute("href"))) found.push(`no icon ${use.getAttribute("href")}`);
    }
    return found;
"""


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    package = installed("page", tmp_path_factory.mktemp("npm"))
    return (package / "node_modules/axe-core/axe.min.js").read_text()


@pytest.fixture(scope="module", params=LANGUAGES)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Stage]]:
    language = request.param
    with (
        contextlib.closing(Browsers()) as browsers,
        staged(tmp_path_factory.mktemp("states"), language, browsers) as stage,
    ):
        yield language, stage


@pytest.mark.parametrize("name", STATES)
def test_everybody_can_use_each_state_of_the_page(stage: tuple[str, Stage], name: str, axe: str) -> None:
    language, theatre = stage
    window = STATES[name](theatre)
    window.driver.execute_script(axe)
    look_at(window, *LOOKS[language])
    found = [*window.driver.execute_async_script(AXE), *window.driver.execute_script(OWN)]
    look_at(window, 1280, "light")
    assert not found, "\n\n".join(found)

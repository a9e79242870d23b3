"""The page of `--format html`: whole in one file, in both languages, and harmless whatever a stack is called."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from glimpse.planner import app
from glimpse.planner.meter import Origin
from glimpse.planner.money import usd_text
from glimpse.planner.plan import Plan
from glimpse.planner.quantities import CostCases
from glimpse.planner.report.fragments import SOURCE_SEPARATOR
from glimpse.planner.report.html.bill_rows import MAX_LINES, bill_rows
from glimpse.planner.report.html.charts import cut_to_px
from glimpse.planner.report.html.page import bill_html
from glimpse.planner.resources.instance import Instances
from glimpse.planner.scenarios import plan_of
from glimpse.planner.stack import Stack
from glimpse.planner.workload import Workload
from glimpse.words import LANGUAGES, Words, codes
from tests.conftest import REPOSITORY, SEOUL, TODAY, estimator_for
from tests.planner.html_pages import HOSTILE_NAMES, Element, hostile_plan, page_of, read

TEMPLATES = REPOSITORY / "src/glimpse/planner/report/html/templates"
MAX_BYTES = 1_000_000
QUESTIONS = ("cost", "advice", "loss", "unknown", "sources")
PRESENT_WITHOUT_A_NETWORK = {"href", "src", "srcset", "data", "action", "poster", "xlink:href"}


@pytest.fixture(scope="module")
def plan(own_stack: Stack, own_workload: Workload) -> Plan:
    return plan_of(own_stack, estimator_for(workload=own_workload))


@pytest.fixture(scope="module")
def pages(plan: Plan) -> Mapping[str, Element]:
    return {language: read(page_of(plan, language)) for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_five_questions_are_answered_before_anything_else(
    plan: Plan, pages: Mapping[str, Element], language: str
) -> None:
    words, page = Words(language), pages[language]
    first = next(page.every("section"))
    assert first.attributes["id"] == "answers"
    answers = {row.children[0].text: row.children[1].text for row in first.children}
    assert set(answers) >= {words(f"question_{name}") for name in QUESTIONS}
    assert all(answers.values())
    assert usd_text(plan.today.monthly) in answers[words("question_cost")]
    head = next(page.every("header")).text
    assert plan.recommended
    for amount in (plan.today.monthly, plan.recommended.monthly, plan.recommended.saving.usd or 0):
        assert f"${usd_text(amount)}" in head


def test_the_page_of_one_language_holds_the_other_only_in_quotations(pages: Mapping[str, Element]) -> None:
    for element in pages["en"].every():
        if element.language != "ko" and element.tag not in ("style", "text"):
            assert not re.search("[가-힣]", element.own), element.own
    assert any(element.tag == "blockquote" for element in pages["en"].every())
    assert {element.language for element in pages["ko"].every() if element.tag} == {"", "ko"} - {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_of_a_network_and_nothing_is_a_script(pages: Mapping[str, Element], language: str) -> None:
    ids = [element.attributes["id"] for element in pages[language].every() if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    for element in pages[language].every():
        assert element.tag not in {"script", "link", "iframe", "object", "embed", "img", "base", "form", "image"}
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in PRESENT_WITHOUT_A_NETWORK & element.attributes.keys():
            assert element.attributes[name].removeprefix("#") in ids, element.attributes
    assert not re.search(r"url\(|@import|expression\(", next(pages[language].every("style")).own)


def test_each_line_of_the_bill_has_its_price_source_date_and_assumptions(
    plan: Plan, pages: Mapping[str, Element]
) -> None:
    words, lines = Words("en"), pages["en"].at("lines").text
    for line in plan.today.bill.lines:
        assert line.meter.component in lines
        assert line.meter.origin.address in lines
        if line.price:
            assert line.price.as_of in lines
            for document in line.price.source.split(SOURCE_SEPARATOR):
                assert document in lines
        for note in line.meter.assumes:
            assert words.render(note) in lines
    assert f"${usd_text(plan.today.monthly)}" in lines


def test_the_waterfall_adds_up_and_is_a_table_too(plan: Plan, pages: Mapping[str, Element]) -> None:
    assert plan.recommended
    table = next(table for table in pages["en"].at("bill").every("table") if Words("en")("ui_lever") in table.text[:20])
    amounts = [Decimal(re.sub(r"[^\d.-]", "", cell.text.replace("−", "-"))) for cell in table.every("td")]
    assert f"{amounts[0]:.2f}" == usd_text(plan.today.monthly)
    assert f"{amounts[-1]:.2f}" == usd_text(plan.recommended.monthly)
    assert sum(amounts[:-1]) == amounts[-1]


def test_scenarios_stand_in_the_order_of_cost(pages: Mapping[str, Element]) -> None:
    table = [
        table for table in pages["en"].at("scenarios").every("table") if "rows" in table.attributes.get("class", "")
    ]
    costs = [
        Decimal(re.sub(r"[^\d.]", "", cell.text))
        for cell in table[0].every("td")
        if cell.attributes["data-head"] == Words("en")("html_usd_a_month")
    ]
    assert len(costs) > 3
    assert costs == sorted(costs)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_chart_has_a_name_and_its_figures_as_a_table(pages: Mapping[str, Element], language: str) -> None:
    figures = list(pages[language].every("figure"))
    assert len(figures) == 4
    for figure in figures:
        pictures = list(figure.every("svg"))
        assert {picture.attributes["role"] for picture in pictures} == {"img"}
        assert all(picture.attributes["aria-label"] for picture in pictures)
        assert list(figure.every("table"))


def test_every_change_says_where_how_what_it_gives_up_and_with_what_risk(
    plan: Plan, pages: Mapping[str, Element]
) -> None:
    words = Words("en")
    assert plan.waterfall
    for step in plan.waterfall:
        card = pages["en"].at(f"change-{step.lever.name}").text
        assert words(f"lever_{step.lever.name}") in card
        assert words(f"how_{step.lever.name}") in card
        assert words(f"risk_{step.lever.name}") in card
        for origin in step.effect.places:
            assert f"{origin.address} {origin.file}:{origin.line}" in card
        if step.lever.gives_up:
            assert words(f"promise_{step.lever.gives_up}") in card


def test_the_documents_claims_stand_beside_what_was_computed(plan: Plan, pages: Mapping[str, Element]) -> None:
    assert plan.document
    quotes = [quote.text for quote in pages["en"].at("document").every("blockquote")]
    assert quotes == [" ".join(claim.quote.split()) for claim in plan.document.claims]


def test_a_hostile_name_is_text_and_nothing_else(write_stack: Callable[..., Path]) -> None:
    text = page_of(hostile_plan(write_stack))
    page = read(text)
    assert "\u202e" not in text
    assert "web\\u{202e}gpj" in page.text
    assert not list(page.every("script", "img"))
    assert all(not name.startswith("on") for element in page.every() for name in element.attributes)
    for name in HOSTILE_NAMES[2:5]:
        assert name.replace('"', '\\"') in page.text or name in page.text


def test_a_bill_of_2000_resources_with_long_names_is_folded_and_says_so() -> None:
    resources = tuple(
        Instances(Origin(f"aws_instance.{number}{'n' * 280}", "f" * 250, number), "t3.micro", 1 + number // 2)
        for number in range(2_000)
    )
    bill = estimator_for().bill(Stack("many", SEOUL, resources))
    text = bill_html(bill, bill.monthly, Words("en"), TODAY)
    assert len(text.encode()) < MAX_BYTES
    shown = [row for row in read(text).at("lines").every("details") if row.attributes["class"] == "line"]
    assert 0 < len(shown) <= MAX_LINES
    assert re.search(r"\d+ more lines cost \$[\d.]+ together", read(text).at("lines").text)


def test_a_line_that_costs_something_in_another_case_is_not_among_those_of_zero(plan: Plan) -> None:
    line = next(line for line in plan.today.bill.lines if line.price)
    nothing_expected = CostCases(Fraction(0), Fraction(0), Fraction(10))
    lines = (replace(line, quantity=nothing_expected, exact=nothing_expected),)
    rows = bill_rows(replace(plan.today.bill, lines=lines), Words("en"))
    assert [row.address for row in rows.charged] == [line.meter.origin.address]
    assert rows.free_count == 0


@pytest.mark.parametrize("command", ["plan", "bill"])
def test_the_commands_write_the_page(command: str, write_stack: Callable[..., Path], tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    folder = write_stack('resource "aws_eip" "a" {}')
    app.run(command, app.Options(Words("ko"), folder, format="html", output=str(target)))
    page = read(target.read_text())
    assert next(page.every("html")).attributes["lang"] == "ko"
    assert {"answers", "bill", "lines", "gaps"} <= {element.attributes.get("id") for element in page.every("section")}


def test_every_text_of_the_templates_is_in_the_catalogue() -> None:
    said = {
        code
        for path in TEMPLATES.glob("*.jinja")
        for code in re.findall(r'words\("([a-z0-9_]+)"[,)]', path.read_text())
    }
    assert len(said) > 40
    assert said <= codes()


def test_the_package_holds_the_templates() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["glimpse"]
    shipped = {path for pattern in patterns for path in (REPOSITORY / "src/glimpse").glob(pattern)}
    assert set(TEMPLATES.iterdir()) <= shipped


def test_a_label_is_cut_where_its_room_ends_whatever_fonts_there_are() -> None:
    assert cut_to_px("short", 200) == "short"
    assert cut_to_px("가나다라마바사", 60) == "가나다…"


# ---- Colours

PAIRS = (
    *(("ink", ground) for ground in ("ground", "surface", "raised", *(f"tint-{number}" for number in range(9)))),
    *(("soft", ground) for ground in ("ground", "surface", "raised")),
    *((colour, "surface") for colour in ("accent", "saved", "warn", "danger")),
    ("accent", "ground"), ("accent", "saved-ground"), ("ink", "saved-ground"), ("soft", "saved-ground"),
    ("warn", "warn-ground"), ("danger", "danger-ground"), ("saved", "ground"),
)  # fmt: skip
"""Each colour of letters, and what stands behind it."""


@cache
def themes() -> tuple[dict[str, str], dict[str, str]]:
    style = (TEMPLATES / "style.css").read_text()
    light, dark = style.split("@media screen and (prefers-color-scheme: dark)")
    colours = re.compile(r"--([a-z0-9-]+): (#[0-9a-f]{6})")
    return dict(colours.findall(light)), dict(colours.findall(dark.split("* {")[0]))


def luminance(colour: str) -> float:
    """As WCAG 2.2 defines it for sRGB."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_letters_are_readable_in_both_themes(theme: int) -> None:
    colours = {**themes()[0], **themes()[theme]}
    low = {pair: ratio for pair in PAIRS if (ratio := contrast(*(colours[name] for name in pair))) < 4.5}
    assert low == {}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_bars_and_dots_stand_out_from_the_page_in_both_themes(theme: int) -> None:
    colours = {**themes()[0], **themes()[theme]}
    assert [
        name for name in ("bar", "bar-rest", "saved", "warn") if contrast(colours[name], colours["surface"]) < 3
    ] == []

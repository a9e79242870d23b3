"""One catalogue of messages, whole in both languages, and nothing that a file says can act on a terminal."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from fluent.syntax import FluentParser, ast
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from glimpse.planner.levers import LEVERS
from glimpse.planner.levers.lever import Lever
from glimpse.planner.report.levers_terminal import LEVERS as LEVER_COLUMNS
from glimpse.planner.sentence import say
from glimpse.planner.workload_keys import KEYS, OPTIONAL_KEYS, NumberKey
from glimpse.words import LANGUAGES, Words, codes, files_of, plain
from tests.conftest import REPOSITORY

SOURCE = REPOSITORY / "src/glimpse"


@cache
def messages(language: str) -> Mapping[str, ast.Message]:
    """Every message of a language by its code. A text that Fluent cannot read fails here, and so does a second one."""
    found: dict[str, ast.Message] = {}
    for path in files_of(language):
        for entry in FluentParser(with_spans=False).parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ast.Junk | ast.Term), f"{path}: {getattr(entry, 'content', entry)}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{path}: {entry.id.name} is in two files"
                found[entry.id.name] = entry
    return found


def nodes(node: object) -> Iterator[ast.BaseNode]:
    """A node of a message and all nodes below it."""
    if isinstance(node, ast.BaseNode):
        yield node
        for value in vars(node).values():
            yield from nodes(value)
    elif isinstance(node, list):
        for each in node:
            yield from nodes(each)


def facts(message: ast.Message) -> set[str]:
    """The names of what a message is given."""
    return {node.id.name for node in nodes(message) if isinstance(node, ast.VariableReference)}


def facts_told(message: ast.Message) -> set[str]:
    """Those that it shows: a fact may also do nothing but choose a plural, which Korean has no use for."""
    choosing = {id(node.selector) for node in nodes(message) if isinstance(node, ast.SelectExpression)}
    shown = (node for node in nodes(message) if isinstance(node, ast.VariableReference) and id(node) not in choosing)
    return {node.id.name for node in shown}


def texts(message: ast.Message) -> str:
    """What a message says besides its facts, all plural forms of it."""
    return "".join(node.value for node in nodes(message) if isinstance(node, ast.TextElement))


def test_each_message_is_in_both_languages_and_tells_the_same_facts() -> None:
    english, korean = (messages(language) for language in LANGUAGES)
    assert english.keys() ^ korean.keys() == set()
    assert english.keys() ^ codes() == set()
    for each in (english, korean):
        assert [code for code, message in each.items() if not texts(message).strip() and not facts(message)] == []
    assert [code for code in codes() if facts_told(english[code]) != facts_told(korean[code])] == []


def test_the_files_of_one_language_are_those_of_the_other() -> None:
    """A reader finds the Korean of a message in the file of the same name."""
    files = [
        {str(path).replace(f"/words/{language}/", "/words/"): path for path in files_of(language)}
        for language in LANGUAGES
    ]
    assert files[0].keys() == files[1].keys()
    for name, path in files[0].items():
        assert [*_codes_in(path.read_text())] == [*_codes_in(files[1][name].read_text())], name


def _codes_in(text: str) -> list[str]:
    return re.findall(r"^(\w+) =", text, re.MULTILINE)


def test_every_code_that_the_program_says_is_in_the_catalogue() -> None:
    said = set()
    for path in SOURCE.rglob("*.py"):
        said |= set(
            re.findall(r"\b(?:say|words|_title|_line|_marked|_findings)\(\s*\"([a-z0-9_]+)\"", path.read_text())
        )
    assert len(said) > 100
    assert said <= codes()


def test_no_sentence_is_left_over() -> None:
    """The program contains each code, either whole or composed from its beginning or with an ending."""
    text = "".join(path.read_text() for kind in ("*.py", "*.jinja") for path in SOURCE.rglob(kind))
    starts = set(re.findall(r"f[\"']([a-z_]+_)\{", text))
    endings = set(re.findall(r"f[\"']\{\w+\}(_[a-z_]+)[\"']", text))

    def is_said(code: str) -> bool:
        whole = [code, *(code.removesuffix(ending) for ending in endings if code.endswith(ending))]
        return any(f'"{name}"' in text or f"'{name}'" in text for name in whole) or any(
            code.startswith(start) for start in starts
        )

    assert [code for code in codes() if not is_said(code)] == []


# ---- Each language as its readers write it

HANGUL = re.compile("[가-힣]")
ONE_THING = re.compile(
    r"(?<![\w.$/-])1 (?:(?!(?:to|of|if|is|has|does|or|that) )[a-z-]+ ){0,2}?"
    r"(?!(?:does|times|is|has|was|asks|runs|saves|serves|process)\b)([A-Za-z]{3,}s|are|were|have)\b"
)
"""A 1 before a noun or a verb of many."""

PARTICLE = re.compile(
    r"(?<!\$)\{ \$\w+ \}[\"”`]*(?:은|는|이|가|을|를|과|와|으로|로|이에요|예요|이라|라|이라서|라서|이고|고|이며|이지만|란|인데)"
    r"(?=[ ,.?!:;)\n]|$)"
    r"|\$\{ \$\w+ \}(?:은|이|을|과|으로|이에요)(?=[ ,.?!:;)\n]|$)",
    re.MULTILINE,
)
"""
A Korean particle directly after a fact, where another one would be right after another last letter. An amount of USD is
read as 달러, which ends with a vowel.
"""


def test_korean_messages_are_korean_and_english_messages_are_english() -> None:
    # The comments of a file too.
    assert [path for path in files_of("en") if HANGUL.search(path.read_text(encoding="utf-8"))] == []
    korean = messages("ko")
    # Names and units have no Hangul: Terraform, USD, ARM(Graviton) task.
    names = {code: texts(message) for code, message in korean.items() if not HANGUL.search(texts(message))}
    assert [code for code, text in names.items() if re.search(r"\b(?!task\b)[a-z]{2,}\b", text)] == []
    # What stands in backquotes is typed as it is, and so are indented lines of a help text.
    left = {code: re.sub(r"`[^`]*`|^ {2,}.*", "", texts(message)) for code, message in korean.items()}
    assert [code for code, text in left.items() if re.search(r"(?:\b[a-z]{2,} ){4}", text)] == []


AFTER_A_WORD = re.compile(r"([가-힣]*[가-힣])(를|을|와|가|예요|이에요|으로)(?![가-힣])")
NOUNS_IN_GA = re.compile("(?:증가|단가|정가|평가|누군가|불가)$")


KOREAN_PAGES = [
    REPOSITORY / "README.ko.md",
    *(
        page
        for folder in (".", "how-to", "explanation")
        for page in (REPOSITORY / "docs" / folder).glob("*.ko.md")
        if page.name != "plan-document.ko.md"  # somebody else's words, which are quoted
    ),
]


def particles_that_do_not_fit(text: str) -> list[str]:
    """Words whose particle is that of the other kind of syllable, and particles that leave the choice to the reader."""
    found = re.findall(r"을\(를\)|은\(는\)|이\(가\)|와\(과\)|\(으\)로", text)
    for match in AFTER_A_WORD.finditer(text):
        noun, particle = match.groups()
        final = (ord(noun[-1]) - ord("가")) % 28  # 0: the syllable ends with a vowel; 8: with ㄹ
        fits = {"를": not final, "와": not final, "가": not final, "예요": not final, "으로": final not in (0, 8)}
        if not fits.get(particle, bool(final)) and not NOUNS_IN_GA.search(match[0]):
            found.append(match[0])
    return found


def test_korean_particles_fit_the_word_before_them() -> None:
    assert particles_that_do_not_fit("상태 확인가 실패해요. 서버을 끄고 main을(를) 봐요.") == [
        "을(를)",
        "확인가",
        "서버을",
    ]
    wrong = {code: particles_that_do_not_fit(texts(message)) for code, message in messages("ko").items()}
    wrong |= {page.name: particles_that_do_not_fit(page.read_text()) for page in KOREAN_PAGES}
    assert {where: words for where, words in wrong.items() if words} == {}


def test_a_count_of_one_reads_right() -> None:
    """Every fact that chooses a plural somewhere is 1 everywhere: a message that forgets to choose is found."""
    english, words = messages("en"), Words("en")
    choosing = {
        node.selector.id.name
        for message in english.values()
        for node in nodes(message)
        if isinstance(node, ast.SelectExpression) and isinstance(node.selector, ast.VariableReference)
    }
    assert len(choosing) > 10
    wrong = {}
    for code, message in english.items():
        text = words(code, **{name: 1 if name in choosing else "x" for name in facts(message)})
        if ONE_THING.search(text):
            wrong[code] = text
    assert not wrong, "\n".join(wrong.values())


@pytest.mark.parametrize("text", ["1 tasks", "for 1 days", "the 1 changes below", "1 new tasks run"])
def test_a_count_of_one_that_reads_wrong_would_be_found(text: str) -> None:
    assert ONE_THING.search(text)


def test_a_one_that_comes_as_text_chooses_the_singular_too() -> None:
    assert [Words("en")("unit_tasks", value=value) for value in (1, "1", "2")] == ["1 task", "1 task", "2 tasks"]


def test_no_korean_particle_depends_on_a_fact() -> None:
    wrong = [
        f"{code}: {found[0]}"
        for path in files_of("ko")
        for code, text in _messages_in(path.read_text(encoding="utf-8"))
        for found in PARTICLE.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)
    assert PARTICLE.search("{ $name }를 찾지 못했어요")
    assert PARTICLE.search("월 ${ $usd }이에요")
    assert not PARTICLE.search("월 ${ $usd }예요")


def _messages_in(text: str) -> list[tuple[str, str]]:
    """Each code of a file with its text."""
    parts = re.split(r"^(\w+) =", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_one_thing_has_one_word_in_korean() -> None:
    """AWS's own words, `task` for a task of ECS, and the glossary's for the rest; in messages and in documents."""
    others = re.compile(
        "태스크|작업 정의|공인 IP|헬스 체크|프로덕션|오토스케일링|스케일링 정책|스케일링 대상|플랜 문서|알람|워크로드|리스크"
    )
    assert [code for code, message in messages("ko").items() if others.search(texts(message))] == []
    assert {page.name: found for page in KOREAN_PAGES if (found := others.findall(page.read_text()))} == {}


@pytest.mark.parametrize("key", [*KEYS, *OPTIONAL_KEYS], ids=lambda key: key.path)
def test_the_unit_of_a_key_of_the_workload_is_said_in_both_languages(key: NumberKey) -> None:
    assert Words("en")(key.unit_code) == key.unit
    assert HANGUL.search(Words("ko")(key.unit_code)) or key.unit in ("MB", "GB")


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda lever: lever.name)
def test_a_lever_has_a_name_a_way_a_risk_and_what_it_gives_up_in_words(lever: Lever) -> None:
    named = {f"lever_{lever.name}", f"how_{lever.name}", f"loses_{lever.name}", f"risk_{lever.name}"}
    named.add(lever.implemented)
    if lever.gives_up:
        named.add(f"promise_{lever.gives_up}")
    assert named <= codes()


@pytest.mark.parametrize("lever", LEVERS, ids=str)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_name_of_a_lever_fits_its_column(lever: str, language: str) -> None:
    assert cell_len(Words(language)(f"lever_{lever}")) <= LEVER_COLUMNS[0][0]


def test_no_words_are_left_of_a_lever_or_a_risk_that_is_gone() -> None:
    for start, known in (
        ("lever_", LEVERS),
        ("how_", LEVERS),
        ("loses_", LEVERS),
        ("risk_", LEVERS),
        ("short_", codes()),
    ):
        assert [code for code in codes() if code.startswith(start) and code.removeprefix(start) not in known] == []


def test_the_package_holds_every_file_of_codes() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())
    shipped = project["tool"]["setuptools"]["package-data"]["glimpse"]
    for path in SOURCE.rglob("*.ftl"):
        # As setuptools matches them: a star stops at a folder.
        assert any(path in SOURCE.glob(pattern) for pattern in shipped), path


@given(st.text())
def test_what_is_shown_never_holds_a_control_or_direction_character(text: str) -> None:
    shown = plain(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]", shown)
    assert len(shown) < 4000


def test_a_name_that_would_recolour_the_terminal_is_spelled_out() -> None:
    assert plain("web\x1b[31m\u202egpj") == "web\\u{1b}[31m\\u{202e}gpj"
    assert "\x1b" not in Words("en").render(say("family_unknown", type="x\x1b]0;owned\x07"))


def test_a_code_that_no_file_has_and_a_fact_that_is_not_given_are_errors() -> None:
    with pytest.raises(KeyError):
        Words("en")("no_such_sentence")
    with pytest.raises(KeyError):
        Words("en")("family_unknown")


def test_a_fact_may_look_like_fluents_own_notation() -> None:
    assert "{ $type }" in Words("en")("family_unknown", type="{ $type }")

"""What the page looks like: pictures, icons, colours and sizes, and where it says what."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from glimpse.chat.outside.page import PAGE
from glimpse.chat.refusals import HANDLE_TAKEN, PASSWORD_TOO_SHORT, WRONG_PASSWORD
from tests.browser import MISSING, needs_browser
from tests.chat.page_window import PASSWORD, Network, Open, Window, picture_of, sentence

pytestmark = needs_browser

if not MISSING:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

TONES = 6
AVATARS = """
    const done = arguments[0], tones = new Map();
    import("/page/dom.js").then(async ({ setAvatar }) => {
        for (let at = 0; tones.size < 6; at += 1) {
            const target = document.createElement("span");
            target.className = "avatar";
            setAvatar(target, { id: String(at), name: "Mina", picture: `/page/icon.svg?${at}` });
            if (!tones.has(target.dataset.tone)) tones.set(target.dataset.tone, target);
        }
        document.body.prepend(...tones.values());
        const images = [...tones.values()].map((target) => target.querySelector("img"));
        while (images.some((image) => image.parentElement.dataset.hasPicture !== "true")) await new Promise(requestAnimationFrame);
        const boxOf = (target) => JSON.stringify(target.getBoundingClientRect());
        done(images.map((image) => [getComputedStyle(image).objectFit, boxOf(image) === boxOf(image.parentElement)]));
    });
"""
AVATAR = """
    const found = document.querySelector(arguments[0]);
    return [found.textContent, found.querySelector("img") !== null, found.dataset.hasPicture];
"""

REQUESTS = """
    return performance.getEntriesByType("resource").filter(({ initiatorType }) => initiatorType === "img")
        .filter(({ name }) => !name.endsWith("/page/icon.svg")).length;
"""
DESCRIPTION = """
    const found = document.querySelector(arguments[0]);
    const described = found.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id));
    return [found.getAttribute("aria-invalid") === "true", described.map((each) => each.textContent).filter(Boolean)];
"""
RINGS = """
    const box = document.querySelector("#compose");
    return [...box.querySelectorAll("*")].filter((each) => getComputedStyle(each).opacity !== "0")
        .filter((each) => { const { outlineStyle, outlineWidth } = getComputedStyle(each); return outlineStyle !== "none" && outlineWidth !== "0px"; })
        .map((each) => each.id || each.classList[0]);
"""
ICON_WIDTH = "return document.querySelector(arguments[0]).getBBox().width"
FONT_SIZES = """
    const shown = [...document.querySelectorAll("body *")].filter((each) => each.checkVisibility() && !each.closest("svg"));
    return [...new Set(shown.map((each) => parseFloat(getComputedStyle(each).fontSize)))];
"""
LANGUAGES = """
    const [page, button] = [document.documentElement, document.querySelector(".language")];
    return [document.title, page.lang, button.lang, button.textContent];
"""


def error_of(window: Window, field: str) -> tuple[bool, list[str]]:
    """Whether a field is marked as wrong, and the texts that describe it, without its hint."""
    is_invalid, described = window.driver.execute_script(DESCRIPTION, field)
    hints = [hint.get_property("textContent") for hint in window.driver.find_elements("css selector", ".field .hint")]
    return bool(is_invalid), [text for text in described if text not in hints]


def test_a_profile_picture_is_shown_whole_on_each_of_the_six_tones(window: Open) -> None:
    page = window()
    page.driver.get(page.url)
    assert page.driver.execute_async_script(AVATARS) == [["cover", True]] * TONES


def test_a_profile_picture_that_is_no_picture_leaves_the_letter_and_is_requested_once(
    pair: tuple[Window, Window], tmp_path: Path
) -> None:
    mina, jihun = pair
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    mina.driver.find_element("id", "my-picture").send_keys(str(broken))
    mina.shows("#my-picture-error", "This browser cannot show that file as a picture. Please choose another.")
    # Another client may not look at it, or show what this browser cannot.
    mina.driver.execute_script("window.createImageBitmap = async () => ({ close() {} })")
    mina.driver.find_element("id", "my-picture").send_keys(str(broken))
    mina.until(lambda: mina.requests("GET", "/me")["profileImageId"], "the picture is stored")
    jihun.driver.refresh()
    jihun.the(".item").click()
    letter = [mina.handle[0].upper(), False, "false"]
    for each, avatar in ((mina, "#my-avatar"), (jihun, ".item .avatar")):
        assert until_requested(each) == 1
        each.until(partial(shows_letter, each, avatar, letter), "the letter is back")
    jihun.says("still there?")
    mina.shows(".bubble", "still there?")
    assert jihun.driver.execute_script(REQUESTS) == 1


def until_requested(window: Window) -> int:
    """How many pictures were requested, once there is one."""
    return int(window.until(lambda: window.driver.execute_script(REQUESTS), "a picture is requested"))


def shows_letter(window: Window, avatar: str, letter: list[Any]) -> bool:
    return bool(window.driver.execute_script(AVATAR, avatar) == letter)


def test_a_group_has_an_icon_and_a_person_a_letter(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    third = window().signed_up()
    mina.starts_group(jihun, third)
    assert [bool(item.find_elements("css selector", ".avatar .icon")) for item in mina.all(".item")] == [True, False]


def test_an_error_of_the_settings_is_at_its_field_and_goes_with_the_next_input(window: Open) -> None:
    mina = window().signed_up()
    mina.the("#open-settings").click()
    wrong, short = sentence(WRONG_PASSWORD.english), sentence(PASSWORD_TOO_SHORT.english)
    for old, new, wrong_field, other, shown in (
        ("not mine", "battery staple", "#old-password", "#new-password", wrong),
        (PASSWORD, "short", "#new-password", "#old-password", short),
    ):
        mina.fills("#old-password", old).fills("#new-password", new).the("#change-password button").click()
        mina.shows(f"{wrong_field}-error", shown)
        assert error_of(mina, wrong_field) == (True, [shown])
        assert f"#{mina.driver.switch_to.active_element.get_attribute('id')}" == wrong_field
        assert error_of(mina, other) == (False, [])
        mina.the(other).send_keys("x")
        assert mina.texts(f"{wrong_field}-error") == [shown], "its cause is still there"
        mina.the(wrong_field).send_keys("x")
        assert error_of(mina, wrong_field) == (False, [])
    mina.fills("#display-name", "Mina").the("#rename button").click()
    mina.shows("#rename-done", "Saved.")
    mina.the("#display-name").send_keys("!")
    assert not mina.all("#rename-done"), "it is not saved any more"


def test_an_error_of_the_log_in_is_at_its_field_and_goes_with_the_next_input(window: Open) -> None:
    mina, other = window().signed_up(), window()
    other.driver.get(other.url)
    other.the("#handle").send_keys(mina.handle)
    other.the("#password").send_keys("wrong password", Keys.ENTER)
    shown = "The handle or the password is not right."
    other.shows("#log-in-error", shown)
    for field in ("#handle", "#password"):
        assert error_of(other, field) == (True, [shown])
    other.the("#handle").send_keys("x")
    for field in ("#handle", "#password"):
        assert error_of(other, field) == (False, [])

    other.the("#log-in-mode").click()
    other.fills("#handle", mina.handle).fills("#password", PASSWORD).the("#log-in-go").click()
    other.shows("#handle-error", sentence(HANDLE_TAKEN.english))
    other.fills("#handle", other.handle).fills("#password", "short").the("#log-in-go").click()
    other.shows("#password-error", sentence(PASSWORD_TOO_SHORT.english))
    assert not other.all("#handle-error")


def test_an_unknown_handle_is_said_at_its_field_until_it_is_changed(window: Open) -> None:
    mina = window().signed_up()
    for handle, shown in (("nobody-has-this", "Nobody has this handle."), (mina.handle, "That is you.")):
        mina.fills("#start-handle", handle).the("#start button").click()
        mina.shows("#start-handle-error", shown)
        assert error_of(mina, "#start-handle") == (True, [shown])
        mina.the("#start-handle").send_keys("x")
        assert error_of(mina, "#start-handle") == (False, [])


@pytest.mark.parametrize(
    ("language", "mine", "theirs", "in_group"),
    [
        (
            "en-US",
            ["You: hello", "You sent a picture", "You sent a file", "You deleted a message"],
            ["hello", "Sent a picture", "Sent a file", "This message was deleted"],
            ["{name}: hello", "{name} sent a picture", "{name} sent a file", "{name} deleted a message"],
        ),
        (
            "ko-KR",
            ["나: hello", "내가 사진을 보냈어요", "내가 파일을 보냈어요", "내가 메시지를 삭제했어요"],
            ["hello", "사진을 보냈어요", "파일을 보냈어요", "삭제된 메시지예요"],
            [
                "{name}: hello",
                "{name}님이 사진을 보냈어요",
                "{name}님이 파일을 보냈어요",
                "{name}님이 메시지를 삭제했어요",
            ],
        ),
    ],
)
def test_the_list_says_in_a_sentence_what_the_last_message_is(
    window: Open, tmp_path: Path, language: str, mine: list[str], theirs: list[str], in_group: list[str]
) -> None:
    mina, jihun, third = window(language).signed_up(), window(language).signed_up(), window().signed_up()
    mina.talks_to(jihun)
    table = tmp_path / "numbers.csv"
    table.write_text("a,b\n1,2\n", "utf-8")
    picture = picture_of(tmp_path, "sea.png", 40, 30)

    def writes(readers: list[tuple[Window, list[str]]]) -> None:
        acts: list[Any] = [lambda: mina.says("hello"), lambda: mina.sends(picture), lambda: mina.sends(table)]
        for number, act in enumerate([*acts, lambda: deletes_the_newest(mina)]):
            act()
            for reader, sentences in readers:
                shown = f"\u2068{mina.handle}\u2069"
                reader.shows(".item .last", sentences[number].format(name=shown))

    writes([(mina, mine), (jihun, theirs)])
    group = mina.starts_group(jihun, third)
    mina.the(f"[data-open='{group}']").click()
    mina.until(lambda: mina.all("#menu") and not mina.all("#block"), "the group is open")
    writes([(jihun, in_group)])


def deletes_the_newest(window: Window) -> None:
    [newest, *_] = window.requests("GET", "/conversations")["conversations"]
    window.requests("DELETE", f"/conversations/{newest['id']}/messages/{newest['lastMessage']['seq']}")


def test_what_takes_its_time_says_that_it_is_loading(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    group = mina.starts_group(jihun, window().signed_up())
    mina.holds("/messages")
    mina.the(f"[data-open='{group}']").click()
    mina.shows("#older", "Loading messages…")
    mina.the("#log-out").click()
    mina.holds("/conversations?")
    mina.entered()
    mina.shows("#loading-conversations", "Loading chats…")


def test_the_composer_has_one_ring_at_a_time(pair: tuple[Window, Window]) -> None:
    mina, _ = pair
    mina.the("#body").click()
    assert mina.driver.execute_script(RINGS) == ["composer"]
    for ring in ("send", "attach"):
        keys = ActionChains(mina.driver)
        if ring == "send":
            keys.send_keys(Keys.TAB).perform()
        else:
            keys.key_down(Keys.SHIFT).send_keys(Keys.TAB, Keys.TAB).key_up(Keys.SHIFT).perform()
        assert mina.driver.execute_script(RINGS) == [ring]


def test_an_icon_that_is_first_needed_without_a_connection_is_there(
    pair: tuple[Window, Window], network: Network, tmp_path: Path
) -> None:
    mina, _ = pair
    report = tmp_path / "report.pdf"
    report.write_bytes(b"%PDF-1.4")
    network.cut()
    mina.the("#banner")
    mina.sends(report)
    mina.shows(".file-name", "report.pdf")
    assert mina.driver.execute_script(ICON_WIDTH, ".file .icon use") > 0
    assert mina.problems() == []


def test_texts_have_five_sizes_of_at_least_12_pixels(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    jihun.says("`code` and https://example.com")
    mina.the(".bubble code")
    before = window()
    before.driver.get(before.url)
    before.the("#log-in-mode").click()
    mina.the("#open-settings").click()
    sizes = {size for each in (mina, before) for size in each.driver.execute_script(FONT_SIZES)}
    assert sizes == {12, 14, 16, 20, 28}


def test_the_title_and_the_language_button_are_in_their_languages(window: Open) -> None:
    page = window("ko-KR")
    page.driver.get(page.url)
    page.the("#log-in-go")
    assert page.driver.execute_script(LANGUAGES) == ["로그인 · Glimpse", "ko", "en", "English"]
    page.the(".language").click()
    assert page.driver.execute_script(LANGUAGES) == ["Log in · Glimpse", "en", "ko", "한국어"]
    page.signed_up()
    page.until(lambda: page.driver.title == "Chats · Glimpse", "the list has its title")


# ---- Colours

TEXTS = {
    "ink": ("ground", "surface", "raised", "mine"),
    "soft": ("ground", "surface", "raised", "mine"),
    "danger": ("ground", "surface", "raised", "mine"),
    "accent": ("ground", "surface", "raised", "mine"),
    "on-accent": ("accent",),
    "on-warn": ("warn",),
    "on-good": ("good",),
    "surface": ("danger",),
}
BORDERS = {"edge": ("ground", "surface"), "dot": ("ground", "surface", "raised")}


def test_texts_and_borders_have_the_contrast_of_wcag_in_both_themes() -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11."""
    style = (PAGE / "style.css").read_text("utf-8")
    light, dark = (dict(colours(block)) for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2])
    for theme in (light, dark):
        for least, pairs in ((4.5, TEXTS), (3.0, BORDERS)):
            low = [
                (front, back)
                for front, backs in pairs.items()
                for back in backs
                if contrast(theme[front], theme[back]) < least
            ]
            assert low == []
    tones = re.findall(r"\.avatar\b[^}]*background-color: (#\w{6})", style)
    assert len(tones) == TONES
    assert [tone for tone in tones if contrast(tone, "#ffffff") < 4.5] == []


def colours(block: str) -> list[tuple[str, str]]:
    """The names and values of custom properties, with six digits each."""
    found = re.findall(r"--([\w-]+): #(\w+);", block)
    return [
        (name, "#" + (value if len(value) == 6 else "".join(2 * digit for digit in value))) for name, value in found
    ]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of an sRGB colour (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""The way through the page: from one conversation to another, back and after a reload, and where the focus is."""

from __future__ import annotations

from pathlib import Path

from tests.browser import MISSING, in_both_browsers, needs_browser
from tests.chat.page_window import LINE, PHONE, Network, Open, Window, picture_of

pytestmark = needs_browser

if not MISSING:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

ASKS_BEFORE_LEAVING = "return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
FOCUSED = """
    const found = document.activeElement;
    return found.id || found.closest(".message")?.querySelector(".bubble").textContent || found.tagName;
"""
"""The id of the element that has the focus, or the text of the message that it is in."""
SHOWN_PICTURES = (
    "return [...document.querySelectorAll('.message .picture[src]')].map(({ naturalWidth }) => naturalWidth)"
)


def focused(window: Window) -> str:
    return str(window.driver.execute_script(FOCUSED))


@in_both_browsers
def test_the_way_back_of_a_phone_leads_from_a_conversation_to_the_list(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    jihun.driver.back()
    jihun.the("#start-handle")
    assert not jihun.all("#conversation")
    jihun.driver.forward()
    jihun.shows("#conversation-title", mina.handle)
    jihun.says("still here")
    mina.shows(LINE, "still here")
    jihun.driver.refresh()
    jihun.shows(LINE, "still here")
    jihun.driver.back()
    jihun.the("#start-handle")


def test_the_page_s_own_way_back_does_not_fill_that_of_the_browser(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    jihun.driver.get(f"{jihun.url}page/icon.svg")
    jihun.driver.get(jihun.url)
    mina.talks_to(jihun)
    for _ in range(2):
        jihun.the("#back").click()
        jihun.the(".item").click()
        jihun.the("#conversation")
    jihun.the("#back").click()
    jihun.the("#start-handle")
    jihun.driver.back()
    jihun.until(lambda: jihun.driver.current_url.endswith("icon.svg"), "the page before is shown")


def test_a_reload_shows_the_same_conversation_with_its_draft(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.says("hello")
    jihun.shows(LINE, "hello")
    jihun.the("#body").send_keys("half a sen")
    jihun.driver.refresh()
    jihun.shows(LINE, "hello")
    assert jihun.the("#body").get_property("value") == "half a sen"
    jihun.says("tence")
    mina.shows(LINE, "half a sentence")


def test_an_address_of_a_conversation_that_one_is_not_in_shows_the_list(
    pair: tuple[Window, Window], window: Open
) -> None:
    mina, _ = pair
    address = mina.driver.current_url
    assert "#chat=" in address
    for wrong in (address, f"{mina.url}#chat=%E0%A4%A"):
        third = window().signed_up()
        third.driver.get("about:blank")
        third.driver.get(wrong)
        third.the("#no-conversations")
        third.until(lambda third=third: "#" not in third.driver.current_url, "the address is that of the list")


def test_the_next_user_of_a_tab_is_not_led_to_a_conversation_of_the_user_before(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.the("#log-out").click()
    shown_to_jihun, mina.handle = mina.handle, jihun.handle
    mina.entered()
    mina.shows(".item .name", shown_to_jihun)
    assert "#" not in mina.driver.current_url
    assert not mina.all("#conversation")


def test_who_left_a_group_may_return_after_a_reload(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    third = window().signed_up()
    group = mina.starts_group(jihun, third)
    mina.the(f"[data-open='{group}']").click()
    mina.says("before")
    mina.leaves()
    mina.the("#return")
    mina.driver.refresh()
    mina.until(lambda: len(mina.all(".item")) == 1, "the group is not listed")
    mina.the("#return").click()
    mina.shows(LINE, "before")
    mina.until(lambda: not mina.all("#left-note"), "the note is gone")
    mina.driver.refresh()
    mina.shows(LINE, "before")
    assert not mina.all("#left-note")


def test_the_browser_asks_before_a_file_that_is_still_uploading_is_lost(
    pair: tuple[Window, Window], tmp_path: Path
) -> None:
    mina, jihun = pair
    mina.says("hello")
    jihun.shows(LINE, "hello")
    assert not mina.driver.execute_script(ASKS_BEFORE_LEAVING)
    mina.slowly(20_000)
    mina.sends(picture_of(tmp_path, "slow.png", 700, 700))
    mina.the(".message progress")
    assert mina.driver.execute_script(ASKS_BEFORE_LEAVING)
    mina.the(".message .discard").click()
    mina.until(lambda: not mina.all(".message progress"), "the upload is cancelled")
    assert not mina.driver.execute_script(ASKS_BEFORE_LEAVING)


@in_both_browsers
def test_one_key_leads_over_all_own_messages_to_the_composer_and_arrows_between_them(
    pair: tuple[Window, Window],
) -> None:
    mina, _ = pair
    for text in ("one", "two", "three"):
        mina.says(text)
        mina.shows(LINE, text)
    mina.until(lambda: not mina.all(".pending"), "all are stored")
    mina.driver.execute_script("document.getElementById('scroll').focus()")
    mina.driver.switch_to.active_element.send_keys(Keys.TAB)
    assert focused(mina) == "three"
    for key, text in ((Keys.ARROW_UP, "two"), (Keys.ARROW_UP, "one"), (Keys.ARROW_UP, "one"), (Keys.ARROW_DOWN, "two")):
        mina.driver.switch_to.active_element.send_keys(key)
        assert focused(mina) == text
    mina.driver.switch_to.active_element.send_keys(Keys.ENTER)
    mina.confirms()
    mina.shows(LINE, "This message was deleted")
    assert mina.texts(LINE) == ["one", "This message was deleted", "three"]
    mina.driver.find_elements(By.CSS_SELECTOR, ".delete")[-1].send_keys(Keys.TAB)
    assert focused(mina) == "attach"


def test_a_long_name_does_not_widen_the_note_of_who_is_typing(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    mina.requests("POST", "/profile", {"displayName": "가" * 100})
    jihun.driver.refresh()
    jihun.the("#conversation-title .handle")
    jihun.record("#typing", "clientHeight")
    mina.the("#body").send_keys("x")
    [shown] = jihun.until(lambda: [text for text in jihun.texts("#typing") if text], "somebody is typing")
    assert shown.endswith("is typing…")
    assert len(jihun.recorded()) == 1, "it stays one line"


@in_both_browsers
def test_a_conversation_shows_its_own_messages_and_pictures_and_not_those_of_the_one_before(
    pair: tuple[Window, Window], window: Open, tmp_path: Path
) -> None:
    mina, jihun = pair
    third = window().signed_up()
    group = mina.starts_group(jihun, third)
    [two] = [item["id"] for item in mina.requests("GET", "/conversations")["conversations"] if item["id"] != group]
    jihun.sends(picture_of(tmp_path, "pair.png", 40, 30))
    assert mina.picture() == 40
    jihun.says("to mina")
    mina.shows(LINE, "to mina")
    jihun.the(f"[data-open='{group}']").click()
    jihun.shows("#conversation-state", "3 people")
    jihun.sends(picture_of(tmp_path, "group.png", 60, 30))
    mina.the(f"[data-open='{group}']").click()
    mina.until(lambda: mina.driver.execute_script(SHOWN_PICTURES) == [60], "the picture of the group is shown")
    third.the(f"[data-open='{group}']").click()
    third.leaves()
    mina.shows(".change", f"{third.handle} left")
    for _ in range(2):
        mina.the(f"[data-open='{two}']").click()
        mina.until(lambda: mina.driver.execute_script(SHOWN_PICTURES) == [40], "only the picture of the two")
        assert mina.texts(".change") == []
        assert "to mina" in mina.texts(LINE)
        mina.the(f"[data-open='{group}']").click()
        mina.until(lambda: mina.driver.execute_script(SHOWN_PICTURES) == [60], "only the picture of the group")
        mina.shows(".change", f"{third.handle} left")
        assert "to mina" not in mina.texts(LINE)
    assert mina.problems() == []


def test_a_double_click_on_the_way_back_shows_the_list(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    jihun.driver.execute_script("const back = document.getElementById('back'); back.click(); back.click()")
    jihun.the("#start-handle")
    jihun.the(".item").click()
    jihun.shows("#conversation-title", mina.handle)


def test_a_conversation_that_was_slow_to_start_does_not_take_the_place_of_another(
    pair: tuple[Window, Window], window: Open
) -> None:
    mina, jihun = pair
    third = window().signed_up()
    mina.driver.get(mina.url)
    mina.the(".item")
    mina.holds("/users?")
    mina.the("#start-handle").send_keys(third.handle, Keys.ENTER)
    mina.has_held()
    mina.the(".item").click()
    mina.the("#body").send_keys("half a sen")
    mina.releases()
    mina.shows(".item .name", third.handle)
    mina.until(lambda: not mina.the("#start-handle").get_property("value"), "it has started")
    mina.says("tence")
    jihun.shows(LINE, "half a sentence")


def test_a_conversation_that_was_left_elsewhere_gives_way_to_the_list(
    pair: tuple[Window, Window], window: Open
) -> None:
    mina, _ = pair
    other = window().logged_in(mina.handle)
    other.the(".item").click()
    other.leaves()
    mina.until(lambda: "#" not in mina.driver.current_url, "the address is that of the list")
    assert focused(mina) == "list-title"


def test_going_back_closes_a_question_about_the_conversation(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    jihun.the("#menu summary").click()
    jihun.the("#leave").click()
    jihun.the("#confirm")
    jihun.driver.back()
    jihun.the("#start-handle")
    assert not jihun.all("#confirm")
    assert len(jihun.all(".item")) == 1


def test_the_focus_stays_at_a_conversation_that_moves_in_the_list(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    third = window().signed_up()
    third.talks_to(mina)
    jihun.says("first")
    mina.until(lambda: mina.texts(".item .last")[:1] == ["first"], "it is above")
    mina.driver.execute_script("document.querySelectorAll('.item')[1].focus()")
    third.says("second")
    mina.until(lambda: mina.texts(".item .last")[:1] == ["second"], "the other is above")
    assert mina.driver.switch_to.active_element == mina.all(".item")[0]


def test_who_comes_back_to_a_conversation_sees_and_has_read_the_newest(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    for number in range(30):
        mina.says(f"number {number}")
    jihun.shows(LINE, "number 29")
    jihun.driver.execute_script("document.getElementById('scroll').scrollTop = 0")
    jihun.the("#to-newest")
    mina.says("while away")
    jihun.shows("#to-newest", "New messages")
    jihun.the("#back").click()
    jihun.the(".item").click()
    jihun.shows(LINE, "while away")
    jihun.until(lambda: not jihun.all("#to-newest"), "it is at the newest")
    mina.shows(".mine .status", "Read")
    jihun.until(lambda: jihun.unread_at_server() == 0, "the server knows it, too")


def test_a_log_out_asks_where_messages_would_be_lost(pair: tuple[Window, Window], network: Network) -> None:
    mina, _ = pair
    network.cut()
    mina.says("not sent yet")
    mina.the(".pending")
    mina.the("#log-out").click()
    assert mina.the("#confirm-text").text == "Log out? What is not sent yet is lost."
    mina.the("#confirm button").click()
    mina.until(lambda: not mina.all("#confirm"), "the question is answered")
    assert mina.texts(LINE) == ["not sent yet"]
    mina.the("#log-out").click()
    mina.confirms()
    mina.the("#log-in-page")


def test_who_has_logged_in_goes_on_from_the_list_with_the_keyboard(window: Open) -> None:
    mina = window().signed_up()
    assert focused(mina) == "list-title"

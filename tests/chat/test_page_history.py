"""The messages of the open conversation: scrolling back, following the newest one, and many at once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.browser import MISSING, in_both_browsers, needs_browser
from tests.chat.page_window import LINE, PHONE, Network, Open, Window, picture_of

if not MISSING:
    from selenium.webdriver.common.keys import Keys

pytestmark = needs_browser

PAGE = 50
"""Messages that one request for history returns."""

SEND = """
    const [texts] = arguments, body = document.getElementById("body"), form = document.getElementById("compose");
    for (const text of texts) {
        body.value = text;
        body.dispatchEvent(new Event("input", { bubbles: true }));
        form.requestSubmit();
    }
"""
"""Messages sent in one go, as fast as the page takes them."""

DELETE = """
    const [id, seqs, done] = arguments, { token } = JSON.parse(sessionStorage.getItem("glimpse.session"));
    const one = (seq) => fetch(`/conversations/${id}/messages/${seq}`, { method: "DELETE", headers: { authorization: `Bearer ${token}` } });
    seqs.reduce((before, seq) => before.then(() => one(seq)), Promise.resolve()).then(() => done());
"""
PENDING = "return document.querySelectorAll('.pending').length"
TEXTS = "return [...document.querySelectorAll('.message .bubble')].map(({ textContent }) => textContent)"
PLACE = """
    const scroll = document.getElementById("scroll"), top = scroll.getBoundingClientRect().top;
    const lines = [...scroll.querySelectorAll(".message")];
    const line = lines.find((each) => each.querySelector(".bubble").textContent === arguments[0]) ??
        lines.find((each) => each.getBoundingClientRect().bottom > top);
    return [line.querySelector(".bubble").textContent, Math.round(line.getBoundingClientRect().top - top)];
"""
"""A message, by default the first one in view, and how far below the top of the window it begins."""

FROM_NEWEST = """
    const { scrollHeight, scrollTop, clientHeight } = document.getElementById("scroll");
    return Math.round(scrollHeight - scrollTop - clientHeight);
"""
COUNT_RENDERS = """
    window.frames_with_changes = 0;
    new MutationObserver(() => window.frames_with_changes += 1).observe(document.getElementById("messages"), { childList: true });
"""
REFUSE_OLDER = """
    const asked = window.fetch;
    window.refused = 0;
    window.fetch = async (path, options) => {
        if (!path.includes("before=")) return asked(path, options);
        window.refused += 1;
        return Response.json({ error: { code: "unavailable", message: "", retry: false } }, { status: 503 });
    };
"""
TWO_FRAMES = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
"""After them, what a scroll has caused has happened."""

MOVE_UP = "document.getElementById('scroll').scrollTop -= arguments[0]"
TO_TOP = "document.getElementById('scroll').scrollTop = 0"


def texts(window: Window) -> Sequence[str]:
    return list(window.driver.execute_script(TEXTS))


def numbered(count: int) -> Sequence[str]:
    return [f"number {number}" for number in range(count)]


def from_newest(window: Window) -> int:
    return int(window.driver.execute_script(FROM_NEWEST))


def opened_anew(window: Window) -> None:
    window.driver.refresh()
    window.the(".item").click()


def deletes(window: Window, seqs: Sequence[int]) -> None:
    [conversation] = window.requests("GET", "/conversations")["conversations"]
    window.driver.execute_async_script(DELETE, conversation["id"], list(seqs))


def test_scrolling_up_goes_on_to_the_first_message_past_every_page(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    sent = numbered(4 * PAGE)
    mina.driver.execute_script(SEND, sent)
    jihun.shows(LINE, sent[-1])
    opened_anew(jihun)
    jihun.shows(LINE, sent[-1])
    for pages in itertools.count(1):
        before = texts(jihun)
        if before[0] == sent[0]:
            break
        assert pages <= 5, "each step up brings a page"
        jihun.driver.execute_script(TO_TOP)
        jihun.until(lambda before=before: len(texts(jihun)) > len(before), "older messages come")
    assert texts(jihun) == sent


def test_older_messages_that_were_refused_are_requested_again_only_when_the_user_asks(
    pair: tuple[Window, Window],
) -> None:
    mina, jihun = pair
    sent = numbered(2 * PAGE)
    mina.driver.execute_script(SEND, sent)
    jihun.shows(LINE, sent[-1])
    opened_anew(jihun)
    jihun.shows(LINE, sent[-1])
    jihun.driver.execute_script(REFUSE_OLDER)
    jihun.driver.execute_script(TO_TOP)
    jihun.shows("#history-error", "That did not work. Please try again.")
    for move in (-400, 400):
        jihun.driver.execute_script(MOVE_UP, move)
        jihun.driver.execute_async_script(TWO_FRAMES)
    assert jihun.driver.execute_script("return window.refused") == 1
    assert jihun.texts("#history-error") == ["That did not work. Please try again."]
    jihun.the("#load-older").click()
    jihun.until(lambda: jihun.driver.execute_script("return window.refused") == 2, "it is asked once more")


@in_both_browsers
def test_what_is_in_view_stays_there_while_older_messages_come_above_it(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    sent = numbered(3 * PAGE)
    mina.driver.execute_script(SEND, sent)
    jihun.shows(LINE, sent[-1])
    opened_anew(jihun)
    jihun.shows(LINE, sent[-1])
    first = texts(jihun)[0]
    jihun.driver.execute_script(TO_TOP)
    jihun.until(lambda: texts(jihun)[0] != first, "older messages came")
    _, below_top = jihun.driver.execute_script(PLACE, first)
    assert 0 <= below_top < 150, "only the loading note and the heading of the day were above it"


def test_pages_of_deleted_messages_do_not_end_the_way_up(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.driver.execute_script(SEND, ["first", *numbered(2 * PAGE), *(f"last {number}" for number in range(PAGE))])
    jihun.shows(LINE, f"last {PAGE - 1}")
    deletes(mina, range(2, 2 + 2 * PAGE))
    opened_anew(jihun)
    jihun.shows(LINE, f"last {PAGE - 1}")
    jihun.driver.execute_script(TO_TOP)
    jihun.until(lambda: texts(jihun)[0] == "first", "the first message comes without one more scroll")


@in_both_browsers
def test_what_loads_does_not_move_the_newest_message_out_of_view(pair: tuple[Window, Window], tmp_path: Path) -> None:
    mina, jihun = pair
    for seed in range(3):
        mina.sends(picture_of(tmp_path, f"tall {seed}.png", 100, 700, seed))
    mina.until(lambda: len(mina.all(".message .picture")) == 3 and mina.picture(), "all are shown")
    jihun.until(lambda: len(jihun.all(".message .picture")) == 3 and jihun.picture(), "all came")
    for each in pair:
        each.until(lambda each=each: from_newest(each) <= 1, "the newest message is whole")
    jihun.says("lovely")
    mina.shows(LINE, "lovely")
    jihun.shows(".mine .status", "Read")


def test_messages_that_come_while_one_reads_above_move_nothing_and_stay_unread(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.driver.execute_script(SEND, numbered(45))
    jihun.shows(LINE, "number 44")
    mina.shows(".mine .status", "Read")
    jihun.driver.execute_script(MOVE_UP, 500)
    jihun.shows("#to-newest", "To the newest")
    in_view = jihun.driver.execute_script(PLACE)
    mina.says("unseen")
    jihun.shows("#to-newest", "New messages")
    assert jihun.driver.execute_script(PLACE) == in_view
    mina.shows(".mine .status", "Sent")
    jihun.the("#to-newest").click()
    jihun.until(lambda: from_newest(jihun) <= 1, "the newest is in view")
    jihun.until(lambda: not jihun.all("#to-newest"), "the button is gone")
    mina.shows(".mine .status", "Read")


def test_five_hundred_messages_in_one_go_come_in_order_and_are_drawn_in_few_steps(pair: tuple[Window, Window]) -> None:
    """How long it takes is measured by benchmarks/page; here is what it depended on: a drawing for each event."""
    mina, jihun = pair
    sent = numbered(500)
    for each in pair:
        each.driver.execute_script(COUNT_RENDERS)
    mina.driver.execute_script(SEND, sent)
    for each in pair:
        each.until(lambda each=each: texts(each) == sent, "all are there, in order")
        each.until(lambda each=each: not each.driver.execute_script(PENDING), "all are stored")
    assert drawings(mina) < len(sent) / 2, "the sender draws many messages at once"
    mina.shows(".mine .status", "Read")
    assert texts(mina) == texts(jihun) == sent


def drawings(window: Window) -> int:
    return int(window.driver.execute_script("return window.frames_with_changes"))


def test_a_line_that_is_the_same_is_not_drawn_again(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.driver.execute_script(SEND, numbered(20))
    jihun.shows(LINE, "number 19")
    jihun.driver.execute_script("""
        window.touched = [];
        const options = { subtree: true, childList: true, characterData: true, attributes: true };
        new MutationObserver((all) => window.touched.push(...all.map(({ target }) => target.textContent)))
            .observe(document.getElementById("messages"), options);
    """)
    mina.says("one more")
    jihun.shows(LINE, "one more")
    touched: list[Any] = jihun.driver.execute_script("return window.touched")
    assert not [text for text in touched if text.startswith("number 0")]


@in_both_browsers
def test_a_draft_stays_in_its_conversation_also_after_a_reload(window: Open) -> None:
    mina, jihun, sora = (window().signed_up() for _ in range(3))
    mina.talks_to(jihun)
    mina.talks_to(sora)
    mina.the("#body").send_keys("for sora")
    conversation = f"//li[contains(., '{jihun.handle}')]//button"
    mina.driver.find_element("xpath", conversation).click()
    mina.shows("#conversation-title", jihun.handle)
    assert mina.the("#body").get_property("value") == ""
    mina.the("#body").send_keys("for jihun")
    mina.driver.refresh()
    mina.the(".item")
    for name, draft in ((sora.handle, "for sora"), (jihun.handle, "for jihun")):
        mina.driver.find_element("xpath", f"//li[contains(., '{name}')]//button").click()
        mina.shows("#conversation-title", name)
        assert mina.the("#body").get_property("value") == draft
    mina.the("#send").click()
    jihun.shows(LINE, "for jihun")
    assert mina.the("#body").get_property("value") == ""


def test_who_logs_in_next_in_the_same_tab_finds_nothing_of_who_was_there_before(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.the("#body").send_keys("not for others")
    mina.the("#start-handle").send_keys("also not")
    mina.the("#log-out").click()
    mina.the("#log-in-page")
    kept = mina.driver.execute_script("return JSON.stringify({ ...sessionStorage })")
    assert "not for others" not in kept
    mina.fills("#handle", f"{mina.handle}b")
    mina.the("#log-in-mode").click()
    mina.handle = f"{mina.handle}b"
    mina.entered()
    mina.talks_to(jihun)
    values = "return [...document.querySelectorAll('#chat input, #chat textarea')].map(({ value }) => value).join('')"
    assert mina.driver.execute_script(values) == ""


EXPIRE = """
    const kept = JSON.parse(sessionStorage.getItem("glimpse.session"));
    sessionStorage.setItem("glimpse.session", JSON.stringify({ ...kept, expiresAt: 0 }));
"""


def test_after_a_session_that_expired_the_next_user_of_the_tab_sends_nothing_of_the_one_before(
    pair: tuple[Window, Window], network: Network
) -> None:
    mina, jihun = pair
    network.cut()
    mina.says("mine alone")
    mina.the("#body").send_keys("not finished")
    mina.shows(".mine .status", "Sending")
    mina.driver.execute_script(EXPIRE)
    network.mend()
    mina.driver.refresh()
    mina.handle = f"{mina.handle}b"
    mina.the("#log-in-mode").click()
    mina.entered().talks_to(jihun)
    assert mina.the("#body").get_property("value") == ""
    mina.says("somebody else")
    jihun.shows(LINE, "somebody else")
    assert texts(mina) == texts(jihun) == ["somebody else"]


def test_what_was_asked_for_before_a_log_out_does_not_reach_the_next_user(pair: tuple[Window, Window]) -> None:
    mina, _ = pair
    mina.holds("/users?")
    mina.the("#start-handle").send_keys("nobody-at-all", Keys.ENTER)
    mina.has_held()
    mina.the("#log-out").click()
    mina.the("#log-in-mode").click()
    mina.handle = f"{mina.handle}b"
    mina.entered()
    mina.releases()
    mina.the("#no-conversations")
    assert mina.texts("#start-handle-error") == []


def test_a_message_that_was_not_sent_yet_survives_a_reload(pair: tuple[Window, Window], network: Network) -> None:
    mina, jihun = pair
    network.cut()
    mina.says("kept over a reload")
    mina.shows(".mine .status", "Sending")
    network.mend()
    mina.driver.refresh()
    jihun.shows(LINE, "kept over a reload")
    mina.the(".item").click()
    mina.until(lambda: texts(mina) == ["kept over a reload"], "it is there once")


def test_the_unread_count_follows_deletions(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    mina.says("one")
    mina.shows(".mine .status", "Read")
    jihun.the("#back").click()
    mina.says("two")
    mina.says("three")
    jihun.shows(".unread", "2")
    deletes(mina, [1, 2])
    jihun.until(lambda: jihun.texts(".unread") == ["1"], "what was read before does not count")


def test_a_group_of_which_two_remain_is_still_a_group(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    third = window().signed_up()
    group = jihun.starts_group(mina, third)
    third.requests("POST", f"/conversations/{group}/leave")
    mina.the(f"[data-open='{group}']").click()
    mina.shows("#conversation-state", "2 people")
    mina.the("#menu summary").click()
    mina.the("#leave")
    assert mina.all("#block") == []

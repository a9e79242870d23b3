"""Two users chat on the page: messages, receipts, accounts, blocks, and a network that goes away."""

from __future__ import annotations

from pathlib import Path

from glimpse.chat.refusals import BLOCKED, HANDLE_REFUSED, HANDLE_TAKEN, PASSWORD_TOO_SHORT
from tests.browser import MISSING, in_both_browsers, needs_browser
from tests.chat.page_window import LINE, PASSWORD, PHONE, Network, Open, Window, running, sentence
from tests.chat.seaweed import HTTP

pytestmark = needs_browser

if not MISSING:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

OLDEST_AFTER_UNKNOWN_HISTORY = """
    const done = arguments[0], me = { id: "me" }, room = { id: "room", members: [me], lastSeq: 9, lastMessage: null, unread: 0 };
    const entry = (type) => (seq) => ({ type, seq, conversationId: "room", senderId: "me", body: "" });
    import("/page/chat.js").then((chat) => {
        let state = chat.withListed(chat.initialState(me), [room]);
        state = chat.withHistory(state, "room", [7, 8, 9].map(entry("message")));
        state = chat.withHistory(state, "room", [4, 5, 6].map(entry("sticker")));
        const { oldest, entries } = state.conversations.get("room");
        done([oldest, entries.map(({ seq }) => seq)]);
    });
"""
SYNC_REQUESTS = """
    const done = arguments[0], me = { id: "me" };
    const listed = (id) => ({ id, members: [me], lastSeq: 9, lastMessage: null, unread: 0 });
    const synced = (id, at) => ({ at, gone: [], reset: [], messages: [], more: true, conversations: [{ id, memberIds: ["me"], lastSeq: 9, reads: {} }] });
    import("/page/chat.js").then((chat) => {
        const first = chat.withListed(chat.initialState(me), ["a", "b"].map(listed));
        const second = chat.withSynced(first, synced("a", "5"));
        const third = chat.withSynced(second, synced("b", "6"));
        const older = chat.withSynced(second, synced("b", undefined));
        done([...[first, second, third, older].map(chat.syncRequest), ...[third, older].map(chat.withDoubtfulReads).map(chat.syncRequest)]);
    });
"""
SYNCED_RECEIPTS = """
    const done = arguments[0], me = { id: "me" };
    const synced = (reads) => ({ at: "5", gone: [], reset: [], messages: [], more: false, conversations: [{ id: "room", memberIds: ["me", "bob", "cy"], lastSeq: 9, reads }] });
    import("/page/chat.js").then((chat) => {
        let state = chat.withListed(chat.initialState(me), [{ id: "room", members: [me], lastSeq: 9, lastMessage: null, unread: 0 }]);
        state = chat.withSynced(state, synced({ me: 7, bob: 9, cy: 3 }));
        const asked = state;
        state = chat.withReceipt(state, { conversationId: "room", userId: "me", seq: 8 });
        state = chat.withSynced(state, synced({ me: 7, cy: 0 }), asked);
        done(state.conversations.get("room").reads);
    });
"""


@in_both_browsers
def test_two_people_chat_in_both_directions_and_no_policy_is_broken(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.says("Lunch at noon?")
    jihun.shows(LINE, "Lunch at noon?")
    jihun.says("좋아요!")
    mina.shows(LINE, "좋아요!")
    for each in pair:
        assert each.texts(LINE) == ["Lunch at noon?", "좋아요!"]
        assert each.problems() == []


@in_both_browsers
def test_receipts_and_presence_are_shown(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    for each in pair:
        each.shows("#conversation-state", "Online")
    mina.says("seen?")
    mina.shows(".mine .status", "Read")
    jihun.driver.quit()
    mina.says("and now?")
    mina.shows(".mine .status", "Sent")


def test_an_unread_message_is_counted_until_its_conversation_is_opened(window: Open) -> None:
    mina, jihun = window().signed_up(), window(size=PHONE).signed_up()
    mina.talks_to(jihun)
    jihun.the("#back").click()
    mina.says("one")
    mina.says("two")
    jihun.shows(".unread", "2")
    mina.shows(".mine .status", "Sent")
    jihun.the(".item").click()
    mina.shows(".mine .status", "Read")


@in_both_browsers
def test_a_text_of_html_stays_text(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    text = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    mina.says(text)
    jihun.shows(LINE, text)
    jihun.shows(".item .last", text)
    assert jihun.driver.find_elements(By.CSS_SELECTOR, "#chat img, #chat script") == []
    assert jihun.problems() == [], "nothing of it was tried"


def test_four_thousand_characters_arrive_and_one_more_cannot_be_sent(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    fill = "const body = document.getElementById('body'); body.value = arguments[0]; body.dispatchEvent(new Event('input'))"
    mina.driver.execute_script(fill, "글" * 4001)
    mina.shows("#body-error", "Too long: 4,001 of 4,000 characters")
    assert not mina.the("#send").is_enabled()
    mina.driver.execute_script(fill, "글" * 4000)
    mina.the("#body").send_keys(Keys.ENTER)
    jihun.shows(LINE, "글" * 4000)


def test_enter_while_a_korean_syllable_is_composed_sends_nothing(pair: tuple[Window, Window]) -> None:
    mina, _ = pair
    mina.the("#body").click()
    mina.driver.execute_cdp_cmd("Input.imeSetComposition", {"text": "안녀", "selectionStart": 2, "selectionEnd": 2})
    press = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    mina.driver.execute_script(press)
    mina.driver.execute_cdp_cmd("Input.insertText", {"text": "안녕"})
    assert mina.the("#body").get_property("value") == "안녕"
    mina.the("#body").send_keys(Keys.ENTER)
    mina.shows(".mine .status", "Read")
    assert mina.texts(LINE) == ["안녕"]


@in_both_browsers
def test_a_deleted_message_leaves_a_tombstone(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.says("a slip")
    jihun.shows(LINE, "a slip")
    mina.the(LINE).click()
    mina.the(".mine .delete").click()
    mina.the("#confirm-yes").click()
    for each in pair:
        each.shows(LINE, "This message was deleted")
        assert len(each.all(LINE)) == 1


@in_both_browsers
def test_typing_is_shown_and_ends(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.record("#typing")
    jihun.the("#body").send_keys("h")
    shown = f"\N{FIRST STRONG ISOLATE}{jihun.handle}\N{POP DIRECTIONAL ISOLATE} is typing…"
    mina.until(lambda: shown in mina.recorded(), "typing is shown")
    mina.until(lambda: not mina.driver.find_element(By.ID, "typing").text, "typing ends")


def test_a_blocked_person_learns_why_and_can_try_again_later(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    for _ in ("block", "unblock"):
        mina.the("#menu summary").click()
        mina.the("#block").click()
        if not jihun.all(".failed"):
            mina.the("#you-blocked")
            jihun.says("hello?")
            jihun.shows(".status", sentence(BLOCKED.english))
    mina.until(lambda: not mina.all("#you-blocked"), "the block is gone")
    jihun.the(".retry").click()
    mina.shows(LINE, "hello?")


def test_where_a_person_is_blocked_the_composer_gives_way_to_a_button_that_unblocks(
    pair: tuple[Window, Window],
) -> None:
    mina, jihun = pair
    mina.the("#body").send_keys("not sent yet")
    mina.the("#menu summary").click()
    mina.the("#block").click()
    mina.the("#unblock")
    assert not mina.all("#compose")
    mina.the("#unblock").click()
    mina.the("#compose")
    mina.until(lambda: mina.driver.switch_to.active_element.get_attribute("id") == "body", "it has the focus")
    mina.driver.switch_to.active_element.send_keys(Keys.ENTER)
    jihun.shows(LINE, "not sent yet")


def test_who_leaves_no_longer_has_the_chat_and_the_other_is_told(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.says("bye")
    jihun.shows(LINE, "bye")
    mina.leaves()
    mina.until(lambda: not mina.all(".item"), "the conversation is gone")
    jihun.shows(".change", f"{mina.handle} left")


def test_who_is_blocked_is_known_in_another_browser(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    mina.the("#menu summary").click()
    mina.the("#block").click()
    mina.the("#you-blocked")
    other = window().logged_in(mina.handle)
    other.the(".item").click()
    other.the("#you-blocked")
    other.the("#menu summary").click()
    other.shows("#block", f"Unblock {jihun.handle}")


def test_who_left_a_group_may_return(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    third = window().signed_up()
    group = jihun.starts_group(mina, third)
    mina.the(f"[data-open='{group}']").click()
    mina.shows("#conversation-state", "3 people")
    mina.says("before")
    mina.leaves()
    assert mina.the("#left-text").text.startswith("You left person")
    mina.until(lambda: len(mina.all(".item")) == 1, "the group is not listed")
    mina.the("#return").click()
    mina.shows(LINE, "before")
    mina.shows(".change", "You left")
    mina.says("back again")
    by_mina = f"\N{FIRST STRONG ISOLATE}{mina.handle}\N{POP DIRECTIONAL ISOLATE}: back again"
    third.shows(".item .last", by_mina)


def test_who_has_left_a_group_is_no_number_to_those_who_come_later(pair: tuple[Window, Window], window: Open) -> None:
    mina, jihun = pair
    third = window().signed_up()
    group = jihun.starts_group(mina, third)
    third.requests("POST", f"/conversations/{group}/leave")
    mina.driver.refresh()
    mina.the(f"[data-open='{group}']").click()
    mina.shows(".change", "Former member left")


# ---- The user's own name, password and account


@in_both_browsers
def test_a_name_is_shown_with_the_handle_beside_it_until_it_is_removed(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.the("#open-settings").click()
    for name, shown in ((jihun.handle, [jihun.handle, f"@{mina.handle}"]), ("", [mina.handle])):
        mina.fills("#display-name", name).the("#rename button").click()
        mina.until(lambda shown=shown: mina.texts("#my-name > *") == shown, f"{shown} is shown")
        jihun.driver.refresh()
        jihun.until(lambda shown=shown: jihun.texts(".item .name > *") == shown, f"{shown} is shown")
    assert mina.problems() == jihun.problems() == []


def test_a_long_name_does_not_hide_the_handle(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.requests("POST", "/profile", {"displayName": "가" * 100})
    jihun.driver.refresh()
    jihun.the(".item").click()
    for place in (".item .handle", "#conversation-title .handle"):
        handle = jihun.the(place)
        assert handle.text == f"@{mina.handle}"
        assert handle.get_property("scrollWidth") <= handle.get_property("clientWidth") + 1, "it is whole"
        inside = "const [part] = arguments; return part.getBoundingClientRect().right <= part.closest('.item, header').getBoundingClientRect().right"
        assert jihun.driver.execute_script(inside, handle)
    assert jihun.overflow() <= 0


def test_who_changes_the_password_stays_and_other_windows_have_to_log_in_again(
    pair: tuple[Window, Window], window: Open
) -> None:
    mina, jihun = pair
    other = window().logged_in(mina.handle)
    mina.the("#open-settings").click()
    for password, shown in (
        ("not this", "The password is wrong."),
        (PASSWORD, "Your password is changed. You are logged out everywhere else."),
    ):
        mina.fills("#old-password", password).fills("#new-password", "battery staple")
        mina.the("#change-password button").click()
        mina.shows("#old-password-error, #change-password-done", shown)
    other.the("#log-in-page")
    mina.the("#settings [method=dialog] button[value='']").click()
    mina.says("still here")
    jihun.shows(LINE, "still here")
    other.logged_in(mina.handle, "battery staple")


def test_who_logs_out_everywhere_is_logged_out_in_every_window(pair: tuple[Window, Window], window: Open) -> None:
    mina, _ = pair
    other = window().logged_in(mina.handle)
    mina.the("#open-settings").click()
    mina.the("#log-out-everywhere").click()
    mina.confirms()
    for each in (mina, other):
        each.the("#log-in-page")
    assert not mina.all("#settings")


def test_messages_of_a_deleted_account_stay_without_its_name(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.says("I was here")
    jihun.shows(LINE, "I was here")
    mina.the("#open-settings").click()
    mina.the("#delete-password").send_keys(PASSWORD)
    mina.the("#delete-account button").click()
    mina.confirms()
    mina.the("#log-in-page")
    jihun.driver.refresh()
    jihun.shows(".item .name", "Deleted account")
    jihun.the(".item").click()
    jihun.shows(LINE, "I was here")
    assert jihun.texts("#conversation-state") == []
    assert mina.problems() == jihun.problems() == []


def test_where_no_accounts_are_kept_the_page_says_so_and_offers_none(window: Open, tmp_path: Path) -> None:
    with running(tmp_path, SIGNUP="off") as network:
        mina = window(port=network.port)
        mina.driver.get(mina.url)
        mina.the("#log-in-mode").click()
        mina.the("#handle").send_keys("mina")
        mina.the("#password").send_keys(PASSWORD, Keys.ENTER)
        mina.shows("#log-in-error", "No accounts are kept here. Please log in where your app does.")
        assert not mina.all("#log-in-mode")


@in_both_browsers
def test_a_refusal_is_shown_in_the_language_of_the_page(window: Open) -> None:
    mina, jihun = window("ko-KR").signed_up(), window("ko-KR")
    jihun.driver.get(jihun.url)
    jihun.the("#log-in-mode").click()
    jihun.the("#handle").send_keys(mina.handle)
    jihun.the("#password").send_keys("correct horse", Keys.ENTER)
    jihun.shows("#handle-error", sentence(HANDLE_TAKEN.korean))
    mina.talks_to(jihun.signed_up())
    mina.the("#menu summary").click()
    mina.the("#block").click()
    mina.the("#you-blocked")
    jihun.says("안녕")
    jihun.shows(".failed .status", sentence(BLOCKED.korean))
    jihun.the(".list .language").click()
    jihun.shows(".failed .status", "Not delivered: this person does not take messages from you.")


def test_an_entry_of_a_later_release_is_skipped_and_not_fetched_again_and_again(
    pair: tuple[Window, Window], network: Network
) -> None:
    mina, jihun = pair
    mina.says("bye")
    jihun.shows(LINE, "bye")
    network.is_later_release = True
    mina.leaves()
    jihun.until(lambda: network.unknown_entries, "the entry has arrived")
    jihun.says("after it")
    jihun.shows(".mine .status", "Sent")
    jihun.driver.refresh()
    jihun.the(".item").click()
    jihun.shows(LINE, "after it")
    assert jihun.texts(LINE) == ["bye", "after it"]
    assert jihun.all(".change") == []
    assert jihun.problems() == []
    assert network.unknown_entries <= 3, "once by sync, and once by each page of history"


def test_a_page_of_history_in_which_every_entry_is_of_a_later_release_is_not_fetched_again(window: Open) -> None:
    mina = window()
    mina.driver.get(mina.url)
    assert mina.driver.execute_async_script(OLDEST_AFTER_UNKNOWN_HISTORY) == [4, [7, 8, 9]]


def test_sync_asks_once_for_the_receipts_of_each_conversation_and_then_for_those_that_moved(window: Open) -> None:
    mina = window()
    mina.driver.get(mina.url)
    assert mina.driver.execute_async_script(SYNC_REQUESTS) == [
        {"cursors": {"a": 8, "b": 8}},
        {"cursors": {"a": 9, "b": 8}, "since": "5"},
        {"cursors": {"a": 9, "b": 9}, "since": "6"},
        {"cursors": {"a": 9, "b": 9}},
        {"cursors": {"a": 9, "b": 9}, "since": "6"},
        {"cursors": {"a": 8, "b": 8}},
    ]


def test_the_receipts_of_a_sync_replace_the_known_ones_but_not_what_was_heard_while_it_was_asked(window: Open) -> None:
    mina = window()
    mina.driver.get(mina.url)
    assert mina.driver.execute_async_script(SYNCED_RECEIPTS) == {"me": 8, "cy": 0}


@in_both_browsers
def test_each_speaks_the_browsers_language_and_changes_it(window: Open) -> None:
    korean = window("ko-KR")
    korean.driver.get(korean.url)
    korean.shows("#log-in-go", "로그인")
    assert korean.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "ko"
    korean.the("#log-in-page .language").click()
    korean.shows("#log-in-go", "Log in")
    english = window("en-US")
    english.driver.get(english.url)
    english.shows("#log-in-go", "Log in")


def test_a_wrong_password_is_a_sentence(window: Open) -> None:
    mina = window()
    mina.driver.get(mina.url)
    mina.the("#handle").send_keys("nobody")
    mina.the("#password").send_keys("wrong", Keys.ENTER)
    mina.shows("#log-in-error", "The handle or the password is not right.")


def test_why_a_sign_up_or_a_new_password_is_refused_is_said_to_people_and_not_to_developers(window: Open) -> None:
    mina, too_short = window(), sentence(PASSWORD_TOO_SHORT.english)
    mina.driver.get(mina.url)
    mina.the("#log-in-mode").click()
    mixed = "min\N{CYRILLIC SMALL LETTER A}"
    for handle, password, error, shown in (
        (mixed, PASSWORD, "#handle-error", sentence(HANDLE_REFUSED.english)),
        (mina.handle, "short", "#password-error", too_short),
    ):
        mina.fills("#handle", handle).fills("#password", password).the("#log-in-go").click()
        mina.shows(error, shown)
    mina.the("#password").clear()
    mina.entered().the("#open-settings").click()
    mina.shows("#change-password .hint", "At least 8 characters.")
    mina.fills("#old-password", PASSWORD).fills("#new-password", "short").the("#change-password button").click()
    mina.shows("#new-password-error", too_short)


@in_both_browsers
def test_the_banner_comes_with_a_cut_and_goes_and_what_was_written_meanwhile_arrives_once(
    pair: tuple[Window, Window], network: Network
) -> None:
    mina, jihun = pair
    mina.says("before")
    jihun.shows(LINE, "before")
    network.cut()
    for each in pair:
        assert each.the("#banner").text.startswith("Connection lost. Reconnecting…")
    mina.says("meanwhile")
    mina.shows(".mine .status", "Sending")
    mina.record("#banner")
    network.mend()
    mina.until(lambda: any("Back online" in text for text in mina.recorded()), "the banner says that it is over")
    jihun.shows(LINE, "meanwhile")
    mina.until(lambda: not mina.all("#banner"), "the banner is gone")
    mina.shows(".mine .status", "Read")
    for each in pair:
        assert each.texts(LINE) == ["before", "meanwhile"]


def test_a_message_whose_acknowledgement_was_lost_is_there_once(pair: tuple[Window, Window], network: Network) -> None:
    mina, jihun = pair
    network.is_mute = True
    mina.says("once")
    # The server sends the event only after the row is durable, just before the acknowledgement.
    mina.until(lambda: b'"body":"once"' in network.dropped, "the message is stored")
    mina.shows(".mine .status", "Sending")
    network.cut()
    mina.the("#banner")
    network.mend()
    jihun.shows(LINE, "once")
    mina.shows(".mine .status", "Read")
    for each in pair:
        assert each.texts(LINE) == ["once"]


def test_of_two_windows_over_the_cap_the_older_one_stops_until_it_is_used_again(window: Open, tmp_path: Path) -> None:
    with running(tmp_path, SOCKETS_PER_USER="1") as network:
        jihun = window(port=network.port).signed_up()
        old = window(port=network.port).signed_up()
        old.talks_to(jihun)
        new = window("ko-KR", port=network.port).logged_in(old.handle)
        old.shows("#banner-text", "You opened Glimpse in too many places, so it stopped here.")
        old.says("kept")
        old.shows(".mine .status", "Sending")
        old.driver.execute_script("window.dispatchEvent(new Event('online'))")
        new.the(".item").click()
        for number in range(3):
            new.says(f"새 창 {number}")
            jihun.shows(LINE, f"새 창 {number}")
        assert joined(network) == 3, "the older window did not come back by itself"
        old.the("#use-here").click()
        new.shows("#banner-text", "접속한 기기가 너무 많아 여기서는 연결이 끊겼어요.")
        jihun.shows(LINE, "kept")
        old.until(lambda: not old.all("#banner"), "it is back")
        assert old.texts(LINE) == ["새 창 0", "새 창 1", "새 창 2", "kept"]
        assert joined(network) == 4
        assert old.problems() == new.problems() == []


def joined(network: Network) -> int:
    """How often a socket joined, as the metrics of the server count."""
    measured = HTTP.request("GET", f"http://127.0.0.1:{network.server_port}/metrics").data.decode()
    return int(float(measured.partition("\nglimpse_joins_total ")[2].split()[0]))


def test_receipts_that_moved_while_the_network_was_away_are_caught_up(window: Open, network: Network) -> None:
    mina, jihun = window().signed_up(), window(port=network.server_port).signed_up()
    mina.talks_to(jihun)
    jihun.driver.get("about:blank")
    mina.says("read me later")
    mina.shows(".mine .status", "Sent")
    network.cut()
    mina.the("#banner")
    jihun.driver.get(jihun.url)
    jihun.the(".item").click()
    jihun.until(lambda: jihun.unread_at_server() == 0, "the server knows that it was read")
    mina.shows(".mine .status", "Sent")
    network.mend()
    mina.shows(".mine .status", "Read")


@in_both_browsers
def test_a_page_that_is_loaded_anew_is_still_the_same_person_with_the_same_messages(
    pair: tuple[Window, Window],
) -> None:
    mina, jihun = pair
    mina.says("still here")
    jihun.shows(LINE, "still here")
    jihun.driver.refresh()
    jihun.the(".item").click()
    jihun.shows(LINE, "still here")
    jihun.shows("#my-name", jihun.handle)


def test_deletions_do_not_hide_what_was_written_before_them(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    slips = [f"slip {number}" for number in range(51)]
    for text in ("first", *slips):
        mina.says(text)
    jihun.shows(LINE, slips[-1])
    [conversation] = mina.requests("GET", "/conversations")["conversations"]
    for seq in range(2, 2 + len(slips)):
        mina.requests("DELETE", f"/conversations/{conversation['id']}/messages/{seq}")
    jihun.driver.refresh()
    jihun.the(".item").click()
    jihun.shows(LINE, "first")
    assert len(jihun.all(LINE)) == 1, "the newest page has deletions alone"


@in_both_browsers
def test_on_a_phone_nothing_is_wider_than_the_screen(window: Open) -> None:
    mina, jihun = window().signed_up(), window("ko-KR", PHONE)
    jihun.driver.get(jihun.url)
    assert jihun.overflow() <= 0
    jihun.signed_up()
    assert jihun.overflow() <= 0
    mina.talks_to(jihun)
    mina.says("x" * 300)
    jihun.shows(LINE, "x" * 300)
    jihun.says("가" * 300)
    jihun.the("#conversation-title").click()  # under a pointer a message shows its button instead of its status
    jihun.shows(".mine .status", "읽음")
    assert jihun.overflow() <= 0
    assert not jihun.all(".list")
    jihun.the("#back").click()
    jihun.the(".list")
    assert not jihun.all(".conversation")
    assert jihun.overflow() <= 0

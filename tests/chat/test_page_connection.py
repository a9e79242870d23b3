"""A connection that is gone is said at once, and comes back by itself."""

from __future__ import annotations

from tests.browser import in_both_browsers, needs_browser
from tests.chat.page_window import LINE, Network, Window

pytestmark = needs_browser

ANSWER_SECONDS = 10
"""As in page/socket.js."""
ELAPSED_SINCE = "return (performance.now() - window.muted_at) / 1000"


@in_both_browsers
def test_the_banner_comes_with_the_event_that_there_is_no_network(pair: tuple[Window, Window]) -> None:
    mina, jihun = pair
    mina.driver.execute_script("window.dispatchEvent(new Event('offline'))")
    assert "offline" in banner_states(mina)
    mina.until(lambda: not mina.all("#banner"), "it reconnects, since the server is there")
    jihun.says("welcome back")
    mina.shows(LINE, "welcome back")


def banner_states(window: Window) -> list[str]:
    """The state of the connection in the frame after the event: later it may be over."""
    script = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done([document.getElementById('banner').dataset.connection])))"
    return list(window.driver.execute_async_script(script))


def test_a_message_without_an_answer_is_a_lost_connection_long_before_the_next_ping(
    pair: tuple[Window, Window], network: Network
) -> None:
    mina, jihun = pair
    network.is_mute = True
    mina.driver.execute_script("window.muted_at = performance.now()")
    mina.says("are you there?")
    assert mina.the("#banner").text.startswith("Connection lost")
    assert mina.driver.execute_script(ELAPSED_SINCE) >= ANSWER_SECONDS - 1, "a slow answer is waited for"
    # What was dropped on the way to the other page is lost with its connection.
    network.cut()
    network.mend()
    jihun.shows(LINE, "are you there?")
    mina.until(lambda: not mina.all("#banner"), "it is back")
    for each in pair:
        assert each.texts(LINE) == ["are you there?"]


def test_a_page_that_comes_back_into_view_asks_whether_its_connection_is_alive(
    pair: tuple[Window, Window], network: Network
) -> None:
    """A laptop that slept: nothing is written, and no event tells that the connection is dead."""
    mina, _ = pair
    network.is_mute = True
    mina.driver.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    assert mina.the("#banner").text.startswith("Connection lost")


def test_the_banner_promises_to_send_only_what_was_not_refused(pair: tuple[Window, Window], network: Network) -> None:
    mina, jihun = pair
    mina.the("#menu summary").click()
    mina.the("#block").click()
    mina.the("#you-blocked")
    jihun.says("hello?")
    jihun.the(".failed")
    network.cut()
    assert jihun.the("#banner").text == "Connection lost. Reconnecting…"

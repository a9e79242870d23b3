"""Users send and see files on the page."""

from __future__ import annotations

from pathlib import Path

from glimpse.chat.refusals import FILE_TYPE
from tests.browser import BY_NAME, MISSING, in_both_browsers, needs_browser
from tests.chat.page_window import LINE, Network, Open, Window, picture_of, sentence
from tests.chat.seaweed import HTTP

pytestmark = needs_browser

if not MISSING:
    from selenium.webdriver.common.by import By


def test_a_picture_of_20_mb_shows_its_progress_arrives_and_is_there_after_a_reload(
    pair: tuple[Window, Window], tmp_path: Path
) -> None:
    one, other = pair
    picture = picture_of(tmp_path, "바다.png", 2600, 2600)
    assert picture.stat().st_size > 20_000_000
    one.slowly(8_000_000)
    one.record(".message progress", "value")
    one.sends(picture)
    assert one.picture() == 2600, "the sender sees it, too"
    assert other.picture() == 2600
    moved = {percent for percent in map(float, one.recorded()) if 0 < percent < 100}
    assert len(moved) >= 3, "it moves while the picture leaves"
    one.shows(".status", "Read")
    assert one.all(".message progress") == []
    other.driver.refresh()
    other.the(".item").click()
    assert other.picture() == 2600
    assert other.driver.find_element(By.CSS_SELECTOR, ".message .picture").get_attribute("alt") == "바다.png"
    assert one.problems() == other.problems() == []


@in_both_browsers
def test_who_came_to_the_page_by_another_name_and_without_tls_sends_and_sees_pictures(
    window: Open, tmp_path: Path
) -> None:
    """A phone on the same network: the embedded object store has the host name that the phone used."""
    one, other = window().signed_up(), window(host=BY_NAME).signed_up()
    one.talks_to(other)
    for number, (sender, reader) in enumerate(((one, other), (other, one))):
        sender.sends(picture_of(tmp_path, f"{number}.png", 40 + number, 30))
        reader.until(lambda reader=reader, width=40 + number: reader.picture() == width, "the new picture has come")
    address = other.driver.execute_script("return document.querySelector('.message .picture').src")
    assert address.startswith(f"http://{BY_NAME}:")
    assert one.problems() == other.problems() == []


def test_an_upload_can_be_cancelled_and_leaves_no_message(pair: tuple[Window, Window], tmp_path: Path) -> None:
    one, other = pair
    one.slowly(20_000)
    one.sends(picture_of(tmp_path, "slow.png", 700, 700))
    one.until(lambda: any(bar.get_property("value") for bar in one.all(".message progress")), "it is on its way")
    one.the(".message .discard").click()
    one.until(lambda: not one.all(".message"), "its line is gone")
    one.slowly(-1)
    one.says("something else")
    other.shows(LINE, "something else")
    assert len(other.all(".message")) == 1


@in_both_browsers
def test_what_cannot_be_sent_is_said_and_can_be_discarded(pair: tuple[Window, Window], tmp_path: Path) -> None:
    one, _ = pair
    page = tmp_path / "page.html"
    page.write_text("<script>alert(1)</script>")
    lie = tmp_path / "lie.png"
    lie.write_text("<script>alert(1)</script>")
    empty = tmp_path / "empty.png"
    empty.touch()
    not_accepted = sentence(FILE_TYPE.english)
    for path, shown in ((page, not_accepted), (lie, not_accepted), (empty, "The file is empty.")):
        one.sends(path)
        one.shows(".failed .status", shown)
        one.the(".failed .discard").click()
        one.until(lambda: not one.all(".failed"), "its line is gone")


@in_both_browsers
def test_a_file_that_is_no_picture_is_named_and_can_be_had(pair: tuple[Window, Window], tmp_path: Path) -> None:
    one, other = pair
    paper = tmp_path / "계약서.pdf"
    paper.write_bytes(b"%PDF-1.4\n" + b"x" * 1_499_991)
    one.sends(paper)
    for window in pair:
        window.shows(".file-name", "계약서.pdf")
        window.shows(".file-size", "1.5 MB")
    address = other.the("a.file").get_attribute("href")
    answer = HTTP.request("GET", address)
    assert answer.data == paper.read_bytes()
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_a_deleted_message_takes_its_picture_along(pair: tuple[Window, Window], tmp_path: Path) -> None:
    one, other = pair
    one.sends(picture_of(tmp_path, "x.png", 40, 30))
    assert other.picture() == 40
    one.driver.execute_script("document.querySelector('.message .delete').click()")
    one.the("#confirm-yes").click()
    for window in pair:
        window.shows(LINE, "This message was deleted")
        window.until(lambda window=window: not window.all(".message .picture"), "the picture is gone")


@in_both_browsers
def test_a_profile_picture_is_seen_by_the_other(pair: tuple[Window, Window], tmp_path: Path) -> None:
    one, other = pair
    one.driver.find_element(By.ID, "my-picture").send_keys(str(picture_of(tmp_path, "me.png", 60, 60)))
    one.the("#my-avatar[data-has-picture=true]")
    other.driver.refresh()
    other.the(".item .avatar[data-has-picture=true]")
    one.driver.find_element(By.ID, "my-picture").send_keys(str(tmp_path / "me.png"))
    assert one.problems() == other.problems() == []


def test_a_file_that_was_on_its_way_while_the_network_was_away_arrives_once(
    pair: tuple[Window, Window], network: Network, tmp_path: Path
) -> None:
    one, other = pair
    network.cut()
    one.the("#banner")
    one.sends(picture_of(tmp_path, "x.png", 50, 40))
    one.the(".message progress")
    network.mend()
    assert other.picture() == 50
    one.shows(".status", "Read")
    assert len(other.all(".message")) == 1

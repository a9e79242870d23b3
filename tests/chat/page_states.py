"""
The states of the chat page: each is a function that brings a window there. Makes screenshots of them:

    python -m tests.chat.page_states FOLDER [--state NAME]
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import io
import sys
import tempfile
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from glimpse.chat.values import NewMessage
from tests.browser import MISSING, Browsers
from tests.chat.page_window import PASSWORD, Network, Open, Window, running, windows
from tests.chat.seaweed import HTTP

if not MISSING:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

LANGUAGES = {"en": "en-US", "ko": "ko-KR"}
SIZES = {390: (390, 844), 768: (768, 1024), 1280: (1280, 800)}
THEMES = ("light", "dark")
SHEET_COLUMNS = {390: 12, 768: 10, 1280: 7}
SHEET_WIDTH, LABEL_HEIGHT = 2600, 20

Look = tuple[int, str]
"""A width and a theme."""

TEXTS = {
    "en": {
        "mina": "Mina", "jihun": "Jihun", "sora": "Sora", "hello": "Hello! Are you free on Friday?",
        "long": "The train leaves at ten, so let us meet at half past nine in front of the ticket office. I bring breakfast.",
        "two": "And an umbrella.\nIt may rain.", "yes": "Yes, gladly.", "group": "Who brings the cake?",
        "link": "The plan is at https://example.com/trips/2026?day=1#morning, and the map at example.com.",
        "name": "A very long display name that fills every line in which it is shown", "file": "Minutes of the meeting",
    },
    "ko": {
        "mina": "민아", "jihun": "지훈", "sora": "소라", "hello": "안녕하세요! 금요일에 시간 되세요?",
        "long": "기차가 열 시에 출발하니까 아홉 시 반에 매표소 앞에서 만나요. 아침은 제가 준비해 갈게요.",
        "two": "우산도 챙길게요.\n비가 올 수도 있대요.", "yes": "네, 좋아요.", "group": "케이크는 누가 가져오나요?",
        "link": "일정은 https://example.com/trips/2026?day=1#morning에 있고 지도는 example.com에 있어요.",
        "name": "어디에 보여도 한 줄을 가득 채우는 아주 긴 이름을 가진 사용자", "file": "회의록",
    },
}  # fmt: skip
CODE = (
    "```python\nfor number in range(3):\n    print(number, 'a line of code that is longer than a phone is wide')\n```"
)
LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 5
OLDER_MESSAGES = 120
BEGIN = datetime.timedelta(hours=80)

KEEP_BANNER = """
    const set = window.setTimeout;
    window.setTimeout = (act, milliseconds, ...more) => milliseconds === 2500 ? 0 : set(act, milliseconds, ...more);
"""
"""The banner "Back online" stays, which otherwise goes after BACK_ONLINE_MS of connection.js."""
NO_ANSWER = "window.fetch = () => new Promise(() => {})"
REFUSE = """
    const error = { code: "unavailable", message: "", retry: false };
    window.fetch = async () => Response.json({ error }, { status: 503 });
"""
TYPE_ON = """
    const field = document.getElementById("body");
    setInterval(() => {
        field.value += "x";
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }, 1000);
"""
IS_SETTLED = """
    const done = arguments[0];
    const next = () => requestAnimationFrame(() => requestAnimationFrame(done));
    Promise.all([...document.images].filter((image) => !image.complete).map((image) => new Promise((loaded) => {
        image.addEventListener("load", loaded);
        image.addEventListener("error", loaded);
    }))).then(next);
"""


@dataclass
class User:
    """A user who acts without a window, before the window of the states is opened."""

    network: Network
    handle: str
    id: str = ""
    token: str = ""

    def request(self, method: str, path: str, body: Any = None) -> Any:
        url = f"http://127.0.0.1:{self.network.server_port}{path}"
        answer = HTTP.request(method, url, json=body, headers={"authorization": f"Bearer {self.token}"})
        assert answer.status < 300, answer.data
        return answer.json() if answer.data else None

    def signed_up(self, name: str = "") -> User:
        signed = self.request("POST", "/auth/signup", {"handle": self.handle, "password": PASSWORD})
        self.id, self.token = signed["user"]["id"], signed["accessToken"]
        if name:
            self.request("POST", "/profile", {"displayName": name})
        return self

    def starts(self, *others: User) -> str:
        """The id of a conversation. It begins before its messages."""
        self.network.ago = BEGIN
        made = self.request("POST", "/conversations", {"memberIds": [other.id for other in others]})
        self.network.ago = datetime.timedelta()
        return str(made["id"])

    def says(self, room: str, *bodies: str, file_id: str | None = None, ago: float = 0) -> None:
        """`ago`: that many hours before now."""
        self.network.ago = datetime.timedelta(hours=ago)
        for body in bodies:
            message = NewMessage(room, self.id, str(uuid.uuid4()), body, file_id)
            self.network.run(self.network.store.append([message]))
        self.network.ago = datetime.timedelta()

    def reads(self, room: str) -> None:
        self.network.run(self.network.store.mark_read(room, self.id, 10**6))

    def uploads(self, name: str, content_type: str, content: bytes) -> str:
        """The id of the file."""
        announced = {"fileName": name, "contentType": content_type, "size": len(content)}
        target = self.request("POST", "/files/presigned-url", announced)
        answer = HTTP.request(target["method"], target["uploadUrl"], body=content, headers=target["headers"])
        assert answer.status < 300, answer.data
        self.request("POST", f"/files/{target['fileId']}/complete")
        return str(target["fileId"])


class Stage:
    """A service with users and conversations, and the windows that look at it."""

    def __init__(self, network: Network, folder: Path, language: str, open_one: Open) -> None:
        self.network, self.folder, self.open_one = network, folder, open_one
        self.language, self.text = LANGUAGES[language], TEXTS[language]
        self.rooms: dict[str, str] = {}
        self.mina, self.jihun, self.sora, self.yuna = map(self._user, ("mina", "jihun", "sora", "yuna"))
        self._talk()
        self._files()
        self._group()
        self._more()
        self.me = open_one(self.language).logged_in("mina")
        self._others: dict[str, Window] = {}
        self._guest: Window | None = None

    def _user(self, handle: str) -> User:
        return User(self.network, handle).signed_up(self.text.get(handle, ""))

    def _talk(self) -> None:
        mina, jihun, text = self.mina, self.jihun, self.text
        jihun.request("POST", "/profile", {"profileImageId": jihun.uploads("me.png", "image/png", drawn(200, 120))})
        room = self.rooms["talk"] = mina.starts(jihun)
        jihun.says(room, text["hello"], ago=50)
        mina.says(room, text["yes"], text["long"], text["two"], ago=49)
        jihun.says(room, text["link"], LONG_WORD, ago=26)
        mina.says(room, CODE, f"`{text['file']}`", ago=25)
        mina.says(room, text["yes"], text["yes"], ago=1)
        mina.request("DELETE", f"/conversations/{room}/messages/9")
        jihun.says(room, text["hello"])
        mina.says(room, text["yes"])
        jihun.reads(room)

    def _files(self) -> None:
        mina, sora, name = self.mina, self.sora, self.text["file"]
        csv = f"{name},1\n".encode() * 50
        room = self.rooms["files"] = mina.starts(sora)
        for file_name, kind, content in (
            (f"{name}.png", "image/png", drawn(640, 400)),
            ("tall.png", "image/png", drawn(200, 700)),
            ("small.png", "image/png", drawn(24, 24)),
            ("broken.png", "image/png", b"\x89PNG\r\n\x1a\n" + b"x" * 99),
            ("film.mp4", "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"x" * 2_000_000),
            ("song.mp3", "audio/mpeg", b"ID3" + b"x" * 700_000),
            (f"{name * 4}.pdf", "application/pdf", b"%PDF-1.4\n" + b"x" * 99),
            ("figures.csv", "text/csv", csv),
            ("archive.zip", "application/zip", b"PK\x05\x06" + bytes(18)),
        ):
            mina.says(room, "", file_id=mina.uploads(file_name, kind, content), ago=10)
        sora.says(room, "", file_id=sora.uploads("notes.txt", "text/plain", csv), ago=9)
        sora.says(room, self.text["yes"], file_id=sora.uploads("view.png", "image/png", drawn(300, 200)), ago=9)
        sora.says(room, "", file_id=sora.uploads("last.png", "image/png", drawn(300, 200)), ago=9)

    def _group(self) -> None:
        mina, jihun, sora, yuna, text = self.mina, self.jihun, self.sora, self.yuna, self.text
        room = self.rooms["group"] = mina.starts(jihun, sora)
        mina.says(room, text["group"], ago=30)
        jihun.says(room, text["yes"], text["hello"], ago=29)
        sora.request("POST", f"/conversations/{room}/members", {"memberIds": [yuna.id]})
        yuna.says(room, text["long"], ago=2)
        yuna.request("POST", f"/conversations/{room}/leave")
        sora.says(room, text["yes"], file_id=sora.uploads("cake.png", "image/png", drawn(320, 240)), ago=2)
        mina.says(room, text["two"], ago=1)
        jihun.reads(room)
        sora.says(room, "", file_id=sora.uploads("cake.mp4", "video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"))

    def _more(self) -> None:
        """A conversation for each other state."""
        mina, text = self.mina, self.text
        older, room = self._with("older")
        for number in range(OLDER_MESSAGES):
            older.says(room, f"{text['long']} {number}", ago=72 - number / 2)
        mina.reads(room)
        named, room = self._with("named_at_length_with_a_handle_that_does_not_end_soon_either")
        self.rooms["named"] = room
        named.request("POST", "/profile", {"displayName": text["name"]})
        named.says(room, text["long"] * 3, *[text["yes"]] * 120, ago=3)
        self._with("silent")
        self._with("uploading")
        blocker, room = self._with("blocker")
        blocker.says(room, text["hello"], ago=4)
        blocker.request("PUT", f"/users/{mina.id}/block")
        blocked, room = self._with("blocked")
        blocked.says(room, text["hello"], ago=5)
        mina.request("PUT", f"/users/{blocked.id}/block")
        deleted, room = self._with("deleted")
        deleted.says(room, text["hello"], ago=6)
        deleted.request("DELETE", "/me", {"password": PASSWORD})
        tombstone, room = self._with("tombstone")
        tombstone.says(room, text["hello"], ago=7)
        tombstone.request("DELETE", f"/conversations/{room}/messages/1")
        _, room = self._with("writer")
        mina.says(room, text["yes"], ago=8)

    def _with(self, handle: str) -> tuple[User, str]:
        """Another user, and the conversation with that user."""
        user = self._user(handle)
        self.rooms[handle] = self.mina.starts(user)
        return user, self.rooms[handle]

    def home(self) -> Window:
        """The list of conversations, without what the states before have left."""
        self.network.mend()
        self.me.driver.delete_network_conditions()
        self.me.driver.get(self.me.url)
        self.me.until(lambda: len(self.me.all(".item")) > 8, "the list is shown")
        self.me.until(lambda: not self.me.all("#banner"), "the page is connected")
        return self.me

    def opened(self, name: str) -> Window:
        """The conversation of this name."""
        me = self.home()
        self.opens(me, name)
        return me

    def opens(self, window: Window, name: str) -> None:
        window.the(f'[data-open="{self.rooms[name]}"]').click()
        window.the(".message, #no-messages")

    def other(self, handle: str) -> Window:
        """A window of another user, in the first conversation of that user."""
        if handle not in self._others:
            other = self._others[handle] = self.open_one(self.language).logged_in(handle)
            self.opens(other, "talk")
        return self._others[handle]

    def guest(self) -> Window:
        """A window without a session."""
        guest = self._guest = self._guest or self.open_one(self.language)
        guest.driver.get(guest.url)
        guest.driver.execute_script("sessionStorage.clear()")
        guest.driver.refresh()
        guest.the("#log-in-page")
        return guest

    def newcomer(self) -> Window:
        """A user who has just signed up, and has no conversations."""
        guest = self.guest()
        guest.handle = f"new{uuid.uuid4().hex[:8]}"
        guest.the("#log-in-mode").click()
        return guest.entered()


# ---- The states

State = Callable[[Stage], Window]
STATES: dict[str, State] = {}


def state(function: State) -> State:
    STATES[function.__name__] = function
    return function


@state
def log_in(stage: Stage) -> Window:
    """The form that asks who one is."""
    return stage.guest()


@state
def sign_up(stage: Stage) -> Window:
    """The form for a new account."""
    guest = stage.guest()
    guest.the("#log-in-mode").click()
    guest.the("#password-hint")
    return guest


@state
def log_in_refused(stage: Stage) -> Window:
    """The password is wrong."""
    guest = stage.guest()
    guest.fills("#handle", "mina").fills("#password", "wrong").the("#log-in-go").click()
    guest.the("#log-in-error")
    return guest


@state
def handle_taken(stage: Stage) -> Window:
    """Another user has the handle."""
    guest = sign_up(stage)
    guest.fills("#handle", "mina").fills("#password", PASSWORD).the("#log-in-go").click()
    guest.the("#handle-error")
    return guest


@state
def handle_refused(stage: Stage) -> Window:
    """Nobody may have the handle."""
    guest = sign_up(stage)
    guest.fills("#handle", "a b").fills("#password", PASSWORD).the("#log-in-go").click()
    guest.the("#handle-error, #log-in-error")
    return guest


@state
def password_refused(stage: Stage) -> Window:
    """The password of a new account is too short."""
    guest = sign_up(stage)
    guest.fills("#handle", "nobody").fills("#password", "short").the("#log-in-go").click()
    guest.the("#password-error")
    return guest


@state
def session_ended(stage: Stage) -> Window:
    """The user has logged out everywhere, in another window."""
    guest = stage.newcomer()
    guest.requests("POST", "/auth/logout-everywhere")
    guest.the("#log-in-error")
    return guest


@state
def no_accounts(stage: Stage) -> Window:
    """The service keeps no accounts."""
    with running(stage.folder / "no-accounts", SIGNUP="off") as network:
        guest = stage.guest()
        guest.driver.get(f"http://127.0.0.1:{network.port}/")
        guest.the("#log-in-mode").click()
        guest.fills("#handle", "mina").fills("#password", PASSWORD).the("#log-in-go").click()
        guest.until(lambda: not guest.all("#log-in-mode"), "sign-up is not offered")
    return guest


@state
def no_chats(stage: Stage) -> Window:
    """A new user has no conversations."""
    newcomer = stage.newcomer()
    newcomer.the("#no-conversations")
    return newcomer


@state
def replaced(stage: Stage) -> Window:
    """The chat was opened in too many places."""
    newcomer = stage.newcomer()
    # The service of the states takes one connection of each user.
    again = stage.open_one(stage.language).logged_in(newcomer.handle)
    newcomer.the("#use-here")
    again.driver.get("about:blank")
    return newcomer


@state
def nothing_open(stage: Stage) -> Window:
    """The list: unread ones, long names, a group, a deleted account, and last messages of every kind."""
    return stage.home()


@state
def unknown_handle(stage: Stage) -> Window:
    """Nobody has the handle to start a conversation with."""
    me = stage.home()
    me.the("#start-handle").send_keys("nobody", Keys.ENTER)
    me.the("#start-handle-error")
    return me


@state
def picture_refused(stage: Stage) -> Window:
    """The file for the profile picture is no picture."""
    me = stage.home()
    path = stage.folder / "page.html"
    path.write_text("<p>")
    me.driver.find_element(By.ID, "my-picture").send_keys(str(path))
    me.the("#my-picture-error")
    return me


@state
def talk(stage: Stage) -> Window:
    """A conversation: days, groups of messages, links, code, long words, a deleted message and receipts."""
    return stage.opened("talk")


@state
def files(stage: Stage) -> Window:
    """Pictures of several sizes, one that is broken, and files of each kind."""
    me = stage.opened("files")
    me.shows(".file-name", "notes.txt")
    return me


@state
def group(stage: Stage) -> Window:
    """A group whose members have changed."""
    return stage.opened("group")


@state
def long_name(stage: Stage) -> Window:
    """The other user has a long name and a long handle; most messages are unread."""
    return stage.opened("named")


@state
def deleted_account(stage: Stage) -> Window:
    """The other user is no longer there."""
    return stage.opened("deleted")


@state
def tombstone(stage: Stage) -> Window:
    """The only message was deleted."""
    return stage.opened("tombstone")


@state
def silent(stage: Stage) -> Window:
    """Nobody has written yet."""
    return stage.opened("silent")


@state
def typing(stage: Stage) -> Window:
    """The other user is typing."""
    me = stage.opened("talk")
    stage.other("jihun").driver.execute_script(TYPE_ON)
    me.the("#typing:not(:empty)")
    return me


@state
def scrolled_up(stage: Stage) -> Window:
    """Older messages are in view, and a button leads back."""
    me = stage.opened("older")
    me.driver.execute_script("const list = document.getElementById('scroll'); list.scrollTop = list.scrollHeight / 2")
    me.the("#to-newest")
    return me


@state
def new_messages(stage: Stage) -> Window:
    """A message has come while older ones are in view."""
    other = stage.other("jihun")
    other.driver.refresh()
    stage.opens(other, "talk")
    me = stage.opened("talk")
    me.driver.execute_script("document.getElementById('scroll').scrollTop = 0")
    me.the("#to-newest")
    before = me.texts("#to-newest")
    other.says(stage.text["two"].partition("\n")[0])
    me.until(lambda: me.texts("#to-newest") not in ([], before), "the button says that there are new messages")
    return me


@state
def loading_older(stage: Stage) -> Window:
    """Older messages were requested."""
    me = stage.opened("older")
    me.driver.execute_script(NO_ANSWER)
    me.driver.execute_script("document.getElementById('scroll').scrollTop = 0")
    me.the("#older")
    return me


@state
def older_refused(stage: Stage) -> Window:
    """Older messages cannot be loaded."""
    me = stage.opened("older")
    me.driver.execute_script(REFUSE)
    me.driver.execute_script("document.getElementById('scroll').scrollTop = 0")
    me.the("#load-older")
    return me


@state
def failed(stage: Stage) -> Window:
    """A message was refused."""
    me = stage.opened("blocker")
    if not me.all(".failed"):
        me.says(stage.text["two"].partition("\n")[0])
    me.the(".failed")
    return me


@state
def blocked(stage: Stage) -> Window:
    """The user has blocked the other one."""
    me = stage.opened("blocked")
    me.the("#you-blocked")
    return me


@state
def uploading(stage: Stage) -> Window:
    """A picture and a file are being uploaded."""
    me = stage.opened("uploading")
    paths = stage.folder / "picture.png", stage.folder / f"{stage.text['file']}.pdf"
    for path, content in zip(paths, (drawn(320, 200), b"%PDF-1.4\n"), strict=True):
        path.write_bytes(content + b"x" * 2_000_000)
    me.slowly(20_000)
    me.sends(*paths)
    me.until(lambda: len(me.all(".message progress")) == 2, "both are on their way")
    return me


@state
def upload_refused(stage: Stage) -> Window:
    """A file of this kind cannot be sent."""
    me = stage.opened("silent")
    path = stage.folder / "page.html"
    path.write_text("<p>")
    me.sends(path)
    me.the(".failed")
    return me


@state
def offline(stage: Stage) -> Window:
    """The connection is gone."""
    me = stage.opened("group")
    stage.network.cut()
    me.the("#banner")
    return me


@state
def pending(stage: Stage) -> Window:
    """Messages wait for the connection."""
    me = stage.opened("writer")
    stage.network.cut()
    me.the("#banner")
    me.says(stage.text["long"])
    me.the(".pending")
    return me


@state
def back_online(stage: Stage) -> Window:
    """The connection is there again."""
    me = stage.opened("talk")
    me.driver.execute_script(KEEP_BANNER)
    stage.network.cut()
    me.the("#banner[data-connection=offline]")
    stage.network.mend()
    me.the("#banner[data-connection=back]")
    return me


@state
def action_refused(stage: Stage) -> Window:
    """What the menu offers could not be done."""
    me = menu(stage)
    me.driver.execute_script(REFUSE)
    me.the("#block").click()
    me.the("#action-error")
    return me


@state
def menu(stage: Stage) -> Window:
    """The menu of a conversation is open."""
    me = stage.opened("talk")
    me.the("#menu summary").click()
    me.the("#leave")
    return me


@state
def draft(stage: Stage) -> Window:
    """A text of several lines is being written."""
    me = stage.opened("talk")
    fill(me, f"{stage.text['two']}\n{stage.text['long']}")
    return me


@state
def too_long(stage: Stage) -> Window:
    """The text is longer than a message may be."""
    me = stage.opened("silent")
    fill(me, stage.text["long"] * 100)
    me.the("#body-error")
    return me


@state
def own_message(stage: Stage) -> Window:
    """The pointer is at an own message, which can be deleted."""
    me = stage.opened("writer")
    me.driver.execute_script("document.querySelector('.mine .delete').focus()")
    return me


@state
def confirm(stage: Stage) -> Window:
    """The page asks before it deletes a message."""
    me = stage.opened("writer")
    me.driver.execute_script("document.querySelector('.mine .delete').click()")
    me.the("#confirm-yes")
    return me


@state
def settings(stage: Stage) -> Window:
    """The name, the password, the sessions and the account."""
    me = stage.home()
    me.the("#open-settings").click()
    me.the("#display-name")
    return me


@state
def name_refused(stage: Stage) -> Window:
    """Nobody may have the name."""
    me = settings(stage)
    me.fills("#display-name", "x" * 300).the("#rename button").click()
    me.the("#display-name-error")
    return me


@state
def name_saved(stage: Stage) -> Window:
    """The name was changed."""
    me = settings(stage)
    me.the("#rename button").click()
    me.the("#rename-done:not(:empty)")
    return me


@state
def old_password_refused(stage: Stage) -> Window:
    """The current password is wrong."""
    me = settings(stage)
    me.fills("#old-password", "wrong").fills("#new-password", PASSWORD).the("#change-password button").click()
    me.the("#old-password-error")
    return me


@state
def new_password_refused(stage: Stage) -> Window:
    """The new password is too short."""
    me = settings(stage)
    me.fills("#old-password", PASSWORD).fills("#new-password", "short").the("#change-password button").click()
    me.the("#new-password-error")
    return me


@state
def password_changed(stage: Stage) -> Window:
    """The password was changed."""
    me = settings(stage)
    me.fills("#old-password", PASSWORD).fills("#new-password", PASSWORD).the("#change-password button").click()
    me.the("#change-password-done:not(:empty)")
    return me


@state
def delete_refused(stage: Stage) -> Window:
    """The password to delete the account with is wrong."""
    me = settings(stage)
    me.fills("#delete-password", "wrong").the("#delete-account button").click()
    me.confirms()
    me.the("#delete-password-error")
    return me


@state
def confirm_delete_account(stage: Stage) -> Window:
    """The page asks before it deletes the account."""
    me = settings(stage)
    me.fills("#delete-password", "wrong").the("#delete-account button").click()
    me.the("#confirm-yes")
    return me


@state
def left(stage: Stage) -> Window:
    """The user has left a group, and may return."""
    me = stage.opened("group")
    me.the("#menu summary").click()
    me.the("#leave").click()
    me.confirms()
    me.the("#left-note")
    return me


def fill(window: Window, text: str) -> None:
    """As if the text were pasted."""
    script = "const field = document.getElementById('body'); field.value = arguments[0]; field.dispatchEvent(new Event('input', { bubbles: true }))"
    window.driver.execute_script(script, text)


def drawn(width: int, height: int) -> bytes:
    """A picture as PNG whose corners have four different colours."""
    corners = Image.new("RGB", (2, 2))
    corners.putdata([(206, 90, 60), (240, 190, 90), (40, 110, 150), (90, 160, 110)])
    made = io.BytesIO()
    corners.resize((width, height), Image.Resampling.BICUBIC).save(made, "PNG")
    return made.getvalue()


# ---- Looking at them


@contextlib.contextmanager
def staged(folder: Path, language: str, browsers: Browsers) -> Iterator[Stage]:
    """The users and conversations of the states, in this language."""
    folder.mkdir(parents=True, exist_ok=True)
    with running(folder / "stored", SOCKETS_PER_USER="1") as network, windows(network, browsers) as open_one:
        yield Stage(network, folder, language, open_one)


def look_at(window: Window, width: int, theme: str) -> None:
    """Show the page in this width and theme, and wait until it is shown so."""
    window.driver.resize(SIZES[width])
    window.driver.use_theme(theme)
    window.driver.execute_async_script(IS_SETTLED)


def sheet(pictures: dict[str, Path], columns: int) -> Image.Image:
    """All pictures, small, with their names."""
    tiles = []
    for name, path in pictures.items():
        with Image.open(path) as picture:
            width = SHEET_WIDTH // columns - LABEL_HEIGHT
            small = picture.convert("RGB").resize((width, width * picture.height // picture.width), reducing_gap=2)
        tile = Image.new("RGB", (width + LABEL_HEIGHT, small.height + 2 * LABEL_HEIGHT), "grey")
        tile.paste(small, (0, LABEL_HEIGHT))
        ImageDraw.Draw(tile).text((2, 4), name)
        tiles.append(tile)
    made = Image.new("RGB", (SHEET_WIDTH, -(-len(tiles) // columns) * tiles[0].height), "grey")
    for number, tile in enumerate(tiles):
        made.paste(tile, (number % columns * tile.width, number // columns * tile.height))
    return made


def main() -> int:
    parser = argparse.ArgumentParser(description="Make screenshots of the states of the chat page.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--state", choices=STATES, help="only this one")
    given = parser.parse_args()
    names = [given.state] if given.state else list(STATES)
    faults = 0
    with contextlib.closing(Browsers()) as browsers, tempfile.TemporaryDirectory() as temporary:
        for language in LANGUAGES:
            pictures: dict[Look, dict[str, Path]] = {(width, theme): {} for width in SIZES for theme in THEMES}
            with staged(Path(temporary) / language, language, browsers) as stage:
                for number, name in enumerate(names, 1):
                    print(f"{language} {number}/{len(names)} {name}", file=sys.stderr)
                    try:
                        window = STATES[name](stage)
                    except Exception:
                        faults += 1
                        traceback.print_exc()
                        continue
                    for (width, theme), taken in pictures.items():
                        look_at(window, width, theme)
                        taken[name] = given.folder / f"{language}-{width}-{theme}" / f"{name}.png"
                        taken[name].parent.mkdir(parents=True, exist_ok=True)
                        window.driver.save_screenshot(str(taken[name]))
                    look_at(window, 1280, "light")
            for (width, theme), taken in pictures.items():
                if taken:
                    sheet(taken, SHEET_COLUMNS[width]).save(given.folder / f"{language}-{width}-{theme}.png")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

"""
ARCHITECTURE says which files are edited to add a kind of entry, an event of a client, a refusal or a setting. This adds
one of each to a copy of the program, by edits in exactly those files, and uses it there.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from filecmp import cmp
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from glimpse.chat.outside.postgres.migrate import migrate, shipped
from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.requests import EVENTS
from glimpse.chat.service import HANDLERS
from glimpse.chat.values import Message, StoredEntry, UnknownEntry
from glimpse.words import LANGUAGES
from tests.chat.conftest import Chat
from tests.chat.harness import SECRET
from tests.conftest import REPOSITORY

SOURCE = Path("src/glimpse")
CHAT = SOURCE / "chat"
TEXTS = (".py", ".sql", ".ftl")


class Copy:
    """The program in a folder where it can be edited. Files are named as in ARCHITECTURE, from `src/glimpse/chat`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(REPOSITORY / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(REPOSITORY / "pyproject.toml", folder)

    def edit(self, file: str, before: str, after: str) -> None:
        """Replace a text that the file has once."""
        path = self.folder / (SOURCE if file.startswith("planner/") else CHAT) / file
        text = path.read_text()
        assert text.count(before) == 1, (
            f"{file} has {text.count(before)} times {before!r}. This test edits a copy of the file as a contributor does:"
            " change the edit in the test to a text that the file now has once"
        )
        path.write_text(text.replace(before, after))

    def add(self, file: str, added: str, *, above: str) -> None:
        """Add lines above the one line that begins with `above`."""
        self.edit(file, f"\n{above}", f"\n{added}{above}")

    def add_import(self, file: str, module: str, name: str) -> None:
        self.add(file, f"from glimpse.chat.{module} import {name}\n", above=f"from glimpse.chat.{module} import ")

    def assert_edited(self, what: str) -> None:
        """Exactly those files were edited that ARCHITECTURE's row for `what` marks with a star."""
        table = (REPOSITORY / "ARCHITECTURE.md").read_text().partition("## To add")[2]
        row = next(line for line in table.split("\n") if line.startswith(f"| {what} |"))
        named = {
            name.replace("LANGUAGE", language) for name in re.findall(r"`([^`]+)`★", row) for language in LANGUAGES
        }
        changed = set()
        for path in (self.folder / SOURCE).rglob("*.*"):
            before = REPOSITORY / path.relative_to(self.folder)
            if path.suffix in TEXTS and not (before.is_file() and cmp(path, before, shallow=False)):
                # Of a new file the row names the folder.
                file = path.relative_to(self.folder / SOURCE).as_posix().removeprefix("chat/")
                changed.add(file if before.is_file() else f"{Path(file).parent}/")
        assert changed == named

    def run(self, *arguments: str, status: int = 0, **environment: str) -> str:
        """What Python prints with the copied program; the tests are those of this repository."""
        path = os.pathsep.join([str(self.folder / "src"), str(REPOSITORY)])
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == status, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    def lines_with(self, text: str) -> list[str]:
        """`file:line` of every line of the chat that has this text."""
        return sorted(
            f"{path.relative_to(self.folder)}:{number}"
            for path in (self.folder / CHAT).rglob("*.py")
            for number, line in enumerate(path.read_text().split("\n"), 1)
            if text in line
        )

    def lines_with_type_errors(self) -> list[str]:
        """The same of every line of the chat in which mypy finds an error."""
        checks = "import sys; from mypy.api import run; print(run(sys.argv[1:])[0])"
        found = self.run("-c", checks, "--no-error-summary", "--no-pretty", str(CHAT))
        return sorted(set(re.findall(r"^(.+:\d+): error: ", found, re.MULTILINE)))


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path / "copy")


# ---- An event of a client

WAVE = """\
class Wave(Request, frozen=True):
    conversation_id: Id


"""
WAVE_EVENT = """\
class WaveEvent(Document, frozen=True):
    conversation_id: str
    user_id: str


"""
WAVE_TEXT = """\
def wave_event(conversation_id: str, user_id: str) -> Event:
    return event("wave", WaveEvent(conversation_id, user_id))


"""
WAVE_HANDLER = """\
    async def _wave(self, socket: Socket, request: Wave) -> Document | Refusal:
        conversation = await self.conversations.get(socket.user_id, request.conversation_id)
        if isinstance(conversation, Refusal):
            return conversation
        others = tuple(user_id for user_id in conversation.member_ids if user_id != socket.user_id)
        self.publisher.notify(Notification(others, wave_event(conversation.id, socket.user_id)))
        return EmptyDocument()

"""
WAVES = """
import asyncio, json
from tests.chat.harness import ServiceHarness

async def main():
    task = ServiceHarness()
    room = await task.room("ada", "bob")
    (ada, _), (_, bobs) = await task.enters("ada"), await task.enters("bob")
    answers = [await task.asks(ada, "wave", {"conversationId": each}) for each in (room, "", "nowhere")]
    print(json.dumps([bobs.of("wave"), answers]))

asyncio.run(main())
"""


def test_an_event_of_a_client_is_added_by_the_files_that_the_table_names(copy: Copy) -> None:
    copy.add("requests.py", WAVE, above="class SignUp(")
    copy.add("requests.py", '    "wave": Wave,\n', above='    "typing": Typing,\n')
    copy.add("documents.py", WAVE_EVENT, above="class DrainingEvent(")
    copy.add_import("events.py", "documents", "WaveEvent")
    copy.add("events.py", WAVE_TEXT, above="def draining_event(")
    copy.add_import("service.py", "events", "wave_event")
    copy.add_import("service.py", "requests", "Wave")
    copy.add("service.py", WAVE_HANDLER, above="    # ---- Answering\n")
    copy.add("service.py", '    "wave": Service._wave,\n', above='    "typing": Service._typing,\n')
    copy.assert_edited("an event of a client")

    heard, [answer, invalid, unknown] = json.loads(copy.run("-c", WAVES))
    assert heard == [{"conversationId": "room-1", "userId": "ada"}]
    assert answer == {}
    assert invalid["error"]["message"].endswith("Expected `str` of length >= 1 - at `$.conversationId`")
    assert unknown["error"]["code"] == "not_found"


def test_every_event_of_a_client_has_a_handler() -> None:
    assert {"message", *HANDLERS} == EVENTS.keys()


# ---- A refusal

ASLEEP = 'ASLEEP = Refusal("asleep", 423, True, "this conversation is asleep", "대화가 잠들어 있어요")\n'
REFUSED = """
import json, msgspec
from glimpse.chat.documents import error_document
from glimpse.chat.openapi import openapi_document
from glimpse.chat.outside.json_http import response
from glimpse.chat.refusals import ASLEEP, REFUSALS

answer = response(ASLEEP.because("until noon"), "ko")
print(json.dumps([
    REFUSALS["asleep"] is ASLEEP, answer.status_code, json.loads(answer.body),
    msgspec.to_builtins(error_document(ASLEEP)), openapi_document("1")["info"]["description"],
]))
"""


def test_a_refusal_is_added_by_the_file_that_the_table_names(copy: Copy) -> None:
    copy.add("refusals.py", ASLEEP, above="BLOCKED = ")
    copy.assert_edited("a refusal")

    is_listed, status, in_korean, in_english, description = json.loads(copy.run("-c", REFUSED))
    assert is_listed
    assert status == 423
    assert in_korean == {"error": {"code": "asleep", "message": "대화가 잠들어 있어요: until noon", "retry": True}}
    assert in_english == {"error": {"code": "asleep", "message": "this conversation is asleep", "retry": True}}
    assert "asleep (423)" in description


# ---- A setting

NAPS = "    nap_seconds: Annotated[int, Meta(ge=1, le=600)] = 30\n"
NAPS_IN_WORDS = {"en": "how long a nap takes", "ko": "낮잠 시간"}


def test_a_setting_is_added_by_the_files_that_the_table_names(copy: Copy) -> None:
    copy.add("settings.py", NAPS, above="    token_seconds: ")
    for language, meaning in NAPS_IN_WORDS.items():
        words = f"setting_of_nap_seconds = {meaning}\n"
        copy.add(f"words/{language}/chat.ftl", words, above="setting_of_token_seconds = ")
    copy.assert_edited("a setting")

    page = copy.run("-c", "from scripts.make_reference import settings_page; print(settings_page())")
    assert "| `GLIMPSE_NAP_SECONDS` | `30` | how long a nap takes | 낮잠 시간 |" in page
    assert "GLIMPSE_NAP_SECONDS (30)\n      how long a nap takes\n" in copy.run("-m", "glimpse", "serve", "--help")
    reads = "from glimpse.chat.settings import read_settings; import os; print(read_settings(os.environ).nap_seconds)"
    assert [copy.run("-c", reads), copy.run("-c", reads, GLIMPSE_NAP_SECONDS="7")] == ["30\n", "7\n"]
    refused = copy.run("-m", "glimpse", "serve", "--lang", "en", status=2, GLIMPSE_NAP_SECONDS="601")
    assert "GLIMPSE_NAP_SECONDS" in refused
    assert "600" in refused


# ---- A kind of entry

PIN = '''\
class Pin(_EntryFields, frozen=True):
    """The sender pinned the message whose seq is `of`."""

    of: int


'''
PINNED_DOCUMENTS = '''\
class PinnedDocument(EntryFields, frozen=True):
    """The message whose seq is `of` was pinned."""

    of: int


class PinnedEntry(PinnedDocument, frozen=True, tag_field="type", tag="pinned"):
    """A pin in a history."""


'''
IN_A_HISTORY = "        case Pin():\n            return PinnedEntry(*common, entry.of)\n"
AS_AN_EVENT = """\
        case Pin():
            at = time_text(entry.created_at)
            pinned = PinnedDocument(entry.id, entry.seq, entry.conversation_id, entry.sender_id, at, entry.of)
            return event("pinned", pinned)
"""
ITS_BYTES = "        case Pin():\n            return 0\n"
ITS_COLUMN = "    *row, pinned_seq = row\n"
"""A contributor adds the name to the line below; this line works whichever columns that one names."""

IN_A_ROW = "    if entry_type == PINNED:\n        return Pin(*common, pinned_seq)\n"
MIGRATION = """\
-- A message can be pinned. Every row satisfies the wider check, because it satisfied the narrower one: `not valid` spares
-- reading them all while nobody can write.
alter table entries add column pinned_seq bigint;
alter table entries add constraint entries_pinned_seq check ((type = 'pinned') = (pinned_seq is not null)) not valid;
alter table entries drop constraint entries_check;
alter table entries add constraint entries_check {check} not valid;
"""
PINNED_ROW = """
    when 'pinned' then pinned_seq < seq
        and client_id is null and body is null and file_id is null and of_seq is null and member_ids is null
"""
THE_CHECK = "select pg_get_constraintdef(oid) from pg_constraint where conname = 'entries_check'"


async def migration_of_pins(url: str) -> str:
    """
    The migration with a branch for pins in the check of a database. A contributor copies the other branches from the
    newest migration that has them; taken from the database they are those of whichever kinds there are.
    """
    connection = await asyncpg.connect(url)
    check = await connection.fetchval(THE_CHECK)
    await connection.close()
    others, otherwise, end = check.removesuffix(" NOT VALID").partition("ELSE false")
    assert otherwise, f"entries_check no longer ends with `else false`: {check}"
    return MIGRATION.format(check=f"{others}{PINNED_ROW}{otherwise}{end}")


PORT = '''\
    async def pin_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        """The Pin. Refused `not_found` (no such entry)."""
        ...

'''
IN_MEMORY = """\
    async def pin_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        conversation = self._conversation_of(conversation_id, by_id)
        if conversation is None or not 1 <= seq <= conversation.last_seq:
            return NOT_FOUND
        return self._added(conversation, Pin(*self._next(conversation, by_id, self._clock()), seq))

"""
ADD_PIN = """\
-- name: add_pin
-- Add the pin of the message $3 as the next entry of a locked conversation.
with numbered as (
    update conversations set last_seq = last_seq + 1, changed_at = greatest(changed_at, clock_timestamp())
    where id = $1
    returning last_seq, changed_at
)
insert into entries (conversation_id, seq, type, id, sender_id, created_at, pinned_seq)
select $1, last_seq, 'pinned', gen_random_uuid()::text, $2, changed_at, $3::bigint from numbered
returning {entry(entries)};

"""
IN_POSTGRES = """\
    async def pin_message(self, conversation_id: str, by_id: str, seq: int) -> StoredEntry | Refusal:
        if not is_id(conversation_id) or not is_id(by_id):
            return NOT_FOUND
        async with self._locked(conversation_id, by_id) as (connection, locked):
            if locked is None or not 1 <= seq <= locked["last_seq"]:
                return NOT_FOUND
            row = await connection.fetchrow(QUERIES["add_pin"], conversation_id, by_id, seq)
            return StoredEntry(_entry(row), tuple(locked["member_ids"]), True)

"""
USE_CASE = '''\
    async def pin(self, user_id: str, conversation_id: str, seq: int) -> StoredEntry | Refusal:
        """The entry that records the pin; members are told. Refused `not_found`, `busy`."""
        return await commit_entry(
            lambda: self._store.pin_message(conversation_id, user_id, seq), self._commits, self._publisher
        )

'''
PINS = """
import asyncio, sys
import msgspec
from glimpse.chat.documents import entry_document, synced_document
from glimpse.chat.outside.postgres.store import PostgresStore
from tests.chat.conftest import Chat, memory_store
from tests.chat.use_cases import UseCases

async def main(url):
    store = await PostgresStore.open(url) if url else memory_store()
    chat, uses = Chat(store), UseCases(store)
    if not url:
        await chat.room("room", "ada", "bob")
        await chat.say("room", "ada")
    await uses.messages.pin("bob", "room", 1)
    refused = await uses.messages.pin("bob", "room", 9)
    history = [entry_document(each) for each in await chat.entries("room", "ada")]
    synced = synced_document(await uses.messages.sync("ada", {"room": 1}))
    print(msgspec.json.encode([uses.publisher.of("pinned"), refused.code, history, synced.messages]).decode())
    if url:
        await store.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
def populated_url(migrated_url: str, runner: asyncio.Runner) -> Iterator[str]:
    """A database with the schema of this release, and in it a conversation `room` with a message of `ada`."""
    url = urlsplit(migrated_url)._replace(path="/adding").geturl()

    async def on_the_server(statement: str) -> None:
        connection = await asyncpg.connect(migrated_url)
        await connection.execute(statement)
        await connection.close()

    async def populate() -> None:
        connection = await asyncpg.connect(url)
        await migrate(connection)
        await connection.close()
        store = await PostgresStore.open(url)
        chat = Chat(store)
        await chat.room("room", "ada", "bob")
        await chat.say("room", "ada")
        await store.close()

    runner.run(on_the_server("create database adding"))
    runner.run(populate())
    yield url
    runner.run(on_the_server("drop database adding with (force)"))


async def test_a_kind_of_entry_is_added_by_the_files_that_the_table_names(copy: Copy, populated_url: str) -> None:
    copy.add("values.py", PIN, above="class UnknownEntry(")
    copy.edit("values.py", "\nEntry = ", "\nEntry = Pin | ")
    assert copy.lines_with_type_errors() == copy.lines_with("assert_never(entry)"), "mypy names every forgotten match"

    copy.add_import("documents.py", "values", "Pin")
    copy.add("documents.py", PINNED_DOCUMENTS, above="class UnknownTypeEntry(")
    copy.edit("documents.py", "\nEntryDocument = ", "\nEntryDocument = PinnedEntry | ")
    copy.add("documents.py", IN_A_HISTORY, above="        case UnknownEntry():\n            return UnknownTypeEntry(")
    copy.add("documents.py", ITS_BYTES, above="        case Deletion() | ")
    copy.add_import("events.py", "documents", "PinnedDocument")
    copy.add_import("events.py", "values", "Pin")
    copy.add("events.py", AS_AN_EVENT, above="        case UnknownEntry():\n")
    copy.add("outside/postgres/queries.sql", "    , t.pinned_seq\n", above="\n-- fragment: file(t)")
    copy.add_import("outside/postgres/store.py", "values", "Pin")
    copy.add("outside/postgres/store.py", 'PINNED = "pinned"\n', above="MESSAGE, DELETED, MEMBERS")
    copy.add("outside/postgres/store.py", ITS_COLUMN, above="    conversation_id, seq, entry_type, ")
    copy.add("outside/postgres/store.py", IN_A_ROW, above="    return UnknownEntry(*common)\n")
    migration = f"{len(shipped()) + 1:04}_before_pins"
    migrations = copy.folder / CHAT / "outside/postgres/migrations"
    (migrations / f"{migration}.sql").write_text(await migration_of_pins(populated_url))
    assert copy.lines_with_type_errors() == [], "a release that reads the new kind is complete"

    copy.add("ports.py", PORT, above="    async def mark_read(")
    copy.add_import("memory.py", "values", "Pin")
    copy.add("memory.py", IN_MEMORY, above="    async def mark_read(")
    copy.add("outside/postgres/queries.sql", ADD_PIN, above="-- name: mark_read\n")
    copy.add("outside/postgres/store.py", IN_POSTGRES, above="    async def mark_read(")
    copy.add("messages.py", USE_CASE, above="    async def mark_read(")
    assert copy.lines_with_type_errors() == []
    copy.assert_edited("a kind of entry")

    migrated = copy.run(
        "-m", "glimpse", "migrate", "--lang", "en", GLIMPSE_DATABASE_URL=populated_url, GLIMPSE_JWT_SECRETS=SECRET
    )
    assert migration in migrated
    for url in ("", populated_url):
        published, refused, history, synced = json.loads(copy.run("-c", PINS, url))
        assert refused == "not_found"
        assert [(each["type"], each["seq"]) for each in history] == [("message", 1), ("pinned", 2)]
        assert (history[1]["senderId"], history[1]["of"]) == ("bob", 1)
        assert synced == history[1:]
        assert published == [[["ada", "bob"], {name: value for name, value in history[1].items() if name != "type"}]]

    this_release = await PostgresStore.open(populated_url)
    entries = await Chat(this_release).entries("room", "ada")
    assert list(map(type, entries)) == [Message, UnknownEntry], "it skips what only the next release knows"
    deleted = await this_release.delete_message("room", "ada", 1)
    assert isinstance(deleted, StoredEntry)
    assert deleted.is_new, "a pin is not taken for a deletion"
    await this_release.close()

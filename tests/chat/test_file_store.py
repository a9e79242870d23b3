"""What the store promises of files, kept by the store in memory and by PostgreSQL alike."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from glimpse.chat.outside.postgres.store import PostgresStore
from glimpse.chat.ports import Store
from glimpse.chat.refusals import BLOCKED, FILE_GONE, FORBIDDEN, INVALID, NOT_A_PICTURE, NOT_COMPLETE, NOT_FOUND, QUOTA
from glimpse.chat.values import File, NewFile, NewMessage
from tests.chat.conftest import Chat, message_of, seqs, stored

ROOM = 10**6
HOUR = 3600.0
PAST = -1.0
"""So many seconds that what ends after them has ended already."""


def new(file_id: str = "f1", owner: str = "ada", size: int = 100, name: str = "사진.png") -> NewFile:
    return NewFile(file_id, owner, name, "image/png", size, "ab" * 32)


async def announced(store: Store, file: NewFile, seconds: float = 300) -> File:
    made = await store.announce_file(file, seconds, ROOM)
    assert isinstance(made, File), made
    return made


async def seen(store: Store, file_id: str, reader_id: str) -> File | None:
    """The file, where the reader may see it."""
    files = await store.files_seen_by([file_id], reader_id)
    return files[0] if files else None


async def late(store: Store, seconds: float = HOUR) -> list[str]:
    return [file.id for file in await store.files_to_sweep(seconds, 99)]


async def test_a_file_is_found_as_it_was_announced_and_is_not_complete(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    made = await announced(store, new())
    assert (made.id, made.owner_id, made.name, made.content_type) == ("f1", "ada", "사진.png", "image/png")
    assert (made.size, made.sha256, made.is_complete) == (100, "ab" * 32, False)
    assert await store.file("f1") == made
    assert await store.file("other") is None


@pytest.mark.parametrize("text", ["nul\0", "half a surrogate \ud800", "", "x" * 256])
async def test_what_no_database_can_hold_is_invalid_or_unknown(store: Store, chat: Chat, text: str) -> None:
    await chat.people("ada")
    for file in (new(text), new(owner=text), new(name=text)):
        assert await store.announce_file(file, 300, ROOM) == INVALID
    assert await store.file(text) is None
    assert await seen(store, text, "ada") is None
    assert not await store.complete_file(text, HOUR)


async def test_all_files_of_a_user_together_fit_into_the_quota_exactly(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob")
    assert isinstance(await store.announce_file(new("f1", size=60), 300, 100), File)
    assert await store.announce_file(new("f2", size=41), 300, 100) == QUOTA
    assert isinstance(await store.announce_file(new("f3", size=40), 300, 100), File)
    assert isinstance(await store.announce_file(new("f4", "bob", 100), 300, 100), File)
    assert await store.announce_file(new("f5", "nobody", 1), 300, 100) == NOT_FOUND
    assert await store.file("f2") is None


async def test_the_quota_holds_when_a_hundred_files_are_announced_at_once(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    files = (store.announce_file(new(f"f{number}", size=10), 300, 95) for number in range(100))
    made = await asyncio.gather(*files)
    assert [isinstance(each, File) for each in made].count(True) == 9


async def test_a_complete_file_stays_complete_however_often_it_is_completed(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    await announced(store, new())
    assert await store.complete_file("f1", HOUR)
    assert await store.complete_file("f1", PAST - 300)
    found = await store.file("f1")
    assert found is not None
    assert found.is_complete


async def test_a_file_whose_time_is_over_cannot_be_completed(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    await announced(store, new(), seconds=-HOUR)
    assert not await store.complete_file("f1", HOUR)
    assert await store.complete_file("f1", HOUR + 60)
    assert not await store.complete_file("unknown", HOUR)


# ---- Messages and profiles


async def test_a_message_refers_to_a_complete_file_of_its_sender_and_to_no_other(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.file("adas", "ada")
    await announced(store, new("coming"))
    outcomes = await store.append(
        [
            chat.message("room", "ada"),
            NewMessage("room", "ada", "m1", "", "coming"),
            NewMessage("room", "bob", "m2", "", "adas"),
            NewMessage("room", "ada", "m3", "", "unknown"),
            NewMessage("room", "ada", "m4", "", "adas"),
            chat.message("room", "bob"),
        ]
    )
    assert outcomes[1:4] == [NOT_COMPLETE, FORBIDDEN, FILE_GONE]
    assert [stored(outcomes[place]).entry.seq for place in (0, 4, 5)] == [1, 2, 3]
    assert [message_of(outcomes[place]).file_id for place in (0, 4, 5)] == [None, "adas", None]


async def test_a_refused_file_hides_no_other_reason(store: Store, chat: Chat) -> None:
    await chat.room("pair", "ada", "bob")
    await store.block("bob", "ada", True)
    await chat.room("others", "bob", "cy")
    await chat.file("file", "ada")
    [blocked] = await store.append([NewMessage("pair", "ada", "c1", "", "file")])
    [stranger] = await store.append([NewMessage("others", "ada", "c1", "", "file")])
    assert (blocked, stranger) == (BLOCKED, NOT_FOUND)


async def test_a_repeat_answers_the_first_message_whatever_became_of_its_file(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.file("file", "ada")
    message = NewMessage("room", "ada", "c1", "look", "file")
    [first] = await store.append([message])
    await store.delete_message("room", "ada", 1)
    await forgotten(store)
    assert await store.file("file") is None
    [again] = await store.append([message])
    assert (stored(again).entry.id, stored(again).is_new) == (stored(first).entry.id, False)
    assert seqs(await chat.entries("room", "ada")) == [1, 2]


async def test_a_picture_is_a_complete_image_of_ones_own(store: Store, chat: Chat) -> None:
    await chat.people("ada", "bob")
    await chat.file("bobs", "bob")
    await chat.file("paper", "ada", content_type="application/pdf")
    await announced(store, new("coming"))
    assert await store.update_profile("ada", None, "bobs") == FORBIDDEN
    assert await store.update_profile("ada", None, "coming") == NOT_COMPLETE
    assert await store.update_profile("ada", None, "unknown") == FILE_GONE
    assert await store.update_profile("ada", "Ada", "paper") == NOT_A_PICTURE
    [ada] = await store.users(["ada"])
    assert (ada.display_name, ada.profile_image_id) == (None, None), "all of it, or nothing"


# ---- Who may see


async def test_a_file_is_seen_by_its_owner_and_by_the_members_of_where_it_was_posted(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    await chat.people("eve")
    file = await chat.file("file", "ada")
    assert [await seen(store, "file", who) for who in ("ada", "bob", "eve")] == [file, None, None]
    await store.append([NewMessage("room", "ada", "c1", "", "file")])
    assert [await seen(store, "file", who) for who in ("ada", "bob", "eve")] == [file, file, None]
    await store.leave("room", "bob")
    assert await seen(store, "file", "bob") is None


async def test_whoever_deletes_a_message_takes_its_file_from_the_others(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    file = await chat.file("file", "ada")
    await store.append([NewMessage("room", "ada", "c1", "", "file")])
    await store.delete_message("room", "ada", 1)
    assert await seen(store, "file", "bob") is None
    assert await seen(store, "file", "ada") == file


async def test_a_picture_is_seen_by_whoever_shares_a_conversation_while_it_is_the_picture(
    store: Store, chat: Chat
) -> None:
    await chat.room("room", "ada", "bob")
    await chat.people("eve")
    file = await chat.file("old", "ada")
    await store.update_profile("ada", None, "old")
    assert [await seen(store, "old", who) for who in ("bob", "eve")] == [file, None]
    await chat.file("young", "ada")
    await store.update_profile("ada", None, "young")
    assert await seen(store, "old", "bob") is None


async def test_many_files_are_seen_in_the_order_in_which_they_are_asked_for_and_the_others_are_left_out(
    store: Store, chat: Chat
) -> None:
    await chat.room("room", "ada", "bob")
    posted, picture, own = [await chat.file(*each) for each in (("posted", "ada"), ("picture", "ada"), ("own", "bob"))]
    await chat.file("hidden", "ada")
    await announced(store, new("coming"))
    await store.append([NewMessage("room", "ada", "c1", "", "posted")])
    await store.update_profile("ada", None, "picture")
    asked = ["own", "hidden", "picture", "unknown", "nul\0", "coming", "posted"]
    assert await store.files_seen_by(asked, "bob") == [own, picture, posted]
    assert await store.files_seen_by(asked, "nul\0") == []
    assert await store.files_seen_by([], "bob") == []


async def test_a_file_that_is_not_complete_is_seen_by_nobody(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    await announced(store, new())
    assert await seen(store, "f1", "ada") is None


# ---- The sweep


async def forgotten(store: Store) -> None:
    """Sweep the store as if a long time had passed."""
    await store.expire_unused_files(PAST, 99)
    files = await store.files_to_sweep(HOUR, 99)
    kept, gone = ([file.id for file in files if file.is_complete == is_kept] for is_kept in (True, False))
    await store.finish_sweep(kept, gone, HOUR)


async def test_a_file_that_never_completed_is_late_and_then_forgotten_and_its_bytes_are_free(
    store: Store, chat: Chat
) -> None:
    await chat.people("ada")
    await announced(store, new("early", size=ROOM // 2))
    await announced(store, new("late", size=ROOM // 2), seconds=-2 * HOUR)
    assert await store.announce_file(new("more"), 300, ROOM) == QUOTA
    assert await late(store) == ["late"]
    await store.finish_sweep([], ["late", "early"], HOUR)
    assert await store.file("late") is None
    assert await store.file("early") is not None
    assert await late(store) == []
    assert isinstance(await store.announce_file(new("more", size=ROOM // 2), 300, ROOM), File)
    assert await store.announce_file(new("evenMore", size=1), 300, ROOM) == QUOTA


async def test_a_complete_file_is_late_once_and_stays(store: Store, chat: Chat) -> None:
    await chat.people("ada")
    await announced(store, new(), seconds=-2 * HOUR)
    assert await store.complete_file("f1", 3 * HOUR)
    assert [(file.id, file.is_complete) for file in await store.files_to_sweep(HOUR, 99)] == [("f1", True)]
    await store.finish_sweep(["f1"], [], HOUR)
    assert await late(store) == []
    assert await seen(store, "f1", "ada") is not None
    assert await store.announce_file(new("f2", size=ROOM), 300, ROOM) == QUOTA, "it still takes its room"


async def test_a_file_that_nothing_refers_to_is_let_go_and_one_in_use_is_not(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    for name in ("posted", "picture", "before", "deleted", "never"):
        await chat.file(name, "ada")
    await store.append([NewMessage("room", "ada", name, "", name) for name in ("posted", "deleted")])
    await store.delete_message("room", "ada", 2)
    await store.update_profile("ada", None, "before")
    await store.update_profile("ada", None, "picture")
    await store.expire_unused_files(HOUR, 99)
    assert await late(store) == [], "a day has not gone by"
    await forgotten(store)
    left = [name for name in ("posted", "picture", "before", "deleted", "never") if await store.file(name)]
    assert left == ["posted", "picture"]
    assert await store.append([NewMessage("room", "ada", "again", "", "never")]) == [FILE_GONE]


async def test_a_file_that_is_posted_elsewhere_outlives_the_message_that_is_deleted(store: Store, chat: Chat) -> None:
    await chat.room("one", "ada", "bob")
    await chat.room("two", "ada", "cy")
    await chat.file("file", "ada")
    await store.append([NewMessage(room, "ada", "c1", "", "file") for room in ("one", "two")])
    await store.delete_message("one", "ada", 1)
    await forgotten(store)
    assert await seen(store, "file", "cy") is not None
    assert await seen(store, "file", "bob") is None


async def test_a_message_and_the_sweep_at_once_never_leave_a_message_without_its_file(store: Store, chat: Chat) -> None:
    await chat.room("room", "ada", "bob")
    for number in range(40):
        await chat.file(f"f{number}", "ada")
    *posted, _ = await asyncio.gather(
        *(store.append([NewMessage("room", "ada", f"c{number}", "", f"f{number}")]) for number in range(40)),
        forgotten(store),
    )
    for number, outcome in enumerate(posted):
        assert (outcome in ([NOT_COMPLETE], [FILE_GONE])) == (await store.file(f"f{number}") is None)


async def test_a_file_that_nothing_refers_to_any_more_just_now_is_not_forgotten_with_its_object_in_place(
    store: Store, chat: Chat
) -> None:
    """One task found it complete and another expired it: a sweep that deleted only the pending object keeps the row."""
    await chat.file("file", "ada")
    await store.expire_unused_files(PAST, 99)
    await store.finish_sweep(["file"], [], HOUR)
    assert await late(store) == ["file"]


async def test_a_message_of_another_that_names_a_file_shows_it_to_nobody(
    store: Store, chat: Chat, request: pytest.FixtureRequest
) -> None:
    """A release that does not know files stores whatever file id a client sends."""
    await chat.room("room", "eve", "mallory")
    file = await chat.file("file", "ada")
    if isinstance(store, PostgresStore):
        connection = await asyncpg.connect(request.getfixturevalue("database_url"))
        await connection.execute(
            """insert into entries (conversation_id, seq, type, id, sender_id, created_at, client_id, body, file_id)
            values ('room', 1, 'message', 'm', 'eve', now(), 'c', '', 'file')"""
        )
        await connection.close()
    assert await seen(store, "file", "eve") is None
    assert await seen(store, "file", "ada") == file


async def test_two_pictures_at_once_leave_one_in_use_and_the_others_not(store: Store, chat: Chat) -> None:
    for name in ("a", "b", "c", "d"):
        await chat.file(name, "ada")
    await store.update_profile("ada", None, "a")
    await asyncio.gather(*(store.update_profile("ada", None, name) for name in ("b", "c", "d")))
    await forgotten(store)
    [ada] = await store.users(["ada"])
    assert [name for name in ("a", "b", "c", "d") if await store.file(name)] == [ada.profile_image_id]

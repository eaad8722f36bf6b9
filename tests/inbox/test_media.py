"""Customers' files: fetched once, whole, and by whoever is alive."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from connectors.content import Edit, Image, Text
from connectors.contract import Located
from connectors.errors import ContentRefused, SendFailed, Unreachable
from inbox.media import MediaFetch
from inbox.model.commit import Commit, change_of
from inbox.model.files import FileState
from inbox.model.message import BOT
from inbox.model.thread import Thread
from inbox.store import Store
from tests.inbox.factories import NOON, heard
from tests.inbox.office import Office

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
SHA = hashlib.sha256(PNG).hexdigest()


class Meta:
    """A provider that hands out files: what it says is the test's."""

    def __init__(self, provider: Any) -> None:
        self.capabilities = provider.capabilities
        self.body = PNG
        self.sha256: str | None = SHA
        self.errors: list[SendFailed] = []
        self.asked = 0
        self.stuck: asyncio.Event | None = None

    def verify(self, webhook: Any) -> None: ...

    async def locate(self, media: Any) -> Located:
        self.asked += 1
        if self.errors:
            raise self.errors.pop(0)
        return Located(url="https://meta.example/1", hosts=("meta.example",), sha256=self.sha256)

    @asynccontextmanager
    async def open(self, located: Located, *, limit: int) -> AsyncIterator[AsyncIterator[bytes]]:
        async def chunks() -> AsyncIterator[bytes]:
            yield self.body[:1000]
            if self.stuck:
                self.stuck.set()
                await asyncio.sleep(3600)
            yield self.body[1000:]

        yield chunks()

    async def close(self) -> None: ...


class Desk:
    """An office with someone who fetches files."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.meta = Meta(office.provider)
        assert office.lines.line
        office.lines.line = office.lines.line._replace(connector=self.meta)
        self.fetch = self.another()

    def another(self) -> MediaFetch:
        office = self.office
        return MediaFetch(office.store, office.bus, office.lines, self.meta, office.clock, limit=10**6)

    async def fetch_all(self) -> None:
        for file_id in await self.office.store.files.due(self.office.clock(), 10):
            await self.fetch.run(file_id)

    async def shown(self) -> Any:
        return (await self.office.thread())[-1].content

    async def blobs(self) -> list[str]:
        database = self.office.store._database
        files = [d["_id"] async for d in database["media.files"].find()]
        chunks = {d["files_id"] async for d in database["media.chunks"].find()}
        return sorted({*files, *chunks})


@pytest.fixture
async def desk(store: Store) -> Desk:
    return Desk(Office(store))


async def test_a_picture_is_fetched_after_the_commit_and_shown(desk: Desk) -> None:
    await desk.office.take(heard(Image(media_id="1", mime_type="text/html", caption="Look")))
    before = await desk.shown()
    assert before.file_id is None and before.media_id == "1"
    await desk.fetch_all()
    shown = await desk.shown()
    assert (shown.mime_type, shown.size, shown.sha256, shown.caption) == ("image/png", len(PNG), SHA, "Look")
    file = await desk.office.store.files.get(shown.file_id)
    assert file and file.state is FileState.STORED and file.work is None
    kept = b"".join([chunk async for chunk in desk.office.store.files.read(file.blob, 0, file.size)])
    assert kept == PNG
    told = desk.office.changes[-1]
    assert told.changed[0].content.file_id == file.id and told.after.rev == told.before.rev + 1


async def test_a_text_writes_nothing_about_files(desk: Desk) -> None:
    await desk.office.hears("Hello", "How are you?")
    assert await desk.office.store._database.files.count_documents({}) == 0


async def test_a_redelivered_picture_is_fetched_once(desk: Desk) -> None:
    picture = heard(Image(media_id="1"), id="wamid.1")
    await desk.office.take(picture, picture)
    await desk.office.take(picture)
    await desk.fetch_all()
    await desk.fetch_all()
    assert desk.meta.asked == 1


async def test_who_is_killed_while_fetching_is_succeeded_and_leaves_nothing_behind(desk: Desk) -> None:
    await desk.office.take(heard(Image(media_id="1")))
    desk.meta.stuck = asyncio.Event()
    (file_id,) = await desk.office.store.files.due(desk.office.clock(), 10)
    killed = asyncio.create_task(desk.fetch.run(file_id))
    await desk.meta.stuck.wait()
    killed.cancel()
    await asyncio.gather(killed, return_exceptions=True)
    # What a kill -9 leaves: chunks without an end, and the lease.
    await desk.office.store._database["media.chunks"].insert_one(
        {"files_id": f"{file_id}.1", "n": 0, "data": b"half"}
    )
    desk.meta.stuck = None
    assert await desk.office.store.files.due(desk.office.clock(), 10) == []
    desk.office.clock.forward(seconds=16)
    await desk.fetch_all()
    assert (await desk.shown()).file_id == file_id
    assert await desk.blobs() == [f"{file_id}.2"]


async def test_two_who_fetch_the_same_keep_one(desk: Desk) -> None:
    await desk.office.take(heard(Image(media_id="1")))
    (file_id,) = await desk.office.store.files.due(desk.office.clock(), 10)
    await asyncio.gather(desk.fetch.run(file_id), desk.another().run(file_id))
    assert desk.meta.asked == 1
    assert await desk.blobs() == [f"{file_id}.1"]


async def test_a_slow_writer_whose_lease_ran_out_changes_nothing(desk: Desk) -> None:
    await desk.office.take(heard(Image(media_id="1")))
    (file_id,) = await desk.office.store.files.due(desk.office.clock(), 10)
    slow = await desk.office.store.files.claim(file_id, "slow", desk.office.clock(), timedelta(seconds=15))
    assert slow
    desk.office.clock.forward(seconds=16)
    await desk.fetch_all()
    located, written = await desk.fetch._fetch(slow, Image(media_id="1"))
    await desk.fetch._stored(slow, "slow", located, written)
    assert await desk.blobs() == [f"{file_id}.2"]
    file = await desk.office.store.files.get(file_id)
    assert file and file.blob == f"{file_id}.2"


async def test_a_provider_that_is_down_is_asked_again_later(desk: Desk) -> None:
    desk.meta.errors = [Unreachable("down"), Unreachable("down")]
    await desk.office.take(heard(Image(media_id="1")))
    for _ in range(3):
        await desk.fetch_all()
        desk.office.clock.forward(seconds=30)
    assert (await desk.shown()).file_id
    assert desk.meta.asked == 3


async def test_what_cannot_be_had_is_said_in_the_thread(desk: Desk) -> None:
    desk.meta.errors = [ContentRefused("The provider no longer has the file.", code="404")]
    await desk.office.take(heard(Image(media_id="1")))
    await desk.fetch_all()
    shown = await desk.shown()
    assert (shown.problem, shown.file_id) == ("The provider no longer has the file.", None)
    desk.office.clock.forward(hours=1)
    await desk.fetch_all()
    assert desk.meta.asked == 1


async def test_a_file_that_is_not_the_announced_one_is_never_shown(desk: Desk) -> None:
    desk.meta.body = PNG + b"!"
    await desk.office.take(heard(Image(media_id="1")))
    for _ in range(6):
        await desk.fetch_all()
        desk.office.clock.forward(seconds=60)
    shown = await desk.shown()
    assert shown.file_id is None and "announced" in shown.problem
    assert desk.meta.asked == 3
    assert await desk.blobs() == []


async def test_the_webhooks_own_digest_counts_too(desk: Desk) -> None:
    desk.meta.sha256 = None
    await desk.office.take(heard(Image(media_id="1", sha256="0" * 64)))
    await desk.fetch_all()
    assert (await desk.shown()).file_id is None


async def test_a_picture_in_an_edit_is_fetched(desk: Desk) -> None:
    await desk.office.take(heard(Text("See"), id="wamid.1"))
    await desk.office.take(heard(Edit("wamid.1", Image(media_id="2"))))
    await desk.fetch_all()
    assert (await desk.office.store._database.files.count_documents({"state": "stored"})) == 1


async def test_a_picture_that_staff_sent_by_the_phone_app_is_fetched(desk: Desk) -> None:
    await desk.office.take(heard("Hello"))
    await desk.office.take(heard(Image(media_id="1"), echo=True))
    await desk.fetch_all()
    shown = (await desk.office.thread())[-1]
    assert (shown.direction, shown.content.sha256) == ("out", SHA)


async def test_a_picture_of_ours_is_nothing_to_fetch(desk: Desk) -> None:
    await desk.office.hears("Hello")
    conversation = await desk.office.conversation()

    async def work(session: Any) -> tuple[Commit, None]:
        thread = Thread(await desk.office.store.conversations.get(conversation.id, session), NOON)
        thread.say(BOT, Image(url="https://shop.example/lamp.png"))
        return Commit(conversations=[change_of(thread)]), None

    await desk.office.store.change(work)
    assert await desk.office.store._database.files.count_documents({}) == 0


async def test_a_conversations_files_can_be_erased_for_good(desk: Desk) -> None:
    await desk.office.take(heard(Image(media_id="1")), heard(Image(media_id="2")))
    await desk.fetch_all()
    conversation = await desk.office.conversation()
    assert await desk.office.store.files.erase_conversation(conversation.id) == 2
    assert await desk.blobs() == []
    assert await desk.office.store._database.files.count_documents({}) == 0


async def test_a_file_that_is_erased_while_it_is_fetched_stays_erased(desk: Desk) -> None:
    await desk.office.take(heard(Image(media_id="1")))
    (file_id,) = await desk.office.store.files.due(desk.office.clock(), 10)
    file = await desk.office.store.files.claim(file_id, "me", desk.office.clock(), timedelta(seconds=60))
    assert file
    located, written = await desk.fetch._fetch(file, Image(media_id="1"))
    await desk.office.store.files.erase_conversation((await desk.office.conversation()).id)
    await desk.fetch._stored(file, "me", located, written)
    assert await desk.blobs() == []

"""Our files on their way out: handed over once, offered by address, or told to be gone."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from connectors.content import Image
from connectors.contract import FileToSend, Receipt, Uploaded
from connectors.errors import OutcomeUnknown, ProviderDown, Throttled
from inbox.actions.files import keep_file
from inbox.media_out import OutgoingFiles
from inbox.model.commit import Commit, change_of
from inbox.model.files import File
from inbox.model.message import Author, AuthorKind
from inbox.model.thread import Thread
from inbox.outbox import Outbox
from inbox.store import Store
from tests.inbox.office import Office

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 400
MARCO = Author(AuthorKind.AGENT, "marco", "Marco")


async def bytes_of(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


class Taker:
    """A provider that takes files."""

    def __init__(self, provider: Any) -> None:
        self.provider = provider
        self.capabilities = provider.capabilities
        self.uploads: list[bytes] = []
        self.errors: list[Exception] = []
        self.lasts = 30 * 86_400.0

    async def upload(self, file: FileToSend, *, account: str | None) -> Uploaded:
        if self.errors:
            raise self.errors.pop(0)
        body = file.body.read()
        assert len(body) == file.size
        self.uploads.append(body)
        return Uploaded(f"handle-{len(self.uploads)}", self.lasts)

    async def send(self, message: Any) -> Any:
        self.provider.asked.append(message)
        return Receipt(external_id=f"wamid.{message.message_id}")


class Desk:
    """An office that sends files."""

    def __init__(self, office: Office) -> None:
        self.office, self.store = office, office.store
        self.links: list[Any] = []
        files = OutgoingFiles(office.store, office.clock, self._link)
        office.outbox = Outbox(office.store, office.bus, office.lines, office.clock, ready=files.ready)

    def _link(self, file: File, until: Any) -> str:
        self.links.append(until)
        return f"https://inbox.example/files/{file.id}"

    def takes_files(self) -> Taker:
        assert self.office.lines.line
        taker = Taker(self.office.provider)
        self.office.lines.line = self.office.lines.line._replace(connector=taker)
        return taker

    async def a_file(self) -> File:
        return await keep_file(
            bytes_of(PNG),
            name="a.png",
            claimed=None,
            uploader="marco",
            limit=10**6,
            store=self.store,
            clock=self.office.clock,
        )

    async def says(self, file: File) -> None:
        conversation = await self.office.conversation()

        async def work(session: Any) -> tuple[Commit, None]:
            thread = Thread(await self.store.conversations.get(conversation.id, session), self.office.clock())
            thread.say(MARCO, Image(file_id=file.id, mime_type="image/png"))
            return Commit(conversations=[change_of(thread)]), None

        commit, _ = await self.store.change(work)
        self.office.bus.publish(commit)

    async def last(self) -> Any:
        return (await self.office.thread())[-1]


@pytest.fixture
async def desk(store: Store) -> Desk:
    office = Office(store)
    await office.hears("Show me")
    return Desk(office)


async def test_a_file_is_handed_over_once_while_its_handle_is_good(desk: Desk) -> None:
    taker, file = desk.takes_files(), await desk.a_file()
    for _ in range(2):
        await desk.says(file)
        await desk.office.deliver()
    assert taker.uploads == [PNG]
    assert [m.content.media_id for m in desk.office.provider.asked] == ["handle-1", "handle-1"]
    desk.office.clock.forward(days=30)
    await desk.says(file)
    await desk.office.deliver()
    assert len(taker.uploads) == 2
    assert (await desk.last()).status == "sent"
    assert (await desk.last()).content.media_id is None, "a handle is the provider's, not the message's"


async def test_who_takes_no_files_is_given_an_address_that_ends(desk: Desk) -> None:
    file = await desk.a_file()
    await desk.says(file)
    await desk.office.deliver()
    (sent,) = desk.office.provider.asked
    assert sent.content.url == f"https://inbox.example/files/{file.id}"
    assert desk.links == [desk.office.clock() + timedelta(days=3)]


async def test_a_file_that_was_erased_meanwhile_is_told(desk: Desk) -> None:
    desk.takes_files()
    file = await desk.a_file()
    await desk.says(file)
    await desk.store.files.erase_conversation((await desk.office.conversation()).id)
    await desk.office.deliver()
    message = await desk.last()
    assert (message.status, message.error.code) == ("failed", "no_file")


@pytest.mark.parametrize("error", [OutcomeUnknown("broke"), Throttled("slow"), ProviderDown("down")])
async def test_a_file_that_did_not_get_through_leaves_no_doubt_about_the_message(
    desk: Desk, error: Exception
) -> None:
    taker = desk.takes_files()
    taker.errors = [error]
    await desk.says(await desk.a_file())
    await desk.office.deliver()
    waiting = await desk.last()
    assert (waiting.status, waiting.attempts) == ("queued", 1)
    assert desk.office.provider.asked == []
    desk.office.clock.forward(seconds=10)
    await desk.office.deliver()
    assert (await desk.last()).status == "sent"


async def test_a_file_that_breaks_off_is_not_kept(desk: Desk) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PNG
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await keep_file(
            broken(),
            name="a",
            claimed=None,
            uploader="marco",
            limit=10**6,
            store=desk.store,
            clock=desk.office.clock,
        )
    assert await desk.store._database.files.count_documents({}) == 0
    assert await desk.store._database["media.chunks"].count_documents({}) == 0

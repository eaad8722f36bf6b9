"""Killed before each thing that lasts, while files come in and go out: no half of one is shown or left."""

import hashlib

from connectors.content import Image
from inbox.actions import converse
from inbox.actions.files import attached
from inbox.media import MediaFetch
from inbox.media_out import OutgoingFiles
from inbox.outbox import Outbox
from inbox.store import Store
from tests.inbox.dying import lives
from tests.inbox.factories import heard, told
from tests.inbox.office import Office
from tests.inbox.stories import a_case_of_marco, marco
from tests.inbox.test_media import PNG, SHA
from tests.inbox.test_media import Desk as Incoming
from tests.inbox.test_media_out import PNG as OURS
from tests.inbox.test_media_out import Taker, bytes_of, keep_file
from tests.stores import emptied


async def bytes_there(office: Office, file_id: str | None) -> bytes:
    """What is kept of a file, once nothing else is kept of any."""
    file = await office.store.files.get(file_id or "")
    assert file and file.blob and file.work is None
    database = office.store._database
    chunks = {d["files_id"] async for d in database["media.chunks"].find({}, {"files_id": 1})}
    whole = {d["_id"] async for d in database["media.files"].find({}, {"_id": 1})}
    assert chunks == whole == {file.blob}, "bytes of another attempt are left"
    return b"".join([chunk async for chunk in office.store.files.read(file.blob, 0, file.size)])


async def test_a_customers_picture_is_there_whole_and_once(store: Store) -> None:
    async for life in lives(store):
        office = Office(await emptied(store))
        desk = Incoming(office)
        await office.take(heard(Image(media_id="1", mime_type="image/png"), id="wamid.in"))
        (file_id,) = await office.store.files.due(office.clock(), 10)
        given = (office.lines, desk.meta, office.clock)
        there = office.another(life.store)
        await life.does(MediaFetch(life.store, there.bus, *given, limit=10**6).run(file_id))
        for _ in range(2):
            office.clock.forward(seconds=20)
            await desk.fetch_all()
        shown = await desk.shown()
        assert (shown.file_id, shown.sha256, shown.size) == (file_id, SHA, len(PNG)), life
        assert await bytes_there(office, shown.file_id) == PNG, life


async def test_an_agents_picture_is_sent_once_and_what_was_half_brought_goes(store: Store) -> None:
    def sender(office: Office) -> Office:
        files = OutgoingFiles(office.store, office.clock, lambda file, until: "https://example.com/1")
        office.outbox = Outbox(office.store, office.bus, office.lines, office.clock, ready=files.ready)
        return office

    async def brings_and_says(office: Office) -> None:
        who, at = await marco(office), (await office.conversation()).id
        file = await keep_file(
            bytes_of(OURS),
            name="a.png",
            claimed=None,
            uploader=who.id,
            limit=10**6,
            store=office.store,
            clock=office.clock,
        )
        picture = Image(file_id=file.id)
        content = await attached(picture, uploader=who.id, conversation_id=at, store=office.store)
        await converse.reply(office.desk, at, who, content=content, client_id="1")
        await office.outbox.run(at)

    async for life in lives(store):
        office = Office(await emptied(store))
        taker = Taker(office.provider)
        assert office.lines.line
        office.lines.line = office.lines.line._replace(connector=taker)
        await a_case_of_marco(office)
        await life.does(brings_and_says(sender(office.another(life.store))))
        for taken in list(office.provider.asked):
            await office.take(told(f"wamid.{taken.message_id}", "sent", message_id=taken.message_id))
        await brings_and_says(sender(office))
        office.clock.forward(days=2)
        await office.deliver()
        await office.store.files.sweep(office.clock())
        (said,) = [m for m in await office.thread() if m.direction == "out" and isinstance(m.content, Image)]
        assert said.status == "sent", life
        assert len({m.message_id for m in office.provider.asked}) == len(office.provider.asked) == 1, life
        assert hashlib.sha256(await bytes_there(office, said.content.file_id)).digest() == (
            hashlib.sha256(OURS).digest()
        ), life

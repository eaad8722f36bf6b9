"""Files of ours on their way to a customer: handed to the provider, or offered at a signed address."""

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from connectors.content import Content, Media, Template
from connectors.contract import Clock, FileToSend, TakesFiles
from connectors.errors import ContentRefused, OutcomeUnknown, ProviderDown
from inbox.lines import Line
from inbox.model.files import File, FileState, Handle
from inbox.store import Store

replace = msgspec.structs.replace

Link = Callable[[File, datetime], str]
"""The public address of a file, good until then."""

FETCHED_WITHIN = timedelta(days=3)
"""How long a provider may take to fetch a file: as long as it may take to deliver the message."""

_MARGIN = timedelta(hours=1)


class OutgoingFiles:
    """Makes a message ready for its provider."""

    def __init__(self, store: Store, clock: Clock, link: Link) -> None:
        self._store, self._clock, self._link = store, clock, link

    async def ready(self, content: Content, line: Line, account: str | None) -> Content:
        """The content with its file as the provider can have it. Raises `SendFailed`."""
        if isinstance(content, Template) and content.header is not None:
            return replace(content, header=await self.ready(content.header, line, account))
        if not isinstance(content, Media) or not content.file_id:
            return content
        file = await self._store.files.get(content.file_id)
        if file is None or file.state is not FileState.STORED:
            raise ContentRefused("The file is no longer there.", code="no_file")
        if isinstance(line.connector, TakesFiles):
            handle = await self._handle(file, line, line.connector, account)
            return replace(content, media_id=handle.media_id, url=None)
        url = self._link(file, self._clock() + FETCHED_WITHIN)
        return replace(content, media_id=None, url=url)

    async def _handle(self, file: File, line: Line, connector: TakesFiles, account: str | None) -> Handle:
        """The provider's name for the file: the one it gave before while that is good, or a new one."""
        known = file.handles.get(line.channel.id)
        if known and known.until > self._clock() + _MARGIN:
            return known
        with tempfile.TemporaryFile() as body:
            async for chunk in self._store.files.read(file.blob or "", 0, file.size):
                body.write(chunk)
            if body.tell() != file.size:
                raise ContentRefused("The file is no longer there.", code="no_file")
            body.seek(0)
            to_send = FileToSend(name=file.name, mime_type=file.mime_type, size=file.size, body=body)
            try:
                taken = await connector.upload(to_send, account=account)
            except OutcomeUnknown as error:  # of the file, not of the message: that surely has not left
                raise ProviderDown(str(error), code=error.code) from error
        handle = Handle(taken.media_id, self._clock() + timedelta(seconds=taken.lasts))
        await self._store.files.note_handle(file, line.channel.id, handle)
        return handle

"""A file that is written while it is read from the store."""

from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from inbox.store import StoreError

log = structlog.get_logger(__name__)


async def download(
    request: web.Request, pieces: AsyncIterator[bytes], *, kind: str, name: str
) -> web.StreamResponse:
    """Answer with a file of that media type and name. One that breaks off ends without its last chunk.

    Args:
        request: What is answered.
        pieces: The file, as it comes.
        kind: Its media type, with the charset.
        name: Of ASCII letters, digits, `-` and `.` alone.
    """
    response = web.StreamResponse(
        headers={
            "Content-Type": kind,
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
    )
    response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        async for piece in pieces:
            await response.write(piece)
    except Exception as error:  # whatever it is, an answer that has begun can only be cut off
        unforeseen = None if isinstance(error, StoreError) else error
        log.warning("export broke off", name=name, error=type(error).__name__, exc_info=unforeseen)
        if request.transport:
            request.transport.abort()
        return response
    await response.write_eof()
    return response

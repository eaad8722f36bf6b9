"""Files of conversations over HTTP: brought by agents and visitors, served to those who may see them."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from time import monotonic
from urllib.parse import unquote

from aiohttp import BodyPartReader, ClientError, hdrs, web

from connectors.events import Identity, IdentityKind
from connectors.registry import complete, kind_of
from inbox.actions.access import seen
from inbox.actions.errors import ActionRefused, Forbidden, Invalid, NotFound, TooMany
from inbox.actions.files import keep_file
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.bodies import in_time
from inbox.http.limits import Buckets
from inbox.lines import Line
from inbox.model.files import File, FileState
from inbox.model.filetypes import SHOWN, disposition
from inbox.model.people import READ, WRITE
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()

FILES_LAST = timedelta(days=7)
"""How long a visitor's page can show files before it must connect again."""

_CHUNK = 1 << 16
_UPLOADS = Buckets(10.0, 0.2)
"""How many files a visitor may bring at once, and how many a second after that."""

_SAFE = {
    # Whatever a file holds, it is never a page of ours: no scripts, no forms, and an origin of its own.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Accept-Ranges": "bytes",
}


@routes.post("/api/v1/files")
async def upload(request: web.Request) -> web.Response:
    """Bring a file to be sent: the raw body with its type and `X-Filename`, or a form with a `file`."""
    principal = await who(request)
    if not principal.may(WRITE):
        raise Forbidden("You may read conversations, but not change them.")
    parts = request.app[PARTS]
    _check_length(request, parts.settings.max_file)
    name, claimed, chunks = await _brought(request)
    file = await keep_file(
        chunks,
        name=name,
        claimed=claimed,
        uploader=principal.id,
        limit=parts.settings.max_file,
        store=parts.store,
        clock=parts.clock,
    )
    return answer(file_json(file), 201)


@routes.post("/visitors/{channel_id}/files/{visitor_id}/{ticket}")
async def upload_of_visitor(request: web.Request) -> web.Response:
    """A visitor of a web chat brings a file, by the ticket that their page was given."""
    parts = request.app[PARTS]
    line = await parts.lines.get(request.match_info["channel_id"])
    if line is None or line.channel.kind != "webchat":
        raise NotFound("There is no such web chat.")
    visitor = request.match_info["visitor_id"]
    subject = visitor_subject(line.channel.id, visitor)
    if not parts.links.is_good(subject, request.match_info["ticket"], parts.clock()):
        raise Forbidden("This chat has ended. Load the page again.")
    if not _UPLOADS.take(visitor, monotonic()):
        raise TooMany("Slow down a little, please.")
    allowed_types, limit = upload_rules(line, parts.settings.max_file)
    _check_length(request, limit)
    name, claimed, chunks = await _brought(request)
    file = await keep_file(
        chunks,
        name=name,
        claimed=claimed,
        uploader=f"visitor:{visitor}",
        limit=limit,
        store=parts.store,
        clock=parts.clock,
        may=lambda kind: is_allowed(kind, allowed_types),
    )
    return answer(file_json(file), 201)


@routes.get("/api/v1/files/{id}")
async def download(request: web.Request) -> web.StreamResponse:
    """A file of a conversation, for colleagues. With `?save` it is saved rather than shown."""
    principal = await allowed(request, READ)
    file = await _stored(request)
    if file.conversation_id is None and file.uploader != principal.id:
        raise NotFound("There is no such file.")
    if file.conversation_id:
        await seen(principal, file.conversation_id, store=request.app[PARTS].store)
    return await _served(request, file)


@routes.get("/files/{id}/{ticket}/{name}")
async def download_by_ticket(request: web.Request) -> web.StreamResponse:
    """A file for whoever was given this address, as long as it is good: a provider, or a visitor."""
    parts = request.app[PARTS]
    if not parts.links.is_good(request.match_info["id"], request.match_info["ticket"], parts.clock()):
        raise NotFound("This address is no longer good.")
    return await _served(request, await _stored(request))


@routes.get("/visitors/{channel_id}/files/{visitor_id}/{ticket}/{id}")
async def download_of_visitor(request: web.Request) -> web.StreamResponse:
    """A file of the visitor's own conversation, by the ticket that their page was given."""
    parts = request.app[PARTS]
    channel_id, visitor_id = request.match_info["channel_id"], request.match_info["visitor_id"]
    subject = visitor_subject(channel_id, visitor_id)
    if not parts.links.is_good(subject, request.match_info["ticket"], parts.clock()):
        raise NotFound("This address is no longer good.")
    file = await _stored(request)
    if file.conversation_id is None and file.uploader == f"visitor:{visitor_id}":
        return await _served(request, file)  # just brought, and about to be sent
    if file.conversation_id is None or file.channel_id != channel_id:
        raise NotFound("There is no such file.")
    conversation = await parts.store.conversations.get(file.conversation_id)
    known = await parts.store.contacts.known_as([Identity(IdentityKind.VISITOR, visitor_id).key])
    if conversation is None or conversation.contact_id not in {contact.id for contact in known}:
        raise NotFound("There is no such file.")
    return await _served(request, file)


def file_json(file: File) -> dict[str, object]:
    """A file as its uploader is told of it."""
    return {
        "id": file.id,
        "name": file.name,
        "mime_type": file.mime_type,
        "size": file.size,
        "sha256": file.sha256,
        "url": f"/api/v1/files/{file.id}",
    }


def is_allowed(mime_type: str, types: tuple[str, ...]) -> bool:
    """Whether a type is among `types`, where ``image/*`` stands for all pictures."""
    major = mime_type.partition("/")[0]
    return any(each in (mime_type, f"{major}/*", "*/*", "*") for each in types)


def upload_rules(line: Line, most: int) -> tuple[tuple[str, ...], int]:
    """Which types of files a visitor of a web chat may bring, and how many bytes a file may have."""
    settings = complete(kind_of(line.channel.kind), line.channel.settings)
    given = settings["upload_mb"]
    limit = min(most, int(given) * 1024 * 1024) if given.isascii() and given.isdigit() else 0
    return tuple(settings["uploads"].split()), limit


def visitor_subject(channel_id: str, visitor_id: str) -> str:
    """What a visitor's ticket to files is for."""
    return f"visitor {channel_id} {visitor_id}"


def _check_length(request: web.Request, limit: int) -> None:
    """Refuse before the body comes what says itself that it is too large."""
    if (request.content_length or 0) > limit + (1 << 16):
        raise web.HTTPRequestEntityTooLarge(limit, request.content_length or 0)


async def _brought(request: web.Request) -> tuple[str | None, str | None, AsyncIterator[bytes]]:
    """Name, claimed type and bytes of what is brought. Raises `Invalid`."""
    if request.content_type != "multipart/form-data":
        name = request.headers.get("X-Filename")
        if name is None:
            raise Invalid("Say the file's name in X-Filename, or send a form with a file.")
        return unquote(name), request.content_type, _unbroken(request.content.iter_chunked(_CHUNK))
    try:
        reader = await request.multipart()
        async for part in reader:
            if isinstance(part, BodyPartReader) and part.name == "file":
                return part.filename, part.headers.get(hdrs.CONTENT_TYPE), _unbroken(_chunks(part))
    except (ValueError, web.HTTPException, AssertionError) as error:
        raise Invalid("The form cannot be read.") from error
    raise Invalid("There is no “file” in the form.")


async def _unbroken(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks. Raises `Invalid` where the line breaks or the form is none."""
    try:
        async for chunk in in_time(chunks):
            yield chunk
    except (ConnectionError, ClientError, ValueError, AssertionError) as error:
        raise Invalid("The file did not come whole.") from error


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk


async def _stored(request: web.Request) -> File:
    file = await request.app[PARTS].store.files.get(request.match_info["id"])
    if file is None:
        raise NotFound("There is no such file.")
    if file.state is not FileState.STORED:
        raise NotReady(file.problem or "The file is still being fetched.")
    return file


class NotReady(ActionRefused):
    """The file is not here yet, or never will be."""

    status = 409
    code = "not_ready"


async def _served(request: web.Request, file: File) -> web.StreamResponse:
    """The file, or the range of it that is asked for (RFC 9110, 14)."""
    inline = file.mime_type in SHOWN and "save" not in request.query
    tag = f'"{file.sha256}"'
    headers = {
        **_SAFE,
        "Content-Type": file.mime_type,
        "Content-Disposition": disposition(file.name, inline=inline),
        "Cache-Control": "private, max-age=3600",
        "ETag": tag,
    }
    if request.headers.get("If-None-Match") == tag:
        return web.Response(status=304, headers=headers)
    start, stop = _range(request, file.size, tag)
    if start >= stop and file.size:
        headers["Content-Range"] = f"bytes */{file.size}"
        return web.Response(status=416, headers=headers)
    is_part = (start, stop) != (0, file.size)
    if is_part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
    response = web.StreamResponse(status=206 if is_part else 200, headers=headers)
    response.content_length = stop - start
    with suppress(ConnectionError):  # who asked has gone: nothing is left to tell
        await response.prepare(request)
        if request.method != "HEAD":
            await _pour(request.app[PARTS], file, response, start, stop)
        await response.write_eof()
    return response


async def _pour(parts: Parts, file: File, response: web.StreamResponse, start: int, stop: int) -> None:
    async for chunk in parts.store.files.read(file.blob or "", start, stop - start):
        await response.write(chunk)


def _range(request: web.Request, size: int, tag: str) -> tuple[int, int]:
    """Which bytes to send, the end excluded; all of them if no single range is asked for."""
    if request.headers.get("If-Range", tag) != tag or "," in request.headers.get("Range", ""):
        return 0, size
    try:
        asked = request.http_range
    except ValueError:
        return 0, size
    start, stop = asked.start, asked.stop
    if start is None:
        return 0, size
    if start < 0:
        return max(0, size + start), size
    return start, min(size, stop if stop is not None else size)

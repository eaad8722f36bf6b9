"""The page with the phones, and the small API behind it."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web

from rehearsal.files import LARGEST
from rehearsal.stage import STAGE
from rehearsal.stand_in import Refused, StandIn
from rehearsal.trouble import Trouble

PAGE = Path(__file__).parent.parent / "web" / "templates" / "rehearsal.html"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'self'; base-uri 'none'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}
_SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/")
_HEARTBEAT = 20.0


async def show_page(request: web.Request) -> web.StreamResponse:
    """``GET /rehearsal``."""
    page = await asyncio.to_thread(PAGE.read_text, encoding="utf-8")
    return web.Response(text=page, content_type="text/html", headers=_HEADERS)


async def list_phones(request: web.Request) -> web.StreamResponse:
    """``GET api/phones``: the channels that have phones."""
    stand_ins = request.config_dict[STAGE].stand_ins.values()
    return _json({"phones": [_outline(each) for each in stand_ins]})


async def show_phone(request: web.Request) -> web.StreamResponse:
    """``GET api/phones/{channel}``: everything that the phones of a channel show, ``?wire`` the log."""
    stand_in = _stand_in(request)
    phones = stand_in.phones
    return _json(
        _outline(stand_in)
        | {
            "bubbles": list(phones.bubbles.values()),
            "typing": {each: phones.typing_for(each) for each in phones.customers if phones.typing_for(each)},
            "trouble": stand_in.trouble,
            "waiting": stand_in.courier.late(),
            "wire": list(stand_in.wire) if "wire" in request.query else [],
        }
    )


async def send(request: web.Request) -> web.StreamResponse:
    """``POST api/phones/{channel}/send``: the customer does something; see the stand-in's writers."""
    action = await _body(request)
    try:
        bubble = _stand_in(request).write(str(action.get("customer")), action)
    except (Refused, ValueError, TypeError) as error:
        return _problem(str(error))
    return _json({"bubble": bubble})


async def add_customer(request: web.Request) -> web.StreamResponse:
    """``POST api/phones/{channel}/customers``: someone new gets a phone."""
    asked, stand_in = await _body(request), _stand_in(request)
    customer = stand_in.phones.add_customer(
        name=str(asked.get("name") or "")[:80], hidden=asked.get("hidden") is True
    )
    stand_in.stage.changed(stand_in.channel.id)
    return _json({"customer": msgspec.to_builtins(customer) | {"id": customer.id}})


async def set_trouble(request: web.Request) -> web.StreamResponse:
    """``PUT api/phones/{channel}/trouble``: all switches of the channel."""
    try:
        trouble = msgspec.convert(await _body(request), Trouble)
    except msgspec.ValidationError as error:
        return _problem(str(error))
    _stand_in(request).set_trouble(trouble)
    return _json({"trouble": trouble})


async def add_file(request: web.Request) -> web.StreamResponse:
    """``POST api/files``: a file from this computer, as the raw body with its type and ``X-Filename``."""
    if "X-Filename" not in request.headers:  # a foreign page cannot set it without asking first
        raise web.HTTPUnsupportedMediaType(text="Say the file's name in X-Filename.")
    content = await request.read()
    if not content or len(content) > LARGEST:
        return _problem("A file needs at least one byte and at most 16 MB.")
    name = request.headers["X-Filename"]
    kept = request.config_dict[STAGE].files.keep(content, mime_type=request.content_type, name=name)
    return _json({"file": kept})


async def show_file(request: web.Request) -> web.StreamResponse:
    """``GET api/files/{id}``: shown if it is harmless, else only to be saved."""
    found = request.config_dict[STAGE].files.find(request.match_info["id"])
    if found is None:
        raise web.HTTPNotFound
    file, path = found
    is_harmless = file.mime_type.startswith(_SHOWN_INLINE)
    headers = {
        "Content-Type": file.mime_type if is_harmless else "application/octet-stream",
        "Content-Disposition": "inline" if is_harmless else "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    return web.FileResponse(path, headers=headers)


async def watch(request: web.Request) -> web.StreamResponse:
    """``GET api/live``: the id of each channel that changes, as server-sent events."""
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    await response.write(b"retry: 1000\n\n")
    with request.config_dict[STAGE].watching() as queue, contextlib.suppress(ConnectionError):
        while True:
            try:
                changed = {await asyncio.wait_for(queue.get(), _HEARTBEAT)}
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            while not queue.empty():
                changed.add(queue.get_nowait())
            if None in changed:
                break
            for channel_id in changed:
                await response.write(b"data: " + msgspec.json.encode(channel_id) + b"\n\n")
    return response


def _outline(stand_in: StandIn) -> dict[str, Any]:
    customers = [
        {"id": each.id, "name": each.name, "number": each.number, "username": each.username}
        for each in stand_in.phones.customers.values()
    ]
    channel = stand_in.channel
    return {
        "channel": channel.id,
        "kind": channel.kind,
        "name": channel.name,
        "number": stand_in.number(),
        "actions": stand_in.actions,
        "codes": {str(code): words for code, words in stand_in.codes().items()},
        "customers": customers,
    }


def _stand_in(request: web.Request) -> StandIn:
    found: StandIn | None = request.config_dict[STAGE].stand_ins.get(request.match_info["channel"])
    if found is None:
        raise web.HTTPNotFound(text="There is no such phone.")
    return found


async def _body(request: web.Request) -> dict[str, Any]:
    """The JSON object sent. Other content types are refused: a foreign page can send them unasked."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="Send JSON.")
    try:
        return msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise web.HTTPBadRequest(text="That is no JSON object.") from None


def _json(value: Any) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=msgspec.json.encode(value), content_type="application/json", headers=headers)


def _problem(detail: str) -> web.Response:
    body = msgspec.json.encode({"title": "That cannot be done", "detail": detail, "status": 422})
    return web.Response(body=body, status=422, content_type="application/problem+json")


ROUTES = [
    web.get("", show_page),
    web.get("/", show_page),
    web.get("/api/phones", list_phones),
    web.get("/api/phones/{channel}", show_phone),
    web.post("/api/phones/{channel}/send", send),
    web.post("/api/phones/{channel}/customers", add_customer),
    web.put("/api/phones/{channel}/trouble", set_trouble),
    web.post("/api/files", add_file),
    web.get("/api/files/{id}", show_file),
    web.get("/api/live", watch),
]

"""The Graph API as far as a WhatsApp number needs it: messages, and files up and down.

https://developers.facebook.com/documentation/business-messaging/whatsapp/reference
"""

import asyncio
import functools
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from rehearsal.files import LARGEST, File
from rehearsal.stage import STAGE
from rehearsal.stand_in import StandIn
from rehearsal.whatsapp.errors import GraphError
from rehearsal.whatsapp.stand_in import WhatsAppStandIn
from rehearsal.whatsapp.templates import page

_STAND_IN = web.RequestKey("stand_in", WhatsAppStandIn)
_BODY = web.RequestKey("body", object)

Call = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _answered(call: Call) -> Call:
    """Turn a refusal into Meta's answer."""

    @functools.wraps(call)
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            return await call(request)
        except GraphError as error:
            _log(request, error.status, error.body())
            return web.json_response(error.body(), status=error.status)

    return answer


@_answered
async def send(request: web.Request) -> web.StreamResponse:
    """``POST /{phone_number_id}/messages``: a message, or a read mark with or without typing."""
    stand_in = _number(request)
    body = await _json(request)
    if stand_in.trouble.broken:
        _log(request, 503, None, body)
        return web.Response(status=503, text="Service Unavailable")
    request[_BODY] = body
    is_mark = isinstance(body, dict) and body.get("status") == "read"
    said = stand_in.mark_read(body) if is_mark else stand_in.take(body)
    if stand_in.trouble.hang and not is_mark:
        _log(request, 0, {"rehearsal": "taken, but the answer stays away"}, body)
        await asyncio.sleep(stand_in.trouble.hang)
        if request.transport is not None:
            request.transport.close()
    else:
        _log(request, 200, said, body)
    return web.json_response(said)


@_answered
async def upload(request: web.Request) -> web.StreamResponse:
    """``POST /{phone_number_id}/media``: keep a file."""
    stand_in = _number(request)
    form = await request.post()
    given = form.get("file")
    if form.get("messaging_product") != "whatsapp" or not isinstance(given, web.FileField):
        raise GraphError(100, "The parameters messaging_product and file are required.")
    content = given.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise GraphError(131053, "The file is too large.")
    kind = str(form.get("type") or given.content_type)
    kept = stand_in.stage.files.keep(content, mime_type=kind, name=given.filename)
    return web.json_response({"id": kept.id})


@_answered
async def describe(request: web.Request) -> web.StreamResponse:
    """``GET /{media_id}``: where a file can be had; or what a number is called."""
    file_id = request.match_info["object_id"]
    token = _token(request)
    for stand_in in _numbers(request):
        if _same(token, stand_in.channel.settings["access_token"]):
            if file_id == account_of(stand_in):
                return web.json_response({"id": file_id, "name": "Alder & Finch"})
            if file_id == stand_in.channel.settings["phone_number_id"]:
                number = {
                    "display_phone_number": f"+{stand_in.number()}",
                    "verified_name": stand_in.channel.name,
                    "quality_rating": "GREEN",
                    "platform_type": "CLOUD_API",
                    "status": "CONNECTED",
                }
                return web.json_response({"id": file_id} | number)
            file = _file(request, file_id)
            place = request.url.with_path(str(request.url.path).rsplit("/", 2)[0] + f"/files/{file_id}")
            about = {"mime_type": file.mime_type, "sha256": file.sha256, "file_size": file.size}
            return web.json_response(
                {"id": file_id, "url": str(place), "messaging_product": "whatsapp"} | about
            )
    raise GraphError(190, "Invalid OAuth access token.")


@_answered
async def list_templates(request: web.Request) -> web.StreamResponse:
    """``GET /{waba_id}/message_templates``: one page of the account's templates."""
    token, wanted = _token(request), request.match_info["object_id"]
    for stand_in in _numbers(request):
        if _same(token, stand_in.channel.settings["access_token"]):
            if wanted != account_of(stand_in):
                raise GraphError(100, f"Object with ID '{wanted}' does not exist.", subcode=33)
            limit = request.query.get("limit", "25")
            most = min(int(limit), 250) if limit.isdigit() and int(limit) else 25
            return web.json_response(page(request.query.get("after"), most))
    raise GraphError(190, "Invalid OAuth access token.")


def account_of(stand_in: WhatsAppStandIn) -> str:
    """The id of the business account that the number belongs to."""
    return stand_in.channel.settings.get("waba_id") or "102290129340398"


@_answered
async def download(request: web.Request) -> web.StreamResponse:
    """The file itself, for who has a token."""
    token = _token(request)
    if not any(_same(token, each.channel.settings["access_token"]) for each in _numbers(request)):
        raise GraphError(190, "Invalid OAuth access token.")
    file_id = request.match_info["file_id"]
    file = _file(request, file_id)
    found = request.config_dict[STAGE].files.find(file_id)
    assert found is not None
    return web.FileResponse(found[1], headers={"Content-Type": file.mime_type})


def _numbers(request: web.Request) -> list[WhatsAppStandIn]:
    stand_ins: list[StandIn] = list(request.config_dict[STAGE].stand_ins.values())
    return [each for each in stand_ins if isinstance(each, WhatsAppStandIn)]


def _number(request: web.Request) -> WhatsAppStandIn:
    """The number that is called. Raises `GraphError` for a wrong token or an unknown number."""
    token, wanted = _token(request), request.match_info["phone_number_id"]
    named = [each for each in _numbers(request) if each.channel.settings["phone_number_id"] == wanted]
    for stand_in in named:
        request[_STAND_IN] = stand_in
        if _same(token, stand_in.channel.settings["access_token"]):
            return stand_in
    if named or not token:
        raise GraphError(190, "Invalid OAuth access token.")
    raise GraphError(100, f"Object with ID '{wanted}' does not exist.", subcode=33)


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _same(given: str, expected: str) -> bool:
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _file(request: web.Request, file_id: str) -> File:
    found = request.config_dict[STAGE].files.find(file_id)
    if found is None:
        raise GraphError(100, f"Object with ID '{file_id}' does not exist.", subcode=33)
    file: File = found[0]
    return file


async def _json(request: web.Request) -> Any:
    try:
        return msgspec.json.decode(await request.read())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise GraphError(100, "The body is no JSON.") from None


def _log(request: web.Request, status: int, answer: Any, body: Any = None) -> None:
    stand_in = request.get(_STAND_IN)
    if stand_in is not None:
        sent = body if body is not None else request.get(_BODY)
        stand_in.log(
            what=f"{request.method} {request.path}",
            status=status,
            sent=msgspec.json.encode(sent).decode() if sent is not None else "",
            answer=msgspec.json.encode(answer).decode() if answer is not None else "",
        )


_VERSION = r"/whatsapp/{version:v\d+\.\d+}"

ROUTES = [
    web.post(_VERSION + "/{phone_number_id}/messages", send),
    web.post(_VERSION + "/{phone_number_id}/media", upload),
    web.get(_VERSION + "/{object_id}", describe),
    web.get(_VERSION + "/{object_id}/message_templates", list_templates),
    web.get("/whatsapp/files/{file_id}", download),
]

"""How a provider's API is served, the same for all: who is called, trouble, and the log of the wire."""

import asyncio
import base64
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from rehearsal.sms.stand_in import Refusal, SmsStandIn
from rehearsal.stage import STAGE

S = TypeVar("S", bound=SmsStandIn)
Take = Callable[[Any], Any]


def stand_ins(request: web.Request, kind: type[S]) -> list[S]:
    """All of a kind."""
    found = request.config_dict[STAGE].stand_ins.values()
    return [each for each in found if isinstance(each, kind)]


def called(request: web.Request, kind: type[S], setting: str, name: str, refusal: Refusal) -> S:
    """The stand-in whose setting has this value. Raises `refusal`."""
    for each in stand_ins(request, kind):
        if same(name, each.channel.settings.get(setting, "")):
            return each
    raise refusal


def same(given: str, expected: str) -> bool:
    """Whether a secret is the right one; none never is."""
    return bool(expected) and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def basic(request: web.Request) -> tuple[str, str]:
    """User and password; empty for none."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (user, password) if scheme.lower() == "basic" else ("", "")


async def read(request: web.Request) -> Any:
    """The JSON value of the body, or the fields of a form; None if it is neither."""
    body = await request.read()
    if request.content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


async def serve(
    request: web.Request,
    find: Callable[[Any], SmsStandIn],
    take: Callable[[Any, Any], Any],
    *,
    status: int = 200,
) -> web.StreamResponse:
    """Answer a call: `find` gives the stand-in that it is for, `take` what that answers."""
    said = await read(request)
    stand_in: SmsStandIn | None = None
    try:
        stand_in = find(said)
        if stand_in.trouble.broken:
            raise Refusal(503, "Service Unavailable")
        answer = take(stand_in, said)
    except Refusal as refusal:
        _log(request, stand_in, refusal.status, said, refusal.body)
        return _answer(refusal.body, refusal.status, refusal.headers)
    if stand_in.trouble.hang:
        _log(request, stand_in, 0, said, "taken, but the answer stays away")
        await asyncio.sleep(stand_in.trouble.hang)
        if request.transport is not None:
            request.transport.close()
    else:
        _log(request, stand_in, status, said, answer)
    return _answer(answer, status, {})


def files(kind: type[SmsStandIn], may: Callable[[web.Request], bool]) -> Callable[..., Awaitable[Any]]:
    """What hands out customers' files to who `may` have them."""

    async def hand_out(request: web.Request) -> web.StreamResponse:
        found = request.config_dict[STAGE].files.find(request.match_info["file_id"])
        if not may(request):
            return web.Response(status=401)
        if found is None:
            return web.Response(status=404)
        file, path = found
        headers = {"Content-Type": file.mime_type, "Content-Security-Policy": "default-src 'none'; sandbox"}
        return web.FileResponse(path, headers=headers | {"X-Content-Type-Options": "nosniff"})

    return hand_out


def _answer(body: Any, status: int, headers: Any) -> web.Response:
    if isinstance(body, str):
        return web.Response(text=body, status=status, headers=headers)
    return web.json_response(body, status=status, headers=headers)


def _log(request: web.Request, stand_in: SmsStandIn | None, status: int, said: Any, answer: Any) -> None:
    if stand_in is not None:
        stand_in.log(
            what=f"{request.method} {request.path}",
            status=status,
            sent=json.dumps(_without_secrets(said), ensure_ascii=False) if said else "",
            answer=json.dumps(answer, ensure_ascii=False),
        )


def _without_secrets(said: Any) -> Any:
    return {k: v for k, v in said.items() if k != "api_secret"} if isinstance(said, dict) else said

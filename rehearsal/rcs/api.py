"""Google's RBM API as far as an agent needs it, and the sign-in that gives its tokens.

https://developers.google.com/business-communications/rcs-business-messaging/reference/rest
"""

import asyncio
import functools
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from rehearsal.rcs.errors import RpcError, plight
from rehearsal.rcs.stand_in import FEATURES, RcsStandIn
from rehearsal.rcs.tokens import LASTS, Doorkeeper
from rehearsal.stage import STAGE

_STAND_IN = web.RequestKey("rcs_stand_in", RcsStandIn)
_BODY = web.RequestKey("rcs_body", object)
_DOOR = Doorkeeper()
"""The sign-in of this process. Its tokens end with it, as Google's end with their hour."""

Call = Callable[[web.Request], Awaitable[Any]]


def _answered(call: Call) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answer what the call gives, turn a refusal into Google's answer, and note both."""

    @functools.wraps(call)
    async def answer(request: web.Request) -> web.StreamResponse:
        status, said = 200, None
        try:
            stand_in = _agent(request)
            request[_BODY] = await _json(request)
            if stand_in.trouble.broken:
                raise RpcError(503)
            said = await call(request)
        except RpcError as error:
            status, said = error.status, error.body()
        _log(request, status, said)
        return web.json_response(said, status=status)

    return answer


async def sign_in(request: web.Request) -> web.StreamResponse:
    """``POST /token``: an access token for a signed assertion."""
    form = await request.post()
    stand_ins = [
        each for each in request.config_dict[STAGE].stand_ins.values() if isinstance(each, RcsStandIn)
    ]
    if any(each.trouble.broken for each in stand_ins):
        return web.json_response({"error": "internal_failure"}, status=503)
    keys = [each.channel.settings["service_account"] for each in stand_ins]
    token = _DOOR.admit(str(form.get("assertion", "")), request.path, keys)
    if form.get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" or token is None:
        refused = {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        return web.json_response(refused, status=400)
    return web.json_response({"access_token": token, "expires_in": LASTS, "token_type": "Bearer"})


@_answered
async def send(request: web.Request) -> Any:
    """``POST phones/{number}/agentMessages``."""
    stand_in = request[_STAND_IN]
    message_id = request.query.get("messageId", "")
    if not message_id:
        raise RpcError(400, "messageId is required.")
    said = stand_in.take(_number(request), message_id, request[_BODY])
    if stand_in.trouble.hang:
        _log(request, 0, {"rehearsal": "taken, but the answer stays away"})
        await asyncio.sleep(stand_in.trouble.hang)
        if request.transport is not None:
            request.transport.close()
    return said


@_answered
async def revoke(request: web.Request) -> Any:
    """``DELETE phones/{number}/agentMessages/{id}``."""
    return request[_STAND_IN].revoke(request.match_info["message_id"])


@_answered
async def show_event(request: web.Request) -> Any:
    """``POST phones/{number}/agentEvents``: the agent has read, or is typing."""
    if not request.query.get("eventId"):
        raise RpcError(400, "eventId is required.")
    event = request[_STAND_IN].show_event(_number(request), request[_BODY])
    return {"name": f"phones/{_number(request)}/agentEvents/{request.query['eventId']}"} | event


@_answered
async def capabilities(request: web.Request) -> Any:
    """``GET phones/{number}/capabilities``."""
    if request[_STAND_IN].trouble.fail and plight(request[_STAND_IN].trouble.fail) == 404:
        raise RpcError(404)
    return {"features": FEATURES} if _number(request) and request.query.get("requestId") else {}


@_answered
async def count_reachable(request: web.Request) -> Any:
    """``POST users:batchGet``."""
    body: Any = request[_BODY]
    users = body.get("users") if isinstance(body, dict) else None
    if not isinstance(users, list) or not users:
        raise RpcError(400, "users is required.")
    sample = len(users) if len(users) >= 500 else 0
    return {
        "reachableUsers": users,
        "totalRandomSampleUserCount": sample,
        "reachableRandomSampleUserCount": sample,
    }


@_answered
async def add_file(request: web.Request) -> Any:
    """``POST files``: Google fetches a file and names it."""
    body: Any = request[_BODY]
    if not isinstance(body, dict) or not str(body.get("fileUrl", "")).startswith(("http://", "https://")):
        raise RpcError(400, "fileUrl is required.")
    return {"name": f"files/{secrets.token_hex(16)}"}


async def show_file(request: web.Request) -> web.StreamResponse:
    """A file that a customer sent, for who knows its address."""
    found = request.config_dict[STAGE].files.find(request.match_info["file_id"])
    if found is None:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": found[0].mime_type,
        "Content-Disposition": "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(found[1], headers=headers)


def _agent(request: web.Request) -> RcsStandIn:
    """The agent that is called. Raises `RpcError` for a wrong token or an unknown agent."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    stand_ins = [
        each for each in request.config_dict[STAGE].stand_ins.values() if isinstance(each, RcsStandIn)
    ]
    wanted = request.query.get("agentId")
    named = [each for each in stand_ins if wanted in (None, each.agent_id)]
    for stand_in in named:
        request[_STAND_IN] = stand_in
        if scheme == "Bearer" and _DOOR.knows(token, stand_in.channel.settings["service_account"]):
            return stand_in
    is_known = any(_DOOR.knows(token, each.channel.settings["service_account"]) for each in stand_ins)
    raise RpcError(403 if is_known else 401)


def _number(request: web.Request) -> str:
    number = request.match_info["number"]
    if not re.fullmatch(r"\+[1-9]\d{4,14}", number):
        raise RpcError(400, "The phone number is not in E.164.")
    return number


async def _json(request: web.Request) -> Any:
    raw = await request.read()
    try:
        return msgspec.json.decode(raw) if raw else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise RpcError(400, "Invalid JSON payload received.") from None


def _log(request: web.Request, status: int, answer: Any) -> None:
    stand_in, sent = request.get(_STAND_IN), request.get(_BODY)
    if stand_in is not None:
        stand_in.log(
            what=f"{request.method} {request.path}",
            status=status,
            sent=msgspec.json.encode(sent).decode() if sent is not None else "",
            answer=msgspec.json.encode(answer).decode() if answer is not None else "",
        )


_PHONE = "/rcs/v1/phones/{number}"

ROUTES = [
    web.post("/rcs/token", sign_in),
    web.post(_PHONE + "/agentMessages", send),
    web.delete(_PHONE + "/agentMessages/{message_id}", revoke),
    web.post(_PHONE + "/agentEvents", show_event),
    web.get(_PHONE + "/capabilities", capabilities),
    web.post("/rcs/v1/users:batchGet", count_reachable),
    web.post("/rcs/v1/files", add_file),
    web.get("/rcs/files/{file_id}", show_file),
]

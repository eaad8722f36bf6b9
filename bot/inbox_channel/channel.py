"""The HTTP side: who may ask, what is asked, and an answer or a problem, never silence."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from rasa.core.channels import channel as rasa_channel
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from engine.served import ServedModel
from inbox_channel.problems import Malformed, NotReady, Problem, Unauthorised
from inbox_channel.requests import Fields, Report, Turn
from inbox_channel.turns import Conversations
from inbox_channel.wording import CHANNEL
from settings import required_token

CANARY = "canary"

Handler = Callable[[Request], Awaitable[HTTPResponse]]
Result = TypeVar("Result")

log = logging.getLogger("parley.channel")


class InboxChannel(rasa_channel.InputChannel):
    """Takes turns and happenings from the inbox. Sends nothing by itself."""

    def __init__(self, token: str) -> None:
        """`token` is the bearer token that every request must carry."""
        self._token = token
        self._conversations = Conversations()

    @classmethod
    def name(cls) -> str:
        """The channel's name, and so its address: /webhooks/parley."""
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InboxChannel:
        """The channel, with PARLEY_BOT_TOKEN. Raises `SettingMissing` without it."""
        return cls(required_token())

    def blueprint(self, on_new_message: Callable[[rasa_channel.UserMessage], Awaitable[Any]]) -> Blueprint:
        """The addresses that `README.md` describes."""
        routes = Blueprint("inbox_channel", CHANNEL)
        routes.add_route(self._guarded(self._turn), "/turn", methods=["POST"], name="turn")
        routes.add_route(self._guarded(self._events), "/events", methods=["POST"], name="events")
        routes.add_route(self._guarded(self._erase), "/erase", methods=["POST"], name="erase")
        routes.add_route(self._guarded(self._recall), "/recall", methods=["POST"], name="recall")
        routes.add_route(self._guarded(self._health), "/health", methods=["GET"], name="health")
        return routes

    async def _turn(self, request: Request) -> HTTPResponse:
        turn = Turn.read(_body(request))
        edition, model = _chosen(request.app, turn.editions, turn.lane)
        has_left = request.transport.is_closing
        answer = await _whole(self._conversations.take(turn, model, has_left), model)
        return json({**answer, "model": model.description, "edition": edition})

    async def _events(self, request: Request) -> HTTPResponse:
        report = Report.read(_body(request))
        _, model = _chosen(request.app, report.editions)
        return json({"appended": await _whole(self._conversations.note(report, model), model)})

    async def _erase(self, request: Request) -> HTTPResponse:
        conversation_id = Fields(_body(request)).word("conversation_id")
        model = _ready(request.app)
        if (other := _ready(request.app, CANARY)) is not model:
            other.live.forget(conversation_id)
        for other in request.app.ctx.editions.loaded() if request.app.ctx.editions else ():
            other.live.forget(conversation_id)
        return json({"erased": await _whole(self._conversations.erase(conversation_id, model), model)})

    async def _recall(self, request: Request) -> HTTPResponse:
        conversation_id = Fields(_body(request)).word("conversation_id")
        entries = await _ready(request.app).journal.every(conversation_id)
        return json({"events": [event for entry in entries for event in entry.events]})

    async def _health(self, request: Request) -> HTTPResponse:
        model = request.app.ctx.models.current
        if model is None:
            return json({"ready": False}, status=503)
        return json({"ready": True, "model": model.description})

    def _guarded(self, handler: Handler) -> Handler:
        """`handler` behind the token, with every failure told as a problem."""

        @wraps(handler)
        async def guarded(request: Request) -> HTTPResponse:
            try:
                self._authorise(request)
                return await handler(request)
            except Problem as problem:
                return problem.response()
            except SanicException:
                raise
            except Exception as error:
                log.exception("A request to %s failed.", request.path)
                return Problem(f"{type(error).__name__} while handling {request.path}.").response()

        return guarded

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise Unauthorised("The bearer token is missing or wrong.")


async def _whole(work: Coroutine[Any, Any, Result], model: ServedModel) -> Result:
    """`work` to its end on `model`: an inbox that stops listening must not leave half a turn behind."""

    async def on_model() -> Result:
        with model.in_use():
            return await work

    return await asyncio.shield(asyncio.ensure_future(on_model()))


def _chosen(app: Sanic, editions: tuple[str, ...], lane: str | None = None) -> tuple[str | None, ServedModel]:
    """The first of these editions that is loaded; "" is the first one of all, None as it is told."""
    for edition in editions or ("",):
        if not edition:
            return None, _ready(app, lane)
        model = app.ctx.editions.model(edition, lane) if app.ctx.editions is not None else None
        if model is not None:
            return edition, model
    raise NotReady("Nothing of this edition is loaded yet.")


def _ready(app: Sanic, lane: str | None = None) -> ServedModel:
    """The model of a lane; without a canary the live one."""
    model: ServedModel | None = app.ctx.models.current
    if lane == CANARY and app.ctx.canary is not None:
        model = app.ctx.canary.current or model
    if model is None:
        raise NotReady("No model is loaded yet.")
    return model


def _body(request: Request) -> Any:
    try:
        return request.json
    except SanicException as error:
        raise Malformed("body: this is not JSON.") from error

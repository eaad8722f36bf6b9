"""The HTTP side: who may ask, what is asked, and an answer or a problem, never silence."""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels import channel as rasa_channel
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

from inbox_channel.problems import Malformed, NotReady, Problem, Unauthorised
from inbox_channel.requests import Report, Turn
from inbox_channel.turns import Conversations
from inbox_channel.wording import CHANNEL
from settings import required_token

Handler = Callable[[Request], Awaitable[HTTPResponse]]

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
        """The three addresses that `README.md` describes."""
        routes = Blueprint("inbox_channel", CHANNEL)
        routes.add_route(self._guarded(self._turn), "/turn", methods=["POST"], name="turn")
        routes.add_route(self._guarded(self._events), "/events", methods=["POST"], name="events")
        routes.add_route(self._guarded(self._health), "/health", methods=["GET"], name="health")
        return routes

    async def _turn(self, request: Request) -> HTTPResponse:
        turn = Turn.read(_body(request))
        agent = _ready(request.app)
        # Shielded: an inbox that stops listening must not leave half a turn behind.
        answer = await asyncio.shield(asyncio.ensure_future(self._conversations.take(turn, agent)))
        return json({**answer, "model": model_of(agent)})

    async def _events(self, request: Request) -> HTTPResponse:
        report = Report.read(_body(request))
        agent = _ready(request.app)
        noting = asyncio.ensure_future(self._conversations.note(report, agent))
        return json({"appended": await asyncio.shield(noting)})

    async def _health(self, request: Request) -> HTTPResponse:
        agent = getattr(request.app.ctx, "agent", None)
        if agent is None or not agent.is_ready():
            return json({"ready": False}, status=503)
        return json({"ready": True, "model": model_of(agent)})

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


def model_of(agent: Agent) -> dict[str, Any]:
    """The loaded model's id and the time of its training."""
    metadata = agent.processor.model_metadata
    return {
        "id": metadata.model_id,
        "trained_at": f"{metadata.trained_at.isoformat(timespec='seconds')}+00:00",
    }


def _ready(app: Sanic) -> Agent:
    agent = getattr(app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        raise NotReady("No model is loaded yet.")
    return agent


def _body(request: Request) -> Any:
    try:
        return request.json
    except SanicException as error:
        raise Malformed("body: this is not JSON.") from error

"""The way to the bot: one turn over HTTP, on loopback, to the Rasa channel in `bot/`."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import msgspec
import structlog

from connectors.content import INTERNAL, Content
from inbox.metrics import BOT_READY

log = structlog.get_logger(__name__)

_LOOK_EVERY, _LOOK_EVERY_READY = 0.5, 5.0
"""Seconds between two questions how the bot is: while it loads, and while it is there or gone for good."""

_LESS_OFTEN = 1.2
"""By how much that grows with each question that a bot which is gone leaves unanswered. A turn that is tried
again meanwhile asks as well."""


class BotError(Exception):
    """The bot did not answer a turn. `reason` is a key of `inbox.actions.handoff.REASONS`."""

    reason = "bot_failed"


class BotNotReady(BotError):
    """Nobody answers at the bot's address, or it has no model yet. The turn was not run to its end."""

    reason = "bot_down"


class BotSlow(BotError):
    """The bot took longer than its limit."""

    reason = "bot_slow"


class CannotRead(BotError):
    """The customer sent a picture, a place or the like, with no words to it."""

    reason = "unreadable"


class Handoff(msgspec.Struct, frozen=True):
    """The bot wants a human to go on."""

    reason: str
    detail: str = ""
    team: str | None = None
    """Which team should, by its name or its id."""


class Model(msgspec.Struct, frozen=True):
    """Which model answered."""

    id: str | None = None
    trained_at: str | None = None


class Intent(msgspec.Struct, frozen=True):
    """What the bot takes the customer to want."""

    name: str | None = None
    confidence: float | None = None


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer said. The same `turn_id` asked again gets the same answer."""

    turn_id: str
    conversation_id: str
    text: str | None
    payload: str | None
    channel: dict[str, str]
    contact: dict[str, str | None]
    language: str | None = None
    metadata: dict[str, Any] = {}
    lane: str = "live"
    """Which of an edition's models is to answer: see `inbox/teaching/publishing.py`."""
    assistant: str | None = None
    """Who answers; None until it is known."""
    editions: tuple[str, ...] = ()
    """By which of its editions, the best first; "" is the one that is always there, as is none at all."""
    place: int = 0
    """How far the conversation has come. The bot runs no turn after one with a higher place."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot says to one turn, and what it understood."""

    replies: list[Content]
    handoff: Handoff | None = None
    contact: dict[str, Any] = {}
    """Attributes of the customer's contact that the bot has found out; None takes one away."""
    parse: dict[str, Any] = {}
    slots: dict[str, Any] = {}
    active_form: str | None = None
    model: Model = Model()
    took_ms: float = 0.0
    language: str | None = None
    """The language that the customer's words are found to be in, where it was not known before."""
    edition: str | None = None
    """Which edition of the assistant answered."""
    assistant: str | None = None

    @property
    def intent(self) -> Intent:
        """The intent of `parse`. Raises `msgspec.ValidationError` if it is none."""
        return msgspec.convert(self.parse.get("intent") or {}, Intent)

    @property
    def judged(self) -> dict[str, Any]:
        """`parse`, with which model decided so and why it gave up: what the studio compares models by."""
        if not self.parse:
            return self.parse
        more = {"edition": self.edition} if self.edition else {}
        return {**self.parse, "model": self.model.id, "handoff": self.handoff and self.handoff.reason, **more}


class Recalled(msgspec.Struct):
    """What the bot remembers."""

    events: list[dict[str, Any]]


def _why(status: int) -> str:
    """What an agent reads; what the bot's server said besides may quote anything, and is in its own log."""
    if status in (401, 403):
        return "The bot does not take our token: PARLEY_BOT_TOKEN is another one there."
    return f"The bot failed with status {status}: its log says why."


class Dialogue:
    """Talks to the bot and knows whether it is there."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        token: str,
        *,
        timeout: float,
        start_limit: float = 0,
        routed: Callable[[Turn], Awaitable[Turn]] | None = None,
    ) -> None:
        """`timeout` is for one turn; for `start_limit` seconds from now a silent bot may only be loading.

        `routed` says which assistant answers a turn, in which language and by which of its models.
        """
        self._http = http
        self._url = f"{url}/webhooks/parley"
        self._headers = {"Authorization": f"Bearer {token}"}
        self.timeout = timeout
        self._start_limit = start_limit
        self._routed = routed
        self._began = asyncio.get_running_loop().time()
        self._task: asyncio.Task[None] | None = None
        self.is_ready = False
        self._has_been_ready = False

    def start(self) -> None:
        """Begin to watch the bot's health."""
        self._task = asyncio.create_task(self._watch(), name="dialogue")

    async def stop(self) -> None:
        """Stop watching."""
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def is_starting(self) -> bool:
        """Whether the bot has not answered yet but may only be loading."""
        age = asyncio.get_running_loop().time() - self._began
        return not self._has_been_ready and age < self._start_limit

    async def turn(self, turn: Turn) -> Answer:
        """Ask the bot. Raises `BotNotReady`, `BotSlow` or `BotError`."""
        known = turn.language
        turn = await self._with_route(turn)
        body = await self._post("turn", msgspec.json.encode(turn))
        try:
            answer = msgspec.json.decode(body, type=Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BotError(f"The bot's answer is not understood: {error}") from error
        if any(isinstance(reply, INTERNAL) for reply in answer.replies):
            raise BotError("The bot answered with what only colleagues write.")
        heard = None if known else turn.language
        return msgspec.structs.replace(answer, language=heard, assistant=turn.assistant)

    async def tell(self, turn: Turn, event_id: str, events: list[dict[str, Any]]) -> None:
        """Let the bot know what happened while it was silent, before `turn`. Raises as `turn` does."""
        turn = await self._with_route(turn)
        body = {"conversation_id": turn.conversation_id, "event_id": event_id, "events": events}
        more = {"editions": turn.editions} if turn.editions else {}
        await self._post("events", msgspec.json.encode(body | more))

    async def forget(self, conversation_id: str) -> None:
        """Let the bot forget a conversation for good. Raises as `turn` does."""
        await self._post("erase", msgspec.json.encode({"conversation_id": conversation_id}))

    async def recall(self, conversation_id: str) -> list[dict[str, Any]]:
        """All that the bot remembers of a conversation, as Rasa's events. Raises as `turn` does."""
        body = await self._post("recall", msgspec.json.encode({"conversation_id": conversation_id}))
        try:
            return msgspec.json.decode(body, type=Recalled).events
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise BotError(f"The bot's answer is not understood: {error}") from error

    async def _with_route(self, turn: Turn) -> Turn:
        return await self._routed(turn) if self._routed else turn

    async def _post(self, what: str, body: bytes) -> bytes:
        headers = {**self._headers, "Content-Type": "application/json"}
        limit = aiohttp.ClientTimeout(total=self.timeout, connect=2)
        try:
            async with self._http.post(
                f"{self._url}/{what}", data=body, headers=headers, timeout=limit
            ) as answer:
                read = await answer.read()
        except TimeoutError as error:
            raise BotSlow(f"The bot did not answer within {self.timeout:g} s.") from error
        except aiohttp.ClientError as error:
            self._note(False)
            raise BotNotReady(f"The bot cannot be reached: {type(error).__name__}.") from error
        if answer.status in (404, 409, 503):  # not loaded yet, or the same turn is still running there
            raise BotNotReady(f"The bot is not ready: {answer.status}.")
        if answer.status != 200:
            raise BotError(_why(answer.status))
        self._note(True)
        return read

    async def _watch(self) -> None:
        """Ask how it is: often while it is silent, ever less often the longer it is."""
        limit = aiohttp.ClientTimeout(total=3)
        pause = _LOOK_EVERY
        while True:
            try:
                async with self._http.get(
                    f"{self._url}/health", headers=self._headers, timeout=limit
                ) as answer:
                    self._note(answer.status == 200)
            except (aiohttp.ClientError, TimeoutError):
                self._note(False)
            is_hoped_for = self.is_ready or self.is_starting
            pause = _LOOK_EVERY if is_hoped_for else min(pause * _LESS_OFTEN, _LOOK_EVERY_READY)
            await asyncio.sleep(_LOOK_EVERY_READY if self.is_ready else pause)

    def _note(self, ready: bool) -> None:
        if ready is not self.is_ready:
            log.info("bot ready" if ready else "bot gone")
        self.is_ready = ready
        self._has_been_ready = self._has_been_ready or ready
        BOT_READY.set(ready)

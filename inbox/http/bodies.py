"""What a request's body and query may hold: decoded and checked before anything is done with it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Literal, TypeVar

import msgspec
from aiohttp import web

from connectors.content import Content
from inbox.actions.errors import ActionRefused, Invalid

T = TypeVar("T")

_PATIENCE = 30.0
"""Seconds for a body of a few megabytes, or for the next part of a file."""

_WHOLE = re.compile(r"-?[0-9]{1,17}")


class NewMessage(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/messages`."""

    client_id: str | None = None
    text: str | None = None
    content: Content | None = None
    note: bool = False
    mentions: list[str] = []
    purpose: Literal["conversation", "marketing"] = "conversation"
    hold_seconds: Annotated[int, msgspec.Meta(ge=0, le=30)] = 0
    urgent: bool = False
    """A program's, that leaves in quiet hours too."""
    reply_to: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None
    """Id of the message of this conversation that it answers, to be shown above it."""


class Draft(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/preview`."""

    text: str | None = None
    content: Content | None = None


class NoteConsent(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/consent`."""

    granted: bool
    words: str
    purpose: Literal["conversation", "marketing"] = "conversation"


class TakeOver(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/take_over`."""

    epoch: int


class Language(msgspec.Struct, forbid_unknown_fields=True):
    """`PUT …/me/language`."""

    language: str | None


class HandBack(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/hand_back`."""

    outcome: Literal["resolved", "unresolved"] = "unresolved"
    note: str | None = None


class Assign(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/assign`."""

    agent_id: str | None


class Read(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/read`."""

    seq: int


class TooSlow(ActionRefused):
    """The body did not come in time: nobody holds a connection open by sending a byte now and then."""

    status = 408
    code = "too_slow"


class TooLarge(ActionRefused):
    """The body has more bytes than are taken at once."""

    status = 413
    code = "too_large"


async def raw_body(request: web.Request) -> bytes:
    """The request's body as it came. Raises `TooSlow` or `TooLarge`."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await request.read()
    except TimeoutError:
        raise TooSlow("The body did not come in time.") from None
    except web.HTTPRequestEntityTooLarge:
        most = f"{request.client_max_size / 1048576:,.0f}"
        raise TooLarge(f"This has more than {most} MB, which is the most that is taken at once.") from None


async def in_time(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The parts of a long body. Raises `TooSlow` when the next one does not come in time."""
    try:
        while True:
            async with asyncio.timeout(_PATIENCE):
                chunk = await anext(chunks)
            yield chunk
    except StopAsyncIteration:
        return
    except TimeoutError:
        raise TooSlow("The file did not come in time.") from None


async def body_of(request: web.Request, kind: type[T]) -> T:
    """The request's JSON body. Raises `Invalid` saying what is wrong with it."""
    try:
        return msgspec.json.decode(await raw_body(request) or b"{}", type=kind)
    except RecursionError as error:
        raise Invalid("The body is not what is expected: it is too deep.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"The body is not what is expected: {error}.") from error


async def form_of(request: web.Request) -> Mapping[str, str]:
    """The texts of a posted form. Raises `Invalid` if the body is none."""
    try:
        async with asyncio.timeout(_PATIENCE):
            form = await request.post()
    except web.HTTPException:
        raise
    except TimeoutError:
        raise TooSlow("The form did not come in time.") from None
    except Exception as error:  # the parsers of forms raise many kinds
        raise Invalid("The form cannot be read.") from error
    return {name: value for name, value in form.items() if isinstance(value, str)}


def number(request: web.Request, name: str, default: int | None, *, least: int, most: int) -> int | None:
    """A whole number of the query. Raises `Invalid` if it is none or out of bounds."""
    given = request.query.get(name)
    if given is None or given == "":
        return default
    if not _WHOLE.fullmatch(given):
        raise Invalid(f"{name} must be a whole number.")
    return max(least, min(most, int(given)))


def choice(request: web.Request, name: str, choices: tuple[str, ...]) -> str:
    """One of the choices, the first by default. Raises `Invalid`."""
    given = request.query.get(name) or choices[0]
    if given not in choices:
        raise Invalid(f"{name} must be one of: {', '.join(choices)}.")
    return given


def moment_in(request: web.Request, name: str) -> datetime | None:
    """A moment of the query, None if it is not there. Raises `Invalid` without a time zone."""
    given = request.query.get(name)
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise Invalid(f"{name} must be a time such as 2026-12-24T09:00:00+01:00.") from error
    if moment.tzinfo is None:
        raise Invalid(f"{name} must have a time zone, such as 2026-12-24T09:00:00+01:00.")
    if not 1970 < moment.year < 3000:  # what is reckoned from it must be a moment, too
        raise Invalid(f"{name} must be in a year from 1971 to 2999.")
    return moment

"""What a handler takes and gives: its body, its query, its answers, who may ask."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import NoneType
from typing import Any

import msgspec
from aiohttp import web

from inbox import wire
from inbox.http import api, auth, bodies
from inbox.http.openapi.reading import Reader
from inbox.http.openapi.values import ANYTHING, Fields, Real, Reply, Row, Typed, Value, either, options_of
from inbox.model.people import Principal, Session, User


class _Query:
    """Stands for `request.query`."""

    def get(self, name: str) -> str | None:
        """Stands for a look at it."""


class _Headers:
    """Stands for `request.headers`, `match_info`, `cookies`."""

    def get(self, name: str) -> str | None:
        """Stands for a look at them."""


class _Content:
    """Stands for `request.content`."""

    def iter_chunked(self, size: int) -> list[bytes]:
        """Stands for reading the body."""
        return []


class _Request:
    """Stands for the request while a handler is read."""

    content = _Content()
    query = _Query()
    headers = match_info = cookies = _Headers()
    app = web.Application

    async def read(self) -> bytes:
        """Stands for reading the body."""
        return b""


@dataclass
class Handler:
    """What is known of a handler."""

    replies: list[Reply] = field(default_factory=list)
    body: Any = None
    """The type of its JSON body."""
    is_raw: bool = False
    """Whether its body is a file."""
    query: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The JSON Schema of each parameter of the query."""
    is_open: bool = True
    """Whether anybody may ask."""
    scope: str | None = None
    """What who asks must be allowed, where the handler itself looks."""


def read_handler(function: Any) -> Handler:
    """What a handler takes and gives."""
    found, asked = Handler(), Real(_Request())
    reader = Reader(_known(found, asked.thing), asked)
    given = reader.read(function, [asked], {})
    found.replies = [each for each in options_of(given) if isinstance(each, Reply)]
    return found


def _known(found: Handler, request: _Request) -> Mapping[Any, Any]:
    """The functions that say something about a handler, and what each says."""

    def answer(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        status = constant(given[1] if len(given) > 1 else named.get("status", Real(200)))
        return Reply(status, body=given[0])

    def response(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        statuses = [constant(each) for each in options_of(named.get("status", Real(200)))]
        kind = constant(named.get("content_type", ANYTHING)) or _kind(named.get("headers"))
        body = ANYTHING if "body" in named else None
        # An error that is handed on has the status of that error.
        return either(Reply(each, kind or "", body) for each in statuses if isinstance(each, int))

    def stream(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        statuses = [constant(each) for each in options_of(named.get("status", Real(200)))]
        return either(Reply(each, _kind(named.get("headers")) or "*/*", ANYTHING) for each in statuses)

    def body_of(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        found.body = constant(given[1])
        return Typed(found.body)

    def read(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        found.is_raw = True
        return Typed(bytes)

    def number(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        bounds = {
            "default": constant(given[2]),
            "minimum": constant(named["least"]),
            "maximum": constant(named["most"]),
        }
        _note(given[1], {"type": "integer"} | {k: v for k, v in bounds.items() if v is not None})
        return Typed(int)

    def choice(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        choices = [constant(each) for each in _items(given[2])]
        _note(
            given[1],
            {"type": "string", "enum": choices, "default": choices[0]} if choices else {"type": "string"},
        )
        return Typed(str)

    def moment_in(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        _note(given[1], {"type": "string", "format": "date-time"})
        return Typed(datetime | None)

    def looked_up(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        _note(given[0], {"type": "string"})
        return Typed(str | None)

    def _note(name: Value, schema: dict[str, Any]) -> None:
        if isinstance(constant(name), str):
            found.query.setdefault(constant(name), schema)

    def allowed(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        found.scope, found.is_open = constant(given[1]), False
        return Typed(Principal)

    def signed_in(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        found.is_open = False
        return Typed(Principal)

    def session(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        found.is_open = False
        return Typed(tuple[User, Session] | None)

    def same(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        return given[0]

    def moment(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        is_sure = options_of(given[0]) == (Typed(datetime),)
        return Typed(datetime) if is_sure else either((Typed(datetime), Typed(NoneType)))

    def threaded(reader: Reader, given: list[Value], named: dict[str, Value]) -> Value:
        return reader.call(given[0], given[1:], named)

    return {
        api.answer: answer,
        web.Response: response,
        web.StreamResponse: stream,
        bodies.body_of: body_of,
        request.read: read,
        bodies.raw_body: read,
        request.content.iter_chunked: read,
        bodies.number: number,
        bodies.choice: choice,
        bodies.moment_in: moment_in,
        request.query.get: looked_up,
        auth.allowed: allowed,
        auth.who: signed_in,
        auth.signed_in: session,
        msgspec.to_builtins: same,
        wire._plain: same,
        wire.moment: moment,
        asyncio.to_thread: threaded,
    }


def constant(value: Value) -> Any:
    """The very thing that it is, None if that is not known."""
    return value.thing if isinstance(value, Real) else None


def _items(value: Value) -> list[Value]:
    if isinstance(value, Row):
        return list(value.items)
    return [Real(each) for each in constant(value) or ()]


def _kind(headers: Value | None) -> str | None:
    if isinstance(headers, Fields) and "Content-Type" in headers.of:
        named = constant(headers.of["Content-Type"][0])
        return named.split(";")[0] if isinstance(named, str) else None
    return None

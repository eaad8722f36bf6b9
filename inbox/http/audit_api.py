"""`/api/v1/audit`: who did what, for admins and auditors."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
from aiohttp import web

from inbox.actions import audit
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import choice, moment_in, number
from inbox.http.downloads import download
from inbox.model.audit import Entry, plain
from inbox.model.contact_file import lines_of
from inbox.model.people import AUDIT
from inbox.parts import PARTS

routes = web.RouteTableDef()

_COLUMNS = (
    "seq",
    "at",
    "kind",
    "by",
    "name",
    "address",
    "program",
    "what",
    "target",
    "before",
    "after",
    "prior",
    "hash",
)
_AT_ONCE = 500
_TYPES = {"jsonl": "application/jsonl", "csv": "text/csv"}


@routes.get("/api/v1/audit")
async def list_entries(request: web.Request) -> web.Response:
    """One page of the log, the newest first; `cursor` is the number of an entry."""
    principal = await allowed(request, AUDIT)
    limit = number(request, "limit", 50, least=1, most=200) or 50
    before = number(request, "cursor", None, least=1, most=2**53)
    store = request.app[PARTS].store
    found = await audit.page(principal, _wanted(request), before=before, limit=limit + 1, store=store)
    items = found[:limit]
    more = str(items[-1].id) if len(found) > limit else None
    return answer({"items": [plain(entry) for entry in items], "next_cursor": more})


@routes.get("/api/v1/audit/verification")
async def verify(request: web.Request) -> web.Response:
    """Whether the log is whole: reads all of it."""
    principal = await allowed(request, AUDIT)
    sound, broken = await audit.verify(principal, store=request.app[PARTS].store)
    at = {"seq": broken.seq, "reason": broken.reason} if broken else None
    return answer({"sound": sound, "break": at})


@routes.get("/api/v1/audit/export")
async def export(request: web.Request) -> web.StreamResponse:
    """The log as JSON lines or CSV, the oldest first. A file that breaks off ends without its last chunk."""
    principal = await allowed(request, AUDIT)
    form = choice(request, "format", ("jsonl", "csv"))
    parts = request.app[PARTS]
    entries = await audit.export(principal, _wanted(request), store=parts.store, clock=parts.clock)
    name = f"audit-{parts.clock().date().isoformat()}.{form}"
    return await download(request, _pieces(entries, form), kind=f"{_TYPES[form]}; charset=utf-8", name=name)


def _wanted(request: web.Request) -> audit.Wanted:
    text = {name: request.query.get(name, "")[:200] for name in ("by", "what", "target")}
    return audit.Wanted(**text, since=moment_in(request, "since"), until=moment_in(request, "until"))


async def _pieces(entries: AsyncIterator[Entry], form: str) -> AsyncIterator[bytes]:
    if form == "csv":
        yield ("\ufeff" + lines_of([_COLUMNS])).encode()
    held: list[dict[str, Any]] = []
    async for entry in entries:
        held.append(plain(entry))
        if len(held) == _AT_ONCE:
            yield _written(held, form)
            held = []
    yield _written(held, form)


def _written(entries: list[dict[str, Any]], form: str) -> bytes:
    if form == "jsonl":
        return msgspec.json.Encoder().encode_lines(entries)
    return lines_of([[_cell(entry[name]) for name in _COLUMNS] for entry in entries]).encode()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value, order="sorted").decode()

"""`/api/v1/contact_export`: every contact as one file, sent while it is read."""

from collections.abc import AsyncIterator
from typing import Any

import structlog
from aiohttp import web

from inbox.actions import audit, segments
from inbox.http.auth import allowed
from inbox.http.downloads import download
from inbox.model.contact_file import MARK, cells_of, columns, lines_of
from inbox.model.people import ADMIN
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()
log = structlog.get_logger(__name__)

_ROWS = 500


@routes.get("/api/v1/contact_export")
async def export(request: web.Request) -> web.StreamResponse:
    """Every contact but the merged, or those of a `segment`. What breaks off ends without its last chunk."""
    principal = await allowed(request, ADMIN)
    parts = request.app[PARTS]
    segment = request.query.get("segment")
    query = await segments.query(parts.desk, segment) if segment else None
    await audit.note(principal, "contacts.exported", store=parts.store, clock=parts.clock)
    day = parts.clock().date().isoformat()
    log.info("contacts exported", by=principal.id)
    return await download(
        request, _pieces(parts, query), kind="text/csv; charset=utf-8", name=f"contacts-{day}.csv"
    )


async def _pieces(parts: Parts, query: dict[str, Any] | None) -> AsyncIterator[bytes]:
    attributes = await parts.store.attributes.list()
    yield (MARK + lines_of([columns(attributes)])).encode()
    rows: list[list[str]] = []
    async for contact in parts.store.contacts.every(query):
        rows.append(cells_of(contact, attributes))
        if len(rows) == _ROWS:
            yield lines_of(rows).encode()
            rows = []
    yield lines_of(rows).encode()

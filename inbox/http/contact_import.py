"""`/api/v1/contact_import`: contacts from a file of comma-separated values, told line by line how it goes."""

import asyncio
import tempfile
from collections import Counter
from typing import IO, Any

import msgspec
import structlog
from aiohttp import ClientError, web

from inbox.actions.errors import Invalid
from inbox.actions.import_contacts import Outcome, import_rows
from inbox.http.auth import allowed
from inbox.http.bodies import choice, in_time, raw_body
from inbox.model.contact_reading import ENCODINGS, BadFile, Table, read
from inbox.model.people import ADMIN, Principal
from inbox.parts import PARTS
from inbox.store import Conflict, StoreError, Unwritable

routes = web.RouteTableDef()
log = structlog.get_logger(__name__)

_SHOWN, _TOLD = 20, 1000
"""How many rows are shown as an example, and of how many it is told why they are bad."""

_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 1 << 16


class Report:
    """What became of the rows so far."""

    def __init__(self, table: Table) -> None:
        self.of = table.count
        self._unknown = table.unknown
        self._counts: Counter[str] = Counter()
        self._bad: list[dict[str, Any]] = []
        self._examples: list[dict[str, Any]] = []

    def add(self, outcomes: list[Outcome]) -> None:
        """Count some more."""
        for outcome in outcomes:
            self._counts[outcome.what] += 1
            if outcome.what == "bad":
                if len(self._bad) < _TOLD:
                    self._bad.append({"line": outcome.line, "reason": outcome.reason})
            elif len(self._examples) < _SHOWN:
                self._examples.append({"line": outcome.line, "what": outcome.what, "name": outcome.name})

    @property
    def progress(self) -> dict[str, Any]:
        """How far it is."""
        return {"done": self._counts.total(), "of": self.of}

    @property
    def whole(self) -> dict[str, Any]:
        """The last line of an answer."""
        counts = {what: self._counts[what] for what in ("new", "changed", "same", "bad")}
        found = {"counts": counts, "bad": self._bad, "rows": self._examples, "unknown": self._unknown}
        return {**self.progress, "report": found}


@routes.post("/api/v1/contact_import")
async def bring(request: web.Request) -> web.StreamResponse:
    """Take in a file, or with `preview=yes` only tell what it would do. A line of JSON for each step.

    Unless it is in Unicode, `encoding` says how it is written. However large it is, a few rows are held at a
    time. The last line has `report`, or `error` if it broke off; the same file may be brought again.
    """
    principal = await allowed(request, ADMIN)
    preview = choice(request, "preview", ("no", "yes")) == "yes"
    encoding = choice(request, "encoding", ENCODINGS)
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        await _take(request, file)
        attributes = await request.app[PARTS].store.attributes.list()
        try:
            table = await asyncio.to_thread(read, file, attributes, encoding)
        except BadFile as error:
            raise Invalid(str(error)) from error
        log.info("contacts imported", by=principal.id, rows=table.count, preview=preview)
        return await _told(request, principal, table, preview=preview)


async def _take(request: web.Request, file: IO[bytes]) -> None:
    """Put the body into the file. Raises `Invalid` if it is too large or does not come whole."""
    most = request.app[PARTS].settings.max_file
    too_large = Invalid(
        f"The file has more than {most // 1024**2} MB. Split it, and bring one part after the other."
    )
    if (request.content_length or 0) > most:
        raise too_large
    if request.content.at_eof():  # there is none, or `once` read it
        file.write(await raw_body(request))
        return
    try:
        async for chunk in in_time(request.content.iter_chunked(_CHUNK)):
            if file.tell() + len(chunk) > most:
                raise too_large
            file.write(chunk)
    except (ConnectionError, ClientError) as error:
        raise Invalid("The file did not come whole.") from error


async def _told(
    request: web.Request, principal: Principal, table: Table, *, preview: bool
) -> web.StreamResponse:
    """Do what the rows say, and tell how far it is after each step."""
    desk, report = request.app[PARTS].desk, Report(table)
    response = web.StreamResponse(
        headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"}
    )
    response.enable_chunked_encoding()
    await response.prepare(request)
    try:
        rows = import_rows(desk, principal, table.rows(), count=table.count, preview=preview)
        async for outcomes in rows:
            report.add(outcomes)
            await response.write(_line(report.progress))
        last = report.whole
    except (Conflict, StoreError, Unwritable) as error:
        log.warning("import broke off", error=type(error).__name__, **report.progress)
        detail = "It broke off: the store did not take it. Bring the same file again."
        last = {**report.progress, "error": {"detail": detail}}
    await response.write(_line(last))
    await response.write_eof()
    return response


def _line(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"

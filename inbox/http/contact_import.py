"""`/api/v1/contact_import`: contacts from a file of comma-separated values, told line by line how it goes."""

from collections import Counter
from typing import Any

import msgspec
import structlog
from aiohttp import web

from inbox.actions.errors import Invalid
from inbox.actions.import_contacts import Outcome, import_rows
from inbox.http.auth import allowed
from inbox.http.bodies import choice, raw_body
from inbox.model.contact_file import BadFile, Table, read
from inbox.model.people import ADMIN
from inbox.parts import PARTS
from inbox.store import Conflict, StoreError, Unwritable

routes = web.RouteTableDef()
log = structlog.get_logger(__name__)

_SHOWN, _TOLD = 20, 1000
"""How many rows are shown as an example, and of how many it is told why they are bad."""


class Report:
    """What became of the rows so far."""

    def __init__(self, table: Table) -> None:
        self.of = len(table.rows)
        self._unknown = table.unknown
        self._counts: Counter[str] = Counter()
        self._bad: list[dict[str, Any]] = []
        self._examples: list[dict[str, Any]] = []

    def add(self, outcomes: list[Outcome]) -> None:
        """Count some more."""
        for outcome in outcomes:
            self._counts[outcome.what] += 1
            if outcome.what == "bad":
                self._bad = [*self._bad, {"line": outcome.line, "reason": outcome.reason}][:_TOLD]
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

    The last line has `report`, or `error` if it broke off; the same file may be brought again.
    """
    principal = await allowed(request, ADMIN)
    preview = choice(request, "preview", ("no", "yes")) == "yes"
    parts = request.app[PARTS]
    table = await _table(request)
    report = Report(table)
    response = web.StreamResponse(
        headers={"Content-Type": "application/x-ndjson", "Cache-Control": "no-store"}
    )
    response.enable_chunked_encoding()
    await response.prepare(request)
    log.info("contacts imported", by=principal.id, rows=report.of, preview=preview)
    last: dict[str, Any]
    try:
        async for outcomes in import_rows(parts.desk, principal, table.rows, preview=preview):
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


async def _table(request: web.Request) -> Table:
    parts = request.app[PARTS]
    try:
        return read(await raw_body(request), await parts.store.attributes.list())
    except web.HTTPRequestEntityTooLarge as error:
        most = parts.settings.max_body // 1024**2
        raise Invalid(
            f"The file has more than {most} MB. Split it, and bring one part after the other."
        ) from error
    except BadFile as error:
        raise Invalid(str(error)) from error


def _line(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"

"""`/api/v1/reports/overview`: the figures of all conversations, and one table of them as a file."""

from datetime import timedelta

from aiohttp import web

from inbox.actions import figures
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import choice, moment_in
from inbox.model.contact_file import MARK, lines_of, text_of
from inbox.model.people import READ
from inbox.parts import PARTS

routes = web.RouteTableDef()


@routes.get("/api/v1/reports/overview")
async def overview(request: web.Request) -> web.Response:
    """What was written and answered: in the last 30 days, or from `since` to `until`; in `zone`'s days."""
    principal = await allowed(request, READ)
    return answer(await figures.overview(request.app[PARTS].store, principal, _period(request)))


@routes.get("/api/v1/report_export")
async def export(request: web.Request) -> web.Response:
    """One table of the overview as a file for spreadsheets (CSV); `by` says which."""
    principal = await allowed(request, READ)
    by = choice(request, "by", figures.BY)
    lines = await figures.table(request.app[PARTS].store, principal, _period(request), by)
    rows = [figures.columns(), *([text_of(v) for v in line.values()] for line in lines)]
    name = f'attachment; filename="parley-by-{by}.csv"'
    return web.Response(
        body=(MARK + lines_of(rows)).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": name, "Cache-Control": "no-store"},
    )


def _period(request: web.Request) -> figures.Period:
    until = moment_in(request, "until") or request.app[PARTS].clock()
    since = moment_in(request, "since") or until - timedelta(days=30)
    return figures.period(since, until, request.query.get("zone") or "UTC")

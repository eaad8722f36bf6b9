"""`/api/v1` for admins: what is in quarantine, what could not be delivered, what was set aside."""

from aiohttp import web

from inbox import wire
from inbox.actions import audit, setbacks
from inbox.actions.errors import Invalid, NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed, who
from inbox.http.hooks import arrivals_of
from inbox.model.people import ADMIN
from inbox.parts import PARTS

routes = web.RouteTableDef()


@routes.get("/api/v1/quarantine")
async def list_quarantine(request: web.Request) -> web.Response:
    """What was authentic but could not be taken in, the newest first."""
    await allowed(request, ADMIN)
    found = await request.app[PARTS].store.quarantine.list(sort="-at", limit=200)
    items = [
        {"id": q.id, "channel_id": q.channel_id, "reason": q.reason, "at": wire.moment(q.at), "raw": q.raw}
        for q in found
    ]
    return answer({"items": items})


@routes.post("/api/v1/quarantine/{id}/replay")
async def replay(request: web.Request) -> web.Response:
    """Read its request again, for example after a fix; it leaves the quarantine if it can now be taken in.

    What stood beside it in the request has been taken in before and is known by its id.
    """
    principal, parts = await allowed(request, ADMIN), request.app[PARTS]
    item = await parts.store.quarantine.get(request.match_info["id"])
    if item is None:
        raise NotFound("It is no longer in quarantine.")
    line = await parts.lines.get(item.channel_id)
    if line is None:
        raise NotFound(f"There is no channel {item.channel_id}.")
    webhook = await parts.store.quarantine.request_of(item)
    arrivals = await arrivals_of(parts, line, webhook) if webhook else []
    received = await parts.ingest.submit(arrivals)
    if not arrivals or item.id in received.quarantined:
        raise Invalid("It still cannot be read.")
    await parts.store.quarantine.release(item)
    at = f"quarantine:{item.id}"
    await audit.note(principal, "quarantine.replayed", at, store=parts.store, clock=parts.clock)
    return answer({"events": len(arrivals)})


@routes.delete("/api/v1/quarantine/{id}")
async def drop(request: web.Request) -> web.Response:
    """Delete it for good."""
    principal, parts = await allowed(request, ADMIN), request.app[PARTS]
    item = await parts.store.quarantine.get(request.match_info["id"])
    if item is None or not await parts.store.quarantine.release(item):
        raise NotFound("It is no longer in quarantine.")
    at = f"quarantine:{item.id}"
    await audit.note(principal, "quarantine.dropped", at, store=parts.store, clock=parts.clock)
    return web.Response(status=204)


@routes.get("/api/v1/dead_letters")
async def dead_letters(request: web.Request) -> web.Response:
    """Messages that could not be delivered, the newest first."""
    await allowed(request, ADMIN)
    found = await request.app[PARTS].store.messages.dead(200)
    return answer({"items": [wire.message_json(m) for m in found]})


@routes.get("/api/v1/setbacks")
async def list_setbacks(request: web.Request) -> web.Response:
    """What failed for a reason of ours and was set aside, the last first."""
    found = await setbacks.present(request.app[PARTS].desk, await who(request))
    items = [
        {
            "id": s.id,
            "duty": s.duty,
            "conversation_id": s.conversation_id,
            "why": s.why,
            "attempts": s.attempts,
            "first_at": wire.moment(s.first_at),
            "last_at": wire.moment(s.last_at),
            "retry_at": wire.moment(s.retry_at),
        }
        for s in found
    ]
    return answer({"items": items})


@routes.post("/api/v1/setbacks/{id}/retry")
async def retry(request: web.Request) -> web.Response:
    """Have it tried again within seconds, for example after a fix."""
    await setbacks.retry(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)


@routes.delete("/api/v1/setbacks/{id}")
async def forget_setback(request: web.Request) -> web.Response:
    """Give it up for good."""
    await setbacks.forget(request.app[PARTS].desk, await who(request), request.match_info["id"])
    return web.Response(status=204)

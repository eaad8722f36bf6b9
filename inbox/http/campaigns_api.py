"""`/api/v1/campaigns`: one message to many customers."""

from datetime import datetime
from typing import Any, Literal

import msgspec
from aiohttp import web

from connectors.content import Template, Text
from connectors.events import Purpose
from connectors.fitting import fit
from inbox import wire
from inbox.actions import audit, campaigns
from inbox.actions.errors import Invalid
from inbox.actions.templates import filled_in
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.http.drafts import short_messages
from inbox.model.campaign import Campaign, State
from inbox.model.contact_file import MARK, lines_of, text_of
from inbox.model.people import CAMPAIGNS, Principal
from inbox.parts import PARTS, Parts

routes = web.RouteTableDef()
_ALL = "/api/v1/campaigns"
_AT = _ALL + "/{id}"
_COLUMNS = ("contact_id", "address", "state", "reason", "at", "status", "error", "replied", "opted_out")


class CampaignBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST` and `PUT`: whom it is for is a segment, or contacts by their numbers or their ids."""

    name: str
    channel_id: str
    text: str | None = None
    template: Template | None = None
    purpose: Literal["conversation", "marketing"] = "marketing"
    segment_id: str | None = None
    numbers: list[str] = []
    contact_ids: list[str] = []
    per_minute: int = 60
    weekly_cap: int | None = 2


class StartBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/start`: now without a time."""

    at: datetime | None = None


class TryBody(msgspec.Struct, forbid_unknown_fields=True):
    """`POST …/try`."""

    contact_id: str


@routes.get(_ALL)
async def list_campaigns(request: web.Request) -> web.Response:
    """The last ones, the newest first, each with how far it has come."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    found = await campaigns.newest(parts.desk, principal)
    return answer({"items": [await _with_counts(each, parts) for each in found]})


@routes.post(_ALL)
async def add(request: web.Request) -> web.Response:
    """Keep a new draft."""
    principal = await allowed(request, CAMPAIGNS)
    return answer(await _save(request, principal, None), 201)


@routes.get(_AT)
async def show(request: web.Request) -> web.Response:
    """One, with how far it has come and what became of what was said."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    campaign = await campaigns.get(parts.desk, principal, request.match_info["id"])
    became = await parts.store.recipients.became(campaign.id)
    return answer({**await _with_counts(campaign, parts), "became": became})


@routes.put(_AT)
async def change(request: web.Request) -> web.Response:
    """Write a draft anew."""
    principal = await allowed(request, CAMPAIGNS)
    return answer(await _save(request, principal, request.match_info["id"]))


@routes.delete(_AT)
async def drop(request: web.Request) -> web.Response:
    """Delete a draft."""
    principal = await allowed(request, CAMPAIGNS)
    await campaigns.drop(request.app[PARTS].desk, principal, request.match_info["id"])
    return web.Response(status=204)


@routes.get(_AT + "/count")
async def count(request: web.Request) -> web.Response:
    """How many would get it now, how many not and why, and what one of them would read."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    at = request.match_info["id"]
    found = await campaigns.count(parts.desk, principal, at)
    campaign = await campaigns.get(parts.desk, principal, at)
    carries = await parts.lines.carries(campaign.channel_id)
    sms = None
    if carries and carries.short_messages and found["example"]:
        sms = short_messages(fit(Text(found["example"]["text"]), carries))
    return answer({**found, "sms": sms})


@routes.post(_AT + "/try")
async def try_on(request: web.Request) -> web.Response:
    """Say it to one contact now; `reason` says why it was not said."""
    principal, body = await allowed(request, CAMPAIGNS), await body_of(request, TryBody)
    at = request.match_info["id"]
    reason = await campaigns.try_on(request.app[PARTS].desk, principal, at, body.contact_id)
    return answer({"said": reason is None, "reason": reason.value if reason else None})


@routes.post(_AT + "/start")
async def start(request: web.Request) -> web.Response:
    """Begin it, now or then."""
    principal, body = await allowed(request, CAMPAIGNS), await body_of(request, StartBody)
    parts, at = request.app[PARTS], request.match_info["id"]
    if body.at is not None and body.at.tzinfo is None:
        raise Invalid("A time needs its zone.")
    return answer(await _with_counts(await campaigns.start(parts.desk, principal, at, at=body.at), parts))


@routes.post(_AT + "/pause")
async def pause(request: web.Request) -> web.Response:
    """Say it to nobody more for now."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    paused = await campaigns.pause(parts.desk, principal, request.match_info["id"])
    return answer(await _with_counts(paused, parts))


@routes.post(_AT + "/resume")
async def resume(request: web.Request) -> web.Response:
    """Go on where it was."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    resumed = await campaigns.resume(parts.desk, principal, request.match_info["id"])
    return answer(await _with_counts(resumed, parts))


@routes.post(_AT + "/cancel")
async def cancel(request: web.Request) -> web.Response:
    """Say it to nobody more, for good."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    cancelled = await campaigns.cancel(parts.desk, principal, request.match_info["id"])
    return answer(await _with_counts(cancelled, parts))


@routes.get(_AT + "/export")
async def export(request: web.Request) -> web.Response:
    """Everyone of the audience with what became of it, as a file for spreadsheets (CSV)."""
    principal, parts = await allowed(request, CAMPAIGNS), request.app[PARTS]
    campaign = await campaigns.get(parts.desk, principal, request.match_info["id"])
    target = f"campaign:{campaign.id}"
    await audit.note(principal, "campaign.exported", target, store=parts.store, clock=parts.clock)
    rows: list[list[str]] = [list(_COLUMNS)]
    async for one in parts.store.recipients.every(campaign.id):
        at = one.get("at")
        given = {**one, "at": wire.moment(at) if at else "", "replied": bool(one["replied"])}
        given["opted_out"] = bool(one["opted_out"])
        rows.append([text_of(given.get(name)) for name in _COLUMNS])
    return web.Response(
        body=(MARK + lines_of(rows)).encode(),
        content_type="text/csv",
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="campaign-{campaign.id}.csv"',
            "Cache-Control": "no-store",
        },
    )


async def _save(request: web.Request, principal: Principal, campaign_id: str | None) -> dict[str, Any]:
    parts, body = request.app[PARTS], await body_of(request, CampaignBody)
    found = await campaigns.numbers_of(parts.desk, principal, body.numbers)
    wanted = campaigns.Wanted(
        name=body.name,
        channel_id=body.channel_id,
        content=await _content(body, parts),
        purpose=Purpose(body.purpose),
        segment_id=body.segment_id,
        contact_ids=(*body.contact_ids, *found.contact_ids),
        per_minute=body.per_minute,
        weekly_cap=body.weekly_cap,
    )
    campaign = await campaigns.save(parts.desk, principal, wanted, campaign_id)
    numbers = {"found": len(found.contact_ids), "unknown": found.unknown, "doubles": found.doubles}
    return {**campaign_json(campaign), "numbers": {**numbers, "bad": found.bad}}


async def _content(body: CampaignBody, parts: Parts) -> Text | Template:
    if (body.template is None) == (body.text is None):
        raise Invalid("Give a text, or a template.")
    if body.template is None:
        return Text(body.text or "")
    line = await parts.lines.get(body.channel_id)
    if line is None:
        return body.template
    content = await filled_in(
        body.template, channel_id=body.channel_id, connector=line.connector, store=parts.store
    )
    return content if isinstance(content, Template) else body.template


async def _with_counts(campaign: Campaign, parts: Parts) -> dict[str, Any]:
    counts: dict[str, Any] = {"states": {}, "skipped": {}}
    if campaign.state is not State.DRAFT:
        counts = await parts.store.recipients.counts(campaign.id)
    return {**campaign_json(campaign), "counts": counts}


def campaign_json(campaign: Campaign) -> dict[str, Any]:
    """A campaign as pages and programs see it."""
    content = campaign.content
    return {
        "id": campaign.id,
        "name": campaign.name,
        "channel_id": campaign.channel_id,
        "text": content.text if isinstance(content, Text) else None,
        "template": msgspec.to_builtins(content) if isinstance(content, Template) else None,
        "purpose": campaign.purpose.value,
        "segment_id": campaign.segment_id,
        "contacts": len(campaign.contact_ids),
        "contact_ids": list(campaign.contact_ids),
        "per_minute": campaign.per_minute,
        "weekly_cap": campaign.weekly_cap,
        "state": campaign.state.value,
        "at": wire.moment(campaign.at) if campaign.at else None,
        "ended_at": wire.moment(campaign.ended_at) if campaign.ended_at else None,
        "problem": campaign.problem,
        "author_name": campaign.author_name,
        "created_at": wire.moment(campaign.created_at),
        "is_gathered": campaign.is_gathered,
    }

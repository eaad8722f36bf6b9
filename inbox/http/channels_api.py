"""`/api/v1/channels` for admins: add, change, check, try and watch the lines to customers.

A page for it is only a form: the kinds say which fields there are, and secrets go in but never come out.
"""

from typing import Any

import msgspec
from aiohttp import web

from connectors.contract import HasTemplates, Setting
from connectors.errors import SendFailed
from connectors.registry import KINDS
from inbox import wire
from inbox.actions import channel_checks, channels
from inbox.actions.channel_checks import CheckFailed, Workshop
from inbox.actions.errors import Invalid, NotFound
from inbox.http.api import answer
from inbox.http.auth import allowed
from inbox.http.bodies import body_of
from inbox.model.channel import Channel
from inbox.model.people import ADMIN, READ
from inbox.parts import PARTS, Parts
from inbox.upkeep import sync_templates

routes = web.RouteTableDef()
_AT = "/api/v1/channels/{id}"


class NewChannel(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/channels`."""

    kind: str
    id: str
    name: str | None = None
    settings: dict[str, str] = {}
    rehearsal: bool = False
    check: bool = True
    """Whether the provider must accept the credentials before the channel is saved."""


class ChangedChannel(msgspec.Struct, forbid_unknown_fields=True):
    """`PATCH /api/v1/channels/{id}`: what is left out stays. An empty secret stays too."""

    name: str | None = None
    settings: dict[str, str] = {}
    rehearsal: bool | None = None
    enabled: bool | None = None
    check: bool = True


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/channels/check`: settings that may never be saved."""

    kind: str
    settings: dict[str, str] = {}
    rehearsal: bool = False


class TestMessage(msgspec.Struct, forbid_unknown_fields=True):
    """`POST /api/v1/channels/{id}/test`."""

    to: str
    text: str = "This is a test message from Parley."


@routes.get("/api/v1/channel_kinds")
async def kinds(request: web.Request) -> web.Response:
    """The kinds of channels and the fields of each one's form."""
    await allowed(request, ADMIN)
    items = [
        {"name": kind.name, "title": kind.title, "settings": [field_json(each) for each in kind.settings]}
        for kind in KINDS.values()
    ]
    return answer({"items": items})


@routes.get("/api/v1/channels")
async def list_channels(request: web.Request) -> web.Response:
    """The channels, without their settings."""
    await allowed(request, READ)
    parts = request.app[PARTS]
    items = [
        {**channel_json(c, parts), **await _abilities(c, parts)} for c in await parts.store.channels.list()
    ]
    return answer({"items": items})


@routes.post("/api/v1/channels")
async def add(request: web.Request) -> web.Response:
    """Add a channel, once its provider has accepted the credentials."""
    principal = await allowed(request, ADMIN)
    parts, body = request.app[PARTS], await body_of(request, NewChannel)
    if body.check:
        await channel_checks.check_settings(
            workshop(parts), body.kind, body.settings, rehearsal=body.rehearsal
        )
    channel = await channels.add_channel(
        body.kind,
        body.id,
        settings=body.settings,
        store=parts.store,
        vault=parts.vault,
        clock=parts.clock,
        name=body.name,
        rehearsal=body.rehearsal,
        who=principal,
    )
    return answer(settings_json(channel, parts), 201)


@routes.post("/api/v1/channels/check")
async def check_settings(request: web.Request) -> web.Response:
    """Try settings without saving them."""
    await allowed(request, ADMIN)
    body = await body_of(request, Settings)
    checked = await channel_checks.check_settings(
        workshop(request.app[PARTS]), body.kind, body.settings, rehearsal=body.rehearsal
    )
    return answer({"summary": checked.summary, "facts": dict(checked.facts)})


@routes.get(_AT)
async def show(request: web.Request) -> web.Response:
    """A channel with its settings; of a secret only whether it is set."""
    await allowed(request, ADMIN)
    parts = request.app[PARTS]
    return answer(settings_json(await _channel(request), parts))


@routes.patch(_AT)
async def change(request: web.Request) -> web.Response:
    """Change a channel, once its provider has accepted what is new."""
    principal = await allowed(request, ADMIN)
    parts, body = request.app[PARTS], await body_of(request, ChangedChannel)
    channel = await _channel(request)
    rehearsal = channel.rehearsal if body.rehearsal is None else body.rehearsal
    settings = channels.with_changes(channel, body.settings, parts.vault)
    if body.check and (body.settings or body.rehearsal is not None):
        await channel_checks.check_settings(workshop(parts), channel.kind, settings, rehearsal=rehearsal)
    changed = await channels.change_channel(
        channel.id,
        settings=body.settings,
        name=body.name,
        rehearsal=body.rehearsal,
        enabled=body.enabled,
        store=parts.store,
        vault=parts.vault,
        clock=parts.clock,
        who=principal,
    )
    return answer(settings_json(changed, parts))


@routes.delete(_AT)
async def remove(request: web.Request) -> web.Response:
    """Remove a channel; its conversations stay."""
    principal, parts = await allowed(request, ADMIN), request.app[PARTS]
    at = request.match_info["id"]
    await channels.remove_channel(at, store=parts.store, clock=parts.clock, who=principal)
    return web.Response(status=204)


@routes.post(_AT + "/check")
async def check(request: web.Request) -> web.Response:
    """Ask the provider whether the channel's credentials are good."""
    await allowed(request, ADMIN)
    checked = await channel_checks.check_channel(workshop(request.app[PARTS]), request.match_info["id"])
    return answer({"summary": checked.summary, "facts": dict(checked.facts)})


@routes.post(_AT + "/test")
async def try_out(request: web.Request) -> web.Response:
    """Send a test message."""
    await allowed(request, ADMIN)
    body = await body_of(request, TestMessage)
    shop = workshop(request.app[PARTS])
    sent = await channel_checks.send_test(shop, request.match_info["id"], to=body.to, text=body.text)
    return answer({"external_id": sent})


@routes.get(_AT + "/health")
async def health(request: web.Request) -> web.Response:
    """How a channel fares: last webhook, last error, whether its token is good."""
    await allowed(request, ADMIN)
    parts, channel = request.app[PARTS], await _channel(request)
    failed = await parts.store.messages.last_failed(channel.id)
    token = {"good": "good", "bad": "refused"}.get(channel.health.state, "unknown")
    error = None
    if failed and failed.error:
        at = wire.moment(failed.attempted_at or failed.created_at)
        error = {"code": failed.error.code, "message": failed.error.message, "at": at}
    last = {"token": token, "last_error": error, "templates": len(await parts.store.templates.of(channel.id))}
    return answer({**channel_json(channel, parts), **last})


@routes.get(_AT + "/templates")
async def list_templates(request: web.Request) -> web.Response:
    """The templates that the provider knows, as of the last time that it was asked."""
    await allowed(request, READ)
    channel = await _channel(request)
    items = [
        {
            "name": t.name,
            "language": t.language,
            "status": t.status,
            "category": t.category,
            "components": t.components,
            "synced_at": wire.moment(t.synced_at),
        }
        for t in await request.app[PARTS].store.templates.of(channel.id)
    ]
    return answer({"items": items})


@routes.post(_AT + "/templates/sync")
async def sync(request: web.Request) -> web.Response:
    """Ask the provider for the templates now."""
    await allowed(request, ADMIN)
    parts, channel = request.app[PARTS], await _channel(request)
    shop = workshop(parts)
    connector = shop.connector(channel.kind, channel.settings, rehearsal=channel.rehearsal)
    if not isinstance(connector, HasTemplates):
        raise Invalid("This kind of channel has no templates.")
    try:
        number = await sync_templates(channel.id, connector, parts.store, parts.clock)
    except SendFailed as error:
        raise CheckFailed(str(error)) from error
    return answer({"templates": number})


def workshop(parts: Parts) -> Workshop:
    """What it takes to try a channel."""
    rehearsal = parts.lines.rehearsal_url
    return Workshop(parts.store, parts.vault, parts.http, parts.clock, rehearsal, parts.binds.at_line)


def field_json(setting: Setting) -> dict[str, Any]:
    """A setting as a field of a form."""
    return {
        "name": setting.name,
        "label": label_of(setting.name),
        "help": setting.meaning,
        "secret": setting.secret,
        "required": setting.default is None,
        "default": setting.default,
        "example": setting.example,
        "ours": setting.is_ours,
        "lines": setting.lines,
    }


def label_of(name: str) -> str:
    """A setting's name as people read it: ``waba_id`` is “WABA ID”."""
    words = [
        word.upper() if word in ("id", "api", "waba", "url", "ttl") else word for word in name.split("_")
    ]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def channel_json(c: Channel, parts: Parts) -> dict[str, Any]:
    """A channel for lists and alerts: nothing of its settings."""
    return {
        "id": c.id,
        "kind": c.kind,
        "name": c.name,
        "rehearsal": c.rehearsal,
        "enabled": c.enabled,
        "hook_url": channels.hook_url(c, parts.settings.public_url),
        "health": {"state": c.health.state, "detail": c.health.detail, "at": wire.moment(c.health.at)},
        "last_webhook_at": wire.moment(c.last_webhook_at),
        "last_refused_at": wire.moment(c.last_refused_at),
    }


def settings_json(c: Channel, parts: Parts) -> dict[str, Any]:
    """A channel with its settings, for its form; of secrets only which are set."""
    secret = channels.secret_names(c.kind)
    return {
        **channel_json(c, parts),
        "settings": {name: value for name, value in c.settings.items() if name not in secret},
        "secrets_set": sorted(name for name in secret if c.settings.get(name)),
    }


async def _abilities(channel: Channel, parts: Parts) -> dict[str, Any]:
    """What the channel can do, for the pages; nothing while it is switched off."""
    line = await parts.lines.get(channel.id)
    if line is None:
        return {"carries": []}
    can, lists = line.connector.capabilities, isinstance(line.connector, HasTemplates)
    about = {"short_messages": can.short_messages, "reached_by": can.reached_by, "lists_templates": lists}
    return {"carries": sorted(can.contents), "quotes": can.quotes, **about}


async def _channel(request: web.Request) -> Channel:
    channel = await request.app[PARTS].store.channels.get(request.match_info["id"])
    if channel is None:
        raise NotFound(f"There is no channel {request.match_info['id']}.")
    return channel

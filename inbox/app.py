"""The composition root: the only file that knows every part, and puts them together."""

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import structlog
from aiohttp import web

from connectors.contract import Clock
from connectors.download import Downloads
from connectors.outside import Outside
from inbox import casting, kinds, leaving, logs
from inbox.actions.questions import warm_up
from inbox.actions.rotation import signing_keys
from inbox.binds import Binds
from inbox.bus import Bus
from inbox.courtesy import Courtesy
from inbox.dialogue import Dialogue
from inbox.duties import Duties
from inbox.hints import Hints
from inbox.http import (
    admin_api,
    api,
    api_docs,
    audit_api,
    bot_models,
    channels_api,
    contact_export,
    contact_import,
    contacts_api,
    desk_api,
    drafts,
    files,
    guests,
    health,
    hooks,
    join,
    languages,
    later_api,
    login,
    media,
    outgoing_api,
    pages,
    passkey_login,
    people,
    privacy_api,
    replies_api,
    seats_api,
    studio,
    teach_api,
    teams_api,
    thread_api,
    triage_api,
    views_api,
    work,
)
from inbox.http.errors import add_headers, errors
from inbox.http.limits import rate_limit, time_limit
from inbox.http.matching import matching
from inbox.http.once import once
from inbox.ingest import Ingest
from inbox.joint import Joint
from inbox.lines import Lines
from inbox.live import Live
from inbox.media import MediaFetch
from inbox.media_out import OutgoingFiles
from inbox.model.audit import audit_key
from inbox.model.secrets import FileLinks, Vault, VisitorTokens
from inbox.outbox import Outbox
from inbox.parts import PARTS, Parts
from inbox.pulse import Pulse
from inbox.serving import serve
from inbox.settings import Settings
from inbox.spoken import Spoken
from inbox.store import Store
from inbox.sweeping import sweep
from inbox.teaching.answering import Answering
from inbox.teaching.bench import bench
from inbox.turns import Turns
from inbox.upkeep import Upkeep

log = structlog.get_logger(__name__)

_COLLECT = (20_000, 20, 50)
"""New objects between two collections of the youngest, and how many of those until an older one."""

_SWITCH = 0.001
"""Seconds for which a thread waits before it asks the one that holds the interpreter to let go. A commit's
thread wants it back after each of its commands, most of which take less than Python's own 5 ms."""


def now() -> datetime:
    """The clock of the real world."""
    return datetime.now(UTC)


def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    logs.configure(settings.log_level, settings.log_format)
    sys.setswitchinterval(_SWITCH)
    with asyncio.Runner(loop_factory=_new_loop) as loop:
        loop.run(serve(_warm_app(settings), settings.http_host, settings.http_port))


async def _warm_app(settings: Settings) -> web.Application:
    app = await make_app(settings)
    app.cleanup_ctx.append(_warming_up)
    return app


async def _warming_up(app: web.Application) -> AsyncIterator[None]:
    """Load what is slow to load, then spare the garbage collector from ever looking through it again.

    What lives from one message to the next is little, and is freed without it: looking for cycles after
    every 700 new objects was a tenth of the cost of ingest.
    """

    async def warm() -> None:
        await asyncio.to_thread(warm_up)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT)

    task = asyncio.create_task(warm())
    yield
    task.cancel()


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:  # not made for this platform
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


async def make_app(settings: Settings, *, clock: Clock | None = None) -> web.Application:
    """The application with all its parts, not yet started. Without a clock it goes by MongoDB's."""
    kinds.learn()
    app = web.Application(
        middlewares=[errors, rate_limit(settings.requests_per_second), time_limit, once, matching],
        client_max_size=settings.max_body,
    )
    app.on_response_prepare.append(add_headers)
    parts = app[PARTS] = await _parts(settings, clock)
    live = Live(parts)
    live.attach(app)
    app[pages.SIGNED_OUT] = live.signed_out
    app[seats_api.TELL_PRESENCE] = live.tell_presence
    app[privacy_api.TELL_ERASED] = live.erased
    app[desk_api.TELL_DRAFT] = live.drafted
    rooms = (
        hooks,
        api,
        drafts,
        triage_api,
        outgoing_api,
        later_api,
        desk_api,
        languages,
        thread_api,
        views_api,
        replies_api,
        contacts_api,
        contact_export,
        contact_import,
        privacy_api,
        audit_api,
        seats_api,
        teams_api,
        *work.ROOMS,
        *people.ROOMS,
        *people.PROVIDERS,
        admin_api,
        channels_api,
        *studio.ROOMS,
        bot_models,
        teach_api,
        media,
        health,
        files,
        login,
        join,
        passkey_login,
        pages,
        api_docs,
        guests,
    )
    for room in rooms:
        app.add_routes(room.routes)
    if settings.rehearsal:
        casting.add_rehearsal(app, parts, inbox=_local_url(settings))
    app.cleanup_ctx.append(lambda app: _running(app, parts, live))
    app[leaving.TIME] = leaving.TimeLeft()
    app.on_shutdown.append(lambda app: leaving.wind_down(app, parts))
    return app


async def _parts(settings: Settings, clock: Clock | None) -> Parts:
    store = await Store.open(settings.mongodb_uri or "mongodb://localhost", settings.mongodb_db)
    await store.clock.set()
    store.audit.sign_with(audit_key(settings.secret()))
    clock = clock or store.clock
    http = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=200, limit_per_host=100), cookie_jar=aiohttp.DummyCookieJar()
    )
    secret = settings.secret()
    keys = await signing_keys(secret, store=store)
    bus, vault, links = Bus(), Vault(secret), FileLinks(secret, settings.public_url, keys["files"])
    lines = Lines(store, vault, http, clock, rehearsal_url=f"{_local_url(settings)}/rehearsal")
    dialogue = Dialogue(
        http,
        settings.bot_url,
        settings.bot_secret(),
        timeout=settings.bot_timeout,
        start_limit=settings.bot_start,
        routed=Answering(store, Spoken(settings.languages)).routed,
    )
    ingest = Ingest(store, bus, clock, reopen=timedelta(hours=settings.reopen_hours))
    binds = Binds(store, ingest, lines, clock)
    outgoing = OutgoingFiles(store, clock, lambda file, until: links.url(file.id, file.name, until))
    joint = Joint(store, bus)
    outbox = Outbox(
        store,
        bus,
        lines,
        clock,
        ready=outgoing.ready,
        elsewhere=binds.elsewhere,
        heard_since=binds.heard_since,
        joint=joint,
    )
    leave, foresee = outbox.passages.passage, outbox.passages.foresee
    turns = Turns(
        store, bus, dialogue, clock, carries=lines.carries, joint=joint, leave=leave, foresee=foresee
    )
    ingest.claims = turns.claim_at_birth
    if not settings.redis_url:  # several processes may hold the same message, and would ask at the same time
        ingest.ahead = turns.ask_ahead
    return Parts(
        settings=settings,
        clock=clock,
        http=http,
        outside=Outside(settings.private_networks),
        store=store,
        bus=bus,
        vault=vault,
        visitors=VisitorTokens(secret, keys["visitors"]),
        links=links,
        lines=lines,
        ingest=ingest,
        dialogue=dialogue,
        turns=turns,
        outbox=outbox,
        binds=binds,
        courtesy=Courtesy(lines, bus),
        hints=Hints(store),
        pulse=Pulse(store, clock),
        upkeep=Upkeep(store, lines, clock),
        teaching=bench(store, settings, clock),
        media=MediaFetch(store, bus, lines, Downloads(http), clock, limit=settings.max_file),
    )


async def _running(app: web.Application, parts: Parts, live: Live) -> AsyncIterator[None]:
    """Start the parts in the order in which they need each other; stop them the other way round."""
    parts.ingest.start()
    parts.dialogue.start()
    live.start()
    parts.binds.start()
    parts.outbox.worker.start()
    parts.turns.worker.start()
    parts.media.start()
    parts.pulse.start()
    parts.upkeep.start()
    duties = Duties(parts)
    duties.start()
    parts.teaching.workshop.start()
    loose = [asyncio.create_task(job) for job in (sweep(parts), parts.store.clock.keep())]
    yield
    for task in loose:
        task.cancel()
    await asyncio.gather(duties.stop(), parts.teaching.workshop.stop(), parts.teaching.trials.stop())
    await parts.ingest.stop(app[leaving.TIME].part(leaving.REQUESTS))
    await asyncio.gather(parts.courtesy.stop(), parts.hints.stop(), parts.pulse.stop(), parts.upkeep.stop())
    await live.stop()
    await parts.dialogue.stop()
    await asyncio.gather(parts.http.close(), parts.outside.close())
    parts.store.close()


def _local_url(settings: Settings) -> str:
    """Where this process answers on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.http_host, settings.http_host)
    return f"http://{host}:{settings.http_port}"

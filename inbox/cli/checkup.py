"""What `parley doctor` looks at. Every check answers findings and raises nothing."""

import stat
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, RedisError

from inbox.machine import bot, home, mongod, ports, web
from inbox.machine.errors import MachineTrouble
from inbox.settings import Settings, misspelled
from inbox.store import Store, StoreError, StoreUnavailable, server

GIB = 1024**3
FEW = 2 * GIB
LIMIT = aiohttp.ClientTimeout(total=3)


class Grade(StrEnum):
    """How good it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One line of the doctor's report."""

    grade: Grade
    subject: str
    text: str
    remedy: str = ""


def python(_: Settings) -> Finding:
    """The application's Python."""
    return Finding(Grade.OK, "Python", f"Python {sys.version.split()[0]} for the application")


def bot_environment(settings: Settings) -> Finding:
    """The bot's Python and what is installed in it."""
    library = settings.bot_home / ".venv" / "lib" / "python3.10" / "site-packages"
    if (library / "rasa").is_dir():
        return Finding(Grade.OK, "Bot's Python", "Python 3.10 with Rasa")
    remedy = "Run make setup. It needs Python 3.10; make says how to get it."
    return Finding(Grade.FAIL, "Bot's Python", f"There is no Rasa in {library}", remedy)


def model(settings: Settings) -> Finding:
    """The bot's model, and whether it knows the present data."""
    known = bot.trained_on(settings)
    if known is None:
        return Finding(
            Grade.WARN, "Model", "The bot is not trained yet", "Run make train; make run does too."
        )
    if known != bot.fingerprint(settings):
        text = "The training data changed since the bot was trained"
        return Finding(Grade.WARN, "Model", text, "Run make train and start Parley anew.")
    return Finding(Grade.OK, "Model", "The bot is trained on the present data")


def folder(settings: Settings) -> Finding:
    """PARLEY_HOME: writable, with space."""
    try:
        home.make_ready(settings.home)
    except MachineTrouble as trouble:
        return Finding(Grade.FAIL, "PARLEY_HOME", str(trouble))
    return Finding(Grade.OK, "PARLEY_HOME", f"{settings.home} can be written")


def secrets(settings: Settings) -> list[Finding]:
    """The generated secrets: readable by their owner alone."""
    findings = []
    for name, given in (("secret.key", settings.secret_key), ("bot.token", settings.bot_token)):
        file = settings.home / name
        if given is not None:
            findings.append(Finding(Grade.OK, "Secrets", f"{name}: from the environment"))
        elif not file.exists():
            findings.append(Finding(Grade.OK, "Secrets", f"{name}: is made at the first start"))
        elif stat.S_IMODE(file.stat().st_mode) & 0o077:
            findings.append(Finding(Grade.FAIL, "Secrets", f"Others may read {file}", f"chmod 600 {file}"))
        else:
            findings.append(Finding(Grade.OK, "Secrets", f"{name}: readable by you alone"))
    return findings


def spelling(_: Settings) -> list[Finding]:
    """Variables that nobody reads."""
    remedy = "`parley settings` lists all names."
    return [Finding(Grade.WARN, "Settings", f"{name} is no setting", remedy) for name in misspelled()]


async def port(settings: Settings) -> Finding:
    """The inbox's port: ours or free."""
    number = settings.http_port
    if ports.is_free(number, settings.http_host):
        return Finding(Grade.OK, "Port", f"{number} is free: the inbox does not run")
    if await _answers(f"{web.local_address(settings)}/healthz"):
        return Finding(Grade.OK, "Port", f"The inbox answers on {number}")
    holder = ports.holder(number) or "another program"
    remedy = f"End it, or set PARLEY_HTTP_PORT={ports.free_port(number + 1)}."
    return Finding(Grade.FAIL, "Port", f"{number} is taken by {holder}", remedy)


async def mongodb(settings: Settings) -> list[Finding]:
    """The MongoDB server: reachable, a replica set, journaled, with space."""
    try:
        uri = _address(settings)
        if uri is None:
            return [Finding(Grade.OK, "MongoDB", f"{mongod.find()} starts with `parley up`")]
        health = await server.examine(uri)
    except MachineTrouble as trouble:
        return [Finding(Grade.FAIL, "MongoDB", str(trouble))]
    except server.Unusable as error:
        remedy = "Start it, or unset MONGODB_URI to have Parley start its own."
        return [Finding(Grade.FAIL, "MongoDB", f"It cannot be used: {error}", remedy)]
    return list(_judge(health))


def _address(settings: Settings) -> str | None:
    """Where MongoDB is now: the one in the settings, or our own while it runs."""
    if settings.mongodb_uri or not home.is_held(settings.home):
        return settings.mongodb_uri
    return mongod.address(settings.home / "mongo")


def _judge(health: server.Health) -> list[Finding]:
    findings = []
    if health.replica_set is None:
        remedy = "Start it with --replSet NAME and say rs.initiate() once; one member is enough."
        findings.append(Finding(Grade.FAIL, "MongoDB", "It is no replica set: no transactions", remedy))
    if not health.is_journaled:
        remedy = "Use the wiredTiger storage engine."
        findings.append(Finding(Grade.FAIL, "MongoDB", "It keeps its data in memory only", remedy))
    if health.free_bytes is not None and health.free_bytes < FEW:
        text = f"Its disk has {health.free_bytes / GIB:.1f} GiB left"
        findings.append(Finding(Grade.WARN, "MongoDB", text, "Free some space."))
    return findings or [Finding(Grade.OK, "MongoDB", f"{health.version}, replica set {health.replica_set}")]


async def redis(settings: Settings) -> list[Finding]:
    """Redis, where it is used."""
    if settings.redis_url is None:
        return []
    client = Redis.from_url(settings.redis_url, socket_connect_timeout=3)
    channel = f"parley:{settings.mongodb_db}"
    try:
        await client.ping()
        async with client.pubsub() as heard:
            await heard.subscribe(channel)
            await client.publish(channel, '{"method":"beat","host_id":"doctor"}')
    except NoPermissionError as error:
        remedy = f"Give its user +publish, +subscribe and &{channel}: live events are not carried without."
        return [Finding(Grade.FAIL, "Redis", f"It refuses: {error}", remedy)]
    except (RedisError, OSError) as error:
        remedy = "Start it, or unset REDIS_URL if a single Parley process is enough."
        return [Finding(Grade.FAIL, "Redis", f"It does not answer: {error}", remedy)]
    finally:
        await client.aclose()
    return [Finding(Grade.OK, "Redis", "It answers")]


async def rasa(settings: Settings) -> Finding:
    """The bot: what a running inbox says of it, for that one knows its port; else what it says itself."""
    state = await _bot_as_seen_by_the_inbox(settings)
    proof = {"Authorization": f"Bearer {settings.bot_secret()}"}
    if state == "ready" or (state is None and await _answers(f"{settings.bot_url}{bot.HEALTH}", proof)):
        return Finding(Grade.OK, "Bot", "It answers")
    if state is None:
        return Finding(Grade.OK, "Bot", "It does not run; neither does the inbox")
    remedy = f"It may still be loading. Its log is {settings.home / 'log' / 'bot.log'}."
    return Finding(Grade.WARN, "Bot", f"It is {state}: conversations go to humans", remedy)


async def _bot_as_seen_by_the_inbox(settings: Settings) -> str | None:
    try:
        async with (
            aiohttp.ClientSession(timeout=LIMIT) as http,
            http.get(f"{web.local_address(settings)}/readyz") as response,
        ):
            return str((await response.json())["bot"])
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError):
        return None


async def channels(settings: Settings) -> AsyncIterator[Finding]:
    """Every channel's health, and whether providers can reach us."""
    try:
        uri = _address(settings)
        if uri is None:
            return
        store = await Store.open(uri, settings.mongodb_db, wait=timedelta(seconds=5))
    except (MachineTrouble, StoreError, StoreUnavailable) as error:
        yield Finding(Grade.FAIL, "Channels", f"They cannot be read: {str(error)[:200]}")
        return
    found = await store.channels.list()
    store.close()
    for channel in found:
        state = "off" if not channel.enabled else "in rehearsal" if channel.rehearsal else "on"
        if channel.health.state == "bad" and channel.enabled:
            yield Finding(Grade.FAIL, "Channels", f"{channel.id}: {channel.health.detail or 'in trouble'}")
        else:
            yield Finding(Grade.OK, "Channels", f"{channel.id}: {state}")
    live = [c.id for c in found if c.enabled and not c.rehearsal and c.kind != "webchat"]
    if live and urlsplit(settings.public_url).scheme != "https":
        remedy = "Set PARLEY_PUBLIC_URL to the https address that providers reach."
        yield Finding(Grade.FAIL, "Public address", f"{settings.public_url} cannot serve {live[0]}", remedy)


async def _answers(url: str, headers: dict[str, str] | None = None) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=LIMIT) as http,
            http.get(url, headers=headers) as response,
        ):
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False

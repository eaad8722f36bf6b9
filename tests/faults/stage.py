"""The real processes of one run: MongoDB, the application so many times, a bot; wired through proxies."""

import asyncio
import contextlib
import random
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp

from inbox.actions.channels import add_channel
from inbox.actions.people import add_user, open_session
from inbox.actions.samples import add_samples
from inbox.actions.tokens import mint_for_bot
from inbox.app import now
from inbox.machine import bot
from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port
from inbox.machine.process import Program
from inbox.model.people import Role
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store, StoreError
from tests.faults.clockwork import Clockwork, build
from tests.faults.guests import ROOT, Guest, Redis, StoreServer
from tests.faults.ledger import Ledger
from tests.faults.members import ReplicaSet
from tests.faults.people import Agent
from tests.faults.provider import ACCOUNT, CHANNEL, SECRET, Cloud
from tests.faults.proxy import Proxy
from tests.parley import ADMIN_PASSWORD, settings_for


class Application(Guest):
    """One process of the application, with wires of its own to the store and the bot."""

    def __init__(
        self, index: int, settings: Settings, to_store: Proxy | None, to_bot: Proxy, clock: Clockwork | None
    ) -> None:
        self.to_store = to_store
        self.to_bot = to_bot
        self.clock = clock
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        own = settings.model_copy(
            update={
                "http_port": port,
                "public_url": url,
                "home": settings.home / f"application-{index}",
                "mongodb_uri": f"mongodb://127.0.0.1:{to_store.port}/?directConnection=true"
                if to_store
                else settings.mongodb_uri,
                "bot_url": f"http://127.0.0.1:{to_bot.port}",
            }
        )
        program = Program(
            name=f"application {index}",
            argv=(sys.executable, "-m", "inbox.cli", "serve"),
            log=settings.home / f"application-{index}.log",
            environment=own.environment() | (clock.environment if clock else {}),
            folder=ROOT,
        )
        super().__init__(program.name, program, url=f"{url}/healthz")
        self.url = url


class Stage:
    """Everything that a fault can get at."""

    def __init__(self, home: Path, seed: int) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.chance = random.Random(seed)
        self.ledger = Ledger()
        self.applications: list[Application] = []
        self.agents: list[Agent] = []
        self.stops: list[float] = []
        """Seconds that each graceful stop took."""
        self.memory = home / "bot.jsonl"
        self.server: StoreServer | ReplicaSet
        self.redis: Guest | None = None
        self.to_redis: Proxy | None = None
        self.to_actions: Proxy | None = None
        """Between the real bot and its action server."""
        self.bot: Guest
        self.actions: Guest
        """The bot's action server; of the scripted bot, which has none, the bot itself."""
        self.cloud: Cloud
        self.store: Store
        self.http: aiohttp.ClientSession
        self.to_provider: Proxy

    def any_application(self) -> Application:
        """One of those that run."""
        return self.chance.choice([a for a in self.applications if a.is_running] or self.applications)

    async def has_receipt(self, ours: str) -> bool:
        """Whether the store has the provider's id for a message; False too while it does not answer."""
        with contextlib.suppress(StoreError):
            message = await self.store.messages.get(ours)
            return message is not None and message.external_id is not None
        return False


@asynccontextmanager
async def a_stage(
    home: Path, seed: int, *, processes: int, faults: set[str], rasa: bool = False, members: int = 1
) -> AsyncIterator[Stage]:
    """Everything up and wired; ended, and the small disk given back, at the end of the block."""
    stage = Stage(home, seed)
    async with AsyncExitStack() as stack:
        small = "full-disk" in faults
        server = stage.server = StoreServer(home, small_disk=small) if members == 1 else ReplicaSet(home)
        stack.callback(server.close)
        stack.push_async_callback(server.kill_all)
        await server.start()
        settings = settings_for(server.uri, home, bot_start=20).model_copy(update={"rehearsal": False})
        stage.http = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        )
        stage.cloud = Cloud(stage.ledger, stage.chance, stage.http)
        await stack.enter_async_context(stage.cloud.open())
        stage.to_provider = await _a_proxy(stack, stage.cloud.port)
        stage.store = await Store.open(server.uri, settings.mongodb_db)
        stack.callback(stage.store.close)
        stage.cloud.has_receipt = stage.has_receipt
        await _furnish(stage, settings)
        bots = await _rasa(stage, settings, stack) if rasa else _a_bot(settings, stage.memory)
        stage.bot, stage.actions = bots[0], bots[-1]
        for guest in bots:
            stack.push_async_callback(guest.kill)
        await asyncio.gather(*(guest.start(within=300) for guest in bots))
        bot_port = int(settings.bot_url.rsplit(":", 1)[1])
        if any(fault.endswith("-redis") for fault in faults):
            stage.redis = Redis(home)
            stack.push_async_callback(stage.redis.kill)
            await stage.redis.start()
            stage.to_redis = await _a_proxy(stack, stage.redis.port)
            there = f"redis://127.0.0.1:{stage.to_redis.port}/0"
            settings = settings.model_copy(update={"redis_url": there})
        library = build(home) if "clock-jump" in faults else None
        for index in range(processes):
            clock = Clockwork(home / f"clock-{index}", library) if library else None
            to_store = await _a_proxy(stack, server.port) if isinstance(server, StoreServer) else None
            application = Application(index, settings, to_store, await _a_proxy(stack, bot_port), clock)
            stage.applications.append(application)
            stack.push_async_callback(application.kill)
        await asyncio.gather(*(a.start() for a in stage.applications))
        stage.cloud.doors = [a.url for a in stage.applications]
        yield stage
    shutil.rmtree(home / "mongo", ignore_errors=True)


async def _a_proxy(stack: AsyncExitStack, target: int) -> Proxy:
    proxy = Proxy(target)
    await proxy.start()
    stack.push_async_callback(proxy.stop)
    return proxy


def _a_bot(settings: Settings, memory: Path) -> list[Guest]:
    """The scripted one."""
    port, token = settings.bot_url.rsplit(":", 1)[1], settings.bot_secret()
    program = Program(
        name="bot",
        argv=(sys.executable, "-m", "tests.faults.bot", port, token, str(memory)),
        log=settings.home / "bot.log",
        folder=ROOT,
    )
    url = f"{settings.bot_url}/webhooks/parley/health"
    return [Guest("the bot", program, url=url, headers={"Authorization": f"Bearer {token}"})]


async def _rasa(stage: Stage, settings: Settings, stack: AsyncExitStack) -> list[Guest]:
    """The real one and its action server, with the model that is there. Raises `MachineTrouble`."""
    bot.check_environment(settings)
    if bot.trained_on(settings) is None:
        raise MachineTrouble("There is no trained model: run make train.")
    token = await mint_for_bot(store=stage.store, clock=now)
    await add_samples(store=stage.store, vault=Vault(settings.secret()), clock=now)
    port = int(settings.bot_url.rsplit(":", 1)[1])
    wiring = bot.Wiring(stage.server.uri, token, port, free_port())
    actions, rasa = bot.parts(settings, wiring)
    wire = stage.to_actions = await _a_proxy(stack, wiring.actions_port)
    there = {"PARLEY_ACTIONS_URL": f"http://127.0.0.1:{wire.port}/webhook"}
    program = replace(rasa.program, environment={**rasa.program.environment, **there})
    rasa = rasa._replace(program=program)
    return [Guest(p.program.name, p.program, url=p.health, headers=p.headers) for p in (rasa, actions)]


async def _furnish(stage: Stage, settings: Settings) -> None:
    """A channel whose secret we know, and two agents with a session."""
    given = {"phone_number_id": ACCOUNT, "access_token": "x", "app_secret": SECRET, "verify_token": "x"}
    given["api_base"] = f"http://127.0.0.1:{stage.to_provider.port}"
    vault = Vault(settings.secret())
    await add_channel("whatsapp", CHANNEL, settings=given, store=stage.store, vault=vault, clock=now)
    for share, name in enumerate(("Marco", "Giulia")):
        email = f"{name.lower()}@example.com"
        user = await add_user(email, name, Role.AGENT, ADMIN_PASSWORD, store=stage.store, clock=now)
        cookie = await open_session(user, store=stage.store, clock=now)
        session = await stage.store.sessions.first({"user_id": user.id})
        assert session is not None
        headers = {"Cookie": f"parley={cookie}", "X-CSRF-Token": session.csrf}
        agent = Agent(name, share, headers, stage.cloud, stage.ledger, stage.chance)
        stage.agents.append(agent)


def without(home: Path) -> None:
    """Remove what a run left."""
    with contextlib.suppress(OSError):
        shutil.rmtree(home)

"""The real processes of one run: MongoDB, the application so many times, a bot; wired through proxies."""

import asyncio
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from inbox.actions.channels import add_channel
from inbox.actions.people import add_user, open_session
from inbox.app import now
from inbox.machine import mongod
from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port
from inbox.machine.process import Process, Program, start
from inbox.machine.web import answering
from inbox.model.people import Role
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from tests.faults.clockwork import Clockwork, build
from tests.faults.ledger import Ledger
from tests.faults.people import Agent
from tests.faults.provider import ACCOUNT, CHANNEL, SECRET, Cloud
from tests.faults.proxy import Proxy
from tests.parley import ADMIN_PASSWORD, settings_for

ROOT = Path(__file__).resolve().parents[2]
DISK_MB = 600


class Guest:
    """One process of the stage, which may be killed, frozen and brought back."""

    def __init__(self, name: str, program: Program, *, url: str = "", headers: Any = None) -> None:
        self.name = name
        self.program = program
        self._url = url
        self._headers = headers
        self.process: Process | None = None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.is_running

    async def start(self, *, within: float = 90) -> None:
        """Bring it up, as often as it takes; come back when it answers. Nothing if it runs."""
        deadline = asyncio.get_running_loop().time() + within
        while not self.is_running:
            try:
                self.process = await self._launch()
            except MachineTrouble:
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.3)

    async def _launch(self) -> Process:
        process = await start(self.program)
        await answering(process, self._url, within=40, headers=self._headers)
        return process

    def send(self, what: signal.Signals) -> None:
        """Signal it, if it runs."""
        if self.process is not None and self.process.is_running:
            self.process.send(what)

    async def kill(self) -> None:
        """As `kill -9` does."""
        if self.process is not None:
            self.process.send(signal.SIGKILL)
            await self.process.ended()
            self.process = None

    async def stop(self) -> float:
        """Ask it to end with SIGTERM, and wait. Seconds that it took."""
        since = asyncio.get_running_loop().time()
        if self.process is not None:
            self.process.send(signal.SIGTERM)
            await self.process.ended()
            self.process = None
        return asyncio.get_running_loop().time() - since


class StoreServer(Guest):
    """The MongoDB of the run."""

    def __init__(self, folder: Path, *, small_disk: bool) -> None:
        self.port = free_port()
        self.data = folder / "mongo"
        self.data.mkdir(parents=True)
        self.is_mounted = small_disk and _mount(self.data)
        program = mongod.program(self.data, folder / "mongod.log", port=self.port, cache_mb=256)
        super().__init__("MongoDB", replace(program, orphan_signal=signal.SIGKILL))
        self.uri = ""

    async def _launch(self) -> Process:
        process, self.uri = await mongod.launch(self.program, port=self.port)
        return process

    def close(self) -> None:
        """Give the disk back."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.data)], check=True)


def _mount(folder: Path) -> bool:
    """Put a small disk in memory there, where this user may."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    return os.getuid() == 0 and subprocess.run(command, capture_output=True).returncode == 0


class Application(Guest):
    """One process of the application, with wires of its own to the store and the bot."""

    def __init__(
        self, index: int, settings: Settings, to_store: Proxy, to_bot: Proxy, clock: Clockwork | None
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
                "mongodb_uri": f"mongodb://127.0.0.1:{to_store.port}/?directConnection=true",
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
        self.server: StoreServer
        self.bot: Guest
        self.cloud: Cloud
        self.store: Store
        self.http: aiohttp.ClientSession
        self.to_provider: Proxy

    def any_application(self) -> Application:
        """One of those that run."""
        return self.chance.choice([a for a in self.applications if a.is_running] or self.applications)


@asynccontextmanager
async def a_stage(home: Path, seed: int, *, processes: int, faults: set[str]) -> AsyncIterator[Stage]:
    """Everything up and wired; ended, and the small disk given back, at the end of the block."""
    stage = Stage(home, seed)
    async with AsyncExitStack() as stack:
        server = stage.server = StoreServer(home, small_disk="full-disk" in faults)
        stack.callback(server.close)
        stack.push_async_callback(server.kill)
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
        await _furnish(stage, settings)
        stage.bot = _a_bot(settings, stage.memory)
        stack.push_async_callback(stage.bot.kill)
        await stage.bot.start()
        bot_port = int(settings.bot_url.rsplit(":", 1)[1])
        library = build(home) if "clock-jump" in faults else None
        for index in range(processes):
            clock = Clockwork(home / f"clock-{index}", library) if library else None
            to_store = await _a_proxy(stack, server.port)
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


def _a_bot(settings: Settings, memory: Path) -> Guest:
    port, token = settings.bot_url.rsplit(":", 1)[1], settings.bot_secret()
    program = Program(
        name="bot",
        argv=(sys.executable, "-m", "tests.faults.bot", port, token, str(memory)),
        log=settings.home / "bot.log",
        folder=ROOT,
    )
    url = f"{settings.bot_url}/webhooks/parley/health"
    return Guest("the bot", program, url=url, headers={"Authorization": f"Bearer {token}"})


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

"""Everything on this machine: started in order, kept running, ended in reverse."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from inbox.machine import bot, home, mongod, web
from inbox.machine.errors import MachineTrouble
from inbox.machine.keeper import Keeper, Launch
from inbox.machine.process import Process
from inbox.machine.voice import Voice
from inbox.settings import Settings
from inbox.store import server

FAREWELL_SECONDS = 9.0
"""How long all processes together have to end before they are made to."""


class Prepared(NamedTuple):
    """What the store was given before the first process serves from it."""

    api_token: str
    """With which the bot's actions may call the API."""
    news: tuple[str, ...] = ()
    """What the person is to be told once, such as the first admin's password."""


Prepare = Callable[[Settings], Awaitable[Prepared]]


class Machine:
    """The processes of one `parley up`."""

    def __init__(self, settings: Settings, *, voice: Voice, prepare: Prepare, with_bot: bool = True) -> None:
        self.settings = settings
        self._voice = voice
        self._prepare = prepare
        self._with_bot = with_bot
        self._keepers: list[Keeper] = []

    async def run(self) -> None:
        """Run until SIGINT or SIGTERM. Raises `MachineTrouble` when it cannot start."""
        home.make_ready(self.settings.home)
        with home.held(self.settings.home):
            leave = _on_signals()
            starting = asyncio.create_task(self._start())
            leaving = asyncio.create_task(leave.wait())
            try:
                await asyncio.wait({starting, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if starting.done():
                    starting.result()
                await leaving
                self._voice.say("\nEnding …")
            finally:
                starting.cancel()
                leaving.cancel()
                await asyncio.gather(starting, leaving, return_exceptions=True)
                await self._stop()

    async def _start(self) -> None:
        web.check_port(self.settings)
        await self._start_store()
        prepared = await self._prepare(self.settings)
        wiring = self._wire_bot(prepared) if self._with_bot and bot.is_ours(self.settings) else None
        await self._keep("The inbox", lambda: web.launch(self.settings))
        self._tell_where(prepared)
        if wiring is not None:
            await self._start_bot(wiring)

    async def _start_store(self) -> None:
        if self.settings.mongodb_uri:
            await check_store(self.settings.mongodb_uri)
            return
        data = self.settings.home / "mongo"
        port = mongod.port_for(data)
        log = self.settings.home / "log" / "mongod.log"
        program = mongod.program(data, log, port=port, cache_mb=self.settings.mongod_cache_mb)

        async def launch() -> Process:
            process, uri = await mongod.launch(program, port=port)
            self._change(mongodb_uri=uri)
            return process

        await self._keep("MongoDB", launch)

    def _wire_bot(self, prepared: Prepared) -> bot.Wiring:
        uri = self.settings.mongodb_uri or ""
        wiring = bot.wire(self.settings, mongodb_uri=uri, api_token=prepared.api_token)
        self._change(bot_url=f"http://127.0.0.1:{wiring.bot_port}", actions_port=wiring.actions_port)
        return wiring

    async def _start_bot(self, wiring: bot.Wiring) -> None:
        """Train if need be and load. The inbox serves all the while, and also when this fails."""
        try:
            bot.check_environment(self.settings)
            if bot.trained_on(self.settings) != bot.fingerprint(self.settings):
                since = time.monotonic()
                await bot.train(self.settings, self._voice)
                self._voice.say(f"The bot is trained ({time.monotonic() - since:.0f} s).")
        except MachineTrouble as trouble:
            self._voice.warn(
                f"{trouble}\nThe inbox runs on without the bot: every conversation goes to humans."
            )
            return
        async with asyncio.TaskGroup() as all_parts:
            for part in bot.parts(self.settings, wiring):
                all_parts.create_task(self._keep_trying(part))
        self._voice.say("The bot is ready.")

    async def _keep(self, name: str, launch: Launch) -> None:
        await self._keeper(name, launch).start()

    async def _keep_trying(self, part: bot.Part) -> None:
        await self._keeper(part.program.name, lambda: bot.launch(part)).start_until_it_runs()

    def _keeper(self, name: str, launch: Launch) -> Keeper:
        keeper = Keeper(name, launch, self._voice)
        self._keepers.append(keeper)
        return keeper

    async def _stop(self) -> None:
        deadline = time.monotonic() + FAREWELL_SECONDS
        for keeper in reversed(self._keepers):
            await keeper.stop(patience=min(4.0, max(0.2, deadline - time.monotonic())))

    def _change(self, **values: object) -> None:
        self.settings = self.settings.model_copy(update=values)

    def _tell_where(self, prepared: Prepared) -> None:
        address = self.settings.public_url
        self._voice.say(f"\n[bold]Parley is at {address}[/]\n")
        self._voice.say(f"  Inbox      {address}/")
        self._voice.say(f"  Demo shop  {address}/demo")
        if self.settings.rehearsal:
            self._voice.say(f"  Rehearsal  {address}/rehearsal")
        for line in prepared.news:
            self._voice.say(line)
        self._voice.say(f"\nLogs are in {self.settings.home / 'log'}. Ctrl-C ends everything.\n")


async def check_store(uri: str) -> None:
    """Raise `MachineTrouble` unless the MongoDB at `uri` is a replica set that takes writes."""
    try:
        health = await server.examine(uri)
    except server.Unusable as error:
        raise MachineTrouble(
            f"MONGODB_URI cannot be used: {error}. Start that MongoDB, or unset MONGODB_URI so that "
            "Parley starts one of its own."
        ) from error
    if health.replica_set is None:
        raise MachineTrouble(
            "The MongoDB at MONGODB_URI is not a replica set, so it has no transactions. Start it with "
            "--replSet NAME and say rs.initiate() in mongosh once; one member is enough."
        )


def _on_signals() -> asyncio.Event:
    """Set at the first SIGINT or SIGTERM."""
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(what, leave.set)
    return leave

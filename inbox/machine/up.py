"""Everything on this machine, started in order: MongoDB, the inbox, and then the bot at leisure."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple

from inbox.machine import bot, home, mongod, web
from inbox.machine.crew import Crew
from inbox.machine.errors import MachineTrouble
from inbox.machine.open_files import allow_as_many_as_may_be
from inbox.machine.process import Process
from inbox.machine.voice import Voice
from inbox.settings import Settings
from inbox.store import server


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
        self._crew = Crew(voice)

    async def run(self) -> None:
        """Run until SIGINT or SIGTERM. Raises `MachineTrouble` when it cannot start."""
        home.make_ready(self.settings.home)
        allow_as_many_as_may_be()
        with home.held(self.settings.home):
            await self._crew.run(self._start())

    async def _start(self) -> None:
        web.check_port(self.settings)
        await self._start_store()
        prepared = await self._prepare(self.settings)
        wiring = self._wire_bot(prepared) if self._with_bot and bot.is_ours(self.settings) else None
        await self._crew.keep("The inbox", lambda: web.launch(self.settings))
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

        await self._crew.keep("MongoDB", launch)

    def _wire_bot(self, prepared: Prepared) -> bot.Wiring:
        uri = self.settings.mongodb_uri or ""
        wiring = bot.wire(self.settings, mongodb_uri=uri, api_token=prepared.api_token)
        self._change(bot_url=f"http://127.0.0.1:{wiring.bot_port}", actions_port=wiring.actions_port)
        return wiring

    async def _start_bot(self, wiring: bot.Wiring) -> None:
        """Train if need be and load. The inbox serves all the while, and also when this fails."""
        try:
            await train_if_changed(self.settings, self._voice)
        except MachineTrouble as trouble:
            self._voice.warn(f"{trouble}\nThe inbox runs on without the bot: conversations go to humans.")
            return
        await start_bot(self.settings, wiring, self._crew)
        self._voice.say("The bot is ready.")

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


async def train_if_changed(settings: Settings, voice: Voice) -> None:
    """Train the bot unless its model is of the present data. Raises `MachineTrouble`."""
    bot.check_environment(settings)
    if bot.trained_on(settings) == bot.fingerprint(settings):
        return
    since = time.monotonic()
    await bot.train(settings, voice)
    voice.say(f"The bot is trained ({time.monotonic() - since:.0f} s).")


async def start_bot(settings: Settings, wiring: bot.Wiring, crew: Crew) -> None:
    """Start the bot's processes side by side; answers when all of them do."""
    async with asyncio.TaskGroup() as group:
        for part in bot.parts(settings, wiring):
            group.create_task(crew.keep_trying(part.program.name, partial(bot.launch, part)))


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
        raise MachineTrouble(server.NO_TRANSACTIONS)

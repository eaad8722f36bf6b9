"""A MongoDB of three members, as production has it: what is killed or frozen is the primary of the moment."""

import asyncio
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.errors import PyMongoError

from inbox.machine import mongod
from inbox.machine.ports import free_port
from inbox.machine.process import Process, start
from inbox.store.server import REPLICA_SET
from tests.faults.guests import Guest, listening

_ELECTION = 2_000
"""Milliseconds without a primary's word after which the others elect one; ten seconds in production."""


class Member(Guest):
    """One of the three."""

    def __init__(self, folder: Path, index: int) -> None:
        self.port = free_port()
        data = folder / f"mongo-{index}"
        data.mkdir(parents=True)
        program = mongod.program(data, folder / f"mongod-{index}.log", port=self.port, cache_mb=256)
        super().__init__(f"member {index}", replace(program, orphan_signal=signal.SIGKILL))

    async def _launch(self) -> Process:
        return await listening(await start(self.program), self.port)


class ReplicaSet(Guest):
    """The three as one guest. It stands for the member that is the primary when it is asked to suffer."""

    is_mounted = False

    def __init__(self, folder: Path) -> None:
        self.members = [Member(folder, index) for index in range(3)]
        super().__init__("MongoDB", self.members[0].program)
        hosts = [f"127.0.0.1:{member.port}" for member in self.members]
        self.uri = f"mongodb://{','.join(hosts)}/?replicaSet={REPLICA_SET}"
        self._hosts = hosts
        self._primary = self.members[0]
        self._watch: asyncio.Task[None] | None = None

    async def start(self, *, within: float = 90) -> None:
        """Start whoever does not run; the first time, make them a replica set and wait for a primary."""
        await asyncio.gather(*(member.start(within=within) for member in self.members))
        self.process = self._primary.process
        if self._watch is None:
            await self._initiate()
            self._watch = asyncio.create_task(self._follow())

    async def _initiate(self) -> None:
        client: Any = AsyncIOMotorClient(f"mongodb://{self._hosts[0]}/?directConnection=true")
        members = [{"_id": n, "host": host} for n, host in enumerate(self._hosts)]
        config = {"_id": REPLICA_SET, "members": members, "settings": {"electionTimeoutMillis": _ELECTION}}
        await client.admin.command("replSetInitiate", config)
        client.close()
        client = AsyncIOMotorClient(self.uri, serverSelectionTimeoutMS=30_000)
        await client.admin.command("ping")
        client.close()

    async def _follow(self) -> None:
        """Know who is the primary."""
        client: Any = AsyncIOMotorClient(self.uri, serverSelectionTimeoutMS=500, heartbeatFrequencyMS=500)
        try:
            while True:
                with suppress(PyMongoError):
                    await client.admin.command("ping")
                    if client.primary is not None:
                        self._primary = next(m for m in self.members if m.port == client.primary[1])
                        self.process = self._primary.process
                await asyncio.sleep(0.2)
        finally:
            client.close()

    def send(self, what: signal.Signals) -> None:
        """Signal the primary; an end of a stop goes to all, since another leads by then."""
        for member in self.members if what == signal.SIGCONT else [self._primary]:
            member.send(what)

    async def kill(self) -> None:
        """Kill the primary."""
        await self._primary.kill()

    async def kill_all(self) -> None:
        """The end."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await asyncio.gather(*(member.kill() for member in self.members))

    def close(self) -> None:
        """Nothing was mounted."""

"""What benchmarks share: a MongoDB, processes of Parley on it, a provider that answers at once, a table."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from benchmarks.running import SECRET, answering, processes
from benchmarks.seed import is_seeded, seed
from inbox.actions.channels import add_channel
from inbox.actions.people import add_user, open_session
from inbox.app import now
from inbox.machine import mongod
from inbox.machine.errors import MachineTrouble
from inbox.machine.ports import free_port
from inbox.model.people import Role
from inbox.model.secrets import Vault
from inbox.settings import Settings
from inbox.store import Store
from inbox.store.server import Unusable, examine
from tests.mongo import a_mongod
from tests.parley import ADMIN_PASSWORD, settings_for

PHONE_NUMBER = "106540352242922"
SERVE = [sys.executable, "-m", "inbox.cli", "serve"]

_A_WHILE = 2.0
_RESTS = 0.15
"""A process that uses less of a processor than this, for so many seconds, has nothing more to load."""

_CACHE_MB = 2_048
"""What MongoDB may keep in memory of a store that is kept on a disk."""


class Stage:
    """A store with a WhatsApp channel, and the settings of processes on it."""

    def __init__(self, settings: Settings, store: Store, mongod: int) -> None:
        self.settings = settings
        self.store = store
        self.mongod = mongod
        """MongoDB's process id."""

    async def add_whatsapp(self, channel_id: str, number: str, api: str) -> None:
        """Add a channel that sends to `api`."""
        given = {"phone_number_id": number, "access_token": "t", "app_secret": SECRET, "verify_token": "v"}
        given["api_base"] = api
        vault = Vault(self.settings.secret())
        await add_channel("whatsapp", channel_id, settings=given, store=self.store, vault=vault, clock=now)

    async def agents(self, count: int) -> list[dict[str, str]]:
        """So many signed-in agents: the headers of each one's requests."""
        headers = []
        for number in range(count):
            email = f"agent{number}@example.com"
            user = await add_user(
                email, f"Agent {number}", Role.AGENT, ADMIN_PASSWORD, store=self.store, clock=now
            )
            cookie = await open_session(user, store=self.store, clock=now)
            headers.append({"Cookie": f"parley={cookie}"})
        return headers

    async def is_quiet(self) -> bool:
        """Whether no turn and no delivery is due."""
        due = {"$or": [{"turn.at": {"$type": "date"}}, {"delivery.at": {"$type": "date"}}]}
        return await self.store._database.conversations.find_one(due) is None

    @asynccontextmanager
    async def serving(self, argv: Sequence[str] = SERVE, **more: str) -> AsyncIterator[tuple[int, int]]:
        """One process until the end of the block: its port and process id."""
        port = free_port()
        environment = {**self.settings.environment(), "PARLEY_LOG_LEVEL": "error", **more}
        with processes(list(argv), [port], environment) as (pid,):
            await answering([port])
            yield port, pid


@asynccontextmanager
async def a_stage(stored: int = 0, *, keep: Path | None = None, **more: Any) -> AsyncIterator[Stage]:
    """A stage whose store holds so many conversations, with five messages each, from before.

    With a folder `keep` the store lies there, is filled once, and is still there the next time.
    """
    async with _uri(keep) as uri:
        with tempfile.TemporaryDirectory() as home:
            settings = settings_for(uri, Path(home), **more)
            db = f"stored_{stored}" if keep else settings.mongodb_db
            settings = settings.model_copy(update={"rehearsal": False, "mongodb_db": db})
            if stored and not (keep and await is_seeded(uri, db)):
                await seed(uri, db, conversations=stored, messages=stored * 5)
            store = await Store.open(uri, db)
            try:
                status = await store._database.command("serverStatus")
                yield Stage(settings, store, status["pid"])
            finally:
                store.close()


@asynccontextmanager
async def _uri(keep: Path | None) -> AsyncIterator[str]:
    """A MongoDB until the end of the block: of its own in memory, or with its data in the folder."""
    if keep is None:
        async with a_mongod() as server:
            yield server.uri
        return
    data = keep / "data"
    if running := await _running(data):
        yield running
        return
    port = mongod.port_for(data)
    program = mongod.program(data, keep / "mongod.log", port=port, cache_mb=_CACHE_MB)
    process, uri = await mongod.launch(program, port=port)
    try:
        yield uri
    finally:
        await process.stop(patience=60)


async def _running(data: Path) -> str | None:
    """The address of a MongoDB that somebody has already started on that data."""
    try:
        uri = mongod.address(data)
        await examine(uri, patience=1)
    except (MachineTrouble, Unusable):
        return None
    return uri


class Cloud:
    """Meta's Graph API: takes every message at once and tells `heard` of it."""

    def __init__(self, heard: Callable[[dict[str, Any]], None]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.taken = 0
        self._heard = heard

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve until the end of the block."""
        app = web.Application()
        app.router.add_post("/{version}/{number}/messages", self._send)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port).start()
        yield
        await runner.cleanup()

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        if "typing_indicator" in body or body.get("status") == "read":
            return web.json_response({"success": True})
        self.taken += 1
        self._heard(body)
        return web.json_response({"messages": [{"id": f"wamid.{self.port}.{self.taken}"}]})


def unwrapped(request: bytes) -> tuple[dict[str, str], bytes]:
    """Headers and body of a request as `benchmarks.load` sends them, for another client to send."""
    head, _, body = request.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return {name: headers[name] for name in ("Content-Type", "X-Hub-Signature-256")}, body


async def until(check: Callable[[], Awaitable[bool] | bool], within: float) -> None:
    """Wait for it. Raises `TimeoutError`."""
    async with asyncio.timeout(within):
        while True:
            found = check()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them are below."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def memory(pid: int) -> int:
    """Bytes of memory that a process holds alone: what its end would give back (`Private` of proc(5))."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private"))


def cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def is_loaded(pid: int) -> None:
    """Return when a process has loaded what it loads after it has begun to answer: then it rests."""
    async with asyncio.timeout(120):
        used = 0.0
        while (now := cpu(pid)) - used > _RESTS * _A_WHILE:
            used = now
            await asyncio.sleep(_A_WHILE)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in Markdown."""
    print(f"| {' | '.join(head)} |")
    print(f"| {' | '.join('---' for _ in head)} |")
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


@contextmanager
def profiled(pid: int, output: str | None) -> Any:
    """Record where the process spends its time, if py-spy is there and a file is named."""
    if output is None:
        yield
        return
    recorder = subprocess.Popen(
        ["py-spy", "record", "--pid", str(pid), "--output", output, "--format", "raw", "--rate", "200"],
        stdout=subprocess.DEVNULL,
    )
    time.sleep(0.5)
    try:
        yield
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(30)

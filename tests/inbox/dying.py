"""A process that is killed before the n-th thing it does that lasts, for every n.

What lasts is a command that MongoDB keeps (a write outside of a transaction, or a transaction's commit) and,
where a folder is given, what becomes of the files in it. A process is a store with a client of its own: once
it is killed, nothing that it still tries is done, be it in a `finally` or in a thread. Transactions that it
left open are ended at once here; MongoDB ends them after ten seconds.
"""

import asyncio
import os
import re
import sys
import threading
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakSet

import bson
import pytest
from bson.binary import UUID_SUBTYPE, Binary, UuidRepresentation
from bson.codec_options import CodecOptions
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.synchronous.pool import Connection

from inbox.store import Store

_LASTS = {
    *("insert", "update", "delete", "findAndModify", "commitTransaction"),
    *("create", "createIndexes", "drop", "dropDatabase", "renameCollection"),
}
_FILES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate"}
_AFTERWARDS = {"abortTransaction", "endSessions", "killCursors", "hello"}
"""What a driver says for a process that is gone; MongoDB would come to the same by itself."""

_WRITING = os.O_WRONLY | os.O_RDWR
_PATIENCE = 60.0


class Killed(BaseException):
    """No `except Exception` sees it, as none sees a SIGKILL."""


class Life:
    """One process: until it has done `at - 1` things that last."""

    def __init__(self, others: Store, at: int, folder: Path | None) -> None:
        self.store = _beside(others)
        self._others = others
        self.did: list[str] = []
        self.is_dead = False
        self.idle: set[int] = set()
        """Which of the things that it did changed nothing, counted from 1."""
        self.sessions: set[bytes] = set()
        """Those that had a transaction."""
        self.tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        """What runs in it. The test's other servers run in the same loop, and are to live on."""
        self._at = at
        self._folder = str(folder) if folder else None
        self._told = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._died = asyncio.Event()

    def __repr__(self) -> str:
        return f"killed before no. {self._at}, after {self.did}"

    async def does(self, work: Awaitable[Any]) -> Any:
        """What comes of it; None if the process was killed over it."""
        self._loop.set_task_factory(_task)
        context = copy_context()
        context.run(_WHOSE.set, self)
        task = self._loop.create_task(_awaited(work), context=context)
        dying = asyncio.ensure_future(self._died.wait())
        with _living(self):
            async with asyncio.timeout(_PATIENCE):
                await asyncio.wait({task, dying}, return_when=asyncio.FIRST_COMPLETED)
            if not self.is_dead:
                dying.cancel()
                return await task
            left = {task, *(each for each in self.tasks if not each.done())}
            for each in left:
                each.cancel()
            dying.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        await self._bury()
        return None

    async def _bury(self) -> None:
        """End its transactions, which MongoDB would do after a while."""
        kill = [{"id": Binary(session, UUID_SUBTYPE)} for session in self.sessions]
        if kill:
            await self._others._client.admin.command("killSessions", kill)

    def comes_to(self, what: str, *, half: Any = None) -> None:
        """It is about to do something that lasts. Raises `Killed` if it does not live to do it.

        `half` does the first half of what can be done by halves, which is a time to be killed of its own.
        """
        with self._told:
            self.stops()
            for stage in (what, f"half of {what}") if half else (what,):
                if len(self.did) + 1 == self._at:
                    if stage is not what:
                        half()
                    self.is_dead = True
                    self._loop.call_soon_threadsafe(self._died.set)
                    raise Killed(repr(self))
                self.did.append(stage)

    def hears(self, answer: dict[str, Any]) -> None:
        """What MongoDB says of the last thing it did."""
        last = answer.get("lastErrorObject", answer)
        if "n" in last and not last.get("nModified", last["n"]) and "upserted" not in last:
            self.idle.add(len(self.did))

    def stops(self) -> None:
        """Raise `Killed` if it is dead."""
        if self.is_dead:
            raise Killed(repr(self))

    def knows(self, path: Any) -> bool:
        """Whether a file lies where its things are."""
        return self._folder is not None and isinstance(path, str | os.PathLike) and self._is_in(path)

    def _is_in(self, path: Any) -> bool:
        assert self._folder is not None
        return Path(os.fsdecode(path)).absolute().is_relative_to(self._folder)


async def lives(store: Store, folder: Path | None = None) -> AsyncIterator[Life]:
    """The same process again and again: the first lives on, each other is killed one thing later than the
    one before, until there is nothing more that it could be killed at. Where nothing was changed, as by a
    deletion of what was not there, none is killed after it: that would be the same as before it.

    Each begins where the one before was left: the caller makes what was there anew.
    """
    places = [0]
    for at in places:
        life = Life(store, at, folder)
        try:
            yield life
        finally:
            life.store.close()
        if not at:
            places += [1, *(n for n in range(2, len(life.did) + 1) if n - 1 not in life.idle)]


def _beside(store: Store) -> Store:
    """The same database by another client."""
    host, port = store._client.delegate.address
    client: Any = AsyncIOMotorClient(host, port, directConnection=True)
    beside = Store(client, store._database.name)
    beside.audit._key = store.audit._key
    return beside


_alive: list[Life] = []
_WHOSE: ContextVar[Life | None] = ContextVar("whose", default=None)


def _task(loop: asyncio.AbstractEventLoop, work: Any, **more: Any) -> asyncio.Task[Any]:
    """A task, which belongs to the process in whose name it is begun."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
    if life := _WHOSE.get():
        life.tasks.add(task)
    return task


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work


@contextmanager
def _living(life: Life) -> Iterator[None]:
    options = life.store._client.delegate.options.pool_options
    send, receive = Connection.send_message, Connection.receive_message
    asked = threading.local()
    is_ours = threading.local()

    def watched(connection: Connection, message: bytes, size: int) -> None:
        if connection.opts is options and (name := _command(message)) not in _AFTERWARDS:
            in_transaction = b"\x08autocommit\x00\x00" in message
            if in_transaction:
                life.sessions.add(_session(message))
            does_last = name == "commitTransaction" if in_transaction else name in _LASTS
            life.comes_to(name) if does_last else life.stops()
            asked.lasts = does_last
        send(connection, message, size)

    def heard(connection: Connection, request_id: int | None) -> Any:
        reply = receive(connection, request_id)
        if connection.opts is options and getattr(asked, "lasts", False):
            asked.lasts = False
            life.hears(bson.decode(reply.raw_command_response(), _BINARY))
        return reply

    def seen(event: str, args: tuple[Any, ...]) -> None:
        if event not in _FILES or getattr(is_ours, "now", False):
            return
        if life.is_dead and isinstance(args[0], str) and not args[0].startswith("/"):
            life.stops()  # a name within a folder that is open: what clears up there is dead, too
        if not any(map(life.knows, args[:2])):
            return
        if event == "open" and not (_flags(args) & _WRITING):
            return
        is_ours.now = True
        try:
            half = (lambda: _emptied(*args)) if event == "open" and _flags(args) & os.O_TRUNC else None
            life.comes_to(f"{event} {Path(os.fspath(args[0])).name}", half=half)
        finally:
            is_ours.now = False

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "send_message", watched)
        patch.setattr(Connection, "receive_message", heard)
        with _hearing(seen):
            yield


_hearers: list[Any] = []
_is_hooked: list[bool] = []


@contextmanager
def _hearing(hearer: Any) -> Iterator[None]:
    """Be told of what Python does. A hook stays for ever, so there is one, and it mostly hears nothing."""
    if not _is_hooked:
        _is_hooked.append(True)
        sys.addaudithook(lambda event, args: [hear(event, args) for hear in _hearers] and None)
    _hearers.append(hearer)
    try:
        yield
    finally:
        _hearers.remove(hearer)


def _flags(args: tuple[Any, ...]) -> int:
    return args[2] if len(args) > 2 and isinstance(args[2], int) else 0


def _emptied(path: Any, *_: Any) -> None:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))


def _command(message: bytes) -> str:
    """A command's name: in OP_MSG the first field of the first document.

    https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/#op_msg
    """
    begin = 16 + 4 + 1 + 4 + 1
    return message[begin : message.index(b"\x00", begin)].decode()


def _session(message: bytes) -> bytes:
    """The id of the session that a command belongs to."""
    at = message.index(b"\x03lsid\x00") + 6
    size = int.from_bytes(message[at : at + 4], "little")
    return bytes(bson.decode(message[at : at + size], _BINARY)["id"])


_BINARY: Any = CodecOptions(uuid_representation=UuidRepresentation.UNSPECIFIED)
_CHANCE = re.compile(r"[0-9a-f]{28,}|\$argon2id\$\S+|sealed:\S+")
_LOOSE = {"_id", "rev", "attempts", "hash", "prior", "signature", "by_id", "words", "waited"}


async def picture(store: Store, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """All that is in the store, so that two runs of one story can be compared: what is made by chance, or
    goes by how often something was tried, is left out."""
    found = {}
    for name in sorted(await store._database.list_collection_names()):
        if name not in {"changes", "meta", "system.profile", *without}:
            documents = await store._database[name].find({}).to_list(None)
            if documents:
                found[name] = sorted(repr(_plain(d)) for d in documents)
    return found


def differences(one: dict[str, list[str]], other: dict[str, list[str]]) -> str:
    """What is in one of two pictures alone."""
    lines = []
    for name in sorted({*one, *other}):
        mine, theirs = Counter(one.get(name, ())), Counter(other.get(name, ()))
        lines += [f"{name} lacks {each}" for each in (mine - theirs).elements()]
        lines += [f"{name} has also {each}" for each in (theirs - mine).elements()]
    return "\n".join(lines)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in sorted(value.items()) if k not in _LOOSE and not k.startswith("_")}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    if isinstance(value, datetime):
        return "a time"
    return _CHANCE.sub("…", value) if isinstance(value, str) else value

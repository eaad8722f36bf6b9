"""A commit in one go: what must be asked first is asked, and all is written, in one thread.

A command by motor is a thread of its own, and to wake one costs as much as to build the command. This way
there is one way to a thread and back, whatever is asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from inbox.model.commit import Commit
from inbox.model.consent import Standing
from inbox.store.commits import DURABLE, SNAPSHOT, tried, write, writers
from inbox.store.consents import Asked
from inbox.store.prompt import Reading, answered
from inbox.store.straight import straight

T = TypeVar("T")
Draw = Callable[[list[Standing]], Commit]
"""Works a commit out from the standings that were asked for. It is called in a thread, so it must be pure."""

Work = Callable[[Reading, Any], Coroutine[Any, Any, tuple[Commit, T]]]
"""Reads by the line that it is given, as in a session, and answers a commit and a result. It runs in a thread
and waits for nothing else."""


async def commit_in_one_go(client: Any, database: Any, asked: Asked | None, draw: Draw) -> Commit:
    """Write what `draw` makes of the standings that were asked for; they are read in the same transaction.

    Raises `Conflict` if others have changed what it was worked out from, `Unwritable`, `StoreUnavailable`, or
    what `draw` raises.
    """
    return await tried(_in_a_thread(_commit, client.delegate, database.delegate, asked, draw), attempts=1)


async def transact_in_one_go(
    client: Any, database: Any, reading: Reading, work: Work[T], *, attempts: int
) -> tuple[Commit, T]:
    """As `transact`, with all of an attempt in one thread."""
    attempt = _in_a_thread(_work, client.delegate, database.delegate, reading, work)
    return await tried(attempt, attempts=attempts)


def _in_a_thread(attempt: Callable[..., T], *given: Any) -> Callable[[], Awaitable[T]]:
    loop = asyncio.get_running_loop()
    return lambda: loop.run_in_executor(writers(), attempt, *given)


def _commit(client: Any, database: Any, asked: Asked | None, draw: Draw) -> Commit:
    """All of it, in a thread. A transaction that is left open is aborted with its session."""
    with client.start_session() as session:
        session.start_transaction(read_concern=SNAPSHOT, write_concern=DURABLE)
        with straight(database, session) as line:
            commit = draw(asked.read(line.find("standings", asked.query)) if asked else [])
            write(line, commit)
        return commit


def _work(client: Any, database: Any, reading: Reading, work: Work[T]) -> tuple[Commit, T]:
    """All of it, in a thread. A transaction that is left open is aborted with its session."""
    with client.start_session() as session:
        session.start_transaction(read_concern=SNAPSHOT, write_concern=DURABLE)
        with straight(database, session) as line:
            commit, result = answered(work(reading, line))
            write(line, commit)
        return commit, result

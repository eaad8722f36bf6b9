"""How an older store becomes the present one, one step after the other.

A migration is a coroutine function in a module of its own, `vNNNN_what_it_does.py`, listed in `STEPS`. It
must be safe to run twice, since a process may be killed between its end and the note that it is done.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from inbox.store.migrations.v0002_contacts_are_found_by_words import write_words

Step = Callable[[Any], Awaitable[None]]

STEPS: tuple[Step, ...] = (write_words,)
"""The first step leads from version 1 to version 2."""

VERSION = 1 + len(STEPS)


class StoreTooNew(Exception):
    """The store was written by a newer Parley than this one."""


async def migrate(database: Any, steps: tuple[Step, ...] = STEPS) -> int:
    """Bring the store to the version of `steps` and return it. Raises `StoreTooNew`."""
    goal = 1 + len(steps)
    now = datetime.now(UTC)
    await database.meta.update_one(
        {"_id": "schema"}, {"$setOnInsert": {"version": goal, "at": now}}, upsert=True
    )
    version = int((await database.meta.find_one({"_id": "schema"}))["version"])
    if version > goal:
        raise StoreTooNew(
            f"The store has schema version {version}, this Parley knows {goal}. Use a newer Parley."
        )
    for number in range(version, goal):
        await steps[number - 1](database)
        await database.meta.update_one(
            {"_id": "schema", "version": number}, {"$set": {"version": number + 1, "at": now}}
        )
    return goal

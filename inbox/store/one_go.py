"""A commit in one go: what must be asked first is asked, and all is written, in one thread.

A command by motor is a thread of its own, and to wake one costs as much as to build the command. This way
there is one way to a thread and back, for what is worked out with no question but who refuses messages.
"""

import asyncio
from collections.abc import Callable
from typing import Any

from pymongo.errors import PyMongoError

from inbox.model.commit import Commit
from inbox.model.consent import Standing
from inbox.store.commits import (
    DURABLE,
    SNAPSHOT,
    UNENCODABLE,
    Conflict,
    is_passing,
    translated,
    write,
    writers,
)
from inbox.store.consents import Asked

Draw = Callable[[list[Standing]], Commit]
"""Works a commit out from the standings that were asked for. It is called in a thread, so it must be pure."""


async def commit_in_one_go(client: Any, database: Any, asked: Asked | None, draw: Draw) -> Commit:
    """Write what `draw` makes of the standings that were asked for; they are read in the same transaction.

    Raises `Conflict` if others have changed what it was worked out from, `Unwritable`, `StoreUnavailable`, or
    what `draw` raises.
    """
    loop = asyncio.get_running_loop()
    sync, sync_database = client.delegate, database.delegate
    try:
        return await loop.run_in_executor(writers(), _commit, sync, sync_database, asked, draw)
    except PyMongoError as error:
        if is_passing(error):
            raise Conflict("Others have changed the same conversation.") from error
        raise translated(error) from error
    except UNENCODABLE as error:
        raise translated(error) from error


def _commit(client: Any, database: Any, asked: Asked | None, draw: Draw) -> Commit:
    """All of it, in a thread. A transaction that is left open is aborted with its session."""
    with client.start_session() as session:
        session.start_transaction(read_concern=SNAPSHOT, write_concern=DURABLE)
        found = database["standings"].find(asked.query, session=session) if asked else ()
        commit = draw(asked.read(found) if asked else [])
        write(database, commit, session)
        return commit

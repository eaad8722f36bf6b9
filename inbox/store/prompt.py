"""The store for a thread that waits for each answer itself: the same questions, and no event loop.

So a transaction that reads, works something out and writes can be one piece of work for one thread: see
`inbox/store/one_go.py`.
"""

from collections.abc import Coroutine
from typing import Any, Self, TypeVar

from inbox.store.consents import Consents
from inbox.store.contacts import Contacts
from inbox.store.conversations import Conversations
from inbox.store.messages import Messages

T = TypeVar("T")


class Reading:
    """What is asked before something is taken in. Nothing here waits but for MongoDB, in its thread."""

    def __init__(self, database: Any) -> None:
        """`database` is PyMongo's own, not motor's."""
        prompt = _Database(database)
        self.messages = Messages(prompt)
        self.contacts = Contacts(prompt)
        self.conversations = Conversations(prompt)
        self.consents = Consents(prompt)


def answered(work: Coroutine[Any, Any, T]) -> T:
    """What the work answers, which may wait for nothing but a `Reading`."""
    try:
        work.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    work.close()
    raise RuntimeError("This work waits for something that is not in the store.")


class _Database:
    """Collections as motor has them, which answer before they are awaited."""

    def __init__(self, database: Any) -> None:
        self._database = database

    def __getattr__(self, name: str) -> "_Collection":
        return _Collection(self._database[name])


class _Collection:
    def __init__(self, collection: Any) -> None:
        self._all = collection

    def find(self, *question: Any, **more: Any) -> "_Cursor":
        return _Cursor(self._all.find(*question, **more))

    async def find_one(self, *question: Any, **more: Any) -> Any:
        return self._all.find_one(*question, **more)

    async def find_one_and_update(self, *question: Any, **more: Any) -> Any:
        return self._all.find_one_and_update(*question, **more)


class _Cursor:
    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def batch_size(self, size: int) -> Self:
        self._cursor.batch_size(size)
        return self

    async def to_list(self, length: None) -> list[Any]:
        return list(self._cursor)

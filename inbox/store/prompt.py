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
from inbox.store.straight import Line

T = TypeVar("T")


class Reading:
    """What is asked before something is taken in. Nothing here waits but for MongoDB, in its thread.

    A question's `session` is the line of its transaction, see `inbox/store/straight.py`.
    """

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

    def find(self, *question: Any, session: Line) -> "_Found":
        return _Found(session.find(self._all.name, *question))

    async def find_one_and_update(self, *question: Any, **more: Any) -> Any:
        return self._all.find_one_and_update(*question, **more)


class _Found:
    """What a cursor would give."""

    def __init__(self, documents: list[Any]) -> None:
        self._documents = documents

    def batch_size(self, size: int) -> Self:
        return self

    async def to_list(self, length: None) -> list[Any]:
        return self._documents

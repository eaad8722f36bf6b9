"""A transaction's commands straight to MongoDB, over one connection of the driver's.

For each command the driver chooses a server, takes a connection from its pool and gives it back, and sets the
limits of its socket: several times the work of sending it and reading the answer. A transaction has about six
of them, one after the other, and a customer waits for two transactions. Here they go over one connection, and
those that need no other's answer are sent back to back.

The driver still finds the servers, opens the connections and proves who we are, judges errors, and commits
again where an answer is lost. Only this module knows private parts of it; where another version has others,
`tests/inbox/store/test_straight.py` fails. Then, and where somebody listens to commands, each command goes
the driver's own way.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, Protocol

from pymongo import InsertOne, ReadPreference, helpers_shared, message
from pymongo.errors import BulkWriteError, PyMongoError

from inbox.store.codec import Document

_op_msg: Any = getattr(message, "_op_msg", None)
_check_command_response: Any = getattr(helpers_shared, "_check_command_response", None)

_AGAIN = 12
"""How often a commit whose answer is lost is asked for again. That is safe."""

_A_BATCH = 10_000
"""How many documents an answer may hold, if they fit."""

_WRITTEN_BY_US = {"cursor": {"firstBatch": 1, "nextBatch": 1}}
"""Where in an answer our own documents are, which are read as the database's options say."""

_OF_THE_FIRST = ("startTransaction", "readConcern")
"""What only the first command of a transaction says."""


class Line(Protocol):
    """The commands of one transaction."""

    session: Any

    def find(self, collection: str, query: Document, projection: Document | None = None) -> list[Document]:
        """All documents that match."""

    def write(self, operations: dict[str, list[Any]]) -> dict[str, int]:
        """Do the driver's operations, each collection's in their order. How many updates found something.

        Raises `BulkWriteError` or another `PyMongoError`; then nothing of the transaction can be written.
        """

    def commit(self) -> None:
        """Make it durable."""


@contextmanager
def straight(database: Any, session: Any) -> Iterator[Line]:
    """A line for the session's transaction, which is the driver's own and synchronous, as the database is."""
    client = session.client
    if not _is_known(client, session):
        yield _ByTheDriver(database, session)
        return
    with client._conn_for_writes(session, "transaction") as connection:
        yield _Straight(database, session, connection)


def _is_known(client: Any, session: Any) -> bool:
    """Whether the driver has the parts that we know, and nobody wants to be told of commands."""
    if (
        None in (_op_msg, _check_command_response)
        or not hasattr(client, "_conn_for_writes")
        or not hasattr(session, "_apply_to")
    ):
        return False
    listeners = getattr(client, "_event_listeners", None)
    return not (listeners is None or listeners.enabled_for_commands or client._encrypter)


class _ByTheDriver:
    """Each command by itself, as everybody asks."""

    def __init__(self, database: Any, session: Any) -> None:
        self._database = database
        self.session = session

    def find(self, collection: str, query: Document, projection: Document | None = None) -> list[Document]:
        return list(self._database[collection].find(query, projection, session=self.session))

    def write(self, operations: dict[str, list[Any]]) -> dict[str, int]:
        found = {}
        for collection, batch in operations.items():
            answer = self._database[collection].bulk_write(batch, ordered=True, session=self.session)
            found[collection] = answer.matched_count
        return found

    def commit(self) -> None:
        _commit(self.session)


class _Straight:
    """All over one connection."""

    def __init__(self, database: Any, session: Any, connection: Any) -> None:
        self._database = database
        self.session = session
        self._connection = connection

    def find(self, collection: str, query: Document, projection: Document | None = None) -> list[Document]:
        command = {"find": collection, "filter": query, "batchSize": _A_BATCH}
        if projection:
            command["projection"] = projection
        cursor = self._ask([command])[0]["cursor"]
        found: list[Document] = cursor["firstBatch"]
        while cursor["id"]:
            more = {"getMore": cursor["id"], "collection": collection, "batchSize": _A_BATCH}
            cursor = self._ask([more])[0]["cursor"]
            found += cursor["nextBatch"]
        return found

    def write(self, operations: dict[str, list[Any]]) -> dict[str, int]:
        commands = [
            command for collection, batch in operations.items() for command in _commands(collection, batch)
        ]
        answers: list[Document] = []
        while commands:
            try:
                answers = self._ask(commands)
                break
            except _TooLargeError as large:  # nothing was sent
                commands[large.place : large.place + 1] = _halves(commands[large.place])
        found = dict.fromkeys(operations, 0)
        for command, answer in zip(commands, answers, strict=True):
            if "update" in command:
                found[command["update"]] += answer["n"] - len(answer.get("upserted", ()))
        return found

    def commit(self) -> None:
        transaction = self.session._transaction
        if not transaction.has_completed_command:
            _commit(self.session)
            return
        concern = transaction.opts.write_concern.document
        command: Document = {"commitTransaction": 1, "writeConcern": concern}
        if transaction.recovery_token:
            command["recoveryToken"] = transaction.recovery_token
        try:
            (answer,) = self._answers([command], "admin")
        except PyMongoError:
            answer = {}
        if answer.get("ok") == 1 and "writeConcernError" not in answer:
            transaction.reset()
        else:  # whatever it was: the driver asks again, and tells
            _commit(self.session)

    def _ask(self, commands: Sequence[Document]) -> list[Document]:
        """The answers. Raises what the first one that failed means: the others failed because of it."""
        answers = self._answers(commands, self._database.name)
        for answer in answers:
            _check_command_response(answer, self._connection.max_wire_version)
            if errors := answer.get("writeErrors"):
                raise BulkWriteError({"writeErrors": errors, "writeConcernErrors": []})
        return answers

    def _answers(self, commands: Sequence[Document], database: str) -> list[Document]:
        """What MongoDB says to each command, good or bad. Raises `PyMongoError` where it says nothing."""
        messages = self._messages(commands, database)
        self.session._transaction.set_in_progress()
        connection, options = self._connection, self._database.codec_options
        try:
            most = max(size for _, _, _, size in messages)
            connection.send_message(b"".join(octets for _, octets, _, _ in messages), most)
            replies = [connection.receive_message(number) for number, *_ in messages]
            answers: list[Document] = [
                reply.unpack_response(codec_options=options, user_fields=_WRITTEN_BY_US)[0]
                for reply in replies
            ]
        except BaseException:  # an answer that was not read must not be the next command's
            connection.close_conn(None)
            raise
        for answer in answers:
            self.session.client._process_response(answer, self.session)
        self.session._transaction.has_completed_command = True
        return answers

    def _messages(self, commands: Sequence[Document], database: str) -> list[tuple[int, bytes, int, int]]:
        """Each command as the driver would send it: its number, its bytes, and how large its largest part is.

        Only the first of a transaction begins it, and says what it may see.
        """
        name = next(iter(commands[0]))
        frame: Document = {name: 1}
        self.session._apply_to(frame, False, ReadPreference.PRIMARY, self._connection)
        del frame[name]
        messages = []
        for place, command in enumerate(commands):
            if place == 1:
                frame = {key: value for key, value in frame.items() if key not in _OF_THE_FIRST}
            ready = _op_msg(0, {**command, **frame}, database, None, self._database.codec_options)
            if len(ready[1]) > self._connection.max_message_size and _is_many(command):
                raise _TooLargeError(place)
            messages.append(ready)
        return messages


class _TooLargeError(Exception):
    """A command is larger than MongoDB takes, and could be two."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def _parts(command: Document) -> str:
    return "documents" if "insert" in command else "updates"


def _is_many(command: Document) -> bool:
    return len(command.get(_parts(command), ())) > 1


def _halves(command: Document) -> list[Document]:
    parts = command[_parts(command)]
    middle = len(parts) // 2
    return [{**command, _parts(command): half} for half in (parts[:middle], parts[middle:])]


def _commands(collection: str, operations: Iterable[Any]) -> Iterator[Document]:
    """A command for each run of inserts, and for each of updates: their order is kept."""
    for is_insert, run in groupby(operations, lambda operation: isinstance(operation, InsertOne)):
        if is_insert:
            yield {"insert": collection, "documents": [operation._doc for operation in run]}
        else:
            updates = [
                {"q": each._filter, "u": each._doc, "upsert": True}
                if each._upsert
                else {"q": each._filter, "u": each._doc}
                for each in run
            ]
            yield {"update": collection, "updates": updates}


def _commit(session: Any) -> None:
    for attempt in range(_AGAIN):
        try:
            session.commit_transaction()
            return
        except PyMongoError as error:  # while its answer is lost, a commit is safe to repeat
            if attempt == _AGAIN - 1 or not error.has_error_label("UnknownTransactionCommitResult"):
                raise
